"""pkg-config helps where LuaRocks' own search finds nothing, and only there."""

from __future__ import annotations

import pytest

from distrorocks.externals.pkg_config import Package, package_names, with_packages
from distrorocks.externals.search import Verdict, search
from distrorocks.externals.settings import INSTALL, Settings
from distrorocks.rocks.dependency import ExternalDependency
from tests.externals.test_search import Snapshot, need

PQ = Package("libfoo", "/opt/foo", ("/opt/foo/include/x",), ("/opt/foo/lib64",))


class Known:
    """A pkg-config that knows some packages, and what it was asked for."""

    def __init__(self, *packages: Package) -> None:
        self._packages = {each.name: each for each in packages}
        self.asked: list[str] = []

    def __call__(self, name: str) -> Package | None:
        """Return the package of that name."""
        self.asked.append(name)
        return self._packages.get(name)


def helped(
    wanted: ExternalDependency, probe: Snapshot, known: Known, mode: str = "build", **given: str
) -> Verdict:
    """Search as LuaRocks does, then with pkg-config."""
    settings = Settings.from_table({}, mode=mode)
    return with_packages(search([wanted], settings, given, probe), settings, given, probe, known)


def test_header_and_library_in_places_of_their_own() -> None:
    """All variables of LuaRocks are set, and the package is known."""
    probe = Snapshot("/opt/foo/include/x/foo.h", "/opt/foo/lib64/libfoo.so")
    verdict = helped(need("foo", "foo.h"), probe, Known(PQ))
    [found] = verdict.located
    assert not verdict.missing
    assert found.package == "libfoo"
    assert dict(verdict.variables) == {
        "FOO_DIR": "/opt/foo",
        "FOO_BINDIR": "/usr/local/bin",
        "FOO_INCDIR": "/opt/foo/include/x",
        "FOO_INCDIR_FILE": "foo.h",
        "FOO_LIBDIR": "/opt/foo/lib64",
        "FOO_LIBDIR_FILE": "libfoo.so",
    }


def test_two_prefixes() -> None:
    """The header is where pkg-config says, the library where LuaRocks looks."""
    probe = Snapshot("/opt/foo/include/x/foo.h", "/usr/lib/libfoo.so")
    verdict = helped(need("foo", "foo.h"), probe, Known(PQ))
    assert verdict.variables["FOO_INCDIR"] == "/opt/foo/include/x"
    assert verdict.variables["FOO_LIBDIR"] == "/usr/lib"


def test_a_package_without_a_prefix() -> None:
    """NAME_DIR is then the first prefix where LuaRocks looks."""
    probe = Snapshot("/opt/foo/lib64/libfoo.so")
    verdict = helped(need("foo"), probe, Known(PQ._replace(prefix="")))
    assert verdict.variables["FOO_DIR"] == "/usr/local"
    assert verdict.variables["FOO_INCDIR"] == "/opt/foo/include/x"


def test_what_is_not_there_stays_missing() -> None:
    """pkg-config may know of a library without its header; LuaRocks' message is kept."""
    probe = Snapshot("/opt/foo/lib64/libfoo.so")
    wanted = need("foo", "foo.h")
    verdict = helped(wanted, probe, Known(PQ))
    assert not verdict.located
    assert verdict.missing == search([wanted], Settings.from_table({}), {}, probe).missing


def test_what_luarocks_finds_is_not_asked_for() -> None:
    """Its search goes first."""
    known = Known(PQ)
    verdict = helped(need("foo"), Snapshot("/usr/lib/libfoo.so"), known)
    assert verdict.located[0].package == ""
    assert known.asked == []


@pytest.mark.parametrize("given", ["FOO_DIR", "FOO_INCDIR", "FOO_LIBDIR", "FOO_BINDIR", "DEPS_DIR"])
def test_a_place_that_the_user_names_is_the_only_one(given: str) -> None:
    """A wrong one is an error, as in LuaRocks."""
    known = Known(PQ)
    probe = Snapshot("/opt/foo/include/x/foo.h", "/opt/foo/lib64/libfoo.so")
    assert helped(need("foo", "foo.h"), probe, known, **{given: "/nowhere"}).missing
    assert known.asked == []


def test_what_a_binary_rock_needs_is_not_asked_for() -> None:
    """pkg-config knows what is for building."""
    probe = Snapshot("/opt/foo/lib64/libfoo.so")
    assert helped(need("foo"), probe, Known(PQ), mode=INSTALL).missing


def test_the_names_that_are_asked_for() -> None:
    """From the name, the library and the header; what could be an option or a path is left out."""
    named = package_names(ExternalDependency("OPENSSL", "openssl/ssl.h", "libssl.so.3"))
    assert list(named) == [
        *("openssl", "libopenssl"),
        *("libssl", "liblibssl"),
        *("ssl",),
    ]
    named = package_names(ExternalDependency("QT", "QtCore/private/x/qobject.hpp"))
    assert list(named) == ["qt", "libqt", "QtCore", "libQtCore", "qobject", "libqobject"]
    assert list(package_names(ExternalDependency("Z"))) == ["z", "libz"]
    assert list(package_names(ExternalDependency("--X", "a b.h", "../x"))) == ["lib--x"]

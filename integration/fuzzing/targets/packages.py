"""What is installed: dpkg's files, rpm's answers, os-release, copyright, package versions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from distrorocks.errors import DistrorocksError
from distrorocks.families.deb.copyright_file import copyright_path, read_license
from distrorocks.families.deb.database import read_packages
from distrorocks.families.deb.file_lists import find_installed, unkept_promises
from distrorocks.families.deb.stanzas import read_native_architecture
from distrorocks.families.distribution import parse_os_release
from distrorocks.families.known import FAMILIES
from distrorocks.families.names_file import map_of
from distrorocks.families.rpm import database as rpm_database
from distrorocks.families.version_range import accepted
from distrorocks.families.versions import parse_upstream, rock_version
from distrorocks.lua.value import to_text
from distrorocks.rocks.constraint import parse_constraints
from distrorocks.system.files.root_path import RootView
from integration.fuzzing.target import Check, Target, plain, with_file
from tests.builders import debian
from tests.families.deb.test_copyright_file import FORMAT
from tests.families.rpm.test_database import record
from tests.licensing.passages import MIT

_INFO = "var/lib/dpkg/info"
_DIVERSIONS = b"/usr/share/lua/5.3/re.lua\n/usr/share/lua/5.3/re.lua.distrib\nother\n"
_LUA_WORDS = (b"/usr/share/lua/5.4/a.lua", b"/usr/lib/lua/5.1/x.so", b"lua-lpeg", b"(>= 1.0)")
_OS_RELEASE = b"""PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME='Debian'
VERSION_ID="12"
ID=debian
ID_LIKE="a b"
"""
_VERSIONS = (
    *(
        b"1.0.2-2",
        b"1:2.0~rc1+dfsg-1~bpo12+1",
        b"0.9+git20200101-3",
        b"1.0.0-5.fc40",
        b"2.0^git1-1",
    ),
    *(b"v1.2b-1", b"~", b":", b"20100101", b"1.0-1.el9"),
)
_RELATIONS = (b"lua-lpeg (>= 0.10) | libfoo (<< 2~)", b"lua(abi) = 5.4", b"(a or b) with c", b"a")


def _dpkg(place: str) -> Callable[[Path], Check]:
    """Return a check of a Debian root in which one of dpkg's files holds the input."""

    def prepare(root: Path) -> Check:
        debian(root)
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)

        def run(data: bytes) -> None:
            path.write_bytes(data)
            for package in read_packages(str(root)).packages:
                assert package.name, "a package without a name"
                assert all(file.startswith("/usr/") for file in package.files), "another file"
                for relation in package.relations:
                    FAMILIES["deb"].parse_relation(relation)
            read_native_architecture(str(root))
            unkept_promises(RootView(str(root)), ("5.3", "5.4"))
            find_installed(str(root), ("/lpeg.so", "/re."))

        return run

    return prepare


def _dpkg_seed(place: str) -> Callable[[], tuple[bytes, ...]]:
    def seeds() -> tuple[bytes, ...]:
        from tempfile import TemporaryDirectory

        with TemporaryDirectory() as name:
            root = Path(name)
            debian(root)
            return ((root / place).read_bytes(),)

    return seeds


def _rpm(root: Path) -> Check:
    """Read rpm's answer to the query of packages, as its database made it."""
    debian(root)
    view = RootView(str(root))

    def run(data: bytes) -> None:
        for text in to_text(data).split("\x1e")[1:]:
            package = rpm_database._package(text.split("\x1f"), view)
            for relation in package.relations if package else ():
                FAMILIES["rpm"].parse_relation(relation)

    return run


def _rpm_seeds() -> tuple[bytes, ...]:
    files = ((0, "/usr/share/lua/5.3/re.lua"), (64, "/usr/share/lua/5.4/re.lua"))
    return (record("lua-lpeg", files).encode(), record("lua-a", (), epoch="1:").encode())


def _os_release(data: bytes) -> None:
    found = parse_os_release(to_text(data))
    for family in FAMILIES:
        map_of(found, family)


def _license(root: Path) -> object:
    return read_license(str(root), "lua-x")


def _versions(data: bytes) -> None:
    """Package versions have an order, and each is some rock's version."""
    one, _, two = to_text(data).partition("\n")
    for family in FAMILIES.values():
        left, right = family.version_key(one), family.version_key(two)
        assert not (left < right and right < left), "each comes before the other"
        upstream = family.upstream_version(one)
        rock_version(upstream, (two, "1.0-1"))
        parse_upstream(upstream)


def _relations(data: bytes) -> None:
    for family in FAMILIES.values():
        for relation in family.parse_relation(to_text(data)):
            str(relation.constraint)


def _ranges(data: bytes) -> None:
    """What a rock needs can be said to each package manager."""
    constraints = parse_constraints(to_text(data))
    for has_revision in (False, True):
        spans = accepted(constraints, has_revision=has_revision)
        for family in FAMILIES.values():
            try:
                family.written_need("lua-x", spans)
            except DistrorocksError:
                continue


def _dpkg_target(name: str, place: str, *more: bytes) -> Target:
    def seeds() -> tuple[bytes, ...]:
        return (*more, *(() if more else _dpkg_seed(place)()))

    return Target(name, _dpkg(place), seeds, words=_LUA_WORDS)


PACKAGE_TARGETS = (
    _dpkg_target("dpkg-status", "var/lib/dpkg/status"),
    _dpkg_target(
        "dpkg-journal",
        "var/lib/dpkg/updates/0001",
        b"Package: lua-lpeg\nStatus: install ok unpacked\nVersion: 2\nArchitecture: amd64\n\n",
    ),
    _dpkg_target("dpkg-list", f"{_INFO}/lua-lpeg.list"),
    _dpkg_target("dpkg-md5sums", f"{_INFO}/lua-lpeg.md5sums"),
    _dpkg_target("dpkg-diversions", "var/lib/dpkg/diversions", _DIVERSIONS),
    Target("rpm-answer", _rpm, _rpm_seeds, words=(b"\x1d", b"\x1e", b"\x1f", "²".encode())),
    Target("os-release", plain(_os_release), lambda: (_OS_RELEASE,), most_bytes=8192),
    Target(
        "copyright-file",
        with_file(copyright_path("lua-x").lstrip("/"), _license),
        lambda: (
            f"{FORMAT}License: Zlib\n\nFiles: *\nCopyright: A\nLicense: Expat\n text\n".encode(),
            f"{FORMAT}\nFiles: a.c\nCopyright: A\nLicense: MIT\n\n{MIT}".encode(),
        ),
        most_bytes=8192,
        seconds=1.0,
    ),
    Target("package-version", plain(_versions), lambda: _VERSIONS, most_bytes=4096),
    Target("package-relation", plain(_relations), lambda: _RELATIONS, most_bytes=8192),
    Target(
        "version-range",
        plain(_ranges),
        lambda: (b">= 1.0, < 2", b"~> 1.2-3", b"== 1.0beta1", b"~= 3, > 1-2", b"<= scm"),
        most_bytes=512,
        seconds=1.0,
    ),
)

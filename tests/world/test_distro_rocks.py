"""The distribution's packages are candidates where they certainly are rocks, with their needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from distrorocks.families import offer
from distrorocks.families.offer import Offer
from distrorocks.families.package import Package
from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.rocks.version import Version
from distrorocks.world.distro_rocks import DistroRocks
from tests.builders import Machine

PACKAGE = "Package: {0}\nVersion: {1}\nArchitecture: all\n{2}Description: x\n\n"


class Debian:
    """A root with apt's index, and names.toml."""

    def __init__(self, root: Path) -> None:
        self.root = root
        Machine(root).install("dpkg", {})
        self._index = root / "var/lib/apt/lists/deb_dists_x_main_binary-amd64_Packages"
        self._index.parent.mkdir(parents=True)
        self._index.write_text("")
        (root / "etc/distrorocks").mkdir(parents=True)
        (root / "etc/os-release").write_text("ID=debian\nVERSION_ID=13\n")

    def offers(self, name: str, version: str, *fields: str) -> Debian:
        """Add a package that can be installed."""
        text = "".join(f"{field}\n" for field in fields)
        self._index.write_text(self._index.read_text() + PACKAGE.format(name, version, text))
        return self

    def says(self, name: str, version: str, provides: str, *fields: str) -> Debian:
        """Add a package that itself says which rocks it is."""
        return self.offers(name, version, f"Provides: {provides}", *fields)

    def rocks(self, lua_version: str = "5.4") -> DistroRocks:
        """Return what it offers."""
        return DistroRocks(str(self.root), lua_version)


@pytest.fixture
def debian(tmp_path: Path) -> Debian:
    """Return a root without packages."""
    return Debian(tmp_path)


def needs(rocks: DistroRocks, name: str) -> list[str]:
    """Return what the first candidate of a name needs."""
    return [str(each.dependency) for each in rocks.needs(next(rocks.candidates(name)))]


def test_a_candidate_is_a_package_with_the_version_of_its_rock(debian: Debian) -> None:
    """Its place is the package's name; one for another Lua version is none."""
    debian.says("lua-foo", "1.2-3", "lua5.4-rock-foo (= 1.2-1)")
    debian.says("lua-old", "1-1", "lua5.1-rock-old (= 1-1)")
    rocks = debian.rocks()
    (found,) = rocks.candidates("foo")
    assert found == Candidate("foo", Version.parse("1.2-1"), Origin.DISTRO, "lua-foo")
    assert rocks.offer_of(found).package.name == "lua-foo"
    assert list(rocks.candidates("old")) == list(rocks.candidates("nothing")) == []
    assert [each.place for each in debian.rocks("5.1").candidates("old")] == ["lua-old"]
    assert rocks.warnings == ()


def test_what_is_only_guessed_is_offered_and_no_candidate(debian: Debian) -> None:
    """It stands behind what is certain, beside which no files are asked."""
    debian.offers("lua-zzguess", "1-1", "Lua-Versions: 5.4")
    (guessed,) = debian.rocks().offers("zzguess")
    assert (guessed.is_sure, bool(guessed.why_not)) == (False, True)
    assert list(debian.rocks().candidates("zzguess")) == []
    debian.says("z-zzguess", "3-1", "lua5.4-rock-zzguess (= 3-1)")
    rocks = debian.rocks()
    assert [each.package.name for each in rocks.offers("zzguess")] == ["z-zzguess", "lua-zzguess"]
    assert [each.place for each in rocks.candidates("zzguess")] == ["z-zzguess"]
    assert "offers_by_modules" not in rocks.__dict__


def test_offers_are_in_the_order_of_their_confidence(
    debian: Debian, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is certain first, equals by the names of their packages."""
    kinds = [
        *(("b", "high", True), ("c", "high", True), ("a", "medium", True), ("a", "low", True)),
        *(("a", "high", False), ("a", "medium", False), ("a", "low", False)),
    ]

    def made(package: Package, *_: object) -> Iterator[Offer]:
        for name, confidence, is_sure in reversed(kinds):
            named = package._replace(name=name)
            yield Offer(named, "foo", "1-1", "5.4", confidence, "", is_sure)

    debian.says("lua-foo", "1-1", "lua5.4-rock-foo")
    monkeypatch.setattr(offer, "offers_of", made)
    found = debian.rocks().offers("foo")
    assert [(each.package.name, each.confidence, each.is_sure) for each in found] == kinds


def test_files_are_asked_only_about_what_is_not_certain(debian: Debian) -> None:
    """It takes seconds; what modules tell then comes before what names suggest."""
    debian.says("lua-foo", "1-1", "lua5.4-rock-foo (= 1-1)")
    debian.offers("lua-zzguess", "1-1", "Lua-Versions: 5.4")
    rocks = debian.rocks()
    (sure,), (guessed,) = rocks.offers("foo"), rocks.offers("zzguess")
    assert "offers_by_modules" in rocks.__dict__
    by_modules = sure._replace(rock="zzguess")
    rocks = debian.rocks()
    assert rocks.offers("foo") == [sure]
    assert "offers_by_modules" not in rocks.__dict__
    rocks.__dict__["offers_by_modules"] = {"zzguess": [by_modules]}
    assert rocks.offers("zzguess") == [by_modules, guessed]


def test_the_lua_versions_of_a_rock_are_those_that_are_certain(debian: Debian) -> None:
    """Of all its packages, whichever Lua is asked for."""
    debian.says("lua-foo", "1-1", "lua5.4-rock-foo (= 1-1), lua5.1-rock-foo (= 1-1)")
    debian.says("lua5.3-foo", "1-1", "lua5.3-rock-foo (= 1-1)")
    debian.offers("lua-zzguess", "1-1", "Lua-Versions: 5.4")
    rocks = debian.rocks("5.2")
    assert rocks.lua_versions("foo") == {"5.1", "5.3", "5.4"}
    assert rocks.lua_versions("zzguess") == rocks.lua_versions("nothing") == set()


def test_the_needs_of_a_package_are_those_that_are_rocks(debian: Debian) -> None:
    """Its other relations are the package manager's; one that is there twice is one need."""
    debian.says("lua-b", "2.0-1", "lua5.4-rock-b (= 2.0-1)")
    debian.says("lua-c", "1-1", "lua5.4-rock-c (= 1-1)")
    debian.says(
        "lua-a",
        "1-5",
        "lua5.4-rock-a (= 1-1)",
        "Depends: libc6, lua-c, lua-b (>= 1.5), lua-b (>= 1.5)",
    )
    rocks = debian.rocks()
    (found,) = rocks.candidates("a")
    assert [(str(each.dependency), each.where) for each in rocks.needs(found)] == [
        ("c", "package lua-a 1-5"),
        ("b >= 1.5", "package lua-a 1-5"),
    ]
    assert needs(rocks, "b") == []


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        ("lua-b", ["b"]),
        ("lua-b (>= 1)", ["b >= 1"]),
        ("lua-b (>= 3)", ["b"]),
        ("lua-b | lua-c", ["b"]),
        ("lua-c | lua-b", ["c"]),
        ("none | lua-b", []),
        ("virtual-b", ["b"]),
        ("virtual-b (= 9)", ["b"]),
        ("lua-a", []),
        ("lua-both", ["both", "other"]),
        ("lua-zzguess", []),
    ],
)
def test_a_relation_is_the_need_of_a_rock(
    debian: Debian, relation: str, expected: list[str]
) -> None:
    """The first alternative counts, by the package's name or one that it provides.

    A bound that the rock's own version does not meet is one of the package's version, and left
    out. A rock does not need itself, nor what is not certainly a rock.
    """
    debian.says("lua-b", "3-1", "lua5.4-rock-b (= 2.0-1), virtual-b (= 9)")
    debian.says("lua-c", "1-1", "lua5.4-rock-c (= 1-1)")
    debian.says("lua-both", "1-1", "lua5.4-rock-both (= 1-1), lua5.4-rock-other (= 1-1)")
    debian.offers("lua-zzguess", "1-1", "Lua-Versions: 5.4")
    debian.says("lua-a", "1-1", "lua5.4-rock-a (= 1-1)", f"Depends: {relation}")
    assert needs(debian.rocks(), "a") == expected


@pytest.mark.parametrize(
    ("family", "release", "command"),
    [
        ("deb", "ID=debian\n", "apt install lua-foo"),
        ("rpm", "ID=fedora\n", "dnf install lua-foo"),
        ("rpm", "ID=altlinux\n", "apt-get install lua-foo"),
        ("rpm", 'ID=mine\nID_LIKE="other suse"\n', "zypper install lua-foo"),
    ],
)
def test_the_command_installs_the_package(
    debian: Debian, family: str, release: str, command: str
) -> None:
    """It is that of the package's family, on this distribution or one that it is like."""
    debian.says("lua-foo", "1-1", "lua5.4-rock-foo (= 1-1)")
    rocks = debian.rocks()
    package = rocks.offer_of(next(rocks.candidates("foo"))).package
    (debian.root / "etc/os-release").write_text(release)
    assert debian.rocks().command(package._replace(family=family)) == command


def test_what_cannot_be_read_is_told_once_for_each_reading(debian: Debian) -> None:
    """The warnings of the indexes stay when the lists of files are read too."""
    debian.says("lua-foo", "1-1", "lua5.4-rock-foo (= 1-1)")
    rocks = debian.rocks()
    told = [rocks.warnings]
    found = rocks._packages
    rocks.__dict__["_packages"] = found._replace(warnings=("the index is damaged",))
    assert list(rocks.offers("foo"))
    told.append(rocks.warnings)
    assert rocks.offers_by_modules == {}
    told.append(rocks.warnings[:1])
    assert told == [(), ("the index is damaged",), ("the index is damaged",)]

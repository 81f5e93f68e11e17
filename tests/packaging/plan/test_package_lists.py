"""A release has the packages of this system's indexes, or those of a list that is shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.formats.known import FORMATS
from distrorocks.packaging.plan.observe import read_tables
from distrorocks.packaging.plan.package_lists import (
    parse_package_list,
    read_own_packages,
    read_package_lists,
    release_of,
    shipped_lists,
)
from distrorocks.packaging.plan.release import find_release, read_releases

NONE: frozenset[str] = frozenset()


@pytest.fixture
def other(tmp_path: Path) -> str:
    """Return a system that is none of the formats' own."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text("ID=other\n")
    return str(tmp_path)


def test_a_list_says_what_it_is_of_and_then_each_package() -> None:
    """A package without a version or Luas is known by name in neither of the tables."""
    text = "# comment\nX's packages\t\t\na\t1.2\t5.1 lua\nb\t2\t\nc\t\t5.1\n"
    found = parse_package_list(text, "5.4")
    assert found.sources == ("X's packages",)
    assert found.versions == {"a": "1.2", "b": "2"}
    assert found.lua_versions == {"a": {"5.1", "5.4"}, "c": {"5.1"}}
    for wrong in ("", "# comment\n", "X\ta\n"):
        with pytest.raises(DistrorocksError, match="of packages"):
            parse_package_list(wrong, "5.4")


def test_each_shipped_list_can_be_read() -> None:
    """Of each release that has one: it names itself, its day and many packages."""
    known = [
        shipped_lists(FORMATS[each.form].distribution, each, each.lua_versions[-1])
        for each in read_releases()
    ]
    own = [lists for lists in known if lists.versions and not lists.is_near]
    luas = {"5.1", "5.2", "5.3", "5.4", "5.5", "jit"}
    assert len(own) == 4
    for lists in own:
        (source,) = lists.sources
        assert "'s packages of 2026-" in source
        assert len(lists.versions) > 50
        assert luas >= set().union(*lists.lua_versions.values())


def test_a_release_without_a_list_has_the_versions_of_the_nearest(other: str) -> None:
    """What that lacks may be there; its newest Lua is that of the release itself."""
    form = FORMATS["fedora"]
    for name, main, is_near in (("rawhide", "5.5", False), ("43", "5.4", True), ("", "5.4", True)):
        lists = read_package_lists(form, other, find_release("fedora", name), NONE)
        assert lists.is_near is is_near
        assert lists.versions["lua-argparse"] == "0.7.2"
        assert lists.lua_versions["lua-argparse"] == {main}
        assert lists.lua_versions["lua-lpeg"] == {"5.1", main}
    assert not read_package_lists(FORMATS["arch"], other, None, NONE).versions


def test_what_a_release_lacks_is_not_packaged_there(other: str) -> None:
    """lua-struct came after Debian 12: names of the map are of every release."""
    for name, is_packaged in (("bookworm", False), ("trixie", True), ("", True)):
        release = find_release("deb", name)
        struct = read_tables(FORMATS["deb"], root=other, release=release).names.of("struct")
        assert (struct.name, struct.is_packaged) == ("lua-struct", is_packaged)
        assert ("bookworm's packages" in struct.evidence) is (name == "bookworm")


def test_a_system_has_the_release_that_its_os_release_names(tmp_path: Path) -> None:
    """None that is unknown, or of another distribution."""
    (tmp_path / "etc").mkdir()
    for text, name in (
        ("ID=debian\nVERSION_ID=13\n", "trixie"),
        ("ID=debian\n", "sid"),
        ("ID=debian\nVERSION_ID=99\n", ""),
        ("ID=other\nVERSION_ID=13\n", ""),
    ):
        (tmp_path / "etc/os-release").write_text(text)
        found = release_of(FORMATS["deb"], str(tmp_path))
        assert (found.name if found else "") == name


def test_other_systems_have_no_indexes(tmp_path: Path) -> None:
    """So do one without os-release, and distributions that have no such index."""
    assert not read_own_packages(str(tmp_path), "fedora", frozenset()).modules
    assert not read_own_packages(str(tmp_path), "deb", frozenset()).sources
    assert not read_own_packages(str(tmp_path), "arch", frozenset()).sources


def test_debians_index_names_the_lua_versions_of_packages(tmp_path: Path) -> None:
    """They are read from what apt fetched; a package without the field names none."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text("ID=debian\n")
    lists = tmp_path / "var/lib/apt/lists"
    lists.mkdir(parents=True)
    stanza = "Package: lua-{}\nVersion: 1-1\nArchitecture: all\n{}\n"
    text = stanza.format("inspect", "Lua-Versions: 5.1 5.2\n") + stanza.format("other", "")
    (lists / "mirror_dists_x_main_binary-amd64_Packages").write_text(text)
    (tmp_path / "var/lib/dpkg").mkdir(parents=True)
    (tmp_path / "var/lib/dpkg/status").write_text("")
    found = read_own_packages(str(tmp_path), "deb", frozenset())
    assert found.lua_versions == {"lua-inspect": {"5.1", "5.2"}}
    assert set(found.versions) == {"lua-inspect", "lua-other"}

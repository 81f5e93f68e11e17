"""The names tables, the shipped ones and the administrator's."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.families.distribution import Distribution
from distrorocks.families.name_entry import HeldRock, NamesError
from distrorocks.families.names_file import (
    ShippedNames,
    map_of,
    read_name_table,
    read_shipped_names,
)
from distrorocks.families.package import Package
from distrorocks.system.files.shipped_files import read_shipped

MAPS = ("debian", "fedora", "opensuse", "arch", "alpine", "altlinux", "openwrt")


@pytest.mark.parametrize("name", MAPS)
def test_each_shipped_map_is_well_formed(name: str) -> None:
    """It is read by the same rules as the administrator's; a package has one line."""
    known = read_shipped_names(name)
    lines = [it for it in read_shipped(f"names/{name}.tsv").splitlines() if it[0] != "#"]
    assert len(dict(known)) == len(lines) > 5
    assert all(each.rocks or not each.publish for each in known.values())
    assert list(known) == sorted(known)


def test_an_unknown_package_has_no_entry() -> None:
    """Neither has a comment."""
    known = ShippedNames('# lua-a\t{}\nlua-b\t{"rock": "b"}\n', "names")
    assert known.get("lua-a") is None
    assert "# lua-a" not in known
    assert known["lua-b"].rocks == (HeldRock("b"),)


def test_a_distribution_without_a_map_has_no_names() -> None:
    """It is no error; modules still tell."""
    assert read_shipped_names("plan9") == {}


def test_a_missing_shipped_file_is_told() -> None:
    """A broken installation says so."""
    with pytest.raises(DistrorocksError, match="own file nothing is missing"):
        read_shipped("nothing")


@pytest.mark.parametrize(
    ("distribution", "family", "name"),
    [
        (Distribution("debian"), "deb", "debian"),
        (Distribution("ubuntu", ("debian",)), "deb", "debian"),
        (Distribution("linuxmint", ("ubuntu", "debian")), "deb", "debian"),
        (Distribution("rocky", ("rhel", "centos", "fedora")), "rpm", "fedora"),
        (Distribution("opensuse-tumbleweed", ("opensuse", "suse")), "rpm", "opensuse"),
        (Distribution("opensuse-leap"), "rpm", "opensuse"),
        (Distribution("sles", ("suse",)), "rpm", "opensuse"),
        (Distribution("altlinux"), "rpm", "altlinux"),
        (Distribution("debian"), "rpm", "fedora"),
        (Distribution(), "deb", "debian"),
    ],
)
def test_the_map_follows_the_distribution_and_the_family(
    distribution: Distribution, family: str, name: str
) -> None:
    """One's own, then that of what one is like, then the family's first."""
    assert map_of(distribution, family) == name


@pytest.mark.parametrize(
    ("family", "distribution", "package", "modules", "rock"),
    [
        ("deb", "debian", "lua-filesystem", ("lfs",), "luafilesystem"),
        ("deb", "debian", "lua-curl", ("curl",), ""),
        ("deb", "debian", "lua-nginx-redis", ("nginx.redis",), ""),
        ("deb", "debian", "lua-uri", ("uri",), ""),
        ("deb", "debian", "sputnik", ("sputnik", "saci"), ""),
        ("rpm", "fedora", "lua5.1-filesystem", ("lfs",), "luafilesystem"),
        ("rpm", "opensuse-leap", "lua54-cliargs", ("cliargs",), "lua_cliargs"),
        ("rpm", "altlinux", "lua5.4-module-say", ("say",), "say"),
        ("rpm", "fedora", "lua-socket", ("another.thing",), ""),
    ],
)
def test_what_is_published_is_that_rock(
    family: str, distribution: str, package: str, modules: tuple[str, ...], rock: str
) -> None:
    """Real packages of each distribution, and those that only look like a rock."""
    table = read_name_table("/nonexistent", Distribution(distribution))
    found = table.rocks_of(Package(family, package, "1.0-1", "all"), "5.4", modules)
    assert [name.rock for name in found if name.published] == ([rock] if rock else [])


def test_a_package_may_hold_several_rocks() -> None:
    """Debian's lua-soap: the second rock owns one module, the first all the rest."""
    table = read_name_table("/nonexistent", Distribution("debian"))
    package = Package("deb", "lua-soap", "3.0+git91419a7-2", "all")
    found = table.rocks_of(package, "5.1", ("soap", "soap.client", "soap.client.https"))
    assert [(one.rock, one.modules) for one in found] == [
        ("luasoap", None),
        ("luasoap-https", ("soap.client.https",)),
    ]
    assert table.version_of(package, found[0]).text == "3.0-1"


def test_the_administrators_file_is_read_from_the_root(tmp_path: Path) -> None:
    """It wins over the shipped map."""
    (tmp_path / "etc/distrorocks").mkdir(parents=True)
    (tmp_path / "etc/distrorocks/names.toml").write_text("[lua-lpeg]\npublish = false\n")
    table = read_name_table(str(tmp_path), Distribution("debian"))
    (found,) = table.rocks_of(Package("deb", "lua-lpeg", "1.0-1", "all"), "5.4", ("lpeg",))
    assert not found.published


@pytest.mark.parametrize(
    ("content", "brief"),
    [
        (b"[lua-lpeg", "is not TOML"),
        (b"\xff", "is not TOML"),
        (b"[a]\nrock = 1\n", "is not a valid names file"),
    ],
)
def test_a_broken_administrators_file_is_told(tmp_path: Path, content: bytes, brief: str) -> None:
    """By its path, before anything is changed."""
    path = tmp_path / "etc/distrorocks/names.toml"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(NamesError) as raised:
        read_name_table(str(tmp_path), Distribution("debian"))
    assert str(path) in raised.value.brief
    assert brief in raised.value.brief

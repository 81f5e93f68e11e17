"""The files that make a provided rock a rock."""

from __future__ import annotations

from typing import Any

import pytest

from distrorocks.families.names import RockName
from distrorocks.families.package import Package
from distrorocks.families.versions import RockVersion
from distrorocks.lua.read import parse
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.world.metadata_mode import COMPLETE, MINIMAL, PROTECTED
from distrorocks.world.provided import ProvidedRock
from distrorocks.world.rock_metadata import installed_rock, lua_constraint, rock_files, rock_needs


def provided(name: str = "foo", version: str = "1.2-1", **fields: object) -> ProvidedRock:
    """Return a rock with one Lua file and one C module of a package."""
    package = Package("deb", f"lua-{name}", "1.2-3", "all", **fields)  # type: ignore[arg-type]
    return ProvidedRock(
        package,
        "5.3",
        ("5.1", "5.3", "5.4"),
        RockName(name, "high", "map", "seen", True),
        RockVersion(version, "known"),
        lua={"foo/init.lua": "/usr/share/lua/5.3/foo/init.lua"},
        lib={"foo/core.so": "/usr/lib/lua/5.3/foo/core.so"},
        bin={},
        outside=(),
    )


def files(rock: ProvidedRock, mode: str = COMPLETE, license_name: str = "") -> dict[str, bytes]:
    """Return a rock's files, each deployed file having its own path for a digest."""
    return rock_files(rock, mode, digest=str, license_name=license_name, needs=["lua >= 5.1"])


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"summary": 'quotes " and \\ and ]]', "description": "two\nlines ]==] and\rmore\0"},
        {"homepage": "javascript:alert(1)"},
        {"homepage": 'http://x/"]] os.exit()'},
        {"summary": "not UTF-8: \udcff", "license": "MIT"},
    ],
)
def test_every_rockspec_is_one_that_luarocks_takes(fields: dict[str, Any]) -> None:
    """Whatever a package says of itself, the rockspec is sound by LuaRocks 3.8's own check."""
    rock = provided(**fields)
    text = files(rock)["foo-1.2-1.rockspec"]
    rockspec = Rockspec.from_chunk(parse(text), file_name="foo-1.2-1.rockspec", strict=True)
    assert rockspec.version == "1.2-1"
    assert rockspec.table["build"] == {
        "type": "none",
        "modules": {"foo.init": "foo/init.lua", "foo.core": "foo/core.so"},
    }


def test_a_licence_that_was_read_comes_before_what_the_package_says() -> None:
    """Without either the rockspec has no licence, rather than a made-up one."""
    for read, said, expected in (("MIT", "other", "MIT"), ("", "other", "other"), ("", "", None)):
        text = files(provided(license=said), license_name=read)["foo-1.2-1.rockspec"]
        assert Rockspec.from_chunk(parse(text)).described("license") == expected


def test_the_modes_differ_in_what_luarocks_could_remove() -> None:
    """Only a complete rock_manifest lists files; only the minimal mode has no rockspec."""
    assert b"core.so" in files(provided())["rock_manifest"]
    assert files(provided(), PROTECTED)["rock_manifest"] == b"rock_manifest = {}\n"
    assert set(files(provided(), MINIMAL)) == {"rock_manifest"}
    assert installed_rock(provided(), PROTECTED, ["lua"]).modules != {}
    assert installed_rock(provided(), MINIMAL, ["lua"]).dependencies is None


def test_relations_to_published_packages_become_dependencies() -> None:
    """Alternatives and versions are translated; what is no rock is left out."""
    relations = ("lua-bar (>= 1.0)", "lua-bar (<< 3)", "libc6 (>= 2.36)", "lua-baz | lua-qux")
    rock = provided(relations=relations)
    published = {
        ("5.3", "lua-bar"): [provided("bar", "2.0-1")],
        ("5.3", "lua-qux"): [provided("quux", "1.0-1")],
        ("5.4", "lua-baz"): [provided("baz", "1.0-1")],
    }
    assert rock_needs(rock, published) == ["lua >= 5.3, < 5.5", "bar < 3, >= 1.0", "quux"]


def test_a_constraint_that_the_installed_rock_does_not_meet_is_left_out() -> None:
    """The package manager found the relation met, so a failing translation says nothing."""
    rock = provided(relations=("lua-bar (>= 1:5.0)",))
    published = {("5.3", "lua-bar"): [provided("bar", "2.0-1")]}
    assert rock_needs(rock, published)[1:] == ["bar"]


def test_a_rock_does_not_need_itself() -> None:
    """Two packages of one rock may depend on each other."""
    rock = provided(relations=("lua-foo-extra",))
    assert rock_needs(rock, {("5.3", "lua-foo-extra"): [provided("foo")]})[1:] == []


def test_lua_is_told_as_the_unbroken_run_of_versions() -> None:
    """A gap ends the run: what is not there for 5.2 is not claimed for it."""
    assert lua_constraint(("5.1", "5.3", "5.4"), "5.3") == ">= 5.3, < 5.5"
    assert lua_constraint(("5.1", "5.3", "5.4"), "5.1") == ">= 5.1, < 5.2"

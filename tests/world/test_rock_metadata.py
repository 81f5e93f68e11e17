"""The files that make a provided rock a rock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import md5
from typing import Any

import pytest

from distrorocks.families.names import RockName
from distrorocks.families.package import Package
from distrorocks.families.versions import RockVersion
from distrorocks.lua.read import parse
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.world.metadata_mode import COMPLETE, MINIMAL, MODES, PROTECTED
from distrorocks.world.provided import ProvidedRock
from distrorocks.world.rock_metadata import (
    Description,
    RockFacts,
    by_package,
    describe,
    digested_files,
    installed_rock,
    lua_constraint,
    rock_files,
    rock_needs,
)


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


def manifest(rock: ProvidedRock, mode: str) -> Mapping[str, object]:
    """Return the rock_manifest of a rock, each file with its path for a digest."""
    found = parse(files(rock, mode)["rock_manifest"]).globals["rock_manifest"]
    assert isinstance(found, dict)
    return {str(key): value for key, value in found.items()}


SPEC = "/usr/lib/luarocks/rocks-5.3/foo/1.2-1/foo-1.2-1.rockspec"


@pytest.mark.parametrize(
    ("word", "names", "parts"),
    [
        ("complete", {"foo-1.2-1.rockspec", "rock_manifest"}, {"lua", "lib", "foo-1.2-1.rockspec"}),
        ("protected", {"foo-1.2-1.rockspec", "rock_manifest"}, set()),
        ("minimal", {"rock_manifest"}, set()),
    ],
)
def test_a_mode_is_a_word_of_the_user(word: str, names: set[str], parts: set[str]) -> None:
    """Of the option --mode; each says which files there are, and what LuaRocks could remove."""
    assert word in MODES
    assert set(files(provided(), word)) == names
    assert set(manifest(provided(), word)) == parts


def test_a_complete_rock_manifest_has_the_digest_of_each_file() -> None:
    """That of the rockspec is of the text beside it; commands are there too."""
    rock = provided()._replace(bin={"tool": "/usr/bin/tool"})
    spec = files(rock)["foo-1.2-1.rockspec"]
    assert manifest(rock, COMPLETE) == {
        "lua": {"foo": {"init.lua": "/usr/share/lua/5.3/foo/init.lua"}},
        "lib": {"foo": {"core.so": "/usr/lib/lua/5.3/foo/core.so"}},
        "bin": {"tool": "/usr/bin/tool"},
        "foo-1.2-1.rockspec": md5(spec).hexdigest(),
    }


def test_a_rock_whose_rockspec_is_shipped_gets_a_rock_manifest_alone() -> None:
    """With the digests of what is shipped; empty where files are not to be removed."""
    rock = provided()._replace(shipped={"foo-1.2-1.rockspec": SPEC})
    assert all(set(files(rock, mode)) == {"rock_manifest"} for mode in MODES)
    whole = manifest(rock, COMPLETE)
    assert set(whole) == {"lua", "lib", "foo-1.2-1.rockspec"}
    assert whole["foo-1.2-1.rockspec"] == SPEC
    assert manifest(rock, PROTECTED) == manifest(rock, MINIMAL) == {}


@pytest.mark.parametrize(
    ("mode", "is_shipped", "has_modules", "has_needs"),
    [
        (COMPLETE, False, True, True),
        (PROTECTED, False, True, True),
        (MINIMAL, False, False, False),
        (COMPLETE, True, True, True),
        (PROTECTED, True, True, True),
        (MINIMAL, True, False, True),
    ],
)
def test_the_manifest_of_the_tree_has_modules_and_needs(
    mode: str, is_shipped: bool, has_modules: bool, has_needs: bool
) -> None:
    """In minimal mode neither, but for the needs that a shipped rockspec tells."""
    rock = provided()._replace(bin={"tool": "/usr/bin/tool"})
    if is_shipped:
        rock = rock._replace(shipped={"foo-1.2-1.rockspec": SPEC})
    found = installed_rock(rock, mode, ["lua >= 5.1", "bar"])
    assert (found.name, found.version) == rock.rock
    assert bool(found.modules) is has_modules
    assert bool(found.commands) is has_modules
    needs = found.dependencies
    assert (needs is not None) is has_needs
    assert not needs or [str(each) for each in needs] == ["lua >= 5.1", "bar"]


def test_only_what_the_package_does_not_record_is_digested() -> None:
    """Of all parts, what is shipped too, sorted, each once."""
    rock = provided(recorded={"/usr/lib/lua/5.3/foo/core.so": "0" * 32})._replace(
        bin={"tool": "/usr/bin/tool", "link": "/usr/bin/tool"},
        shipped={"foo-1.2-1.rockspec": SPEC},
    )
    assert digested_files(rock) == ["/usr/bin/tool", SPEC, "/usr/share/lua/5.3/foo/init.lua"]


def test_a_description_is_kept_as_plain_values() -> None:
    """A digest that was read goes before one that the package records; the content is made anew."""
    lua = "/usr/share/lua/5.3/foo/init.lua"
    rock = provided(recorded={lua: "a" * 32, "/usr/lib/lua/5.3/foo/core.so": "b" * 32})
    facts = RockFacts(((lua, "c" * 32),), "MIT", None)
    found = describe(rock, COMPLETE, facts, ["lua >= 5.1"])
    text = found.files["rock_manifest"].make()
    assert (b"c" * 32 in text, b"b" * 32 in text, b"a" * 32 in text) == (True, True, False)
    assert b'license = "MIT"' in found.files["foo-1.2-1.rockspec"].make()
    made: list[Description] = []

    def again() -> Description:
        made.append(found)
        return found

    kept = Description.from_plain(json.loads(json.dumps(found.plain)), again)
    assert (kept.plain, kept.entry) == (found.plain, found.entry)
    assert made == []
    assert {name: each.make() for name, each in kept.files.items()} == {
        name: each.make() for name, each in found.files.items()
    }


@pytest.mark.parametrize(
    ("homepage", "url"),
    [
        ("https://foo.example/", "https://foo.example/"),
        ("git+ssh://foo.example", "git+ssh://foo.example"),
        ("", "file:///usr/share/doc/lua-foo"),
        ("foo.example", "file:///usr/share/doc/lua-foo"),
        ("https://a b", "file:///usr/share/doc/lua-foo"),
        ("https://", "file:///usr/share/doc/lua-foo"),
    ],
)
def test_the_source_is_the_home_page_or_the_documents(homepage: str, url: str) -> None:
    """LuaRocks wants one; what is no address is not told as the home page."""
    text = files(provided(homepage=homepage))["foo-1.2-1.rockspec"]
    found = Rockspec.from_chunk(parse(text))
    assert found.source["url"] == url
    assert found.described("homepage") == (homepage if url == homepage else None)


def test_a_rock_is_found_by_the_names_of_its_package() -> None:
    """Also those that it provides, each once; one that is not published is not found."""
    rock = provided(provides=("lua5.3-foo", "lua-foo"))
    found = by_package([rock, provided("bar")._replace(why_not="it is not")])
    assert found == {("5.3", "lua-foo"): [rock], ("5.3", "lua5.3-foo"): [rock]}


def test_a_rock_that_is_not_there_will_meet_any_constraint() -> None:
    """It has no version yet; a relation without a version is a need without one."""
    rock = provided(relations=("lua-bar (>= 5.0)", "lua-bar", "lua-bar (>= 5.0)"))
    published = {("5.3", "lua-bar"): [provided("bar", "")]}
    assert rock_needs(rock, published)[1:] == ["bar >= 5.0"]


@pytest.mark.parametrize(
    ("versions", "version", "told"),
    [
        (("5.1",), "5.1", ">= 5.1, < 5.2"),
        (("5.1", "5.2", "5.3", "5.4", "5.5"), "5.3", ">= 5.1, < 5.6"),
        ((), "5.4", ">= 5.4, < 5.5"),
        (("5.2", "5.4", "jit", "55.3"), "5.3", ">= 5.2, < 5.5"),
        (("5.1", "5.5"), "5.3", ">= 5.3, < 5.4"),
    ],
)
def test_the_run_of_luas_is_around_the_one_that_is_meant(
    versions: tuple[str, ...], version: str, told: str
) -> None:
    """Which counts in any case; what is no version of Lua 5 does not."""
    assert lua_constraint(versions, version) == told

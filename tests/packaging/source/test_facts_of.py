"""What the facts of a rock take from its rockspec, and what from its sources."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from distrorocks.packaging.code.module_tables import ModuleTable, ModuleTables
from distrorocks.packaging.source.facts import FLAT, Facts, Sources, found_place
from tests.packaging.scaffolding import rock_facts

NONE: Mapping[str, str] = MappingProxyType({})


def facts(
    build: str = 'type = "builtin", modules = { foo = "foo.lua" }',
    texts: Mapping[str, str] = NONE,
    files: tuple[str, ...] = (),
    *,
    more: str = "",
    source: str = "",
) -> Facts:
    """Return the facts of a rock with a build table, whose sources have texts and other files."""
    text = (
        'rockspec_format = "3.0" package = "foo" version = "1.0-1" '
        f'source = {{ url = "https://example.org/foo-1.0.zip" {source} }} build = {{ {build} }} '
    )
    sources = Sources((*texts, *files), texts)
    return rock_facts(text + more, sources)


def test_a_description_says_what_it_says() -> None:
    """Each field of it has one of the facts, which is empty where it has none."""
    table = (
        'description = { summary = "S", detailed = "D", homepage = "H", issues_url = "I", '
        'license = "L", maintainer = "M" }'
    )
    fields = ("summary", "detailed", "homepage", "issues", "declared_license", "maintainer")
    said, silent = facts(more=table), facts()
    assert [getattr(said, each) for each in fields] == ["S", "D", "H", "I", "L", "M"]
    assert [getattr(silent, each) for each in fields] == [""] * 6
    assert (said.rock, said.version, said.rockspec_name) == ("foo", "1.0-1", "foo-1.0-1.rockspec")


def test_the_source_is_its_texts() -> None:
    """Each under its name."""
    assert dict(facts(source=', tag = "v1"').source) == {
        "url": "https://example.org/foo-1.0.zip",
        "tag": "v1",
        "dir": "foo-1.0",
        "file": "foo-1.0.zip",
        "pathname": "example.org/foo-1.0.zip",
        "protocol": "https",
    }


@pytest.mark.parametrize(
    ("build", "kind"),
    [
        ('type = "make"', "make"),
        ('modules = { foo = "foo.lua" }', "builtin"),
    ],
)
def test_a_build_is_built_in_unless_it_says_otherwise(build: str, kind: str) -> None:
    """As LuaRocks has it from the format 3.0 on."""
    assert facts(build).build_type == kind


@pytest.mark.parametrize(
    ("build", "files", "has_c", "has_cpp"),
    [
        ('type = "builtin", modules = { foo = "foo.lua" }', ("foo.lua", "x.c"), False, False),
        ('type = "builtin", modules = { foo = "foo.c" }', ("foo.c",), True, False),
        ('type = "builtin", modules = { foo = "foo.cpp" }', ("foo.cpp",), True, True),
        ('type = "builtin", modules = { foo = "foo.c" }', ("foo.c", "x.cpp"), True, False),
        ('type = "module", modules = { foo = "foo.c" }', ("foo.c",), True, False),
        ('type = "builtin"', ("src/foo.c",), True, False),
        ('type = "builtin", modules = {}', ("src/foo.c",), True, False),
        ('type = "builtin", modules = { "foo.lua" }', ("foo.lua", "x.c"), False, False),
        ('type = "builtin"', ("foo.lua",), False, False),
        ('type = "none"', ("foo.c",), False, False),
        ('type = "make"', ("foo.c",), True, False),
        ('type = "make"', ("foo.cc",), True, True),
        ('type = "make"', ("foo.lua",), False, False),
        ('type = "make"', (), None, False),
        ('type = "cmake"', ("foo.lua",), False, False),
        ('type = "command"', ("foo.lua",), False, False),
        ('type = "command"', (), None, False),
        ('type = "rust-mlua"', (), True, False),
    ],
)
def test_whether_a_build_compiles(
    build: str, files: tuple[str, ...], has_c: bool | None, has_cpp: bool
) -> None:
    """By the modules that it names, else by the files; unknown for a program without sources."""
    found = facts(build, files=files)
    assert found.has_c is has_c
    assert found.has_cpp is has_cpp


@pytest.mark.parametrize(
    ("build", "files", "absent"),
    [
        ('type = "builtin", modules = { foo = "foo.lua" }', ("foo.lua",), ()),
        ('type = "builtin", modules = { foo = "./foo.lua" }', ("foo.lua",), ()),
        ('type = "builtin", modules = { foo = "foo.lua" }', ("x",), ("foo.lua",)),
        ('type = "module", modules = { b = "b.c", a = "a.c" }', ("x",), ("a.c", "b.c")),
        ('type = "builtin", modules = { foo = "foo.lua" }', (), ()),
        ('type = "make", modules = { foo = "foo.lua" }', ("x",), ()),
        (
            'type = "builtin", modules = { foo = "foo.lua" }, patches = { ["a"] = "" }',
            ("x",),
            (),
        ),
    ],
)
def test_files_that_the_sources_lack(
    build: str, files: tuple[str, ...], absent: tuple[str, ...]
) -> None:
    """They are known where LuaRocks compiles itself, and no patch may bring them."""
    assert facts(build, files=files).absent == absent


def test_the_build_directory_is_that_of_the_sources_or_of_the_rockspec() -> None:
    """The rockspec is asked only without sources."""
    assert facts(source=', dir = "foo-1.0/lua"').below == "lua"
    assert facts(source=', dir = "foo-1.0/lua"', files=("foo.lua",)).below == ""
    rockspec = (
        'package = "foo" version = "1-1" build = { type = "make" } '
        'source = { url = "https://x/f.zip", dir = "f/a" }'
    )
    assert rock_facts(rockspec, Sources(("x",), below="b", top="f", date=7)).below == "b"
    found = rock_facts(rockspec, Sources(("x",), top="f", date=7))
    assert (found.top, found.below, found.date) == ("f", "", 7)
    assert (Sources().date, Sources().top, FLAT) == (0, "", ".")


BOTH = 'type = "builtin", modules = { foo = "foo.lua" }, install = { bin = { x = "./x.lua" } }'


@pytest.mark.parametrize(
    ("texts", "named"),
    [
        ({"foo.lua": "f 'a'", "x.lua": "f 'b'"}, {"a", "b"}),
        ({"foo.lua": "f 'a'", "x.lua": "f 'b'", "y.lua": "f 'c'"}, {"a", "b"}),
        ({"foo.lua": "f 'a'"}, None),
        ({"x.lua": "f 'a'"}, None),
    ],
)
def test_what_code_names_is_known_where_all_of_it_is_read(
    texts: dict[str, str], named: set[str] | None
) -> None:
    """Modules and commands count, whose files the sources have; other files do not."""
    found = facts(BOTH, texts, ("foo.lua", "x.lua")).named
    assert (None if found is None else set(found)) == named


def test_what_a_module_needs_is_read_of_its_file() -> None:
    """A file that cannot be read tells nothing."""
    found = facts(BOTH, {"foo.lua": "require 'a'"}, ("x.lua",))
    assert found.lua_code.needs()["foo"].requires == ("a",)
    assert facts(BOTH, {}, ("foo.lua", "x.lua")).lua_code.needs() == {}


@pytest.mark.parametrize(
    ("source_dir", "top", "files", "place"),
    [
        ("foo", "foo", ("foo/a",), ("foo", "")),
        ("foo/a", "foo", ("foo/a/b", "foo/c"), ("foo", "a")),
        ("foo/a", "foo", ("foo/ab/b",), ("foo", "")),
        ("a", "foo", ("foo/a/b",), ("foo", "")),
        ("a/b c", "", ("a/b c/d",), ("", "")),
        ("", "", ("a/b/c", "a/d"), ("", "a")),
        ("", "", ("a", "b"), ("", "")),
        ("", "foo", ("foo/a/b",), ("foo", "")),
    ],
)
def test_where_a_rock_is_built(
    source_dir: str, top: str, files: tuple[str, ...], place: tuple[str, str]
) -> None:
    """In the folder that ``source.dir`` names below the top, if it has files."""
    assert found_place(source_dir, top, files) == place


@pytest.mark.parametrize(
    ("more", "modules"),
    [("", ["foo"]), (', [".foo"] = "b.lua"', []), (', ["foo.init"] = "b.lua"', [])],
)
def test_a_module_in_c_that_nothing_opens_is_known(more: str, modules: list[str]) -> None:
    """But where one in Lua of the same name comes before it."""
    build = f'type = "builtin", modules = {{ foo = "foo.c"{more} }}'
    texts = {"foo.c": "int luaopen_bar(lua_State *L) {", "b.lua": ""}
    assert [*facts(build, texts).unopened] == modules


@pytest.mark.parametrize(
    ("build", "fault"),
    [
        (
            'modules = { foo = "foo.lua" }',
            "calls the global make, which no module that it requires",
        ),
        ('modules = { foo = "foo.lua", ["far.core"] = "core.c" }', ""),
        ('modules = { ["far"] = "foo.lua" }', ""),
    ],
)
def test_what_the_rock_may_bring_itself_is_no_packages(build: str, fault: str) -> None:
    """A module of its own, in C as well, or one below the name of another."""
    packaged = ModuleTables("", {"far.core": ModuleTable(("5.4",))})
    found = facts(f'type = "builtin", {build}', {"foo.lua": "require 'far.core' make()"})
    (needs,) = found.lua_code.needs(packaged).values()
    assert needs.fault.startswith(fault)
    assert bool(fault) is bool(needs.fault)

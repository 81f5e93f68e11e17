"""Where and under which names to look, as LuaRocks' configuration says and its defaults fill up."""

from __future__ import annotations

import pytest

from distrorocks.externals.settings import (
    BINDIR,
    INCDIR,
    INSTALL,
    LIBDIR,
    ExternalsError,
    FileName,
    Prefix,
    Settings,
)
from distrorocks.lua.value import LuaTable, table_of

SUBDIRS = (
    "external_deps_subdirs.lib of LuaRocks' configuration must be a string or a list of strings"
)


def test_without_a_configuration_luarocks_defaults_hold() -> None:
    """Headers are not looked for in install mode, nor static libraries."""
    found = Settings.from_table({})
    assert found.prefixes == tuple(Prefix(path, {}) for path in ("/usr/local", "/usr", "/"))
    assert found.patterns == {
        BINDIR: ("?",),
        INCDIR: ("?.h",),
        LIBDIR: ("lib?.a", "lib?.so", "lib?.so.*"),
    }
    assert found.subdirs == {BINDIR: ("bin",), INCDIR: ("include",), LIBDIR: ("lib64", "lib")}
    assert (found.mode, found.extension, found.takes_first) == ("build", "so", False)
    installing = Settings.from_table({}, mode=INSTALL)
    assert installing.patterns == {BINDIR: ("?",), LIBDIR: ("lib?.so", "lib?.so.*")}
    assert set(installing.subdirs) == {BINDIR, LIBDIR}


def test_debians_directories_of_an_architecture_are_looked_into() -> None:
    """For headers too, unless LuaRocks is 3.8 or the configuration has its own."""
    debian = Settings.from_table({}, multiarch="m").subdirs
    assert debian[LIBDIR] == ("lib/m", "lib64", "lib")
    assert debian[INCDIR] == ("include", "include/m")
    old = Settings.from_table({}, multiarch="m", like_3_8=True)
    assert old.subdirs[LIBDIR] == ("lib", "lib/m", "lib64")
    assert old.subdirs[INCDIR] == ("include",)
    assert old.takes_first
    own: LuaTable = {"external_deps_subdirs": {"include": "inc"}}
    assert Settings.from_table(own, multiarch="m").subdirs[INCDIR] == ("inc",)


def test_a_short_list_goes_on_with_the_defaults() -> None:
    """As LuaRocks lays its defaults under it; a text is all there is."""
    table: LuaTable = {
        "external_deps_patterns": {"lib": table_of(("x?",)), "bin": "?.exe"},
        "runtime_external_deps_patterns": {"lib": "r?"},
        "external_deps_dirs": table_of(("/opt",)),
        "external_lib_extension": "dylib",
    }
    found = Settings.from_table(table)
    assert found.patterns[LIBDIR] == ("x?", "lib?.so", "lib?.so.*")
    assert found.patterns[BINDIR] == ("?.exe",)
    assert found.patterns[INCDIR] == ("?.h",)
    assert [each.path for each in found.prefixes] == ["/opt", "/usr", "/"]
    assert found.extension == "dylib"
    assert Settings.from_table(table, mode=INSTALL).patterns[LIBDIR] == ("r?",)


def test_a_prefix_may_have_directories_of_its_own() -> None:
    """By kind, one or several."""
    entry: LuaTable = {"prefix": "/o", "lib": "l", "include": table_of(("i", "j"))}
    found = Settings.from_table({"external_deps_dirs": {1: "/a", 2: entry}})
    assert found.prefixes[0] == Prefix("/a", {})
    assert found.prefixes[1] == Prefix("/o", {LIBDIR: ("l",), INCDIR: ("i", "j")})


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            {"external_deps_patterns": "x"},
            "external_deps_patterns of LuaRocks' configuration must be a table of lists, not 'x'",
        ),
        (
            {"external_deps_subdirs": {"lib": 1}},
            f"{SUBDIRS}, not '1'",
        ),
        (
            {"external_deps_subdirs": {"lib": {1: 1}}},
            f"{SUBDIRS}, not a table",
        ),
        (
            {"external_deps_subdirs": {"lib": "a\0b"}},
            f"{SUBDIRS}, not",
        ),
        (
            {"external_deps_dirs": "/a"},
            "external_deps_dirs of LuaRocks' configuration must be a list, not '/a'",
        ),
        (
            {"external_deps_dirs": {1: {}}},
            "external_deps_dirs[1].prefix of LuaRocks' configuration must be a directory",
        ),
        (
            {"external_deps_dirs": table_of(["/a"] * 65)},
            "external_deps_dirs of LuaRocks' configuration has 65 entries",
        ),
    ],
)
def test_what_cannot_be_looked_for_is_refused(table: LuaTable, message: str) -> None:
    """The error names the key, what it must be, and how to see what is set."""
    with pytest.raises(ExternalsError) as caught:
        Settings.from_table(table)
    assert str(caught.value).startswith(message)
    assert Settings.from_table({"external_deps_dirs": table_of(["/a"] * 64)})


@pytest.mark.parametrize(
    ("pattern", "fitting", "others"),
    [
        ("liba.so", ["liba.so"], ["liba.so.1", "xliba.so"]),
        ("liba.so.*", ["liba.so.", "liba.so.1.2"], ["liba.so", "xliba.so.1"]),
        ("a*b*a", ["aba", "aXbYa", "abba"], ["aa", "ab", "aXa", "ba"]),
        ("a*ab*bc*c", ["aabbcc", "a-ab-bc-c"], ["aabcc", "aabbc", "abbcc", "aabc"]),
        ("*.h", [".h", "a.h"], ["a.hh"]),
    ],
)
def test_only_the_star_means_more_than_itself(
    pattern: str, fitting: list[str], others: list[str]
) -> None:
    """Its parts stand one after another and share no character."""
    name = FileName(pattern)
    assert [it for it in (*fitting, *others) if name.among([it])] == fitting
    assert name.shown == (f"matching {pattern}" if "*" in pattern else pattern)


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"external_deps_dirs": "/opt"}, "external_deps_dirs"),
        ({"external_deps_dirs": {1: {"prefix": 5}}}, "external_deps_dirs"),
        ({"external_deps_dirs": {1: {"prefix": "/o", "lib": 5}}}, "external_deps_dirs"),
        ({"external_deps_dirs": {1: 5}}, "external_deps_dirs"),
        ({"external_deps_patterns": 5}, "external_deps_patterns"),
        ({"external_deps_patterns": {"lib": 5}}, "external_deps_patterns"),
        ({"external_deps_subdirs": {"lib": {1: True}}}, "external_deps_subdirs"),
    ],
)
def test_the_hint_names_the_key_that_shows_what_is_set(table: LuaTable, key: str) -> None:
    """As ``luarocks config`` knows it, whatever field of it is wrong."""
    with pytest.raises(ExternalsError) as raised:
        Settings.from_table(table)
    assert raised.value.brief.startswith(key)
    assert raised.value.hint == f"`luarocks config {key}` shows what is set"

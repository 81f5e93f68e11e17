"""Arguments become values of their key's type, or are refused."""

from __future__ import annotations

from typing import Any

import pytest

from distrorocks.config.key_path import KeyPathError, ValueFault, check, parse_key, typed
from distrorocks.config.shape import SHAPES, is_server, is_tree
from distrorocks.lua.value import LuaTable, LuaValue


@pytest.mark.parametrize(
    ("key", "word", "known", "expected"),
    [
        ("no_manifest", "true", None, True),
        ("no_manifest", "false", True, False),
        ("new_key", "true", False, True),
        ("new_key", "true", None, "true"),
        ("new_key", "yes", False, "yes"),
        ("cache_timeout", "60", None, 60),
        ("cache_timeout", "0x10", None, 16),
        ("new_key", "1.5", 2, 1.5),
        ("new_key", "1e999", 2, "1e999"),
        ("new_key", "5", None, "5"),
        ("new_key", "5", True, "5"),
        ("upload.tool_version", "5", 1, 5),
        ("arch", "5", None, "5"),
        ("accepted_build_types", '{ "a" }', None, {1: "a"}),
        ("new_key", "{ 1 }", None, {1: 1}),
        ("variables.CC", "{ 1 }", None, "{ 1 }"),
        ("deps_mode", "all", "one", "all"),
    ],
)
def test_an_argument_has_the_type_of_its_key(
    key: str, word: str, known: LuaValue, expected: LuaValue
) -> None:
    """That of a known key, else that of the present value."""
    found = typed(parse_key(key), word, known)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("key", "word", "known", "wanted"),
    [
        ("no_manifest", "yes", None, "true or false"),
        ("cache_timeout", "soon", None, "a number from 0"),
        ("cache_timeout", "-1", None, "a number from 0"),
        ("deps_mode", "any", "one", '"one", "all", "order" or "none"'),
        ("upload", "x", {}, 'a table, such as { "a", "b" }'),
        ("new_key", "{ 1", None, 'a table, such as { "a", "b" }'),
        ("new_key", "{ f() }", None, 'a table, such as { "a", "b" }'),
    ],
)
def test_another_type_is_refused(key: str, word: str, known: LuaValue, wanted: str) -> None:
    """The message has key, argument and what it must be."""
    with pytest.raises(ValueFault) as raised:
        typed(parse_key(key), word, known)
    assert raised.value.brief == f"{key} = '{word}' is not valid: it must be {wanted}"


@pytest.mark.parametrize(
    ("settings", "is_valid"),
    [
        ({}, True),
        ({"deps_mode": "all"}, True),
        ({"deps_mode": "any"}, False),
        ({"rocks_trees": {1: "/a", 2: {"root": "/b"}}}, True),
        ({"rocks_trees": {1: "/a", 2: {"name": "b"}}}, False),
        ({"rocks_trees": "/a"}, False),
        ({"rocks_servers": {1: "https://a", 2: {1: "https://b"}}}, True),
        ({"rocks_servers": {1: "https://a", 2: 5}}, False),
        ({"other": {1: 5}}, True),
    ],
)
def test_a_files_settings_are_checked_as_a_whole(settings: LuaTable, is_valid: bool) -> None:
    """Trees and servers by each entry; keys of no known type are not."""
    key = next(iter(settings), "deps_mode")
    if is_valid:
        check((key, 1), settings)
        return
    with pytest.raises(ValueFault, match=f"^{key} is not valid: it must be "):
        check((key, 1), settings)


@pytest.mark.parametrize("text", [".a", "[1]", "a.[", "a[1234567890]"])
def test_a_key_begins_with_a_name(text: str) -> None:
    """An index has at most nine digits."""
    with pytest.raises(KeyPathError, match="not a key"):
        parse_key(text)


VALUES: list[Any] = [
    *(True, -1, 0, 1.5, 1e15, "", "x", {}, {1: "a"}, {1: 5}, {2: "a"}, {"a": "b"}),
    *({"a": 5}, {"a": {1: "b"}}, {"a": {1: 5}}, {"a": {}}, {1: {"prefix": "/p"}}),
    *({1: {"prefix": "/p", "lib": {1: "l"}}}, {1: {"lib": "l"}}, {1: {"prefix": "/p", "lib": 5}}),
]


@pytest.mark.parametrize(
    ("key", "fitting"),
    [
        ("arch", [5, 6]),
        ("gcc_rpath", [0]),
        ("cache_timeout", [2, 3]),
        ("variables", range(7, 20)),
        ("accepted_build_types", [7, 8]),
        ("rocks_provided", [7, 8, 10, 11]),
        ("external_deps_dirs", [7, 8, 16, 17]),
        ("external_deps_patterns", [7, 13, 15]),
        ("external_deps_subdirs", [7, 8, 10, 11, 13, 15]),
    ],
)
def test_a_shape_fits_exactly_its_values(key: str, fitting: list[int]) -> None:
    """Each kind of value beside each shape."""
    shape = SHAPES[key]
    assert [number for number, value in enumerate(VALUES) if shape.fits(value)] == list(fitting)


def test_a_tree_has_a_root_and_a_server_an_address() -> None:
    """Other directories of a tree must be strings; a list of mirrors is a server."""
    assert is_tree("/a")
    assert is_tree({"root": "/a", "lib_dir": "/l"})
    others: list[LuaValue] = ["", {}, {"root": ""}, {"root": "/a", "lib_dir": 5}, 5, {"root": 5}]
    assert not any(map(is_tree, others))
    assert is_server("https://a")
    assert is_server({1: "https://a", 2: "https://b"})
    for key in ("name", "lua_dir", "lib_dir", "bin_dir", "rocks_dir"):
        assert is_tree({"root": "/a", key: "x"})
        assert not is_tree({"root": "/a", key: 5})
    wrong: list[LuaValue] = ["", {}, {1: 5}, {"a": "b"}, 5, None]
    assert not any(map(is_server, wrong))

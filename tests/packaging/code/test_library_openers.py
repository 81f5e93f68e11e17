"""Modules in C whose sources have no function that opens them."""

from __future__ import annotations

import pytest

from distrorocks.lua.read import parse
from distrorocks.packaging.code.library_openers import LONGEST, unopened
from distrorocks.rocks.rockspec import Rockspec

OTHER = "int luaopen_other(lua_State *L) {"


def unopened_of(module: str, texts: dict[str, str], more: str = "") -> dict[str, str]:
    """Return the modules that nothing opens, of a rock whose module has its texts as sources."""
    sources = " ".join(f'"{path}",' for path in texts if path.endswith(".c"))
    text = (
        'package = "foo" version = "1-1" source = { url = "https://example.org/foo-1.zip" } '
        f'build = {{ type = "builtin", modules = {{ ["{module}"] = {{ sources = {{ {sources} }}, '
        f"{more} }} }} }}"
    )
    return unopened(Rockspec.from_chunk(parse(text.encode())), texts)


def test_the_reason_names_the_function_and_what_is_there_instead() -> None:
    """As Lua looks for it: dots of the module are underscores."""
    assert unopened_of("foo.bar", {"a.c": OTHER}) == {
        "foo.bar": "has no function luaopen_foo_bar, only luaopen_other"
    }


@pytest.mark.parametrize(
    ("text", "is_unopened"),
    [
        (OTHER, True),
        ("LUALIB_API int luaopen_other (struct lua_State *L)\n{", True),
        (f"{OTHER}\n/* int luaopen_foo(lua_State *L) */", True),
        ("", False),
        ("int luaopen_other;", False),
        ("void f() { luaopen_base(L); }", False),
        ("int luaopen_foo(lua_State *L) {", False),
        (f"{OTHER}\nint (luaopen_foo) (lua_State *L) {{", False),
        (f"{OTHER}\n#define OPENER luaopen_foo", False),
        (f"{OTHER}\n#define OPEN(name) int luaopen_##name(lua_State *L)", False),
        (f"{OTHER}\n#define JOIN(a, b) a ## b\nint JOIN(luaopen, _foo)(lua_State *L) {{", False),
        (f"{OTHER}\n#define CALL(a, b) my_ ## a(lua ## b)", False),
        (f"{OTHER}\n#define CALL(a, b) my_ ## a ## b(my_##a)\n#define NAME my", True),
        (f'{OTHER}\n#include "opener.c"', False),
        (f"{OTHER}{' ' * LONGEST}", False),
    ],
)
def test_a_module_is_told_where_the_sources_open_another_one_only(
    text: str, *, is_unopened: bool
) -> None:
    """What a macro, another file or a part that was not read may bring is no evidence."""
    assert bool(unopened_of("foo", {"a.c": text})) is is_unopened


@pytest.mark.parametrize(
    ("module", "name", "is_unopened"),
    [
        ("v1-foo", "foo", False),
        ("foo-v1", "foo", False),
        ("v1-foo", "v1_foo", True),
        ("a.foo", "foo", True),
    ],
)
def test_a_name_with_a_hyphen_is_opened_by_either_part(
    module: str, name: str, *, is_unopened: bool
) -> None:
    """Lua 5.1 takes what stands after it, later ones what stands before it."""
    found = unopened_of(module, {"a.c": f"int luaopen_{name}(lua_State *L) {{"})
    assert bool(found) is is_unopened


def test_defines_of_the_rockspec_may_rename_the_function() -> None:
    """As one that makes luaopen_module the name of each module."""
    assert unopened_of("foo", {"a.c": OTHER}, 'defines = { "luaopen_other=luaopen_foo" }') == {}
    assert unopened_of("foo", {"a.c": OTHER}, 'defines = { "NDEBUG" }')


def test_another_file_of_the_rock_may_have_the_function() -> None:
    """A header that is included, for instance."""
    assert unopened_of("foo", {"a.c": OTHER, "b.h": "int luaopen_foo(lua_State *L) {"}) == {}


def test_sources_that_are_not_read_are_no_evidence() -> None:
    """Nor are those in other languages, or modules in Lua."""
    spec = (
        'package = "foo" version = "1-1" source = { url = "https://example.org/foo-1.zip" } '
        'build = { type = "builtin", modules = { a = { "a.c", "far.c" }, b = { "b.m" }, '
        'c = "c.lua", d = "a.c", [1] = "a.c" } }'
    )
    texts = {"a.c": OTHER, "b.m": OTHER, "c.lua": ""}
    found = unopened(Rockspec.from_chunk(parse(spec.encode())), texts)
    assert list(found) == ["d"]

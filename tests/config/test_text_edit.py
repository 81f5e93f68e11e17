"""A file is edited in place, comments and expressions stay, and nothing but the key changes."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.config.key_path import parse_key
from distrorocks.config.text_edit import NotSetError, TextEditError, with_key, without_key
from distrorocks.lua.read import parse
from distrorocks.lua.value import LuaTable, LuaValue, to_bytes
from distrorocks.lua.write import EXACT, value_text

FILE = """-- the administrator's own words
rocks_trees = { -- two of them
   home .. "/.luarocks",
   { name = "system", root = "/usr/local" }, -- last
}
deps_mode = "one" -- for now
if lua_version == "5.4" then cmake_generator = "Ninja" end
variables = { CC = [[gcc]], LD = "ld"; }
cache_timeout = 6 * 10
a, b = 1, 2
"""


def evaluate(text: bytes) -> LuaTable:
    """Return the globals of a text."""
    known: LuaTable = {"home": "/h", "lua_version": "5.4", "variables": {}}
    left = parse(text, environment=known).globals
    return {key: value for key, value in left.items() if value != known.get(key)}


def edited(key: str, value: LuaValue, text: str = FILE) -> str:
    """Return a text after one key was set."""
    return with_key(text.encode(), parse_key(key), value, evaluate).decode()


@pytest.mark.parametrize(
    ("key", "value", "old", "new"),
    [
        ("deps_mode", "all", '"one" --', '"all" --'),
        ("rocks_trees[2].root", "/opt", '"/usr/local"', '"/opt"'),
        ("CC", 'a "b"', "[[gcc]]", '"a \\"b\\""'),
        ("LD", "x", '"ld"', '"x"'),
        ("LD", "a\r\nb", '"ld"', '"a\\13\\10b"'),
    ],
)
def test_a_constant_is_changed_where_it_stands(key: str, value: str, old: str, new: str) -> None:
    """All other text is as before."""
    assert edited(key, value) == FILE.replace(old, new)


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("AR", "ar", 'variables.AR = "ar"\n'),
        ("connection_timeout", 5, "connection_timeout = 5\n"),
        ("rocks_trees[2].lib_dir", "/x", 'rocks_trees[2].lib_dir = "/x"\n'),
        ("new.deep.end", True, 'new = {\n   deep = {\n      ["end"] = true\n   }\n}\n'),
    ],
)
def test_what_is_not_there_is_added_at_the_end(key: str, value: LuaValue, line: str) -> None:
    """With the tables above it, where they are missing."""
    assert edited(key, value) == FILE + line
    assert edited(key, value, FILE.rstrip("\n")) == FILE + line


def test_the_first_variable_brings_its_table() -> None:
    """LuaRocks' own ``config KEY VALUE`` knows no ``variables``; so it can edit the file too."""
    assert edited("CC", "tcc", "") == 'variables = {\n   CC = "tcc"\n}\n'


@pytest.mark.parametrize("key", ["cache_timeout", "rocks_trees[1]", "cmake_generator", "b", "a"])
def test_what_the_file_computes_is_not_touched(key: str) -> None:
    """The line is told."""
    with pytest.raises(TextEditError, match=r"the file computes .*"):
        with_key(FILE.encode(), parse_key(key), "x", evaluate)
    with pytest.raises(TextEditError):
        without_key(FILE.encode(), parse_key(key), evaluate)


@pytest.mark.parametrize(
    "text",
    [
        "return { }",
        'local deps_mode = "x"',
        "local deps_mode\n",
        'if home then deps_mode = "x" end',
        'deps_mode = "a"\nif home then deps_mode = "b" end',
    ],
)
def test_an_edit_without_effect_is_refused(text: str) -> None:
    """A ``return`` at the end, a local variable, a later assignment: each edit is proved."""
    with pytest.raises(TextEditError):
        with_key(text.encode(), ("deps_mode",), "all", evaluate)


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("deps_mode", 'deps_mode = "one" -- for now', " -- for now"),
        ("CC", " CC = [[gcc]],", " "),
        ("LD", ' LD = "ld";', " "),
        ("rocks_trees[2]", '{ name = "system", root = "/usr/local" }, --', " --"),
        ("variables", 'variables = { CC = [[gcc]], LD = "ld"; }\n', ""),
    ],
)
def test_a_key_is_taken_out_with_its_line(key: str, old: str, new: str) -> None:
    """Comments beside it stay, and other keys too."""
    after = without_key(FILE.encode(), parse_key(key), evaluate).decode()
    assert after.split() == FILE.replace(old, new).split()
    left = evaluate(after.encode())
    assert left.get("deps_mode") == (None if key == "deps_mode" else "one")


def test_a_key_that_is_not_there_cannot_be_taken_out() -> None:
    """The hint says how to find who sets it."""
    with pytest.raises(TextEditError, match="does not set nope") as caught:
        without_key(FILE.encode(), ("nope",), evaluate)
    assert "--origin" in caught.value.hint


NAMES = st.sampled_from(["a", "b", "variables", "end", "x y", "q"])
PLAIN = st.one_of(
    st.booleans(), st.integers(-9, 9), st.text(st.characters(codec="utf-8"), max_size=6)
)
TABLES: st.SearchStrategy[LuaTable] = st.dictionaries(
    NAMES.filter(str.isidentifier).filter(lambda name: name != "end"),
    st.one_of(PLAIN, st.dictionaries(NAMES, PLAIN, max_size=3)),
    max_size=4,
)


@given(TABLES, NAMES.filter(lambda name: name in "abq"), NAMES, PLAIN)
def test_setting_and_taking_out_change_one_key(
    table: LuaTable, first: str, second: str, value: LuaValue
) -> None:
    """Whatever a file of constants says: after both, the key is gone and the rest is there."""
    text = to_bytes("".join(f"{key} = {_lua(each)} -- c\n" for key, each in table.items()))
    path = (first, second)
    after = with_key(text, path, value, evaluate)
    below = evaluate(after)[first]
    assert isinstance(below, dict)
    assert below[second] == value
    again = evaluate(without_key(after, path, evaluate))
    old = table.get(first)
    kept = {key: it for key, it in old.items() if key != second} if isinstance(old, dict) else {}
    assert again[first] == kept
    assert {**again, first: None} == {**evaluate(text), first: None}


def _lua(value: LuaValue) -> str:
    return value_text(value, dialect=EXACT)


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("a = 1\nb = 2\n", "b = 2\n"),
        ("b = 2\na = 1\nc = 3\n", "b = 2\nc = 3\n"),
        ("b = 2\na = 1", "b = 2\n"),
        ("b = 2 a = 1 c = 3\n", "b = 2  c = 3\n"),
        ("a = 1; b = 2\n", " b = 2\n"),
        ("a = 1 ; \nb = 2\n", "b = 2\n"),
        ("b = 2\na = 1 -- why\n", "b = 2\n -- why\n"),
    ],
)
def test_a_removed_key_takes_its_line_with_it(source: str, left: str) -> None:
    """Unless a comment or another assignment is on it."""
    assert without_key(source.encode(), ("a",), evaluate).decode() == left


@pytest.mark.parametrize("key", ["deps_mode.x", "deps_mode.x.y", "nope.x", "variables.AR"])
def test_a_key_below_what_is_no_table_is_not_there(key: str) -> None:
    """Nothing is removed, and the user is told so."""
    with pytest.raises(NotSetError, match=f"does not set {key}"):
        without_key(FILE.encode(), parse_key(key), evaluate)


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("a = { }\n", "a.b.c", "a.b = {\n   c = 1\n}\n"),
        ("a = { b = { } }\n", "a.b.c", "a.b.c = 1\n"),
        ("a = { b = { } }\n", "a.b.c.d", "a.b.c = {\n   d = 1\n}\n"),
        ('a = { ["end"] = { } }\n', "a.end.c", 'a["end"].c = 1\n'),
        ("a = { { } }\n", "a[1].c-d", 'a[1]["c-d"] = 1\n'),
        ("a = { { } }\n", "a[1].\u00e9", 'a[1]["\u00e9"] = 1\n'),
    ],
)
def test_only_missing_tables_are_added(text: str, key: str, line: str) -> None:
    """Tables that are there at any depth stay, and the new key is indexed below them."""
    assert edited(key, 1, text) == text + line


def test_a_value_that_is_no_table_becomes_one_only_where_it_is_written_so() -> None:
    """A key below a text replaces the text, as its only key."""
    assert edited("a.b", 1, 'a = "x"\n') == 'a = "x"\na = {\n   b = 1\n}\n'

"""The writer makes the bytes that LuaRocks makes."""

from __future__ import annotations

import pytest

from distrorocks.lua.read import parse
from distrorocks.lua.value import FUNCTION, LuaTable, table_of
from distrorocks.lua.write import (
    DEFAULT,
    EXACT,
    LUA_51,
    LUA_52,
    LUAROCKS_HEAD,
    ROCKSPEC_ORDER,
    PersistError,
    key_text,
    persist,
    sorted_keys,
    value_text,
)


def test_a_rock_manifest_is_written_as_luarocks_does() -> None:
    """Sorted keys, three blanks a level, brackets where a key is no name, no last comma."""
    table: LuaTable = {
        "rock_manifest": {
            "thing-1.0-1.rockspec": "d41d8cd98f00b204e9800998ecf8427e",
            "lua": {"thing": {"core.lua": "0cc175b9c0f1b6a831c399e269772661"}, "end": {}},
            "doc": {},
        }
    }
    assert (
        persist(table)
        == b"""\
rock_manifest = {
   doc = {},
   lua = {
      ["end"] = {},
      thing = {
         ["core.lua"] = "0cc175b9c0f1b6a831c399e269772661"
      }
   },
   ["thing-1.0-1.rockspec"] = "d41d8cd98f00b204e9800998ecf8427e"
}
"""
    )


def test_what_follows_a_number_shares_its_line() -> None:
    """The layout of a parsed version, numbers first, is that of LuaRocks' manifests."""
    version: LuaTable = {"string": "3.0rc1-1", "revision": 1, 1: 3, 2: 0, 3: -999.99999}
    assert persist({"version": version}) == (
        b'version = {\n   3, 0, -999.99999, revision = 1, string = "3.0rc1-1"\n}\n'
    )


STRINGS = {
    'a"b\\': rb'"a\"b\\"',
    "tab\tnul\0one\x001del\x7f": rb'"tab\9nul\0one\0001del\127"',
    "two\nlines": b"[[\ntwo\nlines]]",
    "]]\n": b"[=[\n]]\n]=]",
    "\n]": b"[=[\n\n]]=]",
    "é\udcff": b'"\xc3\xa9\xff"',
}


@pytest.mark.parametrize("text", STRINGS)
def test_strings(text: str) -> None:
    """Strings are quoted as %q does since Lua 5.2, or stand in the least long brackets."""
    assert value_text(text).encode("utf-8", "surrogateescape") == STRINGS[text]


def test_numbers() -> None:
    """Integers are plain, floats have 14 digits and a mark that they are floats."""
    assert [value_text(number) for number in (1, -1, 1.0, -100000.0, 0.1, 1e100, 2**63 - 1)] == [
        "1",
        "-1",
        "1.0",
        "-100000.0",
        "0.1",
        "1e+100",
        "9223372036854775807",
    ]


def test_dialects_differ_where_luarocks_differs() -> None:
    """Older Lua leaves control bytes and whole floats bare; newer LuaRocks drops sparse keys."""
    assert value_text("a\t\0", dialect=LUA_51) == '"a\t\\000"'
    assert value_text(-100000.0, dialect=LUA_52) == "-100000"
    sparse: LuaTable = {1: "a", 3: "c", -1: "z"}
    assert value_text(sparse) == '{\n   [-1] = "z",\n   "a",\n   [3] = "c"\n}'
    assert value_text(sparse, dialect=LUAROCKS_HEAD) == '{\n   "z",\n   "a",\n   "c"\n}'


def test_keys_are_sorted_by_bytes() -> None:
    """Numbers come first, then upper case, _ and lower case; bytes beyond UTF-8 by their value."""
    table: LuaTable = dict.fromkeys(["b", "_", "B", "\ue000", "\udcff", "é", 10, 2, 1.5])
    assert sorted_keys(table) == [1.5, 2, 10, "B", "_", "b", "é", "\ue000", "\udcff"]


def test_a_rockspec_has_the_order_that_people_know() -> None:
    """Known keys come in LuaRocks' order, at both levels, others after them."""
    table: LuaTable = {
        "zone": "z",
        "build": {"modules": {}, "install": {}, "type": "builtin"},
        "version": "1.0-1",
        "package": "thing",
        "dependencies": table_of(["lua >= 5.1"]),
    }
    text = persist(table, order=ROCKSPEC_ORDER)
    assert list(parse(text).globals) == ["package", "version", "dependencies", "build", "zone"]
    assert text.index(b"type") < text.index(b"modules") < text.index(b"install")


def test_a_key_of_several_lines_reads_back() -> None:
    """It is quoted: in long brackets, as LuaRocks writes it, no Lua could read it."""
    table: LuaTable = {"t": {"a\nb\r": 1}}
    assert persist(table) == b't = {\n   ["a\\10b\\13"] = 1\n}\n'
    assert parse(persist(table, dialect=LUA_51)).globals == table


@pytest.mark.parametrize("text", ["\r", "\r\n", "[\r", "a\rb", "a\nb\r", "a\r\nb"])
def test_a_string_with_a_carriage_return_reads_back(text: str) -> None:
    """Between long brackets Lua would read a line feed, so it is quoted in every dialect."""
    for dialect in (DEFAULT, LUA_51, EXACT):
        assert parse(persist({"t": text}, dialect=dialect)).globals == {"t": text}


@pytest.mark.parametrize("key", ["a-b", "end", "", "1a", "é", 1])
def test_a_top_level_key_is_a_plain_name(key: str | int) -> None:
    """What cannot stand left of an equals sign is refused."""
    with pytest.raises(PersistError, match="plain key"):
        persist({key: 1})


@pytest.mark.parametrize("value", [FUNCTION, float("nan"), float("inf")])
def test_what_has_no_text_is_refused_with_its_place(value: float) -> None:
    """Functions, NaN and infinities would not read back as themselves."""
    with pytest.raises(PersistError, match=r"^a\.b\.2 is "):
        persist({"a": {"b": {1: 1, 2: value}}})


def test_a_key_has_its_own_text() -> None:
    """A name stands bare before the equals sign, all else in brackets."""
    keys: list[str | int] = ["name", "a.b", "end", 3]
    assert [key_text(key) for key in keys] == ["name = ", '["a.b"] = ', '["end"] = ', "[3] = "]


def test_nil_is_absence() -> None:
    """A value of None is not written."""
    assert persist({"a": None, "b": {"c": None}}) == b"b = {}\n"
    assert value_text({"a": None, "b": 1, "c": None, "d": 2}) == value_text({"b": 1, "d": 2})


def test_at_most_eight_keys_of_a_path_are_shown() -> None:
    """A message stays readable, however deep the value is."""
    table: LuaTable = {"last": FUNCTION}
    for number in range(9):
        table = {f"k{number}": table}
    with pytest.raises(PersistError) as raised:
        persist(table)
    assert raised.value.brief.startswith("k8.k7.k6.k5.k4.k3.k2.k1 is a function")


def test_rockspecs_have_luarocks_order() -> None:
    """Each table that has an order of its own, as LuaRocks' ``write_rockspec`` writes it."""
    order = {key: list(below) for key, below in ROCKSPEC_ORDER.items()}
    assert list(order) == [
        *("rockspec_format", "package", "version", "source", "description"),
        *("supported_platforms", "dependencies", "build_dependencies", "external_dependencies"),
        *("build", "test_dependencies", "test", "hooks"),
    ]
    assert {key: below for key, below in order.items() if below} == {
        "source": ["url", "tag", "branch", "md5"],
        "description": ["summary", "detailed", "homepage", "license"],
        "build": ["type", "modules", "copy_directories", "platforms"],
        "test": ["type"],
    }


@pytest.mark.parametrize(
    ("value", "what"),
    [(None, "nothing"), (FUNCTION, "a function"), (float("nan"), "nan"), (float("-inf"), "-inf")],
)
def test_a_value_without_a_place_is_named_alone(value: float | None, what: str) -> None:
    """Where it stands in no table, the message says what it is."""
    with pytest.raises(PersistError) as raised:
        value_text(value)
    assert raised.value.brief == f"the value is {what}, which cannot be written as Lua text"

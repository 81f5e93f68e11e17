"""What is written is read back, whatever it is."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings, strategies as st

from distrorocks.lua.read import Chunk, LuaSyntaxError, NotLiteral, parse
from distrorocks.lua.value import LuaTable, LuaValue, to_bytes, to_text
from distrorocks.lua.write import LUA_51, persist

TEXTS = st.one_of(
    st.text().map(lambda text: text.encode("utf-8", "replace")),
    st.binary(),
    st.text('"\\]=[\n\0019\t-', max_size=12).map(str.encode),
).map(lambda raw: to_text(raw.replace(b"\r", b"")))
"""All byte strings but those with a carriage return, which LuaRocks' long brackets lose."""

FLOATS = st.floats(allow_nan=False, allow_infinity=False).map(lambda x: float(f"{x:.14g}"))
INTEGERS = st.integers(-(2**63) + 1, 2**63 - 1)
NUMBER_KEYS = st.one_of(
    st.integers(-3, 9), FLOATS.map(lambda x: int(x) if x.is_integer() and abs(x) < 2**63 else x)
)
KEYS = st.one_of(TEXTS, NUMBER_KEYS, st.from_regex(r"[a-z_]{1,6}", fullmatch=True))
VALUES: st.SearchStrategy[LuaValue] = st.recursive(
    st.one_of(st.booleans(), INTEGERS, FLOATS, TEXTS),
    lambda inner: st.one_of(
        st.dictionaries(KEYS, inner, max_size=5),
        st.lists(inner, max_size=5).map(lambda items: dict(enumerate(items, 1))),
    ),
    max_leaves=25,
)
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: (
        name not in {"end", "if", "in", "do", "or", "and", "not", "nil", "for", "_ENV"}
        and name
        not in {"true", "then", "else", "false", "local", "break", "goto", "while", "until"}
        and name not in {"repeat", "return", "elseif", "function"}
    )
)
TABLES = st.dictionaries(NAMES, VALUES, max_size=6)


def is_same(left: LuaValue, right: LuaValue) -> bool:
    """Return whether two values are equal, integers and floats and booleans kept apart."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(is_same(left[k], right[k]) for k in left)
    return type(left) is type(right) and left == right


@settings(max_examples=150, deadline=None)
@given(TABLES)
def test_reading_undoes_writing(table: LuaTable) -> None:
    """The parser gives back each table that the writer wrote, types and bytes included."""
    assert is_same(dict(parse(persist(table)).globals), table)


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_writing_is_stable(table: LuaTable) -> None:
    """Written, read and written again, the bytes are the same, in whatever order keys came."""
    text = persist(table)
    assert persist(parse(text).globals) == text
    assert persist(dict(reversed(table.items()))) == text


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(NAMES, TEXTS, max_size=4))
def test_the_oldest_dialect_reads_back_as_well(table: LuaTable) -> None:
    """Strings with bare control bytes are the same strings."""
    assert parse(persist(table, dialect=LUA_51)).globals == table


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=60), st.text("ax={}[]()\"'\\-=.,1e \nif", max_size=40)))
def test_any_text_is_read_or_refused(text: bytes | str) -> None:
    """No text makes the parser fail in a way of its own."""
    raw = text if isinstance(text, bytes) else to_bytes(text)
    with suppress(LuaSyntaxError, NotLiteral):
        assert isinstance(parse(raw), Chunk)

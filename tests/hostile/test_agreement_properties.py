"""The parser that runs nothing and the interpreter that does agree on every text.

A value that is silently wrong would be worse than any refusal: texts are made by grammar, and
whatever the strict parser accepts must be what Lua 5.4 says.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from distrorocks.lua.read import LuaSyntaxError, LuaTextError, NotLiteral, parse
from distrorocks.lua.value import LuaValue
from distrorocks.system.lua.jail import Jail

NAMES = st.sampled_from(["a", "b", "c", "t"])
ATOMS = st.sampled_from(
    [
        *("nil", "true", "false", "0", "1", "2.0", "-3", "0x10", "1e3", "7.25", ".5"),
        *("''", "'x'", '"a\\65\\n"', "[[y]]", "[==[\nz]]]==]", "'\\xc3'", "'\\xa9'", "'2'"),
        *("a", "b", "c", "t", "t.x", "t[1]", "t['x']", "(a)", "#t", "#'ab'"),
        *("9223372036854775807", "b:gsub('x', 'yy')", "('axa'):gsub(\"a\", '')"),
    ]
)
SIGNS = st.sampled_from(
    ["..", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or", "+", "-", "*", "/", "//", "%", "^"]
)
EXPRESSIONS: st.SearchStrategy[str] = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, SIGNS, inner).map(" ".join),
        st.tuples(st.sampled_from(["not ", "- ", "#"]), inner).map("".join),
        inner.map("({})".format),
        st.lists(
            st.one_of(
                inner,
                st.tuples(NAMES, inner).map(" = ".join),
                st.tuples(inner, inner).map(lambda pair: "[({})] = {}".format(*pair)),
            ),
            max_size=4,
        ).map(lambda entries: "{" + ", ".join(entries) + "}"),
    ),
    max_leaves=8,
)
TARGETS = st.sampled_from(["a", "b", "c", "t", "a, b", "t.x", "t[1], a", "t.x.y", "t, t.x"])
STATEMENTS: st.SearchStrategy[str] = st.recursive(
    st.one_of(
        st.tuples(TARGETS, EXPRESSIONS).map(" = ".join),
        st.tuples(TARGETS, EXPRESSIONS, EXPRESSIONS).map(lambda x: "{} = {}, {}".format(*x)),
        st.tuples(NAMES, EXPRESSIONS).map(lambda x: "local {} = {}".format(*x)),
        st.tuples(NAMES, NAMES, EXPRESSIONS).map(lambda x: "local {}, {} = {}".format(*x)),
        st.just("t = {x = {}, 'one'}"),
        st.just(";"),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda lines: "do {} end".format(" ".join(lines))),
        st.tuples(EXPRESSIONS, inner, inner).map(lambda x: "if {} then {} else {} end".format(*x)),
        st.tuples(EXPRESSIONS, inner).map(lambda x: "if {} then {} return end".format(*x)),
    ),
    max_leaves=3,
)
TEXTS = st.lists(STATEMENTS, min_size=1, max_size=6).map(
    lambda lines: "\n".join(["a = 1 b = 'x' t = {x = {}, 'one'}", *lines])
)


def is_same(left: LuaValue, right: LuaValue) -> bool:
    """Return whether two values are equal, types kept apart, NaN equal to itself."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(is_same(left[k], right[k]) for k in left)
    return type(left) is type(right) and (left == right or left != left != right)


def agree(jail: Jail, text: str) -> None:
    """Assert that what the parser says of ``text``, Lua says as well."""
    try:
        ours = parse(text.encode())
    except NotLiteral:
        return
    except LuaSyntaxError as error:
        if error.line == 0:
            return
        ours = None
    try:
        theirs = jail.evaluate(text.encode(), name="text")
    except LuaTextError:
        theirs = None
    if ours is None or theirs is None:
        assert ours is theirs, "one refuses what the other accepts"
        return
    assert is_same(dict(ours.globals), dict(theirs.globals)), (ours, theirs)
    assert ours.undefined == theirs.undefined


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=TEXTS)
def test_parser_and_interpreter_agree(jail: Jail, is_modern: bool, text: str) -> None:
    """What the strict parser accepts has the value that Lua 5.4 gives it."""
    if not is_modern:
        pytest.skip("the measure is Lua 5.4, which has integers")
    agree(jail, text)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text("ab={}[]()\"'\\-=.,;1ex \n<~+", max_size=30))
def test_they_agree_on_noise(jail: Jail, is_modern: bool, text: str) -> None:
    """Even of random characters: a text is Lua for both, or for neither."""
    if not is_modern:
        pytest.skip("the measure is Lua 5.4, which has integers")
    agree(jail, text)

"""Attacks on the parser that runs nothing: it stands alone where there is no jail."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import Chunk, LuaSyntaxError, NotLiteral

AttackParser = Callable[[bytes], Chunk | DistrorocksError]

MEGABYTE = 1024 * 1024

REFUSED: dict[str, bytes] = {
    "bytecode": b"\x1bLuaT\0",
    "bytecode-after-a-shebang": b"#!lua\n\x1bLuaT\0",
    "byte-order-mark": b"\xef\xbb\xbfa = 1",
    "nul-between": b"a = 1 \0 b = 2",
    "not-utf-8-between": b"a = \xff\xfe",
    "letters-of-others": "é = 1".encode(),
    "nested-tables": b"a=" + b"{" * 500_000,
    "nested-tables-closed": b"a=" + b"{" * 100_000 + b"}" * 100_000,
    "nested-parentheses": b"a=" + b"(" * 500_000,
    "nested-brackets": b"a=" + b"b[" * 250_000,
    "nested-keys": b"a=" + b"{[" * 250_000,
    "nested-not": b"a=" + b"not " * 200_000 + b"1",
    "nested-minus": b"a=" + b"- " * 200_000 + b"1",
    "nested-power": b"a=2" + b"^2" * 200_000,
    "nested-do": b"do " * 200_000,
    "nested-if": b"if a then " * 50_000,
    "nested-else": b"if a then else " * 50_000,
    "nested-calls-in-a-dead-branch": b"if nil then a=" + b"f(" * 200_000,
    "nested-tables-in-calls": b"if nil then a=" + b"f{" * 200_000,
    "nested-keys-in-calls": b"if nil then a=" + b"f{[f{" * 100_000,
    "nested-else-if": b"if a then elseif (" * 50_000,
    "nested-and": b"a = nil" + b" and (nil" * 50_000,
    "long-brackets-of-all-levels": b"".join(b"[%s[" % (b"=" * i) for i in range(1000)),
    "open-long-string": b"a = [[" + b"[[" * 400_000,
    "open-long-comment": b"--[[ " * 200_000,
    "open-long-comments-of-levels": b"--[==[ --[=[ --[[ " * 50_000,
    "open-string": b'a = "' + b"x" * MEGABYTE,
    "open-strings": b'a = "\\\n' * 100_000,
    "open-string-of-escapes": b'a = "' + b'\\"' * 500_000,
    "open-string-of-z": b'a = "' + b"\\z \n" * 200_000,
    "carets-of-equals": b"[" + b"=" * MEGABYTE,
    "a-megabyte-of-brackets": b"[" * MEGABYTE,
    "a-megabyte-of-digits-and-letters": b"a = " + b"1f" * (MEGABYTE // 2),
    "a-megabyte-of-dots": b"a = 1" + b"." * MEGABYTE,
    "decimal-escape": b'a = "\\256"',
    "hexadecimal-escape": b'a = "\\xg0"',
    "code-point": b'a = "\\u{%s}"' % (b"f" * 100_000),
    "unknown-escape": b'a = "\\q"',
    "doubling": b'a="x" ' + b"a=a..a " * 60,
    "doubling-numbers": b"a=12345678 " + b"a=a..a " * 60,
    "copies-of-a-long-text": b"s=[[%b]] t={" % (b"x" * 100_000) + b"s," * 100_000 + b"}",
    "billion-laughs": b"local t={1} " + b"t={t,t} " * 120 + b"a=t",
    "billion-laughs-wide": b"local t={1} " + b"t={%s} " % (b"t," * 100) * 60 + b"a=t",
    "billion-strings": b"local t={[[%b]]} " % (b"x" * 10000) + b"t={t,t,t,t} " * 20 + b"a=t",
    "millions-of-tables": b"a={" + b"{}," * 3_100_000 + b"}",
    "millions-of-items": b"a={" + b"1," * 6_100_000 + b"}",
    "cycle": b"a={} a.a=a",
    "cycle-of-two": b"a={} b={a=a} a.b=b",
    "cycle-by-locals": b"local t={} t[1]={t} a=t",
    "deep-by-naming": b"local t={} " + b"t={t} " * 100_000 + b"a=t",
}

DECLINED: dict[str, bytes] = {
    "loop": b"while true do end",
    "goto": b"::a:: goto a",
    "call": b"os.execute('id')",
    "call-of-a-string": b"x = ('x'):rep(1e9)",
    "pattern": b"x = ('x'):gsub('.-.-.-.-b', '')",
    "replacement": b"x = ('x'):gsub('x', '%1')",
    "growing-gsub": b'a="xx" ' + b'a=a:gsub("x","xxxxxxxx") ' * 30,
    "function": b"function f() end",
    "metatable": b"setmetatable({}, {})",
    "environment": b"_ENV = {}",
    "environment-among-targets": b"a, _ENV = 1, {}",
    "local-environment": b"local _ENV = {}",
    "boolean-key": b"t = { [true] = 1 }",
    "nan-key": b"t = { [0/0] = 1 }",
    "division-by-zero": b"x = 1 // 0",
    "power-overflow": b"x = 10 ^ 10000",
    "arguments": b"x = ...",
    "field-of-nil": b"x = y.z",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_text_is_refused(name: str, attack_parser: AttackParser) -> None:
    """It is an error with a line, soon, and never a crash of ours."""
    outcome = attack_parser(REFUSED[name])
    assert isinstance(outcome, LuaSyntaxError), outcome


@pytest.mark.parametrize("name", DECLINED)
def test_what_computes_is_declined(name: str, attack_parser: AttackParser) -> None:
    """What only an interpreter can tell is left to the jail, or to nobody."""
    outcome = attack_parser(DECLINED[name])
    assert isinstance(outcome, NotLiteral), outcome
    assert outcome.line == 1


PLAIN: dict[str, tuple[bytes, object]] = {
    "blanks": (b" \t\r\n" * (MEGABYTE // 4), None),
    "comments": (b"--\n" * (MEGABYTE // 4), None),
    "semicolons": (b";" * MEGABYTE, None),
    "long-name": (b"x = " + b"a" * MEGABYTE, None),
    "many-digits": (b"x = " + b"9" * MEGABYTE, float("inf")),
    "many-hexadecimal-digits": (b"x = 0x" + b"f" * MEGABYTE, -1),
    "exponent": (b"x = 1e" + b"9" * MEGABYTE, float("inf")),
    "hexadecimal-exponent": (b"x = 0x1p" + b"9" * 1000, float("inf")),
    "long-chain": (b"x = #('a'" + b"..'a'" * 200_000 + b")", 200_001),
    "long-sum": (b"x = 1" + b"+1" * 200_000, 200_001),
    "many-assignments": (b"x = 1 " * 150_000, 1),
    "many-targets": (b"x" + b",x" * 100_000 + b" = 1", 1),
    "many-branches": (b"if nil then " + b"elseif nil then " * 50_000 + b"else x = 1 end", 1),
    "many-fields": (b"x = {} x" + b".y" + b" = 1 x = 1", 1),
    "high-level-brackets": (b"x = #[%b[y]%b]" % (b"=" * 100_000, b"=" * 100_000), 1),
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_large_plain_text_is_read_in_time(name: str, attack_parser: AttackParser) -> None:
    """Time is linear in the size of the text, whatever it is made of."""
    text, value = PLAIN[name]
    outcome = attack_parser(text)
    assert isinstance(outcome, Chunk), outcome
    assert outcome.globals.get("x") == value


@pytest.mark.parametrize("name", ["doubling", "billion-laughs", "copies-of-a-long-text"])
def test_a_bomb_takes_little_memory(name: str, attack_parser: AttackParser) -> None:
    """Growth is refused before it is made."""
    tracemalloc.start()
    try:
        attack_parser(REFUSED[name])
        assert tracemalloc.get_traced_memory()[1] < 64 * MEGABYTE
    finally:
        tracemalloc.stop()

"""Attacks that want out: to Python, to the system, to the interpreter, to the next file."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from distrorocks.cli.main import main
from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import Chunk, LuaSyntaxError
from distrorocks.lua.value import FUNCTION, LuaTable
from distrorocks.system.lua.jail import Jail, JailLimit, LuaRuntimeError
from tests.builders import debian

Attack = Callable[[Jail, bytes], Chunk | DistrorocksError]

ABSENT = {
    "python-eval": b"""x = python.eval("__import__('os').system('id')")""",
    "python-builtins": b"x = python.builtins.open('/etc/passwd'):read()",
    "python-none-subclasses": b"x = python.as_attrgetter(python.none).__class__.__base__",
    "python-iter": b"for x in python.iter({}) do y = x end",
    "os-execute": b"os.execute('touch /tmp/escaped')",
    "os-getenv": b"x = os.getenv('HOME')",
    "os-exit": b"os.exit(0)",
    "os-remove": b"os.remove('/etc/passwd')",
    "io-open-read": b"x = io.open('/etc/passwd'):read('*a')",
    "io-open-write": b"io.open('/tmp/escaped', 'w'):write('x')",
    "io-popen": b"x = io.popen('id'):read('*a')",
    "io-stdout-forges-an-answer": b"io.stdout:write('4\\nVg={')",
    "package-loaded": b"package.loaded.os.execute('id')",
    "package-loadlib": b"package.loadlib('libc.so.6', 'system')('id')",
    "require": b"local os = require 'os'",
    "require-ffi": b"local ffi = require 'ffi' ffi.cdef[[int system(const char*);]]",
    "debug-registry": b"x = debug.getregistry()",
    "debug-sethook": b"debug.sethook()",
    "load-text": b"load('return os')()",
    "load-bytecode": b"load('\\27Lua')()",
    "loadstring": b"loadstring('return os')()",
    "loadfile": b"loadfile('/etc/passwd')",
    "dofile-stdin": b"dofile()",
    "getfenv": b"x = getfenv(0)",
    "setfenv": b"setfenv(1, {})",
    "string-metatable": b"getmetatable('').__index = function() return 'evil' end",
    "environment-metatable": b"setmetatable(_ENV, { __newindex = function() end })",
    "hostile-index": b"t = setmetatable({}, { __index = function() while true do end end })",
    "hostile-len": b"t = setmetatable({}, { __len = function() while true do end end })",
    "hostile-gc": b"setmetatable({}, { __gc = function() while true do end end })",
    "hostile-close": b"local x <close> = setmetatable({}, { __close = function() end })",
    "rawset": b"rawset(_ENV, 'x', 1)",
    "global-table": b"x = _G.os",
    "string-table": b"string.format = function() return 'evil' end",
    "newproxy": b"x = newproxy(true)",
    "coroutine-loop": b"coroutine.wrap(function() while true do end end)()",
    "pcall-loop": b"while true do pcall(function() while true do end end) end",
    "collectgarbage": b"collectgarbage('stop')",
    "error-object": b"error(setmetatable({}, { __tostring = function() return {} end }))",
    "print-flood": b"while true do print(('x'):rep(1000)) end",
    "fork": b"while true do os.execute('sleep 100 &') end",
    "dump": b"x = (''):dump()",
    "string-field": b"(''.x).format = 1 ",
    "write-to-a-string": b"local s = '' s.format = function() return 'evil' end",
}


@pytest.mark.parametrize("name", ABSENT)
def test_what_could_escape_is_not_there(
    name: str, jail: Jail, attack: Attack, is_modern: bool
) -> None:
    """The names of dangerous libraries are nil, so that using one is an error of the file."""
    outcome = attack(jail, ABSENT[name])
    assert isinstance(outcome, LuaRuntimeError | LuaSyntaxError)
    if is_modern and name != "string-field":
        assert isinstance(outcome, LuaRuntimeError)
    assert not os.path.exists("/tmp/escaped")


HARMLESS: dict[str, tuple[bytes, LuaTable]] = {
    "names-are-nil": (b"x = python y = os z = io", {}),
    "own-environment": (b"found = _ENV and _ENV.os == nil", {"found": True}),
    "no-metatable-of-the-environment": (b"n = _ENV.__index == nil", {"n": True}),
    "no-dump": (b"none = (''):rep(1).dump == nil", {"none": True}),
    "metatable-names-as-data": (
        b"t = { __index = function() while true do end end, __gc = 1 }",
        {"t": {"__index": FUNCTION, "__gc": 1}},
    ),
    "another-environment": (b"a = 1 _ENV = {} b = 2", {"a": 1}),
    "no-arguments": (b"x = ...", {}),
    "names-of-the-answer": (b"F = 1 N = 2 u = 3 g = 4", {"F": 1, "N": 2, "u": 3, "g": 4}),
    "text-of-an-answer": (b'x = "V\\nu={}\\ng={}"', {"x": "V\nu={}\ng={}"}),
    "quote-in-a-key": (b"x = { ['\"]=F,[\"'] = 1 }", {"x": {'"]=F,["': 1}}),
    "every-byte": (
        b"x = '' for i = 0, 255 do x = x .. (\"%c\"):format(i) end",
        {"x": bytes(range(256)).decode("utf-8", "surrogateescape")},
    ),
    "not-utf-8": (b'x = "\xff\xfe\xed\xa0\x80"', {"x": "\udcff\udcfe\udced\udca0\udc80"}),
    "nul-in-text": (b'x = "a\0b"', {"x": "a\0b"}),
    "rep-below-zero": (b"x = ('x'):rep(-1e9)", {"x": ""}),
    "numbers-at-the-edge": (
        b"a = 1e308 * 10 b = -9223372036854775807 - 1 c = 9223372036854775807 + 1",
        {"a": float("inf"), "b": -(2**63), "c": -(2**63)},
    ),
    "callbacks": (b"x = ('abc'):gsub('.', function(c) return c .. c end)", {"x": "aabbcc"}),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_looks_dangerous_has_its_plain_value(
    name: str, jail: Jail, attack: Attack, is_modern: bool
) -> None:
    """Odd texts that do no harm are read for what they say."""
    text, value = HARMLESS[name]
    outcome = attack(jail, text)
    if is_modern:
        assert isinstance(outcome, Chunk), outcome
        assert outcome.globals == value


@pytest.mark.parametrize(
    "text",
    [
        b"\x1bLua",
        b"\x1bLuaT\0\x19\x93\r\n\x1a\n" + b"\xff" * 500,
        b"#!/usr/bin/lua\n\x1bLuaQ\0\1\4",
    ],
    ids=["short", "forged", "after-a-shebang"],
)
def test_forged_bytecode_is_refused(text: bytes, jail: Jail, attack: Attack) -> None:
    """A text that begins like compiled Lua never reaches an interpreter."""
    outcome = attack(jail, text)
    assert isinstance(outcome, LuaSyntaxError)
    assert "compiled Lua" in outcome.brief


@pytest.mark.parametrize("module", ["lua51", "lua53", "lua54"])
def test_real_bytecode_is_refused(module: str, jail: Jail, attack: Attack) -> None:
    """What string.dump made of an honest function is refused like what is forged."""
    pytest.importorskip("lupa")
    try:
        lua: Any = importlib.import_module(f"lupa.{module}")
    except ImportError:
        pytest.skip(f"lupa has no {module}")
    dumped = lua.LuaRuntime(encoding=None).execute(b"return string.dump(function() x = 1 end)")
    assert dumped.startswith(b"\x1bLua")
    assert isinstance(attack(jail, dumped), LuaSyntaxError)
    assert isinstance(attack(jail, b"\xef\xbb\xbf" + dumped), LuaSyntaxError)


def test_a_result_that_is_its_own_environment_is_refused(jail: Jail, attack: Attack) -> None:
    """A global that holds all globals is a value without end."""
    assert isinstance(attack(jail, b"me = {} me.me = me"), JailLimit)


def test_a_terminal_is_not_painted_by_a_message(jail: Jail, attack: Attack) -> None:
    """Escape sequences in names do not reach the screen through the error."""
    outcome = attack(jail, b'local t = {} t["\\27[2J\\n\\7evil"]()')
    assert isinstance(outcome, LuaRuntimeError)
    assert "\x1b" not in str(outcome)


FORGED = "error: forged\rhint: run curl"
LINES = {
    "verify": ["verify", "--tree={tree}"],
    "verify the distribution's": ["verify"],
    "list": ["list", "--tree={tree}"],
    "check": ["check"],
    "which": ["which", f"x\n{FORGED}"],
    "show": ["show", f"x\n{FORGED}"],
    "make-manifest": ["make-manifest", "--local-tree", "--tree={tree}"],
    "refresh": ["refresh", "--dry-run"],
    "lint": ["lint", "{tree}/x\n" + FORGED],
    "a file of packages": ["scan"],
}


@pytest.mark.parametrize("words", LINES.values(), ids=LINES)
def test_names_with_line_breaks_forge_no_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """Rocks, versions, modules and trees are told on one line each, whatever they are called."""
    machine = debian(tmp_path)
    for tree in ("/usr", f"/home/u/t\n{FORGED}"):
        rocks = machine.root / f"{tree}/lib/luarocks/rocks-5.3".lstrip("/")
        for name, version in ((f"x\n{FORGED}", "1-1"), ("y", f"\n{FORGED}\n-1")):
            (rocks / name / version).mkdir(parents=True)
            text = f"rock_manifest = {{ lua = {{ [ [[x\n{FORGED}]] ] = '0' }} }}"
            (rocks / name / version / "rock_manifest").write_text(text)
    given = [each.format(tree=f"/home/u/t\n{FORGED}") for each in words]
    if words[0] == "make-manifest":
        given = [each.replace("/home", f"{machine.root}/home") for each in given]
    elif words[0] != "lint":
        given.append(f"--root={machine.root}")
    main(given)
    told = capsys.readouterr()
    lines = (told.out + told.err).splitlines()
    assert lines
    assert not [line for line in lines if line.startswith(("error: forged", "hint: run curl"))]

"""Modules that do not load on their own are told from their code."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.lua_file import LoadNeeds
from distrorocks.packaging.code.module_loading import load_needs


def needs_of(text: str) -> LoadNeeds:
    """Return what a module needs when it is loaded."""
    return load_needs({"foo": text})["foo"]


@pytest.mark.parametrize(
    ("text", "requires"),
    [
        ("local a = require 'a.b'\nlocal c = require('c')", ("a.b", "c")),
        ("local a = require('a/b')", ("a.b",)),
        ("local a = require 'a.init'", ("a",)),
        ("require('a' .. name)", ()),
        ("local ok, a = pcall(require, 'a')", ()),
        ("local a = b or require 'a'", ()),
        ("local function f() return require 'a' end", ()),
        ("if jit then require 'ffi' end", ()),
        ("-- require 'a'", ()),
        ("local a = '", ()),
    ],
)
def test_modules_required_outside_of_blocks_count(text: str, requires: tuple[str, ...]) -> None:
    """What a branch, a function or pcall requires may be missing."""
    assert needs_of(text).requires == requires


@pytest.mark.parametrize(
    ("text", "for_some"),
    [
        ("if _VERSION < 'Lua 5.3' then require 'a' end", ("a",)),
        ("if _VERSION == 'Lua 5.1' then b() else require('a') end", ("a",)),
        ("if _VERSION == 'Lua 5.1' and jit then require 'a' end", ()),
        ("if _VERSION == 'Lua 5.1' then pcall(require, 'a') end", ()),
        ("if _VERSION == 'Lua 5.1' then local a = b or require 'a' end", ()),
        ("if _VERSION == 'Lua 5.1' then f = function() require 'a' end end", ()),
        ("if x then if _VERSION == 'Lua 5.1' then require 'a' end end", ()),
        ("if _VERSION == 'Lua 5.1' then b() end if x then require 'a' end", ()),
        ("if _VERSION ==" + " 1 .." * 16 + " 'x' then require 'a' end", ()),
    ],
)
def test_what_one_lua_version_requires_is_needed_for_some(
    text: str, for_some: tuple[str, ...]
) -> None:
    """A condition on the version alone decides; what may be missing otherwise does not count."""
    assert needs_of(text) == LoadNeeds(for_some=for_some)


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ("return require 'a' ('b.c')", ("b.c",)),
        ("return require('a')('b.c', 1)", ("b.c",)),
        ("return require('a') 'b.c'", ("b.c",)),
        ("return require('a').x('b.c')", ()),
        ("return require('a')(b)", ()),
        ("return require('a')('any text!')", ()),
        ("require('a')", ()),
        ("require 'a'", ()),
    ],
)
def test_a_name_given_to_what_a_module_returns_is_passed(
    text: str, passed: tuple[str, ...]
) -> None:
    """Such a module requires the one of that name."""
    assert needs_of(text) == LoadNeeds(("a",), passed=passed)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("local log = ngx.log", "uses the global ngx"),
        ("function ngx:log() end", "puts functions into the global ngx"),
        ("function ngx.log() end", "puts functions into the global ngx"),
        ("function string.trim() end", ""),
        ("local M = {} function M.log() end", ""),
        ("M = {} function M.a.log() end", ""),
        ("if x then function ngx.log() end end", ""),
        ("function log() end function log2() end log() log2()", ""),
        ("#!/usr/bin/lua\nlocal name = arg[1]", "is a script, which reads arg"),
        ("os.exit(main())", "is a script, which calls os.exit"),
        ("error 'Cannot require it'", "ends with an error"),
        ("local f = g or error('no g')", ""),
        ("if x then return {} end error 'no x'", ""),
        ("local function f() return 1 end error 'no'", "ends with an error"),
        ("if x then error('no') end", ""),
        ("local function f() error(1) end", ""),
        ("local host = assert (host, 'no host')", "uses the global host"),
        ("local print = assert(print)", ""),
        ("local other = assert(host, 'no host')", ""),
        ("#!/usr/bin/lua\nmain(...)", "is a script, which reads its arguments"),
        ("module('a', define)\nlocal log = ngx.log", ""),
        ("local log = ngx.log\nmodule('a', define)", "uses the global ngx"),
        ("module('a', package.seeall)\nlocal log = ngx.log", "uses the global ngx"),
        ("local log = ngx and ngx.log", ""),
        ("local function f() return ngx.log end", ""),
        ("local ngx = {}\nlocal log = ngx.log", ""),
        ("local arg = {}\nlocal name = arg[1]", ""),
        ("require 'socket'\nlocal tcp = socket.tcp", ""),
        ("local t = { log = string.format('%s', 1) }\nreturn t.log", ""),
    ],
)
def test_globals_of_hosts_and_scripts_are_faults(text: str, fault: str) -> None:
    """A name that the rock may define itself is none."""
    assert needs_of(text).fault == fault


@pytest.mark.parametrize(
    ("text", "is_fault"),
    [
        ("if not ... then os.exit(1) end", True),
        ("for _ in pairs(x) do if y then os.exit() end end", True),
        ("local function f() if y then os.exit() end end", False),
        ("local function f() end if y then os.exit() end", True),
        ("return os.exit", False),
        ("os.exits()", False),
    ],
)
def test_a_module_that_is_a_command_may_end_the_program(text: str, is_fault: bool) -> None:
    """Its file is installed as a command too; of others only a call that is certain counts."""
    found = load_needs({"foo": text}, {"foo"})["foo"].fault
    assert found == ("is a command, which calls os.exit" if is_fault else "")
    assert load_needs({"foo": text})["foo"].fault == ""


@pytest.mark.parametrize(
    ("required", "fault"),
    [("bar", ""), ("baz", ""), ("of_others", ""), ("string", "uses the global bar")],
)
def test_a_global_that_another_module_of_the_rock_defines_is_no_fault(
    required: str, fault: str
) -> None:
    """Older rocks share tables by globals; a module that requires only others is without."""
    modules = {"bar": "bar = {}", "baz": "require 'bar'", "else": "bar = {}"}
    needs = load_needs({"foo": f"require '{required}'\nbar.x = 1", **modules})
    assert needs["foo"].fault == fault


def faults_of(**texts: str) -> dict[str, str]:
    """Return the modules that cannot be loaded by any means, each with the reason."""
    return {it: each.fault for it, each in load_needs(texts).items() if each.fault}


def test_modules_that_require_each_other_at_once_never_load() -> None:
    """Lua has no place to begin; one that a function requires later is no circle."""
    assert faults_of(a="require 'b'", b="require 'c'", c="require 'b'") == {
        "b": "requires itself, by way of c",
        "c": "requires itself, by way of b",
    }
    assert faults_of(a="require 'b'", b="local f = function() require 'a' end") == {}


@pytest.mark.parametrize("known", ["module(...)", "package.loaded.a = {}", "package.preload.b = f"])
def test_a_circle_of_modules_that_are_known_early_may_load(known: str) -> None:
    """``module`` and ``package.loaded`` name a module before the other one requires it."""
    assert faults_of(a=f"{known}\nrequire 'b'", b="require 'a'") == {}


def test_lua_5_1_refuses_a_circle_that_begins_at_a_module_which_is_not_known_early() -> None:
    """Later versions load it twice; one that is known early loads it in all."""
    needs = load_needs({"a": "module(...)\nrequire 'b'", "b": "require 'a'"})
    assert dict(needs["b"].unfit) == {"5.1": "requires itself, by way of a"}
    assert needs["b"].after == "a"
    assert "requires itself" not in "".join(needs["a"].unfit.values())


def test_a_call_of_a_global_that_nothing_defines_is_a_fault() -> None:
    """One that only a module defines which is not required is not there."""
    call = "local f = import 'x'"
    assert faults_of(a=call, i="import = function() end") == {"a": "calls the global import"}
    assert faults_of(a=f"require 'i' {call}", i="import = function() end") == {}


@pytest.mark.parametrize(
    "text",
    [
        "require 'others' import 'x'",
        "loadfile('x')() import 'x'",
        "local function import() end import 'x'",
        "if x then import 'x' end",
        "local x x.import 'x'",
        "local y = x or import('x')",
        "print 'x'",
    ],
)
def test_a_call_that_may_find_its_function_is_no_fault(text: str) -> None:
    """Others may define a global, and what is not reached needs none."""
    assert faults_of(a=text) == {}


def test_a_module_that_a_command_only_starts_is_a_command() -> None:
    """It ends the program in a function; without a command that starts it, it may be loaded."""
    texts = {"a.main": "local function main() os.exit(1) end main()", "b": "return {}"}
    why = "is a command, which calls os.exit"
    assert load_needs(texts, started={"a.main", "b"})["a.main"].fault == why
    assert load_needs(texts, started={"a.main", "b"})["b"].fault == ""
    assert load_needs(texts)["a.main"].fault == ""


@pytest.mark.parametrize("number", ["0LL", "5ull", "0xffULL", "2i"])
def test_numbers_of_luajit_are_a_fault(number: str) -> None:
    """No other Lua reads them."""
    assert needs_of(f"local x = {number}").fault == f"is for LuaJIT alone, with the number {number}"
    assert needs_of("local x = 0x1f + 2e3").fault == ""


def test_a_local_of_the_same_name_does_not_define_a_global() -> None:
    """Nor does a local of another module; a global of a module that it requires may be there."""
    assert faults_of(a="local ngx = ngx\nlocal x = ngx.var") == {"a": "uses the global ngx"}
    assert faults_of(a="x = ngx.var", b="local ngx = {}") == {"a": "uses the global ngx"}
    assert faults_of(a="x = ngx.var", b="ngx = {}") == {"a": "uses the global ngx"}
    assert faults_of(a="require 'b' x = ngx.var", b="ngx = {}") == {}
    assert faults_of(a="local ngx = ngx or {}\nlocal x = ngx.var") == {}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("local root = (arg[0]:match('x') or '')", "is a script, which reads arg"),
        ("local arg = arg\nlocal first = arg[1]", "is a script, which reads arg"),
        ("local function f(arg) end", ""),
        ("local one = arg[1]\nfor _, arg in x do end", "is a script, which reads arg"),
        ("local arg = { n = 0 }\nlocal one = arg[1]", ""),
        ("local function f(a, arg) return arg[1] end", ""),
        ("local hosts = _G.app.hosts", "uses the global app"),
        ("local _ = _G.string.rep", ""),
        ("_G.app = {}\nlocal hosts = _G.app.hosts", ""),
        ("do local hosts = app.hosts end", "uses the global app"),
        ("for i = 1, 2 do local hosts = app.hosts end", ""),
    ],
)
def test_what_a_file_reads_at_once_has_to_be_there(text: str, fault: str) -> None:
    """Also in parentheses, as a field of _G, and in a block that only bounds local variables."""
    assert needs_of(text).fault == fault


def test_a_call_in_a_list_is_found() -> None:
    """A name in a list of variables is never called there."""
    assert needs_of("return { 1, import 'a' }").fault == "calls the global import"
    assert needs_of("local a, import = 1, 2\nimport 'a'").fault == ""


def test_a_global_that_a_program_defines_for_what_it_requires_is_missing_elsewhere() -> None:
    """A tool of the rock stands in for the server, and no module of others loads the tool."""
    tool = "app = {}\nrequire 'store'"
    store = "local app = app\nlocal path = app and app.path"
    needs = load_needs(
        {"tool": tool, "store": store, "core": "require 'of_others'\nlocal h = app.hosts"}
    )
    assert needs["core"].fault == "uses the global app"


@pytest.mark.parametrize("read", ["local app = _G.app;", "local x = _G.app", "f(_G.app)"])
def test_reading_a_field_of_the_globals_defines_nothing(read: str) -> None:
    """Neither is it code that is loaded by other means than require."""
    needs = load_needs({"foo": f"{read}\napp.hosts = {{}}"})
    assert needs["foo"].fault == "uses the global app"


ROOT = "module('a.b', package.seeall)\n"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (ROOT + "a.x('y')", "uses a.x, which nothing that it requires has"),
        (ROOT + "local y = a.x.y", "uses a.x, which nothing that it requires has"),
        ("module(..., package.seeall)\na.x('y')", "uses a.x, which nothing that it requires has"),
        (ROOT + "require 'gone'\na.x('y')", "uses a.x, which nothing that it requires has"),
        (ROOT + "require 'a'\na.x('y')", ""),
        (ROOT + "require 'a.x'\na.x('y')", ""),
        (ROOT + "require 'a.sets'\na.x('y')", ""),
        (ROOT + "a.b('y')", ""),
        (ROOT + "a = {}\na.x('y')", ""),
        (ROOT + "a.x = 1", ""),
        (ROOT + "local x = y or a.x('y')", ""),
        (ROOT + "local function f() a.x('y') end", ""),
        (ROOT + "loadstring(y)()\na.x('y')", ""),
    ],
)
def test_a_field_of_its_root_is_there_if_what_a_module_requires_has_it(
    text: str, fault: str
) -> None:
    """``module`` makes the root anew where nobody has loaded it."""
    needs = load_needs({"a.b": text, "a.sets": "module('a.sets') a.x = print"})
    assert needs["a.b"].fault == fault
    assert needs["a.b"].after == ("a" if fault else "")


@pytest.mark.parametrize("use", ["('y')", " 'y'", ' "y"', ".y = 1", ":y()"])
def test_a_field_of_its_root_is_used_by_a_call_or_a_field_of_it(use: str) -> None:
    """The root is the first name of a module of any depth."""
    for module in ("a.b", "a.b.c"):
        needs = load_needs({module: f"module(..., package.seeall)\na.x{use}"})[module]
        assert needs.fault == "uses a.x, which nothing that it requires has"
        assert needs.after == "a"


@pytest.mark.parametrize("module", ["foo", "foo.b", "foo.b.c"])
def test_module_makes_the_first_name_of_a_module_a_global(module: str) -> None:
    """Whose functions are then its own; a file that does not call it so is a guest there."""
    made = f"function {module}.log() end"
    assert load_needs({module: f"module(..., package.seeall)\n{made}"})[module].fault == ""
    for call in ("", "module('else', package.seeall)\n", "local m = module\n"):
        fault = load_needs({module: f"{call}{made}"})[module].fault
        assert fault == "puts functions into the global foo"


def test_a_file_beside_init_may_load_it() -> None:
    """It is no circle, and loads where that does."""
    texts = {"a": "return require 'a.init'", "a.init": "return require 'a.b'", "a.b": ""}
    found = load_needs(texts)
    assert (found["a"].requires, found["a"].fault) == (("a.init",), "")
    assert load_needs({"a": texts["a"]})["a"].fault == "requires itself, by way of a"

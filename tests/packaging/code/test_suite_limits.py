"""What a build cannot do for tests, and what only some Luas can, is seen in their tokens."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.lua_tokens import tokens_of
from distrorocks.packaging.code.suite_limits import lacking_luas, wanted_of_build


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("vim.api.x()", "uses the global vim"),
        ("local vim = {}\nvim.api.x()", ""),
        ("x.vim.api()", ""),
        ("s:connect(host)", "connects to a server"),
        ("connect(host)", ""),
        ("q('127.0.0.1', 80)", "connects to a server"),
        ("q('127.0.0.1', x)", ""),
        ("listen('localhost', 80)", ""),
        ("bind('localhost', 80)", ""),
        ("q('localhost', 80)", "connects to a server"),
        ("q('localhost' .. x, 80)", ""),
        ("q(80, 'localhost')", ""),
        ("q('example', 80)", ""),
        ("s.connect(host)", "connects to a server"),
        ("s:connect 'x'", ""),
        ("s.connect = f", ""),
        ("connect", ""),
        ("async = f async()", ""),
        ("async", ""),
        ("assert_x{}", ""),
        ("f(vim) vim.x()", ""),
        ("vim = f vim.x()", ""),
        ("for vim in x do vim.y() end", ""),
        ("os.execute(x) print('a &')", "starts a program in the background"),
        ("execute('a &')", ""),
        ("io.popen([[lua server.lua &]])", "starts a program in the background"),
        ("os.execute('true && false')", ""),
        ("os.execute('kill 1')", "starts a program in the background"),
        ("print('a &')", ""),
        ("async()", "calls async, which busted does not have"),
        ("x.async()", ""),
        ("x:async()", ""),
        ("assert_error 'text'", "calls assert_error, which busted does not have"),
        ('assert_error "text"', "calls assert_error, which busted does not have"),
        ("assert_x = f", ""),
        ("local function assert_x() end\nassert_x()", ""),
        ("", ""),
    ],
)
def test_what_a_build_has_not_is_told(text: str, wanted: str) -> None:
    """Servers, host programs, and programs that outlive the tests."""
    assert wanted_of_build(tokens_of(text), is_spec=True) == wanted


def test_scripts_may_have_functions_of_their_own() -> None:
    """Only specs are given their globals by busted."""
    assert wanted_of_build(tokens_of("async()"), is_spec=False) == ""


@pytest.mark.parametrize(
    ("name", "luas"),
    [
        *((each, "5.3 5.4 5.5") for each in ("unpack", "loadstring")),
        *((each, "5.2 5.3 5.4 5.5") for each in ("setfenv", "getfenv", "gcinfo", "newproxy")),
        *((f"table.{each}", "5.2 5.3 5.4 5.5") for each in ("getn", "foreach", "foreachi")),
        *((f"{each}", "5.2 5.3 5.4 5.5") for each in ("string.gfind", "math.mod")),
        ("table.maxn", "5.3 5.4 5.5"),
        *((f"table.{each}", "5.1") for each in ("unpack", "pack")),
        ("table.move", "5.1 5.2"),
        *((each, "") for each in ("select", "table.concat", "string.gsub", "x.getn", "move")),
    ],
)
def test_each_function_has_its_luas(name: str, luas: str) -> None:
    """Those of Debian's packages, whose 5.2 keeps some of 5.1."""
    assert lacking_luas(tokens_of(f"x = {name}(t)")) == dict.fromkeys(luas.split(), name)


@pytest.mark.parametrize("host", ["ngx", "vim", "love", "kong", "box", "minetest", "wx", "iup"])
def test_each_host_program_has_a_global(host: str) -> None:
    """Its fields and methods are read, not a name alone."""
    assert wanted_of_build(tokens_of(f"{host}.x()"), is_spec=False) == f"uses the global {host}"
    assert wanted_of_build(tokens_of(f"{host}:x()"), is_spec=False) == f"uses the global {host}"
    assert wanted_of_build(tokens_of(f"x({host})"), is_spec=False) == ""


@pytest.mark.parametrize(
    ("text", "luas"),
    [
        ("x = unpack(t)", dict.fromkeys(("5.3", "5.4", "5.5"), "unpack")),
        ("x = t.unpack(t)", {}),
        ("x = table.move(t)", {"5.1": "table.move", "5.2": "table.move"}),
        ("if math.mod then end", {}),
        ("x = y or math.mod(z)", {}),
        ("x = y and math.mod(z)", {}),
        ("x = math.mod or y", {}),
        ("x = math.mod and y", {}),
        ("if y then math.mod(z) end", {}),
        ("if y then x = math.mod(z) end", dict.fromkeys(("5.2", "5.3", "5.4", "5.5"), "math.mod")),
        ("local unpack = t.unpack unpack(t)", {}),
        ("f(unpack)", {}),
        ("x:unpack(t)", {}),
        ("y.table.move(t)", {"5.1": "table.move", "5.2": "table.move"}),
        ("table.pack(t) table.unpack(t)", {"5.1": "table.pack"}),
        (
            "unpack(t) setfenv(1, t)",
            {"5.2": "setfenv", "5.3": "unpack", "5.4": "unpack", "5.5": "unpack"},
        ),
        ("function unpack(t) end\nunpack(t)", {}),
    ],
)
def test_luas_that_lack_a_function_are_found(text: str, luas: dict[str, str]) -> None:
    """A function that is asked for before does not count, nor does one of the file."""
    assert lacking_luas(tokens_of(text)) == luas

"""Scripts among the modules are told by how they end, and by what they do with arguments."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.lua_tokens import tokens_of
from distrorocks.packaging.code.script_modules import (
    ends_program,
    exits,
    required_alone,
    takes_arguments,
)

SHEBANG = "#!/usr/bin/env lua\n"


@pytest.mark.parametrize(
    ("text", "is_taking"),
    [
        (f"{SHEBANG}local ok = parse(...)", True),
        (f"{SHEBANG}local arguments = {{...}}", True),
        (f"{SHEBANG}if x then parse(...) end", True),
        ("if select('#', ...) < 2 then usage() end", True),
        ('local count = select("#", ...)', True),
        (f"{SHEBANG}module(..., package.seeall)", False),
        (f"{SHEBANG}local function f(...) return g(...) end", False),
        (f"{SHEBANG}return require(... .. '.core')", False),
        ("local function f(...) return select('#', ...) end", False),
        ("local name = ...", False),
        ("local path = (...):match('(.-)[^%.]+$')", False),
        ("local ok = parse(...)", False),
        ("local first = select(1, ...)", False),
        ("if select('#', a, ...) then end", False),
        ("x('#', ...)", False),
        ("do local n = select('#', ...) end", True),
        ("function f() end local n = select('#', ...)", True),
        ("function f() if x then end n = select('#', ...) end", False),
        ("repeat n = select('#', ...) until x", True),
        (f"{SHEBANG}...", True),
        (f"{SHEBANG}local x = 1", False),
        (f"{SHEBANG}require(...)", False),
        (f"{SHEBANG}require 'a' (...)", True),
    ],
)
def test_a_script_takes_the_arguments_of_a_command(text: str, is_taking: bool) -> None:
    """A module is given its name, which it may use; it counts nothing, and no function counts."""
    assert takes_arguments(tokens_of(text), text) is is_taking


@pytest.mark.parametrize(
    ("text", "is_ending"),
    [
        ("os.exit(1)", True),
        ("if x then os.exit(1) end", True),
        ("function f() if x then return end os.exit(1) end", False),
        ("os.exit = f", False),
        ("f = function() os.exit(1) end", False),
        ("function f() end os.exit(1)", True),
        ("do os.exit() end", True),
        ("while x do os.exit() end", True),
        ("function f() repeat until x os.exit() end", False),
        ("end os.exit()", True),
        ("os:exit()", False),
        ("os.exit", False),
        ("x.os.exit()", True),
        ("io.exit()", False),
        ("os.quit()", False),
    ],
)
def test_a_script_ends_the_program_outside_of_functions(text: str, is_ending: bool) -> None:
    """On a condition as well."""
    assert ends_program(tokens_of(text)) is is_ending


def test_a_call_in_a_function_counts_where_any_does() -> None:
    """A name alone is no call."""
    assert exits(tokens_of("function f() os.exit() end"))
    assert not exits(tokens_of("local exit = os.exit"))


@pytest.mark.parametrize(
    ("text", "modules"),
    [
        ("#!/usr/bin/lua\nrequire 'a.main'", {"a.main"}),
        ("require('a.main')", {"a.main"}),
        ("local a = require 'a'", set()),
        ("require 'a'.run()", set()),
        ("require('a')(arg)", set()),
        ("return require 'a'", set()),
        ("print(require 'a')", set()),
        *(
            (f"require 'a'{use}", set())
            for use in (":run()", "[1]()", "{}", " 'x'", ' "x"', "[[x]]")
        ),
        *((f"local x = {use} require('a')", set()) for use in ("b and", "b or", "b,")),
        ("local x = { require('a') }", set()),
        ("local x = 1\nrequire('a')\nx = nil", {"a"}),
    ],
)
def test_a_command_starts_what_it_requires_for_nothing_else(text: str, modules: set[str]) -> None:
    """What it uses of a module is a function of it, and no program."""
    assert required_alone(text) == modules

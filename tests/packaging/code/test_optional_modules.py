"""Which modules of a rock are loaded at most by some Lua versions is told from its code."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.lua_tokens import tokens_of
from distrorocks.packaging.code.optional_modules import optional_modules

NEW = "return 1 << 2"


def optional(**texts: str) -> set[str]:
    """Return the optional modules of files, each named as its module."""
    return set(optional_modules({module: tokens_of(text) for module, text in texts.items()}))


@pytest.mark.parametrize(
    ("text", "is_optional"),
    [
        ("local ok, new = pcall(require, 'new')", True),
        ("local ok, new = pcall(require, 'new') f() local new = require 'new'", False),
        ("local ok = pcall(function() return require 'new' end)", True),
        ("if _VERSION ~= 'Lua 5.1' then require 'new' end", True),
        ("if _VERSION == 'Lua 5.1' or _VERSION == 'Lua 5.2' then else require('new') end", True),
        ("if jit then require 'old' else require 'new' end", True),
        ("function f() if _VERSION == 'Lua 5.4' then return require 'new' end end", True),
        ("local new = prequire 'new'", True),
        ("local ok, new = pcall(require, 'old') if not ok then new = require 'new' end", True),
        ("local new = require 'new'", False),
        ("function f() return require 'new' end", False),
        ("if x then require 'new' end", False),
        ("if x then y() end require 'new'", False),
        ("if jit then y() end require 'new'", False),
        ("pcall(function() end) require 'new'", False),
        ("pcall(f, 'new')", False),
        ("", False),
    ],
)
def test_a_module_is_optional_where_all_that_name_it_can_do_without(
    text: str, *, is_optional: bool
) -> None:
    """A file that nobody names is one of those that users load."""
    assert optional(main=text, new=NEW) == ({"new"} if is_optional else set())


def test_what_only_an_optional_module_needs_is_optional() -> None:
    """Unless another module needs it too."""
    texts = {"main": "pcall(require, 'new')", "new": "require 'part'", "part": NEW}
    assert optional(**texts) == {"new", "part"}
    assert optional(**texts, other="require 'part'") == {"new"}


def test_modules_that_need_each_other_are_needed() -> None:
    """A circle alone is no reason to pass over them, nor is a module that asks for itself."""
    assert optional(a="require 'b'", b="require 'a'", c="pcall(require, 'd')", d="") == {"d"}
    assert optional(a="pcall(require, 'a')") == set()

"""docs/configuration-keys.md lists every key of LuaRocks' configuration."""

from __future__ import annotations

import re

from distrorocks.config.configuration import Circumstances
from distrorocks.config.defaults import defaults
from distrorocks.config.shape import SHAPES
from integration.makers.key_reference import MEANINGS, OWN_SHAPES, PAGE, keys, reference


def test_the_page_is_of_the_tables() -> None:
    """It is what its maker writes."""
    assert PAGE.read_text() == reference()


def test_every_key_has_a_row() -> None:
    """Those whose type is known and those that have a default, each once, and no other."""
    table = defaults(Circumstances("5.4", "/home/me", {}), ("linux",)).table
    names = [each.name for each in keys()]
    assert set(names) == {*SHAPES, *table} == set(MEANINGS)
    assert len(names) == len(set(names))
    assert not set(OWN_SHAPES) & set(SHAPES)
    assert re.findall(r"^\| `(\w+)`", PAGE.read_text(), re.MULTILINE) == sorted(names)


def test_a_default_is_written_as_lua_has_it() -> None:
    """Text in quotes, lists in braces, and what is too long for a cell in words."""
    shown = {each.name: each.default for each in keys()}
    assert shown["deps_mode"] == '`"one"`'
    assert shown["cache_timeout"] == "`60`"
    assert shown["external_deps_dirs"] == '`{ "/usr/local", "/usr", "/" }`'
    assert shown["rocks_trees"] == "a table of 2"
    assert shown["makefile"] == "—"

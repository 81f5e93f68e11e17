"""Circles of modules, and the module of them that Lua can begin with."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.lua_tokens import tokens_of
from distrorocks.packaging.code.required_circles import all_required, circle
from distrorocks.packaging.code.shared_tables import NOT_LATER, Later


def test_a_module_reaches_itself_and_all_that_others_require() -> None:
    """Modules of others are reached, and lead nowhere."""
    asked = {"a": ("b", "far"), "b": ("c",), "c": ("a",), "d": ()}
    assert all_required("a", asked) == {"a", "b", "c", "far"}
    assert all_required("d", asked) == {"d"}


@pytest.mark.parametrize(
    ("early", "module", "found"),
    [
        ("", "a", Later("requires itself, by way of b")),
        ("", "d", NOT_LATER),
        ("b", "a", Later("requires itself, by way of b", "b")),
        ("b", "b", NOT_LATER),
        ("c", "a", Later("requires itself, by way of b", "c")),
        ("d", "a", Later("requires itself, by way of b")),
    ],
)
def test_a_circle_begins_with_the_module_that_is_noted_early(
    early: str, module: str, found: Later
) -> None:
    """If there is one in it; what only leads into a circle is in none."""
    requires = {"a": ("b",), "b": ("c",), "c": ("a",), "d": ("a",)}
    words = {it: ["module", "(", "...", ")"] if it == early else [] for it in requires}
    reached = {it: all_required(it, requires) for it in requires}
    assert circle(module, requires, reached, words) == found


@pytest.mark.parametrize("place", [".b =", "[...] =", "['b'] ="])
def test_a_file_that_notes_itself_alone_begins_its_circle(place: str) -> None:
    """Lua 5.1 refuses to begin with another one."""
    requires = {"a": ("b",), "b": ("a",)}
    words = {"a": [], "b": tokens_of(f"package.loaded{place} {{}}")}
    reached = {it: all_required(it, requires) for it in requires}
    assert circle("a", requires, reached, words) == Later("requires itself, by way of b", "b")


def test_a_file_that_notes_modules_itself_may_break_its_circle() -> None:
    """Whichever of them it is."""
    requires = {"a": ("b",), "b": ("a",)}
    words = {"a": [], "b": ["package", ".", "loaded"]}
    reached = {it: all_required(it, requires) for it in requires}
    assert circle("a", requires, reached, words) == NOT_LATER

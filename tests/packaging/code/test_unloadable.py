"""Which modules do not load where it is known what others are there."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.lua_file import LoadNeeds
from distrorocks.packaging.code.module_loading import load_needs
from distrorocks.packaging.code.unloadable import needed_by_all, unloadable

ROOT = "module('a.b', package.seeall)\n"
TRIED = "local ok, a = pcall(require, 'a')\n"


def test_a_module_that_is_given_an_unloadable_one_is_unloadable() -> None:
    """The name of a module that is no module of the rock says nothing."""
    needs = {
        "foo": LoadNeeds(("loop",), passed=("foo.ffi",)),
        "bar": LoadNeeds(("loop",), passed=("gone",)),
        "foo.ffi": LoadNeeds(("gone",)),
        "loop": LoadNeeds(),
    }
    found = unloadable(needs, needs, lambda it: "requires gone" if it == "gone" else "")
    assert found == {"foo": "requires foo.ffi", "foo.ffi": "requires gone"}


def test_a_module_that_some_lua_lacks_is_unloadable() -> None:
    """The check tries a module for all Luas or for none."""
    needs = {"foo": LoadNeeds(for_some=("gone",))}
    assert unloadable(needs, needs, lambda _: "requires gone") == {"foo": "requires gone"}


@pytest.mark.parametrize(
    ("needs", "found"),
    [
        ({"a": LoadNeeds(("x",))}, ("x",)),
        ({"a": LoadNeeds(for_some=("x",))}, ("x",)),
        ({"a": LoadNeeds(("x", "y")), "b": LoadNeeds(("y",))}, ("y",)),
        ({"a": LoadNeeds(("b",)), "b": LoadNeeds(("x",))}, ("x",)),
        ({"a": LoadNeeds(("b",)), "b": LoadNeeds(("a", "x"))}, ("x",)),
        ({"a": LoadNeeds(("b",)), "b": LoadNeeds(), "c": LoadNeeds(("x",))}, ()),
        ({"a": LoadNeeds(("z",))}, ()),
        ({}, ()),
    ],
)
def test_what_no_module_loads_without_is_needed_by_all(
    needs: dict[str, LoadNeeds], found: tuple[str, ...]
) -> None:
    """By itself or by way of another module of the rock; only modules that are asked for."""
    assert needed_by_all(needs, ("a", "b", "c"), lambda it: it != "z") == found


def test_a_module_in_c_that_nothing_opens_is_unloadable() -> None:
    """So are those that require it."""
    needs = {"a": LoadNeeds(("b",)), "c": LoadNeeds()}
    found = unloadable(needs, ("a", "b", "c"), lambda _: "", in_c={"b": "has no function"})
    assert found == {"a": "requires b", "b": "has no function"}


def test_modules_that_need_an_unloadable_one_are_unloadable() -> None:
    """Each has its reason; what the rock itself has is not missing."""
    needs = {
        "a": LoadNeeds(("b",)),
        "b": LoadNeeds(("gone",)),
        "c": LoadNeeds(("d",)),
        "d": LoadNeeds(("there",)),
        "odd name": LoadNeeds(fault="uses the global ngx"),
    }

    def lack(module: str) -> str:
        return "requires gone" if module == "gone" else ""

    found = unloadable(needs, needs, lack)
    assert found == {"a": "requires b", "b": "requires gone"}


def test_modules_that_require_each_other_are_loadable() -> None:
    """A circle alone is no evidence."""
    needs = {"a": LoadNeeds(("b",)), "b": LoadNeeds(("a",))}
    assert unloadable(needs, needs, lambda _: "gone") == {}


def test_a_module_for_other_lua_versions_is_unloadable() -> None:
    """One that other modules choose at run time is not loaded in each version of a package."""
    needs = load_needs({"ops53": "return 1 << 2", "ops": "local ok = pcall(require, 'ops53')"})
    assert unloadable(needs, needs, lambda _: "", ("5.3", "5.4", "5.5")) == {}
    assert unloadable(needs, needs, lambda _: "", ("5.1", "5.3")) == {
        "ops53": "uses <<, which Lua 5.1 lacks"
    }


def test_a_module_of_lua_that_a_version_asks_for_may_be_missing_in_others() -> None:
    """The condition is the version's."""
    asked = load_needs({"foo": "if _VERSION == 'Lua 5.2' then require 'bit32' end"})
    always = load_needs({"foo": "local bits = require 'bit32'"})
    assert unloadable(asked, asked, "without {}".format) == {}
    assert unloadable(always, always, "without {}".format) == {"foo": "without bit32"}


def test_the_root_that_requires_such_a_module_loads() -> None:
    """It has the field, as what it required before may have."""
    texts = {"a": "module('a') function x() end require 'a.b'", "a.b": ROOT + "a.x('y')"}
    assert unloadable(load_needs(texts), (), lambda _: "") == {
        "a.b": "uses a.x, which nothing that it requires has"
    }


def lack_of(module: str) -> str:
    """Return why a module is not there: all but those that are there are not."""
    return "" if module == "there" else f"requires {module}, which no dependency has"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("if x then require 'there' else require 'gone' end", None),
        ("if x then require 'own' else require 'gone' end", None),
        (
            "if x then require 'gone' else require 'lost' end",
            "requires gone, which no dependency has, or lost, which no dependency has",
        ),
        (
            "if x then require 'own' require 'gone' else require 'broken' end",
            "requires gone, which no dependency has, or broken",
        ),
        (TRIED + "if not ok then error 'no a' end", "requires a, which no dependency has"),
    ],
)
def test_a_module_with_one_of_its_alternatives_loads(text: str, why: str | None) -> None:
    """It does not where each of them needs what no dependency has, or what does not load."""
    needs = load_needs({"foo": text, "own": "return {}", "broken": "require 'gone'"})
    assert unloadable(needs, (), lack_of).get("foo") == why


def test_a_module_that_lacks_another_one_as_well_loads_nowhere() -> None:
    """What requires it does not load either, whatever it defines for it."""
    texts = {
        "a": "module('a') function x() end require 'a.b'",
        "a.b": f"{ROOT}require 'c' a.x('y')",
    }
    found = unloadable(load_needs(texts), (), lambda it: "requires c" if it == "c" else "")
    assert found == {"a": "requires a.b", "a.b": "requires c"}


def test_only_the_root_loads_what_needs_a_field_of_it() -> None:
    """Another module that requires it fails as well, and the root loads both."""
    texts = {
        "a": "module('a') function x() end require 'a.c'",
        "a.init": "module('a') function x() end require 'a.c'",
        "a.b": f"{ROOT}a.x('y')",
        "a.c": "require 'a.b'",
        "a.d": "require 'a' require 'a.c'",
    }
    assert unloadable(load_needs(texts), (), lambda _: "") == {
        "a.b": "uses a.x, which nothing that it requires has",
        "a.c": "requires a.b",
    }


def test_a_circle_is_loaded_by_the_module_that_is_known_early() -> None:
    """In Lua 5.1 alone the others fail, and what requires them without it."""
    texts = {"a": "module(...)\nrequire 'b'", "b": "require 'a'", "c": "require 'b'"}
    needs = load_needs(texts | {"d": "require 'a'\nrequire 'b'"})
    whys = {"b": "requires itself, by way of a", "c": "requires b"}
    assert unloadable(needs, (), lambda _: "", ("5.1",)) == whys
    assert unloadable(needs, (), lambda _: "", ("5.2",)) == {}


def test_a_module_that_one_lua_does_not_load_is_lacking_where_all_need_it() -> None:
    """What only some Lua versions require may be for them alone."""
    code = {"a": "require 'far'", "b": "if _VERSION < 'Lua 5.3' then require 'far' end"}
    found = unloadable(
        load_needs(code), (), lambda _: "", ("5.1", "5.4"), fails=lambda it: f"no {it}"
    )
    assert found == {"a": "no far"}

"""Dependencies are read and written as LuaRocks does."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.lua.value import LuaTable, LuaValue, table_of
from distrorocks.rocks.dependency import (
    Dependency,
    DependencyError,
    DependencyTableError,
    ExternalDependency,
    dependency_of,
    external_dependencies,
)
from distrorocks.rocks.version import Version

VERSIONS = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}(rc[0-9])?(-[0-9])?", fullmatch=True)
CONSTRAINTS = st.tuples(
    st.sampled_from(["", "@"]), st.sampled_from(["==", "~=", "<", ">", "<=", ">=", "~>"]), VERSIONS
).map("".join)
TEXTS = st.builds(
    lambda name, constraints: f"{name} {', '.join(constraints)}",
    st.sampled_from(["lpeg", "me/Lpeg", "a.b-c_d"]),
    st.lists(CONSTRAINTS, max_size=3),
)


@pytest.mark.parametrize(
    ("text", "namespace", "name", "printed"),
    [
        ("lua >= 5.1, < 5.5", None, "lua", "lua >= 5.1, < 5.5"),
        ("  Foo", None, "Foo", "Foo"),
        ("foo1.0", None, "foo1.0", "foo1.0"),
        ("foo 1.0", None, "foo", "foo 1.0"),
        ("user/rock ~> 1.2", "user", "rock", "user/rock ~> 1.2"),
        ("foo/", None, "foo", "foo"),
        ("/foo", None, "/foo", "/foo"),
        ("-foo.bar >= 1/2/3", None, "-foo.bar", "-foo.bar >= 1"),
    ],
)
def test_a_dependency_is_a_name_and_constraints(
    text: str, namespace: str | None, name: str, printed: str
) -> None:
    """A namespace needs text on both sides of the slash; a later slash ends the text."""
    dependency = Dependency.parse(text)
    assert (dependency.namespace, dependency.name) == (namespace, name)
    assert str(dependency) == printed


def test_a_name_is_kept_as_written_and_known_in_lower_case() -> None:
    """LuaRocks 3.8 keeps the spelling in manifests; trees have lower case."""
    dependency = Dependency.parse("LuaSocket >= 3")
    assert dependency.name == "LuaSocket"
    assert dependency.rock_name == "luasocket"


def test_a_dependency_tells_which_versions_do() -> None:
    """All its constraints must hold."""
    dependency = Dependency.parse("lua >= 5.1, < 5.4")
    assert dependency.satisfied_by(Version.parse("5.3-1"))
    assert not dependency.satisfied_by(Version.parse("5.4-1"))


def test_the_table_is_the_one_that_manifests_hold() -> None:
    """Revision, namespace and ``no_upgrade`` are there only where they say something."""
    assert Dependency.parse("lua >= 5.1").to_table() == {
        "constraints": {1: {"op": ">=", "version": {1: 5, 2: 1, "string": "5.1"}}},
        "name": "lua",
    }
    assert Dependency.parse("me/foo @== 1.0-2").to_table() == {
        "constraints": {
            1: {
                "op": "==",
                "version": {1: 1, 2: 0, "string": "1.0-2", "revision": 2},
                "no_upgrade": True,
            }
        },
        "name": "foo",
        "namespace": "me",
    }
    assert Dependency.parse("foo").to_table() == {"constraints": {}, "name": "foo"}


def test_each_table_is_a_new_one() -> None:
    """Changing one manifest's table changes no other."""
    first = Dependency.parse("lua").to_table()
    first["name"] = "other"
    assert Dependency.parse("lua").to_table()["name"] == "lua"


@pytest.mark.parametrize(
    ("text", "luarocks"),
    [
        ("", "failed to extract dependency name from ''"),
        ("-", "failed to extract dependency name from '-'"),
        (">= 1.0", "failed to extract dependency name from '>= 1.0'"),
    ],
)
def test_a_text_without_a_name_is_refused(text: str, luarocks: str) -> None:
    """The error says what to write, and has LuaRocks' words."""
    with pytest.raises(DependencyError) as caught:
        Dependency.parse(text)
    assert caught.value.luarocks == luarocks
    assert "name >= 1.0" in caught.value.hint


def test_a_bad_constraint_is_marked_in_the_whole_text() -> None:
    """The mark stands under the operator, wherever in the dependency that is."""
    with pytest.raises(DependencyError) as caught:
        Dependency.parse("lua >= 5.1, => 5.2")
    _, text, mark = str(caught.value).splitlines()[:3]
    assert text[mark.index("^") :] == "=> 5.2"


def test_the_first_slash_separates_the_namespace() -> None:
    """What follows a second slash is dropped, as LuaRocks drops it."""
    found = Dependency.parse("ns/name >= 1/more")
    assert (found.namespace, found.name, str(found)) == ("ns", "name", "ns/name >= 1")
    assert Dependency.parse("/name").namespace is None


@given(TEXTS)
def test_what_was_written_is_read(text: str) -> None:
    """``to_table`` and ``dependency_of`` are each other's inverse."""
    dependency = Dependency.parse(text)
    assert dependency_of(dependency.to_table(), "here") == dependency


GOOD: LuaTable = {"op": ">=", "version": {"string": "1.0"}}


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (None, "d[1] has no name"),
        ("lpeg", "d[1] has no name"),
        ({"name": "x"}, "d[1] has no name or no constraints"),
        ({"name": "x", "constraints": {}, "namespace": 1}, "d[1].namespace is not a string"),
        (
            {"name": "x", "constraints": table_of([GOOD, {"op": "=>"}])},
            "d[1].constraints[2] has no operator",
        ),
        ({"name": "x", "constraints": table_of([{**GOOD, "version": "1"}])}, "d[1].constraints[1]"),
        ({"name": "x", "constraints": table_of([{**GOOD, "op": {}}])}, "d[1].constraints[1]"),
    ],
)
def test_an_invalid_table_is_refused_with_its_place(value: LuaValue, place: str) -> None:
    """A manifest is untrusted input, so its errors name the field."""
    with pytest.raises(DependencyTableError) as raised:
        dependency_of(value, "d[1]")
    assert raised.value.brief.startswith(place)


def test_entries_come_by_name_with_the_files_they_ask_for() -> None:
    """What an entry does not ask for is None, and is not written."""
    zlib, python = external_dependencies(
        {"ZLIB": {"header": "zlib.h", "library": "z"}, "PYTHON": {"program": "python3"}}
    )[::-1]
    assert zlib == ExternalDependency("ZLIB", header="zlib.h", library="z")
    assert zlib.to_table() == {"header": "zlib.h", "library": "z"}
    assert python.program == "python3"
    assert python.header is None


def test_what_is_no_entry_is_passed_over() -> None:
    """Leftovers that tolerant reading lets through do no harm."""
    assert external_dependencies({1: {}, "X": "y"}) == ()
    (entry,) = external_dependencies({"X": {"header": 1, "program": {}, "library": "x"}})
    assert entry == ExternalDependency("X", library="x")

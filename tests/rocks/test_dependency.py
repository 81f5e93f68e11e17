"""Dependencies are read and written as LuaRocks does."""

from __future__ import annotations

import pytest

from distrorocks.rocks.dependency import Dependency, DependencyError
from distrorocks.rocks.version import Version


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

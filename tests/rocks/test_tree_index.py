"""A tree's manifest is read as rocks and providers, or refused with its place."""

from __future__ import annotations

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.manifest import PackedRock, tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.rocks.tree_index import IndexedRock, TreeIndex, TreeIndexError

EMPTY = "commands = {}\nmodules = {}\nrepository = {}\n"


def test_what_is_written_is_read() -> None:
    """The index of a manifest of ours has its rocks, the providers of a module newest first."""
    old = entry_of(InstalledRock("a", "1.0-1", {"a": "a.lua"}, {"cmd": "cmd"}, ()))
    new = entry_of(InstalledRock("a", "1.10-1", {"a": "a.lua"}, {}, ()))
    text = tree_manifest([old, new])
    index = TreeIndex.from_table(parse(text).globals)
    assert index.modules == {"a": (("a", "1.10-1"), ("a", "1.0-1"))}
    rock = index.installed("a", "1.0-1")
    assert rock == IndexedRock("a", "1.0-1", "installed", {"a": "a.lua"}, {"cmd": "cmd"}, {})
    assert index.installed("a", "2.0-1") is None
    assert sum(1 for _ in index.every_rock) == 2


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "repository is missing"),
        ("repository = {}", "modules is missing"),
        ("repository = {}\nmodules = {}", "commands is missing"),
        (f"{EMPTY}repository = 1", "repository is not a table"),
        (f"{EMPTY}repository = {{ {{}} }}", "repository has the key 1"),
        (f"{EMPTY}repository = {{ a = 1 }}", "repository.a is not a table"),
        (
            f'{EMPTY}repository = {{ a = {{ ["1-1"] = {{ {{}} }} }} }}',
            "a.1-1[1].arch is not a string",
        ),
        (f'{EMPTY}repository = {{ [".."] = {{ ["1-1"] = {{}} }} }}', "not a valid directory name"),
        (f'{EMPTY}repository = {{ a = {{ ["x/1-1"] = {{}} }} }}', "not a valid directory name"),
        (f"{EMPTY}modules = {{ m = {{ 1 }} }}", "modules.m does not name a rock"),
        (f"{EMPTY}modules = {{ m = {{ 'lpeg' }} }}", "modules.m does not name a rock"),
    ],
)
def test_a_wrong_shape_is_told_by_its_place(text: str, place: str) -> None:
    """The brief has the dotted path of what is wrong."""
    with pytest.raises(TreeIndexError) as raised:
        TreeIndex.from_table(parse(text.encode()).globals)
    assert place in raised.value.brief


def test_direct_dependencies_are_parsed_when_asked_for() -> None:
    """None where the manifest lists none, which differs from an empty list."""
    needs = tuple(map(Dependency.parse, ["lua >= 5.1", "ns/b"]))
    entries = [
        entry_of(InstalledRock("a", "1-1", dependencies=needs)),
        entry_of(InstalledRock("b", "1-1", dependencies=())),
        entry_of(InstalledRock("c", "1-1")),
    ]
    index = TreeIndex.from_table(parse(tree_manifest(entries)).globals)
    assert index.needs("a", "1-1") == needs
    assert index.needs("b", "1-1") == ()
    assert index.needs("c", "1-1") is index.needs("a", "2-1") is index.needs("x", "1-1") is None
    assert TreeIndex.from_table(parse(EMPTY.encode()).globals).needs("a", "1-1") is None


@pytest.mark.parametrize(
    ("listed", "brief"),
    [
        ("1", "dependencies.a.1-1 is not a table"),
        ("{ {} }", "dependencies.a.1-1[1] has no name or no constraints"),
        (
            "{ { name = 'x', constraints = {} }, 5 }",
            "dependencies.a.1-1[2] has no name or no constraints",
        ),
    ],
)
def test_invalid_dependencies_are_refused_when_asked_for(listed: str, brief: str) -> None:
    """The brief has the dotted path of the entry."""
    text = f"{EMPTY}dependencies = {{ a = {{ ['1-1'] = {listed} }} }}"
    index = TreeIndex.from_table(parse(text.encode()).globals)
    with pytest.raises(DistrorocksError) as raised:
        index.needs("a", "1-1")
    assert raised.value.brief == brief


def test_the_last_slash_separates_a_provider_from_its_version() -> None:
    """LuaRocks splits there too."""
    text = f"{EMPTY}modules = {{ m = {{ 'a/b/1-1' }} }}"
    assert TreeIndex.from_table(parse(text.encode()).globals).modules == {"m": (("a/b", "1-1"),)}


def test_a_rock_file_in_a_tree_is_not_installed() -> None:
    """LuaRocks indexes rock files that lie in the tree, by their arch."""
    text = tree_manifest([], packed=[PackedRock("a", "1-1", "src")])
    index = TreeIndex.from_table(parse(text).globals)
    assert [rock.arch for rock in index.every_rock] == ["src"]
    assert index.installed("a", "1-1") is None

"""A tree's manifest is read as rocks and providers, or refused with its place."""

from __future__ import annotations

import pytest

from distrorocks.lua.read import parse
from distrorocks.rocks.manifest import tree_manifest
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

"""A manifest as LuaRocks writes it is indexed without its tables, with the same result."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from distrorocks.lua.read import parse
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.manifest import PackedRock, tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.rocks.plain_index import plain_index
from distrorocks.rocks.tree_index import TreeIndex

NEEDS = tuple(map(Dependency.parse, ["lua >= 5.1, < 5.5", "ns/b ~> 1.0-2", "c @scm", "d"]))
ROCKS = [
    InstalledRock("a", "1.0-1", {"a": "a.lua", "a.b": "a/b.so", "end": "end.lua"}, {"x": "x"}, ()),
    InstalledRock("a", "1.10-1", {"a": "a.lua", "é": "é.lua"}, {}, NEEDS),
    InstalledRock("b-c", "scm-1", {"a": "a.lua"}, {}, None),
    InstalledRock("do", "2-1", {"x-y": 'x"y.lua'}, {"x": "y"}, NEEDS),
]
PLAIN = tree_manifest(
    [entry_of(rock) for rock in ROCKS[:3]], packed=[PackedRock("a", "2-1", "all")]
)
WITH_ESCAPE = tree_manifest([entry_of(rock) for rock in ROCKS])


def general(text: bytes) -> TreeIndex:
    """Return the index that the general parser gives."""
    return TreeIndex.from_table(parse(text).globals)


def assert_equal(one: TreeIndex, other: TreeIndex) -> None:
    """Compare every part of two indexes, with the order of what is listed."""
    assert one == other
    for these, those in zip(one[:2], other[:2], strict=True):
        assert list(these) == list(those)
    for rock, same in zip(one.every_rock, other.every_rock, strict=True):
        assert list(rock.modules.items()) == list(same.modules.items())
        assert list(rock.closure) == list(same.closure)


def test_the_index_is_that_of_the_general_parser() -> None:
    """All rocks with their files, all providers in order, and the dependencies are equal."""
    index = plain_index(PLAIN)
    assert index is not None
    assert_equal(index, general(PLAIN))
    assert index.needs("a", "1.10-1") == NEEDS
    assert index.needs("b-c", "scm-1") is None


def test_a_part_is_found_without_the_others() -> None:
    """A module, a rock and what is absent are looked up in the text, whatever the name contains."""
    for names in (["a"], ["end"], ["a.b", "é", "a"], [str(number) for number in range(30)] + ["a"]):
        index, other = plain_index(PLAIN), general(PLAIN)
        assert index is not None
        for name in names:
            assert index.modules.get(name) == other.modules.get(name)
            assert (name in index.rocks) == (name in other.rocks)
            assert index.rocks.get(name) == other.rocks.get(name)
    index = plain_index(PLAIN)
    assert index is not None
    for name in ('a"] = {\n   ["a.b', "", "a.b\\", "\n   a", "1.0-1", "arch", 'a"'):
        assert name not in index.modules
        assert index.rocks.get(name) is None


@pytest.mark.parametrize(
    "text",
    [
        b"",
        WITH_ESCAPE,
        b"#!lua\n" + PLAIN,
        PLAIN + b"x = 1\n",
        PLAIN.rstrip(b"\n"),
        PLAIN.replace(b"commands", b"command", 1),
        PLAIN.replace(b'["end"]', b"end", 1),
        PLAIN.replace(b"b/c", b"bc").replace(b'"a/1.0-1"', b'"a1.0-1"'),
        PLAIN.replace(b'arch = "installed"', b"arch = 1", 1),
        PLAIN.replace(b'["1.0-1"]', b'[".."]'),
        PLAIN.replace(b'["1.0-1"]', b"[1]"),
        PLAIN.replace(b"\n      },\n", b"\n      }\n", 1),
        PLAIN.replace(b"   ", b"  "),
    ],
)
def test_any_other_text_is_declined(text: bytes) -> None:
    """What deviates, valid or not, is left to the general parser."""
    assert plain_index(text) is None


def test_an_old_manifest_has_no_dependencies() -> None:
    """The section that LuaRocks added later may be absent; each may be empty."""
    text = b"commands = {}\nmodules = {}\nrepository = {}\n"
    index = plain_index(text)
    assert index == general(text)


def test_a_name_that_is_given_twice_counts_as_in_lua() -> None:
    """Of two entries with one name, quoted or not, the last one counts."""
    again = b'modules = {\n   a = {\n      "a/1-1"\n   },\n   ["a"] = {\n      "b/2-1"\n   }\n}\n'
    text = b"commands = {}\n" + again + b"repository = {}\n"
    index, other = plain_index(text), general(text)
    assert index is not None
    assert index.modules.get("a") == other.modules["a"] == (("b", "2-1"),)
    assert_equal(index, other)


@settings(max_examples=300)
@given(
    st.integers(0, len(PLAIN) - 1), st.integers(0, 12), st.sampled_from(b'"\\{}[],=\n a1.-/\xff')
)
def test_a_changed_text_is_declined_or_read_alike(at: int, removed: int, byte: int) -> None:
    """Whatever one place is changed to, the general parser gives the same if we give anything."""
    text = PLAIN[:at] + bytes([byte]) + PLAIN[at + removed :]
    index = plain_index(text)
    if index is not None:
        assert_equal(index, general(text))


def test_rocks_that_may_need_one_are_found_in_the_text() -> None:
    """Whatever the case of the name; rocks without listed dependencies may need anything."""
    needs = tuple(map(Dependency.parse, ["ns/LuaX >= 1", "luax-more"]))
    rocks = [
        InstalledRock("first", "1-1", dependencies=(Dependency.parse("luax-more"),)),
        InstalledRock("second", "1-1", dependencies=needs),
        InstalledRock("third", "1-1", dependencies=None),
        InstalledRock("with", "2-1", dependencies=(Dependency.parse("other"),)),
    ]
    text = tree_manifest(map(entry_of, rocks))
    index = plain_index(text)
    assert index is not None
    assert index.may_need(["luax"]) == {"second", "third"}
    assert index.may_need(["luax-more", "other"]) == {"first", "second", "third", "with"}
    assert index.may_need([]) == index.may_need(["1-1"]) == {"third"}
    assert set(general(text).may_need(["luax"])) == {"first", "second", "third", "with"}


def test_beyond_ascii_any_rock_may_need_one() -> None:
    """Lower case has other lengths there, so places in the text would shift."""
    rocks = [
        InstalledRock("first", "1-1", dependencies=(Dependency.parse("b >= 1"),)),
        InstalledRock("second", "1-1", dependencies=(Dependency.parse("c"),)),
    ]
    text = tree_manifest(map(entry_of, rocks)).replace(b'string = "1"', b'string = "1\xc4\xb0"')
    index = plain_index(text)
    assert index is not None
    assert set(index.may_need(["luax"])) == {"first", "second"}

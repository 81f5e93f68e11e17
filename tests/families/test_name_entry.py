"""Entries of a names file: their form, their faults, and the names of packages that they fit."""

from __future__ import annotations

import tomllib

import pytest

from distrorocks.families.name_entry import HeldRock, NamesError, parse_names, plain_name


def test_a_rock_a_veto_and_several_rocks_are_read() -> None:
    """The three things that an administrator says."""
    text = """
        [lua-foo]
        rock = "foo"
        version = "1.2-1"
        lua_versions = ["5.1", "5.4"]
        needs = ["lua-other"]
        [lua-bar]
        publish = false
        reason = "broken here"
        [[lua-baz.rocks]]
        rock = "baz"
        [[lua-baz.rocks]]
        rock = "baz-extra"
        modules = ["baz.extra"]
        version = "{upstream}.{lua}-0"
    """
    names = parse_names(tomllib.loads(text), file_name="names.toml")
    assert names["lua-foo"].rocks == (HeldRock("foo", "1.2-1", ("5.1", "5.4"), None),)
    assert (names["lua-foo"].needs, names["lua-bar"].needs) == (("lua-other",), ())
    assert (names["lua-bar"].publish, names["lua-bar"].reason) == (False, "broken here")
    assert names["lua-baz"].rocks == (
        HeldRock("baz"),
        HeldRock("baz-extra", "{upstream}.{lua}-0", (), ("baz.extra",)),
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('lua-foo = "foo"', "lua-foo: a table, not 'foo'"),
        ("[lua-foo]\nrok = 1", "lua-foo.rok: no such key; allowed are rock, version"),
        ("[lua5.1-foo]\nrock = 'foo'", 'lua5.1-foo: write a name with dots as ["lua5.1-foo"]'),
        ("[lua-foo]\nreason = 'x'", "lua-foo: a rock, or rocks, or publish = false must be there"),
        (
            "[lua-foo]\nrock = 'foo'\nneeds = ['a b']",
            "lua-foo.needs: a list, each a package's name",
        ),
        ("[lua-foo]\nrock = 1", "lua-foo.rock: a rock's name in lower case, not 1"),
        ("[lua-foo]\nrock = '../x'", "lua-foo.rock: a rock's name in lower case, not '../x'"),
        ("[a]\nrock = 'a'\nversion = '1.0'", 'a.version: a rock version with revision such as "1'),
        ("[a]\nrock = 'a'\nlua_versions = '5.1'", "a.lua_versions: a list, each a version such"),
        ("[a]\nrock = 'a'\nlua_versions = ['jit']", "a.lua_versions: a list, each a version such"),
        ("[a]\npublish = 'no'", "a.publish: true or false, not 'no'"),
        ("[a]\nrocks = []", "a.rocks: a list of tables [[a.rocks]]"),
        ("[a]\nrock = 'a'\nrocks = [{rock = 'b'}]", "a.rock: not beside rocks"),
        ("[[a.rocks]]\nmodules = ['x']", "a.rocks[1].rock: must be there"),
        ("[[a.rocks]]\nrock = 'x'\nmodules = ['a/b']", "a.rocks[1].modules: a list, each a module"),
        ("['a b']\nrock = 'x'", "'a b': a package's name has"),
        ("[a]\nrock = 'a'\nversions = {'1.0' = '1'}", "a.versions.1.0: a rock version"),
        ("[a]\nrock = 'a'\nversions = 1", "a.versions: a table, not 1"),
    ],
)
def test_a_fault_is_told_by_its_place_and_what_is_allowed(text: str, fault: str) -> None:
    """The file, the dotted path, what may stand there."""
    with pytest.raises(NamesError) as raised:
        parse_names(tomllib.loads(text), file_name="/etc/names.toml")
    assert "/etc/names.toml" in raised.value.brief
    assert fault in raised.value.detail


def test_all_faults_are_told_at_once() -> None:
    """One look at the file mends it."""
    with pytest.raises(NamesError) as raised:
        parse_names({"a": 1, "b": {"rock": 2}, "c": {"rock": "c"}}, file_name="names.toml")
    assert len(raised.value.detail.splitlines()) == 2


def test_faults_without_end_do_not_flood() -> None:
    """The first ones are told, shortened, and how many there are."""
    place = "lua-" + "x" * 5000
    with pytest.raises(NamesError) as raised:
        parse_names({place: {f"k{number}": 1 for number in range(900)}}, file_name="names.toml")
    lines = raised.value.detail.splitlines()
    assert len(raised.value.detail) < 20_000
    assert lines[0].startswith("lua-xxx")
    assert lines[-1].startswith("and 8")


@pytest.mark.parametrize(
    ("package", "plain"),
    [
        ("lua5.4-socket", "lua-socket"),
        ("lua54-socket", "lua-socket"),
        ("lua51-lua5.1-x", "lua-lua5.1-x"),
        ("lua-socket", "lua-socket"),
        ("lua54-", "lua54-"),
        ("liblua5.4-dev", "liblua5.4-dev"),
    ],
)
def test_the_lua_is_no_part_of_the_plain_name(package: str, plain: str) -> None:
    """Both spellings of a Lua's version are known; other names stay as they are."""
    assert plain_name(package) == plain

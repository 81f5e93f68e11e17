"""Entries of a names file: their form, their faults, and the names of packages that they fit."""

from __future__ import annotations

import tomllib

import pytest

from distrorocks.families.name_entry import (
    HIGH,
    LOW,
    MEDIUM,
    HeldRock,
    NameEntry,
    NamesError,
    parse_names,
    plain_name,
)


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


def test_an_entry_says_how_its_name_is_known_and_which_versions_are_which() -> None:
    """Where it says nothing of them, the name is certain and its rules decide the versions."""
    text = """
        [lua-foo]
        rock = "foo_bar.x-1"
        confidence = "medium"
        evidence = "its README"
        reason = "a reason"
        [lua-foo.versions]
        "1.0" = "1.0RC1-1"
        "{odd}" = "{upstream}Z.{lua}-02"
        [lua-bar]
        rock = "bar"
    """
    names = parse_names(tomllib.loads(text), file_name="names.toml")
    assert names["lua-foo"] == NameEntry(
        (HeldRock("foo_bar.x-1"),),
        reason="a reason",
        confidence="medium",
        evidence="its README",
        versions={"1.0": "1.0RC1-1", "{odd}": "{upstream}Z.{lua}-02"},
    )
    assert names["lua-bar"] == NameEntry((HeldRock("bar"),))
    assert names["lua-bar"][2:] == ("", "high", "", {}, ())
    assert (HIGH, MEDIUM, LOW) == ("high", "medium", "low")


@pytest.mark.parametrize("confidence", ["high", "medium", "low"])
def test_a_confidence_is_one_of_three_words(confidence: str) -> None:
    """All else is a fault that lists them."""
    table = {"a": {"rock": "a", "confidence": confidence}}
    assert parse_names(table, file_name="f")["a"].confidence == confidence
    with pytest.raises(NamesError) as raised:
        parse_names({"a": {"rock": "a", "confidence": f"{confidence}er"}}, file_name="f")
    expected = f"a.confidence: high, medium or low, not '{confidence}er'"
    assert raised.value.detail == expected
    assert raised.value.hint.startswith('each table is a package: [lua-foo] with rock = "foo"')


@pytest.mark.parametrize("key", ["reason", "evidence"])
def test_a_text_is_on_one_line(key: str) -> None:
    """Neither a newline nor a number is one; an empty text is."""
    for value in ("a\nb", 1):
        with pytest.raises(NamesError) as raised:
            parse_names({"a": {"rock": "a", key: value}}, file_name="f")
        assert raised.value.detail == f"a.{key}: a text on one line, not {value!r}"
    assert parse_names({"a": {"rock": "a", key: ""}}, file_name="f")["a"] == NameEntry(
        (HeldRock("a"),)
    )


@pytest.mark.parametrize(
    ("table", "detail"),
    [
        ({"a": {"rocks": [{"rock": "b"}, {"rock": 1}]}}, "a.rocks[2].rock: a rock's name in lower"),
        ({"a": {"rocks": [5]}}, "a.rocks[1]: a table, not 5\na.rocks[1].rock: must be there"),
        ({"a": {"rocks": {}}}, "a.rocks: a list of tables [[a.rocks]]\na: a rock, or rocks, or"),
        (
            {"a": {"rocks": [{"rock": "b", "x": 1}]}},
            "a.rocks[1].x: no such key; allowed are rock, version, lua_versions, modules",
        ),
        ({"a": {"modules": ["m"], "rock": "a"}}, "a.modules: no such key; allowed are rock, "),
        ({"a": {"rock": "a", "version": "1.0-x"}}, "a.version: a rock version with revision such"),
        ({"a": {"rock": "a", "version": "{x}-1"}}, "a.version: a rock version with revision such"),
        ({"a": {"rock": "a", "needs": ["-b"]}}, "a.needs: a list, each a package's name, not ["),
        ({"a": {"rock": "a", "lua_versions": ["5.0"]}}, "a.lua_versions: a list, each a version"),
        ({"-a": {"rock": "a"}}, "'-a': a package's name has letters, digits and + . _ -"),
    ],
)
def test_each_form_is_checked_at_its_place(table: dict[str, object], detail: str) -> None:
    """In tables of rocks by their number, and only keys of an entry in an entry."""
    with pytest.raises(NamesError) as raised:
        parse_names(table, file_name="f")
    assert raised.value.detail.startswith(detail)


def test_an_entry_may_only_be_there() -> None:
    """An empty table says nothing; a package that is not published needs no rock."""
    names = parse_names({"a": {}, "b": {"publish": False}}, file_name="f")
    assert names == {"a": NameEntry(), "b": NameEntry(publish=False)}
    table = {"rock": "a", "lua_versions": ["5.1", "5.10"], "version": "{upstream}-1"}
    assert parse_names({"A+b.c_d-1": table}, file_name="f")["A+b.c_d-1"].rocks == (
        HeldRock("a", "{upstream}-1", ("5.1", "5.10")),
    )


def test_fifty_faults_are_shown_and_long_ones_are_cut_at_300_characters() -> None:
    """One fault more is counted; a line of 300 characters is whole."""
    with pytest.raises(NamesError) as raised:
        parse_names({f"p{number}": 1 for number in range(50)}, file_name="f")
    assert len(raised.value.detail.splitlines()) == 50
    with pytest.raises(NamesError) as raised:
        parse_names({f"p{number}": 1 for number in range(51)}, file_name="f")
    assert raised.value.detail.splitlines()[50:] == ["and 1 more"]
    frame = len("p: a table, not ''")
    for length, shown in ((300, 300), (301, 303)):
        with pytest.raises(NamesError) as raised:
            parse_names({"p": "x" * (length - frame)}, file_name="f")
        assert len(raised.value.detail) == shown
        assert raised.value.detail.endswith("...") is (shown == 303)

"""The patterns of manifests: what each one takes, where it ends, and how much it takes at once."""

from __future__ import annotations

import json

import pytest

from distrorocks.lua.read import parse
from distrorocks.servers.manifest_form import AT_ONCE, BARE, Form
from tests.servers.manifest_texts import JSON, LUA, manifest, rock, version

BOTH = pytest.mark.parametrize("is_json", [False, True])


def form(is_json: bool) -> Form:
    """Return the form of a notation."""
    return JSON if is_json else LUA


@BOTH
@pytest.mark.parametrize("space", [b"", b" \t\r\n"])
def test_a_manifest_is_its_start_its_rocks_and_its_stop(is_json: bool, space: bytes) -> None:
    """Each pattern ends where the next begins; white space may stand between any two signs."""
    rocks = [rock(name, version(is_json=is_json), is_json=is_json) for name in ("a", "b")]
    text = manifest(*rocks, is_json=is_json)
    for sign in (b"{", b"}", b"[", b"]", b"=", b":", b",") if is_json else (b"{", b"}", b"=", b","):
        text = text.replace(sign, space + sign + space)
    at = 0
    of = form(is_json)
    for pattern in (of.start, of.rock, of.rock, of.stop):
        found = pattern.match(text, at)
        assert found
        at = found.end()
    assert at == len(text)


OTHERS = ("commands", "modules", "dependencies")


@pytest.mark.parametrize("count", [0, 1, 3, 9, 10])
def test_empty_tables_may_stand_beside_the_repository(count: int) -> None:
    """Nine at most, before it or after it, in each notation; others may not."""
    names = [OTHERS[number % 3] for number in range(count)]
    lua = b" ".join(b"%b = { }" % name.encode() for name in names)
    of_json = [
        b'"%b" : %b' % (name.encode(), b"{ }" if len(name) > 8 else b"[ ]") for name in names
    ]
    assert bool(LUA.start.match(lua + b" repository = {")) is (count <= 9)
    assert bool(LUA.stop.match(b"} " + lua)) is (count <= 9)
    before = b"".join(each + b", " for each in of_json)
    assert bool(JSON.start.match(b"{ " + before + b'"repository": {')) is (count <= 9)
    after = b"".join(b", " + each for each in of_json)
    assert bool(JSON.stop.match(b"}" + after + b"} ")) is (count <= 9)


@pytest.mark.parametrize(
    ("of", "text"),
    [
        (LUA, b"other={} repository={"),
        (LUA, b"commands={1} repository={"),
        (JSON, b'{"other":{},"repository":{'),
        (JSON, b'{"commands":{"a":1},"repository":{'),
        (JSON, b'{"commands":{} "repository":{'),
        (JSON, b'"repository":{'),
    ],
)
def test_a_manifest_with_more_than_rocks_is_in_no_form(of: Form, text: bytes) -> None:
    """The general parser reads it."""
    assert not of.start.match(text)


@pytest.mark.parametrize(("of", "text"), [(LUA, b"} x"), (JSON, b"}} {}"), (JSON, b"},}")])
def test_nothing_follows_the_stop(of: Form, text: bytes) -> None:
    """What does is left to the general parser, which refuses it."""
    assert not of.stop.match(text)


@BOTH
@pytest.mark.parametrize(
    ("name", "is_sound"),
    [
        *(("a", True), ("1", True), ("_", True), ("+-.", True), ("-", True), ("A.b_c+d-e", True)),
        *((".a", False), ("", False), ("a b", False), ("a/b", False), ("f\u00e9", False)),
        *(("x" * 200, True), ("x" * 201, False), ("a\\b", False)),
    ],
)
def test_names_versions_and_archs_are_made_alike(is_json: bool, name: str, is_sound: bool) -> None:
    """Of letters, digits and ``._+-``, the first no point, 200 at most."""
    of = form(is_json)
    usual = version(is_json=is_json)
    found = of.rock.match(rock(name, usual, is_json=is_json) + b"}")
    assert bool(found) is is_sound
    assert not found or found[found.lastindex or 0].decode() == name
    assert bool(of.head.match(rock(name, is_json=is_json))) is is_sound
    for of_version in (version(name, is_json=is_json), version("1-1", name, is_json=is_json)):
        assert bool(of.rock.match(rock("a", of_version, is_json=is_json) + b"}")) is is_sound
        assert bool(of.version.match(of_version + b"}")) is is_sound
        assert bool(of.versions.match(of_version + b"}")) is is_sound


def test_a_name_of_lua_may_stand_without_brackets() -> None:
    """It is a group of its own, since a word of Lua's is none there."""
    found = LUA.head.match(b"_a1 = {")
    assert found
    assert (found.lastindex, found[BARE]) == (BARE, b"_a1")
    quoted = LUA.head.match(b'["end"]={')
    assert quoted
    assert (quoted.lastindex, quoted[BARE], quoted[1]) == (1, None, b"end")
    for name, is_one in ((b"a-b", False), (b"1a", False), (b"x" * 200, True), (b"x" * 201, False)):
        assert bool(LUA.head.match(name + b"={")) is is_one
    assert not JSON.head.match(b"a:{")


@BOTH
def test_a_version_has_its_name_and_its_files(is_json: bool) -> None:
    """The archs are found in the second group, in their order."""
    of = form(is_json)
    text = version("1.0-1", "rockspec", "src", "all", is_json=is_json)
    found = of.version.match(text + b"}")
    assert found
    assert found[1] == b"1.0-1"
    assert of.arch.findall(found[2]) == [b"rockspec", b"src", b"all"]
    assert found.end() == len(text)


@BOTH
@pytest.mark.parametrize(
    ("archs", "is_sound"),
    [
        (("installed",), False),
        (("src", "installed"), False),
        (("installed-not",), True),
        (("src",) * 100, True),
        (("src",) * 101, False),
    ],
)
def test_a_version_has_a_bounded_number_of_files_of_servers(
    is_json: bool, archs: tuple[str, ...], is_sound: bool
) -> None:
    """From one to a hundred; one that is installed in a tree is no file."""
    of = form(is_json)
    text = version("1-1", *archs, is_json=is_json) + b"}"
    for pattern in (of.version, of.versions):
        assert bool(pattern.match(text)) is is_sound
    assert not of.version.match(b'"1-1":[]}' if is_json else b'["1-1"]={}}')


@BOTH
def test_one_match_takes_a_bounded_number_of_versions(is_json: bool) -> None:
    """A rock with one more is not taken as a whole, and its versions in two matches."""
    of = form(is_json)
    many = [version(f"{number}-1", is_json=is_json) for number in range(AT_ONCE + 1)]
    assert of.rock.match(rock("a", *many[:-1], is_json=is_json) + b"}")
    whole = rock("a", *many, is_json=is_json) + b"}"
    assert not of.rock.match(whole)
    head = of.head.match(whole)
    first = of.versions.match(whole, head.end() if head else 0)
    second = of.versions.match(whole, first.end() if first else 0)
    assert second
    assert second[0] == many[-1]
    end = of.end.match(whole, second.end())
    assert end
    assert not of.versions.match(whole, second.end())


@BOTH
@pytest.mark.parametrize(
    ("name", "is_taken"),
    [
        *(("a b", True), ("", True), ("f\u00e9", True), ("../x", True), ('q\\"', True)),
        *(('q"', False), ("ctrl\x01", False), ("x\\", False)),
        *(("\\n" * 20, True), ("\\n" * 21, False)),
    ],
)
def test_an_odd_rock_has_any_strings(is_json: bool, name: str, is_taken: bool) -> None:
    """Without control characters, with up to twenty escapes each."""
    of = form(is_json)
    usual = version(is_json=is_json)
    texts = (
        rock(name, usual, is_json=is_json),
        rock("a", version(name, is_json=is_json), is_json=is_json),
        rock("a", version("1-1", name, is_json=is_json), is_json=is_json),
    )
    for text in texts:
        assert bool(of.odd.match(text + b"}")) is is_taken


@BOTH
@pytest.mark.parametrize(("count", "is_taken"), [(0, True), (1, True), (100, True), (101, False)])
def test_an_odd_rock_may_have_files_without_an_arch(
    is_json: bool, count: int, is_taken: bool
) -> None:
    """Among a hundred at most, or no file at all."""
    files = b",".join([b"{ }"] * count)
    of_version = b'"1-1":[%b]' % files if is_json else b'["1-1"]={%b}' % files
    found = form(is_json).odd.match(rock("a", of_version, is_json=is_json) + b"}")
    assert bool(found) is is_taken


@pytest.mark.parametrize(
    ("of", "text", "is_taken"),
    [
        (LUA, b"a={},", True),
        (LUA, b"a={}}", True),
        (LUA, b"a={} b={}", False),
        (LUA, b"a={};", False),
        (LUA, b'a={["1-1"]={{arch="src"},},}}', True),
        (LUA, b'a={["1-1"]={{arch="src"}{arch="src"}}}}', False),
        (JSON, b'"a":{},"b"', True),
        (JSON, b'"a":{}}', True),
        (JSON, b'"a":{},}', False),
        (JSON, b'"a":{"1-1":[{"arch":"src"}],}}', False),
        (JSON, b'"a":{"1-1":[{"arch":"src"},]}}', False),
        (JSON, b'"a":{"1-1":[{"arch":"src"},{"arch":"all"}]}}', True),
    ],
)
def test_a_comma_follows_where_the_notation_wants_one(
    of: Form, text: bytes, is_taken: bool
) -> None:
    """Lua may have one before an end, JSON may not; both need one between two items."""
    assert bool(of.rock.match(text)) is is_taken
    assert bool(of.odd.match(text)) is is_taken


@BOTH
def test_rocks_are_made_a_manifest(is_json: bool) -> None:
    """The general parser of the notation reads what it was made of."""
    rocks = [rock(name, version(is_json=is_json), is_json=is_json) for name in ("a", "b c")]
    text = form(is_json).manifest_of(rocks)
    found = json.loads(text) if is_json else parse(text).globals
    listed = found["repository"]
    assert isinstance(listed, dict)
    assert set(listed) == {"a", "b c"}
    assert form(is_json).start.match(text)

"""A manifest that is read rock by rock lists what the strict reader finds in the whole of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse
from distrorocks.lua.write import persist
from distrorocks.servers.manifest_reader import server_manifest_of
from distrorocks.servers.server_manifest import ServerManifest

NAMES = st.sampled_from(
    [
        *("foo", "Foo", "bar", "a-b", "and", "END", "_x", "1x", "../x", "", ".", ".x", "f\u00e9"),
        *("a b", "x" * 200, "x" * 201, 'q"', "b\\", "arch", "repository", "nil", "ctrl\x01"),
    ]
)
VERSIONS = st.sampled_from(["1.0-1", "scm-1", "2.0", "../1-1", "", "1 0", "v_1", "true", "é-1"])
ARCHS = st.sampled_from(["src", "rockspec", "all", "linux-x86_64", "installed", "", "a/b", "x y"])
FILES = st.lists(
    st.fixed_dictionaries({"arch": ARCHS}) | st.just({}) | st.fixed_dictionaries({"md5": ARCHS}),
    max_size=3,
)
ROCKS = st.dictionaries(
    NAMES, st.dictionaries(VERSIONS, FILES, max_size=3) | st.sampled_from([{}, "x", []]), max_size=5
)
CUTS = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 3),
        st.sampled_from(
            [
                *("", " ", ",", ";", "}", "{", "\n", '"', "=", ":", "[", "]", "-- x\n", "foo"),
                *("repository", "\\", "\t", "\v", "\0", "\x80", "end", "[[", "commands={}"),
                *("{},", '["1-1"]', "nil"),
            ]
        ),
    ),
    max_size=3,
)


def lua_of(value: Any) -> Any:
    """Return a value of JSON as a table of Lua."""
    if isinstance(value, list):
        return {place: lua_of(item) for place, item in enumerate(value, start=1)}
    return {key: lua_of(item) for key, item in value.items()} if isinstance(value, dict) else value


def cut(text: bytes, cuts: list[tuple[float, int, str]]) -> bytes:
    """Return a text with some bytes of it replaced."""
    for place, length, new in cuts:
        at = int(place * len(text))
        text = text[:at] + new.encode("latin-1") + text[at + length :]
    return text


def told(text: bytes, *, is_json: bool, whole: bool) -> object:
    """Return what a text lists, read whole or rock by rock, or why it is refused."""
    try:
        if not whole:
            manifest = server_manifest_of(text, is_json=is_json)
        elif is_json:
            manifest = ServerManifest.from_table(json.loads(text))
        else:
            manifest = ServerManifest.from_table(parse(text).globals)
    except DistrorocksError as error:
        return "not JSON" if error.brief.startswith("it is not JSON") else str(error)
    except (ValueError, RecursionError):
        return "not JSON"
    rocks = {name: dict(versions) for name, versions in manifest.rocks.items()}
    assert len(manifest.rocks) == len(rocks)
    assert all(name in manifest.rocks for name in rocks)
    assert "no such rock" not in manifest.rocks
    return rocks, manifest.left_out


def check(text: bytes, *, is_json: bool) -> None:
    """Compare both readings of a text."""
    assert told(text, is_json=is_json, whole=False) == told(text, is_json=is_json, whole=True)


VERSION = b'["1-1"]={{arch="src"}}'
LUA = {
    "plain": b"repository={foo={%b}}" % VERSION,
    "a name twice": b'repository={foo={["2-1"]={{arch="src"}}},foo={%b}}' % VERSION,
    "a name in two cases": b'repository={Foo={["2-1"]={{arch="src"}}},foo={%b}}' % VERSION,
    "a plain name and an odd one": b'repository={foo={%b},Foo={["a b"]={}}}' % VERSION,
    "a version twice": b'repository={foo={["1-1"]={{arch="all"}},%b}}' % VERSION,
    "a rock of a tree": b'repository={foo={["1-1"]={{arch="installed"}}},b={%b}}' % VERSION,
    "a rock of a tree and of a server": (
        b'repository={foo={["1-1"]={{arch="installed"},{arch="src"}}}}'
    ),
    "installed-like": b'repository={foo={["1-1"]={{arch="installed-not"}}}}',
    "commas at the end": b'commands={} repository={foo={["1-1"]={{arch="src"},},},} modules={}',
    "commas too many": b"repository={foo={%b,,}}" % VERSION,
    "a comma missing": b'repository={foo={["1-1"]={{arch="src"}{arch="all"}}}}',
    "a comma missing between rocks": b"repository={foo={%b}b={}}" % VERSION,
    "a word for a name": b"repository={end={%b}}" % VERSION,
    "a word in brackets": b'repository={["end"]={%b}}' % VERSION,
    "repository twice": b"repository={foo={}} repository={b={%b}}" % VERSION,
    "what follows": b"repository={foo={%b}} x" % VERSION,
    "what is set last": b"repository={foo={%b}} commands={} repository=nil" % VERSION,
    "nothing at all": b"repository={}",
    "no rocks of its own": b"commands={} modules={}",
    "many versions": b"repository={foo={%b}}"
    % b",".join(b'["%d-1"]={{arch="src"}}' % each for each in range(1700)),
    "many versions, one odd": b'repository={foo={%b,["a b"]={}},b={}}'
    % b",".join(b'["%d-1"]={{arch="src"}}' % each for each in range(1700)),
    "many files": b'repository={foo={["1-1"]={%b}}}' % (b'{arch="src"},' * 150),
    "a long name": b"repository={%b={%b}}" % (b"x" * 201, VERSION),
}
_JSON = b'"1-1":[{"arch":"src"}]'
JSON = {
    "plain": b'{"repository":{"foo":{%b}}}' % _JSON,
    "a name twice": b'{"repository":{"foo":{"2-1":[{"arch":"all"}]},"foo":{%b}}}' % _JSON,
    "a name in two cases": b'{"repository":{"Foo":{"2-1":[{"arch":"all"}]},"foo":{%b}}}' % _JSON,
    "a rock of a tree": b'{"repository":{"foo":{"1-1":[{"arch":"installed"}]}}}',
    "a comma after a version": b'{"repository":{"foo":{%b,}}}' % _JSON,
    "a comma after a rock": b'{"repository":{"foo":{%b},}}' % _JSON,
    "a comma after a file": b'{"repository":{"foo":{"1-1":[{"arch":"src"},]}}}',
    "a comma after all": b'{"repository":{"foo":{%b}},}' % _JSON,
    "repository twice": b'{"repository":{"b":{}},"repository":{"foo":{%b}}}' % _JSON,
    "other keys": b'{"modules":[],"repository":{"foo":{%b}},"commands":{ }}' % _JSON,
    "what follows": b'{"repository":{"foo":{%b}}} {}' % _JSON,
    "an empty list": b'{"repository":[]}',
    "a word of Lua": b'{"repository":{"end":{%b}}}' % _JSON,
    "escapes": b'{"repository":{"f\\u006fo":{%b},"b":{%b}}}' % (_JSON, _JSON),
    "an escape that is none": b'{"repository":{"f\\q":{%b}}}' % _JSON,
    "bytes of no text": b'{"repository":{"f\xff":{%b}}}' % _JSON,
}


@pytest.mark.parametrize("case", LUA)
def test_lua_that_is_nearly_plain(case: str) -> None:
    """Each rule of the plain form has its neighbour on the other side."""
    check(LUA[case], is_json=False)


@pytest.mark.parametrize("case", JSON)
def test_json_that_is_nearly_plain(case: str) -> None:
    """Each rule of the plain form has its neighbour on the other side."""
    check(JSON[case], is_json=True)


@settings(max_examples=400)
@given(ROCKS, st.booleans(), CUTS)
@example({"foo": {"1.0-1": [{"arch": "src"}]}}, False, [])
def test_lua_as_luarocks_writes_it_and_damaged(
    rocks: dict[str, Any], is_dense: bool, cuts: list[tuple[float, int, str]]
) -> None:
    """The same rocks, the same count of senseless entries, the same error."""
    table = lua_of({"commands": {}, "modules": {}, "repository": rocks})
    text = persist(table)
    if is_dense:
        text = b"".join(line.strip() for line in text.splitlines(keepends=True))
    check(cut(text, cuts), is_json=False)


@settings(max_examples=400)
@given(ROCKS, st.sampled_from([None, 1, "\t"]), st.booleans(), CUTS)
@example({"foo": {"1.0-1": [{"arch": "src"}]}}, None, False, [])
def test_json_of_any_layout_and_damaged(
    rocks: dict[str, Any],
    indent: int | str | None,
    is_ascii: bool,
    cuts: list[tuple[float, int, str]],
) -> None:
    """The same of JSON, in one line or many, with escapes or without."""
    value = {"modules": [], "repository": rocks, "commands": {}}
    text = json.dumps(value, indent=indent, ensure_ascii=is_ascii)
    check(cut(text.encode(), cuts), is_json=True)


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            [
                *(b"repository", b"=", b"{", b"}", b"{", b"}", b",", b'["foo"]', b"foo", b"Foo"),
                *(b"end", b'{arch="src"}', b'["1-1"]={{arch="src"}}', b"commands={}", b" ", b";"),
                *(b"x={}", b'["2-1"]={{arch="src"},{arch="rockspec"}}', b'["a b"]={}'),
                b'{["arch"]="src"}',
            ]
        ),
        max_size=14,
    ),
    st.booleans(),
)
def test_any_row_of_tokens(tokens: list[bytes], is_wrapped: bool) -> None:
    """Whatever stands beside what, nothing passes that the strict reader refuses."""
    text = b"".join(tokens)
    check(b"repository={" + text + b"}" if is_wrapped else text, is_json=False)

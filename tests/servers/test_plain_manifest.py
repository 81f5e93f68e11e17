"""A manifest in the plain form is an index of offsets, read where it is asked for, in bounds."""

from __future__ import annotations

import pytest

from distrorocks.servers import plain_manifest as module
from distrorocks.servers.manifest_form import AT_ONCE, Form
from distrorocks.servers.plain_manifest import (
    PlainManifest,
    PlainRocks,
    TooManyError,
    plain_manifest,
)
from tests.servers.manifest_texts import JSON, LUA, manifest, rock, version

BOTH = pytest.mark.parametrize("is_json", [False, True])


def indexed(*rocks: bytes, is_json: bool) -> PlainManifest | None:
    """Return the index of a manifest of rocks."""
    return plain_manifest(manifest(*rocks, is_json=is_json), JSON if is_json else LUA)


def some(*names: str, is_json: bool) -> list[bytes]:
    """Return rocks of these names with a version each."""
    return [rock(name, version(is_json=is_json), is_json=is_json) for name in names]


def versions(count: int, *, is_json: bool) -> list[bytes]:
    """Return that many versions."""
    return [version(f"{number}-1", is_json=is_json) for number in range(count)]


@BOTH
def test_rocks_are_where_their_text_begins(is_json: bool) -> None:
    """By their names in lower case; the odd ones are a manifest of their own, and have no place."""
    rocks = some("Foo", "b", is_json=is_json)
    long = rock("Long", *versions(AT_ONCE + 1, is_json=is_json), is_json=is_json)
    odd = some("a b", "c d", is_json=is_json)
    found = indexed(rocks[0], odd[0], long, odd[1], rocks[1], is_json=is_json)
    assert found
    assert list(found.places) == ["foo", "long", "b"]
    for name, text in zip(found.places, (rocks[0], long, rocks[1]), strict=True):
        assert found.text[found.places[name] :].startswith(text)
    assert found.odd == found.form.manifest_of(odd)
    plain = indexed(*rocks, is_json=is_json)
    assert plain
    assert plain.odd == b""


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (LUA, b""),
        (LUA, b"repository="),
        (LUA, b"repository={a={}"),
        (LUA, b"repository={a={}} x"),
        (LUA, b"repository={a=1}"),
        (LUA, b"repository={a={},a={}}"),
        (LUA, b"repository={A={},a={}}"),
        (LUA, b"repository={end={}}"),
        (LUA, b"repository={a={},nil={}}"),
        (LUA, b"repository={END={}}"),
        (JSON, b'{"repository":{"a":{},"A":{}}}'),
        (JSON, b'{"repository":{"a":{},}}'),
    ],
)
def test_what_is_in_another_form_is_left_to_the_general_parser(form: Form, text: bytes) -> None:
    """So are two rocks of one name, and a word of Lua's in the place of a name, in any case."""
    assert plain_manifest(text, form) is None


@pytest.mark.parametrize(
    ("form", "text", "names"),
    [
        (LUA, b"repository={}", []),
        (LUA, b'repository={["end"]={}}', ["end"]),
        (JSON, b'{"repository":{"end":{}}}', ["end"]),
        (JSON, b'{"repository":{}}', []),
    ],
)
def test_names_that_only_look_like_words_of_lua(form: Form, text: bytes, names: list[str]) -> None:
    """In quotes they are names; no rock at all is a manifest too."""
    found = plain_manifest(text, form)
    assert found
    assert list(found.places) == names


@BOTH
def test_the_number_of_rocks_is_bounded(is_json: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever kinds they are of; so many are taken, one more is an error that says the limit."""
    monkeypatch.setattr(module, "MOST_ROCKS", 3)
    long = rock("l", *versions(AT_ONCE + 1, is_json=is_json), is_json=is_json)
    usual, odd = some("a", "b", is_json=is_json), some("c d", "e f", is_json=is_json)
    for rocks in ((*usual, odd[0]), (usual[0], long, odd[0]), (*odd, long)):
        assert indexed(*rocks, is_json=is_json)
        for more in (*some("z", is_json=is_json), *some("y z", is_json=is_json)):
            with pytest.raises(TooManyError, match="it lists more than 3 rocks"):
                indexed(*rocks, more, is_json=is_json)
    with pytest.raises(TooManyError):
        indexed(*usual, odd[0], long, is_json=is_json)


@BOTH
def test_the_number_of_versions_of_a_rock_is_bounded(
    is_json: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many are taken, one more is an error that says the limit."""
    monkeypatch.setattr(module, "MOST_VERSIONS", 2 * AT_ONCE)
    fitting = versions(2 * AT_ONCE, is_json=is_json)
    found = indexed(rock("a", *fitting, is_json=is_json), is_json=is_json)
    assert found
    assert len(PlainRocks(found, {})["a"]) == 2 * AT_ONCE
    many = versions(2 * AT_ONCE + 1, is_json=is_json)
    with pytest.raises(TooManyError, match=f"more than {2 * AT_ONCE} versions of one rock"):
        indexed(rock("a", *many, is_json=is_json), is_json=is_json)


@BOTH
def test_rocks_are_a_mapping(is_json: bool) -> None:
    """Of versions to archs, both in the order of the text; the odd ones come last."""
    texts = (
        rock("Foo", version("2-1", "src", "all", is_json=is_json), is_json=is_json),
        rock("none", is_json=is_json),
        rock("b", *(version(each, is_json=is_json) for each in ("1-1", "3-1")), is_json=is_json),
    )
    found = indexed(*texts, is_json=is_json)
    assert found
    rocks = PlainRocks(found, {"odd": {"1-1": ("src",)}})
    assert list(rocks) == ["foo", "none", "b", "odd"]
    assert len(rocks) == 4
    assert all(name in rocks for name in rocks)
    assert "Foo" not in rocks
    assert rocks["foo"] == {"2-1": ("src", "all")}
    assert rocks["none"] == {}
    assert list(rocks["b"].items()) == [("1-1", ("src",)), ("3-1", ("src",))]
    assert rocks["odd"] == {"1-1": ("src",)}
    with pytest.raises(KeyError):
        rocks["Foo"]


def test_a_few_rocks_are_kept_as_they_were_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rock is parsed once while few others are; then all are forgotten, and read alike again."""
    monkeypatch.setattr(module, "_KEPT", 2)
    found = indexed(*some("a", "b", "c", is_json=False), is_json=False)
    assert found
    rocks = PlainRocks(found, {})
    first = rocks["a"]
    assert rocks["b"]
    assert rocks["a"] is first
    assert rocks["c"]
    assert rocks["a"] is not first
    assert rocks["a"] == first

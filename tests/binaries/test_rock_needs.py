"""The record of an audit is read back as it was written, and anything else is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from distrorocks.binaries import rock_needs
from distrorocks.binaries.elf_file import ElfFile, Machine, NeededVersion, Symbol, read_elf
from distrorocks.binaries.rock_needs import (
    RecordError,
    RockNeeds,
    entry_points,
    parse_record,
    to_record,
)
from tests.elf_files import module

NEEDS = RockNeeds(
    "foo-1.0-1.linux-x86_64.rock",
    "0" * 64,
    {"lib/foo.so": read_elf(module("foo", "lua_pushnil", runpath="$ORIGIN", stack="unsaid"))},
)


def record() -> dict[str, Any]:
    """Return a record as JSON holds it."""
    found: dict[str, Any] = json.loads(json.dumps(to_record(NEEDS)))
    return found


def test_a_record_says_what_the_rock_needs() -> None:
    """All but the symbols for others, of which those that open modules are kept."""
    found = parse_record(json.dumps(record()).encode())
    assert found._replace(files={}) == NEEDS._replace(files={})
    (before,), (after,) = NEEDS.files.values(), found.files.values()
    assert after._replace(defined=frozenset()) == before._replace(defined=frozenset())
    assert entry_points(after) == entry_points(before) == ("luaopen_foo",)


WHOLE = ElfFile(
    kind="exec",
    machine=Machine("aarch64", 32, is_little=False),
    interpreter="/lib/ld.so",
    soname="foo.so.1",
    needed=("libb.so", "liba.so"),
    runpath=("$ORIGIN", "/opt"),
    has_rpath=True,
    versions=(NeededVersion("liba.so", "A_1", is_weak=True),),
    undefined=(Symbol("a", "A_1"), Symbol("b")),
    defined=frozenset({Symbol("luaopen_foo")}),
    stack="executable",
    has_text_relocations=True,
    has_static_tls=True,
    is_program=True,
    cannot_be_opened=True,
    lua_numbers=("5.1", "5.4"),
    lua_registries=("5.2",),
)


def test_each_field_of_a_file_is_read_back() -> None:
    """But for the versions that it defines, which are for other files; no field is a default."""
    assert not [name for name in ElfFile._field_defaults if getattr(WHOLE, name) == unlike(name)]
    needs = NEEDS._replace(files={"a.so": WHOLE})
    assert parse_record(json.dumps(to_record(needs)).encode()) == needs


def unlike(name: str) -> object:
    """Return the default of a field, None where a record leaves it out."""
    return None if name == "defines" else ElfFile._field_defaults[name]


@pytest.mark.parametrize(("bits", "is_size"), [(32, True), (64, True), (16, False), (33, False)])
def test_a_word_has_32_or_64_bits(bits: int, is_size: bool) -> None:
    """Another size is of no machine that rocks are built for."""
    made = record()
    made["files"]["lib/foo.so"]["machine"]["bits"] = bits
    text = json.dumps(made).encode()
    if is_size:
        assert parse_record(text).files["lib/foo.so"].machine.bits == bits
    else:
        with pytest.raises(RecordError, match="a machine without a word size"):
            parse_record(text)


@pytest.mark.parametrize("key", ["kind", "machine", "needed", "versions", "undefined", "opens"])
@pytest.mark.parametrize(
    "value", [None, 1, "x", ["x", 1], {"bits": 64}, [[1]], [["a", "b", False], [1]], {"bits": True}]
)
def test_other_values_are_refused(key: str, value: object) -> None:
    """Each field has one type."""
    found = record()
    if type(value) is type(found["files"]["lib/foo.so"][key]) is str:
        return
    found["files"]["lib/foo.so"][key] = value
    with pytest.raises(RecordError):
        parse_record(json.dumps(found).encode())


@pytest.mark.parametrize("opens", [["x"], ["luaopen_foo", "x"], ["x", "luaopen_foo"]])
def test_a_function_that_opens_no_module_is_refused(opens: list[str]) -> None:
    """Wherever it stands."""
    found = record()
    found["files"]["lib/foo.so"]["opens"] = opens
    with pytest.raises(RecordError, match="a function that opens a module without luaopen_"):
        parse_record(json.dumps(found).encode())


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b'{"distrorocks_audit": 2, "files": {}}',
        b'{"distrorocks_audit": 1, "files": []}',
        b'{"distrorocks_audit": 1, "rock": "x", "sha256": 1, "files": {}}',
        b"1" * 10_000,
    ],
)
def test_other_texts_are_refused(text: bytes) -> None:
    """Whatever a server sends."""
    with pytest.raises(RecordError):
        parse_record(text)


def test_size_and_number_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limits nothing is read."""
    text = json.dumps(record()).encode()
    monkeypatch.setattr(rock_needs, "MOST_FILES", 0)
    with pytest.raises(RecordError, match="more than 0 files"):
        parse_record(text)
    monkeypatch.setattr(rock_needs, "MOST_BYTES", 10)
    with pytest.raises(RecordError, match="more than 10 bytes"):
        parse_record(text)

"""What the compiled files of a rock need: the value that an audit is made of, and its JSON form.

The JSON form stands beside rocks on servers, so it is untrusted input.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from distrorocks.binaries.elf_file import ElfFile, Machine, NeededVersion, Symbol
from distrorocks.binaries.symbol_version import newest
from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import plain
from distrorocks.values import NamedTuple

SUFFIX = ".audit.json"
FORMAT = 1
MOST_BYTES = 4 << 20
MOST_FILES = 1000
_ENTRY = "luaopen_"
_FLAGS = (
    "has_rpath",
    "has_text_relocations",
    "has_static_tls",
    "is_program",
    "cannot_be_opened",
)
_TEXTS = ("kind", "interpreter", "soname", "stack")
_LISTS = ("needed", "runpath", "lua_numbers", "lua_registries")


class RecordError(DistrorocksError):
    """A file is not the record of an audit."""


class RockNeeds(NamedTuple):
    """The compiled files of a rock that are deployed, by path from its top, and its SHA-256."""

    rock: str
    sha256: str
    files: Mapping[str, ElfFile]

    @property
    def machines(self) -> tuple[Machine, ...]:
        """The machines that the files are for."""
        return tuple(sorted({each.machine for each in self.files.values()}))

    @property
    def libraries(self) -> tuple[str, ...]:
        """The sonames of the libraries that the files need."""
        return tuple(sorted({soname for file in self.files.values() for soname in file.needed}))

    @property
    def versions(self) -> tuple[str, ...]:
        """The newest versions of symbols that the files need."""
        return newest(each.version for file in self.files.values() for each in file.versions)


def entry_points(file: ElfFile) -> tuple[str, ...]:
    """Return the functions of a file that open modules."""
    return tuple(sorted({s.name for s in file.defined if s.name.startswith(_ENTRY)}))


def to_record(needs: RockNeeds) -> dict[str, Any]:
    """Return the needs of a rock as JSON holds them."""
    return {
        "distrorocks_audit": FORMAT,
        "rock": needs.rock,
        "sha256": needs.sha256,
        "files": {path: _to_json(file) for path, file in sorted(needs.files.items())},
    }


def _to_json(file: ElfFile) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "machine": file.machine._asdict(),
        **{name: getattr(file, name) for name in (*_TEXTS, *_FLAGS)},
        **{name: list(getattr(file, name)) for name in _LISTS},
        "versions": [list(each) for each in file.versions],
        "undefined": [list(each) for each in file.undefined],
        "opens": list(entry_points(file)),
    }
    return shown


def parse_record(text: bytes) -> RockNeeds:
    """Return the needs of a rock from their JSON form; raise ``RecordError``."""
    if len(text) > MOST_BYTES:
        raise RecordError(f"it has more than {MOST_BYTES} bytes")
    try:
        found = json.loads(text.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError) as error:
        raise RecordError(f"it is not JSON ({plain(error)})") from None
    table = _table(found)
    if table.get("distrorocks_audit") != FORMAT:
        raise RecordError("it is not an audit of a form that is known")
    files = _table(table.get("files"))
    if len(files) > MOST_FILES:
        raise RecordError(f"it has more than {MOST_FILES} files")
    return RockNeeds(
        _text(table.get("rock")),
        _text(table.get("sha256")),
        {_text(path): _from_json(_table(file)) for path, file in files.items()},
    )


def _from_json(table: Mapping[str, Any]) -> ElfFile:
    machine = _table(table.get("machine"))
    bits = machine.get("bits")
    if bits not in (32, 64):
        raise RecordError("it has a machine without a word size")
    opens = _texts(table.get("opens"))
    if not all(each.startswith(_ENTRY) for each in opens):
        raise RecordError(f"it has a function that opens a module without {_ENTRY} in its name")
    fields: dict[str, Any] = {
        "machine": Machine(_text(machine.get("processor")), bits, _flag(machine.get("is_little"))),
        "versions": tuple(
            NeededVersion(_text(library), _text(version), _flag(is_weak))
            for library, version, is_weak in _rows(table.get("versions"), 3)
        ),
        "undefined": tuple(
            Symbol(_text(name), _text(version))
            for name, version in _rows(table.get("undefined"), 2)
        ),
        "defined": frozenset(map(Symbol, opens)),
        **{name: _text(table.get(name)) for name in _TEXTS},
        **{name: _flag(table.get(name)) for name in _FLAGS},
        **{name: _texts(table.get(name)) for name in _LISTS},
    }
    return ElfFile(**fields)


def _table(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise RecordError("it lacks a table that an audit has")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise RecordError("it has something else in place of a text")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise RecordError("it has something else in place of true or false")
    return value


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(_text, _list(value)))


def _list(value: object) -> Iterable[Any]:
    if not isinstance(value, list):
        raise RecordError("it has something else in place of a list")
    return value


def _rows(value: object, width: int) -> Iterable[Any]:
    rows = list(_list(value))
    if any(not isinstance(row, list) or len(row) != width for row in rows):
        raise RecordError(f"it has a list without {width} items")
    return rows

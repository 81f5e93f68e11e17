"""``luarocks.lock``: the dependency versions that a project pins, in LuaRocks' format.

LuaRocks writes it as ``return { dependencies = { name = "version" }, ... }``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import MappingProxyType

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse_returned
from distrorocks.lua.scan import LuaTextError
from distrorocks.lua.value import LuaTable, LuaValue, to_bytes
from distrorocks.lua.write import value_text
from distrorocks.resolve.candidate import Origin
from distrorocks.resolve.solution import Solution
from distrorocks.rocks.name import is_rock_name
from distrorocks.rocks.quotation import quoted
from distrorocks.rocks.version import Version
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_file import read_named
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.files.trust import read_steering
from distrorocks.system.lua.file import ROCKSPEC_LIMIT
from distrorocks.values import NamedTuple

_PLACES = ("dependencies", "build_dependencies", "test_dependencies")
_HINT = "write it again with `luarocks install --pin`, or remove it"


class LockFileError(DistrorocksError):
    """A text is not a lock file; the brief names the field by its dotted path."""


class LockFile(NamedTuple):
    """The pinned versions by name, ``name`` or ``namespace/name``, for each kind of dependency.

    ``lua`` is never among them: LuaRocks 3.8 writes it, later versions ignore it.
    """

    dependencies: Mapping[str, Version] = MappingProxyType({})
    build_dependencies: Mapping[str, Version] = MappingProxyType({})
    test_dependencies: Mapping[str, Version] = MappingProxyType({})

    @classmethod
    def parse(cls, text: bytes) -> LockFile:
        """Parse the text without running it, or raise ``LockFileError``."""
        try:
            value = parse_returned(text)
        except LuaTextError as error:
            raise LockFileError(error.brief, detail=error.detail, hint=_HINT) from error
        if not isinstance(value, dict):
            raise LockFileError("it does not return a table", hint=_HINT)
        return cls(*(_pins(value.get(place), place) for place in _PLACES))


def _pins(value: LuaValue, place: str) -> dict[str, Version]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise LockFileError(f"{place} is not a table", hint=_HINT)
    pins = {}
    for key, version in value.items():
        namespace, slash, name = key.rpartition("/") if isinstance(key, str) else ("", "", "")
        if not is_rock_name(name) or (slash and not is_rock_name(namespace)):
            raise LockFileError(f"{place} has {quoted(key)}, which is not a rock name", hint=_HINT)
        if not isinstance(version, str) or not version.strip():
            raise LockFileError(f"{place}.{key} is not a version", hint=_HINT)
        if name != "lua":
            pins[f"{namespace}{slash}{name}"] = Version.parse(version)
    return pins


NAME = "luarocks.lock"


def read_lock_text(path: str) -> bytes:
    """Return the text of a lock file beside a rockspec that the user named.

    Whoever can write it can write the rockspec, too: only links of others are refused.
    """
    return read_named(os.path.abspath(path), ROCKSPEC_LIMIT)


def read_lock_file(path: str, *, is_named: bool = False) -> LockFile | None:
    """Read a lock file; return None if it does not exist, raise if it is not a lock file.

    With ``is_named`` it is read as by ``read_lock_text``. Any other one decides what root installs
    only if nobody else can write it.
    """
    try:
        if is_named:
            return LockFile.parse(read_lock_text(path))
        return LockFile.parse(read_steering("/", os.path.abspath(path), ROCKSPEC_LIMIT))
    except FileReadError as error:
        if error.is_missing:
            return None
        raise
    except LockFileError as error:
        raise LockFileError(
            f"{path}: {error.brief}", detail=error.detail, hint=error.hint
        ) from error


def pins_of(solution: Solution) -> dict[str, Version]:
    """Return the pins for a lock file: the version of every dependency, with its namespace."""
    needed = {edge.required for edge in solution.edges if edge.requirer is not None}
    return {
        f"{each.namespace}/{name}" if each.namespace else name: each.version
        for name, each in solution.chosen.items()
        if name in needed and each.origin is not Origin.PROVIDED
    }


def lock_text(pins: Mapping[str, Version]) -> bytes:
    """Return a lock file with these versions, byte for byte as LuaRocks writes it."""
    rows: LuaTable = {name: str(pins[name]) for name in sorted(pins)}
    return to_bytes(f"return {{\n   dependencies = {value_text(rows, 2)},\n}}\n")


def write_lock_file(path: str, pins: Mapping[str, Version]) -> None:
    """Write a lock file with these versions, in place of a file or link that is there."""
    above, _, name = path.rpartition("/")
    try:
        with NamedFolder(above or "/") as folder:
            folder.write(f"/{name}", lock_text(pins))
    except OSError as error:
        raise LockFileError(f"cannot write {path}: {error.strerror}") from error

"""How LuaRocks is configured to look for libraries from outside: where, and under which names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable, LuaValue, sequence
from distrorocks.rocks.quotation import quoted

BUILD, INSTALL = "build", "install"
BINDIR, INCDIR, LIBDIR = "BINDIR", "INCDIR", "LIBDIR"
KINDS = {BINDIR: "bin", INCDIR: "include", LIBDIR: "lib"}

_DIRS = ("/usr/local", "/usr", "/")
_PATTERNS = {"bin": ("?",), "include": ("?.h",), "lib": ("lib?.a", "lib?.so", "lib?.so.*")}
_RUNTIME = {**_PATTERNS, "lib": ("lib?.so", "lib?.so.*")}
_MOST_ENTRIES = 64


class ExternalsError(DistrorocksError):
    """What a rock or a configuration asks for is nothing that could be looked for."""


class Prefix(NamedTuple):
    """One place to look below; ``own`` are sub-directories by kind, for it and all that follow."""

    path: str
    own: dict[str, tuple[str, ...]]


class Settings(NamedTuple):
    """Where to look and for which names, by kind: BINDIR, INCDIR (not in install mode), LIBDIR.

    ``takes_first`` names the first sub-directory where a rock asks for no file of a kind, as
    LuaRocks 3.8 does; else it is the first that is there, as in later ones.
    """

    mode: str
    patterns: dict[str, tuple[str, ...]]
    subdirs: dict[str, tuple[str, ...]]
    prefixes: tuple[Prefix, ...]
    extension: str
    takes_first: bool

    @classmethod
    def from_table(
        cls, table: LuaTable, *, mode: str = BUILD, multiarch: str = "", like_3_8: bool = False
    ) -> Settings:
        """Return the settings of a configuration; what it leaves open is as in LuaRocks.

        ``multiarch`` is the name of Debian's directories for one architecture, "" for none. gcc
        looks there for headers by itself, so they are looked for there too, unless ``like_3_8``
        or the configuration has its own sub-directories. Raises ``ExternalsError``.
        """
        word = "" if mode == BUILD else "runtime_"
        patterns = _of_kinds(
            table, f"{word}external_deps_patterns", _PATTERNS if mode == BUILD else _RUNTIME
        )
        subdirs = _of_kinds(table, f"{word}external_deps_subdirs", _subdirs(multiarch, like_3_8))
        if multiarch and not like_3_8 and subdirs["include"] == ("include",):
            subdirs["include"] = ("include", f"include/{multiarch}")
        kinds = {kind: word for kind, word in KINDS.items() if mode == BUILD or kind != INCDIR}
        extension = table.get("external_lib_extension")
        return cls(
            mode,
            {kind: patterns[word] for kind, word in kinds.items()},
            {kind: subdirs[word] for kind, word in kinds.items()},
            _prefixes(table),
            extension if isinstance(extension, str) else "so",
            like_3_8,
        )


def _subdirs(multiarch: str, like_3_8: bool) -> dict[str, tuple[str, ...]]:
    """Return LuaRocks' sub-directories on Linux: 3.8 and the later ones differ in their order."""
    below = (f"lib/{multiarch}",) if multiarch else ()
    lib = ("lib", *below, "lib64") if like_3_8 else (*below, "lib64", "lib")
    return {"bin": ("bin",), "include": ("include",), "lib": lib}


def _of_kinds(
    table: LuaTable, key: str, defaults: dict[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Return kind -> texts; a short list goes on with the default's, which LuaRocks lays under."""
    by_kind = table.get(key)
    if by_kind is None:
        return dict(defaults)
    if not isinstance(by_kind, dict):
        raise _misfit(key, "a table of lists", by_kind)
    result = {}
    for kind, default in defaults.items():
        value = by_kind.get(kind)
        if value is None:
            result[kind] = default
            continue
        texts = _texts(f"{key}.{kind}", value)
        is_list = isinstance(value, dict)
        result[kind] = (*texts, *default[len(texts) :]) if is_list else texts
    return result


def _prefixes(table: LuaTable) -> tuple[Prefix, ...]:
    """Return the entries of ``external_deps_dirs``: texts, or tables with a prefix of their own."""
    key = "external_deps_dirs"
    listed = table.get(key, {})
    if not isinstance(listed, dict):
        raise _misfit(key, "a list", listed)
    entries: Sequence[LuaValue] = sequence(listed)
    entries = [*entries, *_DIRS[len(entries) :]]
    _check_length(key, entries)
    return tuple(_prefix(f"{key}[{number}]", each) for number, each in enumerate(entries, 1))


def _prefix(key: str, entry: LuaValue) -> Prefix:
    """Return one entry."""
    if not isinstance(entry, dict):
        return Prefix(_texts(key, entry)[0], {})
    own = {
        kind: _texts(f"{key}.{word}", entry[word]) for kind, word in KINDS.items() if word in entry
    }
    path = entry.get("prefix")
    if not isinstance(path, str):
        raise _misfit(f"{key}.prefix", "a directory", path)
    return Prefix(path, own)


def _texts(key: str, value: LuaValue) -> tuple[str, ...]:
    """Return a text, or the texts of a list, as a tuple."""
    values = sequence(value) if isinstance(value, dict) else [value]
    _check_length(key, values)
    texts = tuple(each for each in values if isinstance(each, str) and "\0" not in each)
    if len(texts) != len(values):
        raise _misfit(key, "a text or a list of texts", value)
    return texts


def _check_length(key: str, values: Sequence[LuaValue]) -> None:
    """Raise where a list is longer than anybody's."""
    if len(values) > _MOST_ENTRIES:
        raise ExternalsError(
            f"{key} of LuaRocks' configuration has {len(values)} entries",
            hint=f"at most {_MOST_ENTRIES} are looked at; leave only those that are needed",
        )


def _misfit(key: str, wanted: str, value: LuaValue) -> ExternalsError:
    shown = "a table" if isinstance(value, dict) else quoted(value)
    return ExternalsError(
        f"{key} of LuaRocks' configuration must be {wanted}, not {shown}",
        hint=f"`luarocks config {key.partition('[')[0].partition('.')[0]}` shows what is set",
    )

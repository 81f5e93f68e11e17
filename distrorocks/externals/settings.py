"""LuaRocks' settings for the search for external dependencies: directories and name patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable, LuaValue, sequence
from distrorocks.patterns import regex
from distrorocks.rocks.quotation import quoted
from distrorocks.values import NamedTuple

_EXTENSION = regex(r"\.[a-z]+(?:\Z|\.)")
_LIBRARY = regex(r"\.(?:so|dylib|dll)\Z")
_LAST_EXTENSION = regex(r"\.[^.]+\Z", re.DOTALL)


class FileName(NamedTuple):
    """A file name to search for, or a pattern with ``*``."""

    name: str

    @property
    def is_pattern(self) -> bool:
        """Whether a directory must be listed to match it."""
        return "*" in self.name

    @property
    def shown(self) -> str:
        """The name as LuaRocks shows it in error messages and in NAME_LIBDIR_FILE."""
        return f"matching {self.name}" if self.is_pattern else self.name

    def among(self, names: Iterable[str]) -> bool:
        """Return whether one of ``names`` matches; only ``*`` is a wildcard."""
        if not self.is_pattern:
            return self.name in names
        first, *middle, last = self.name.split("*")
        return any(_fits(name, first, middle, last) for name in names)


def file_names(
    wanted: Iterable[str], patterns: Sequence[str], extension: str
) -> tuple[FileName, ...]:
    """Expand the ``wanted`` names with the patterns, those with wildcards last.

    A name without an extension replaces the ``?`` of every pattern. One with an extension that
    matches a pattern is reduced to its stem, which replaces the ``?`` of every pattern; then the
    name itself follows. Extensions of shared libraries become ``extension``.
    """
    names = [FileName(name) for word in wanted for name in _expanded(word, patterns)]
    names.sort(key=lambda each: each.is_pattern)
    return tuple(dict.fromkeys(_with_extension(each, extension) for each in names))


def _expanded(word: str, patterns: Sequence[str]) -> Iterator[str]:
    """Yield the file names for one name, in LuaRocks' order."""
    if not _EXTENSION.search(word):
        yield from (pattern.replace("?", word) for pattern in patterns)
        return
    for pattern in patterns:
        stem = _taken_apart(word, pattern)
        if stem is not None:
            yield from (each.replace("?", stem) for each in patterns)
    yield word


def _taken_apart(word: str, pattern: str) -> str | None:
    """Return the part of a name that matches ``?`` in a pattern, or None."""
    found = re.fullmatch(_regex(pattern).replace(r"\?", "(.*)"), word, re.DOTALL)
    return found.group(found.re.groups and 1) if found else None


def _fits(name: str, first: str, middle: Sequence[str], last: str) -> bool:
    """Return whether a name consists of these parts with anything in between."""
    end = len(name) - len(last)
    if not (name.startswith(first) and name.endswith(last)):
        return False
    place = len(first)
    for part in middle:
        place = name.find(part, place, end)
        if place < 0:
            return False
        place += len(part)
    return place <= end


def _regex(pattern: str) -> str:
    return ".*".join(re.escape(part) for part in re.split(r"\*+", pattern))


def _with_extension(each: FileName, extension: str) -> FileName:
    """Return a shared library's name with this system's extension."""
    if not _LIBRARY.search(each.name):
        return each
    return FileName(_LAST_EXTENSION.sub(lambda _: f".{extension}", each.name))


BUILD, INSTALL = "build", "install"
BINDIR, INCDIR, LIBDIR = "BINDIR", "INCDIR", "LIBDIR"
KINDS = {BINDIR: "bin", INCDIR: "include", LIBDIR: "lib"}

_DIRS = ("/usr/local", "/usr", "/")
_PATTERNS = {"bin": ("?",), "include": ("?.h",), "lib": ("lib?.a", "lib?.so", "lib?.so.*")}
_RUNTIME = {**_PATTERNS, "lib": ("lib?.so", "lib?.so.*")}
_MOST_ENTRIES = 64


class ExternalsError(DistrorocksError):
    """A rock or a configuration has an invalid setting for external dependencies."""


class Prefix(NamedTuple):
    """One prefix; ``own`` are sub-directories by kind, for it and all that follow."""

    path: str
    own: dict[str, tuple[str, ...]]


class Settings(NamedTuple):
    """Prefixes, sub-directories and patterns by kind: BINDIR, INCDIR (build mode only), LIBDIR.

    ``takes_first`` selects the first sub-directory if a rock requires no file of a kind, as
    LuaRocks 3.8 does; otherwise the first that exists, as later versions do.
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
        """Return the settings of a configuration, with LuaRocks' defaults.

        ``multiarch`` is Debian's multiarch directory name, or "". gcc searches it for headers by
        default, so it is searched here too, unless ``like_3_8`` or the configuration sets
        sub-directories. Raise ``ExternalsError`` for invalid settings.
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
    """Return LuaRocks' sub-directories on Linux; 3.8 and later versions differ in the order."""
    below = (f"lib/{multiarch}",) if multiarch else ()
    lib = ("lib", *below, "lib64") if like_3_8 else (*below, "lib64", "lib")
    return {"bin": ("bin",), "include": ("include",), "lib": lib}


def _of_kinds(
    table: LuaTable, key: str, defaults: dict[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Return kind -> texts; a short list is continued by the defaults, which LuaRocks merges."""
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
    """Return the entries of ``external_deps_dirs``: texts, or tables with a ``prefix``."""
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


def configured_variables(table: LuaTable) -> dict[str, str]:
    """Return the string ``variables`` of a configuration."""
    variables = table.get("variables")
    found = variables.items() if isinstance(variables, dict) else ()
    return {k: v for k, v in found if isinstance(k, str) and isinstance(v, str)}


def _texts(key: str, value: LuaValue) -> tuple[str, ...]:
    """Return a text, or the texts of a list, as a tuple."""
    values = sequence(value) if isinstance(value, dict) else [value]
    _check_length(key, values)
    texts = tuple(each for each in values if isinstance(each, str) and "\0" not in each)
    if len(texts) != len(values):
        raise _misfit(key, "a string or a list of strings", value)
    return texts


def _check_length(key: str, values: Sequence[LuaValue]) -> None:
    """Raise if a list is too long."""
    if len(values) > _MOST_ENTRIES:
        raise ExternalsError(
            f"{key} of LuaRocks' configuration has {len(values)} entries",
            hint=f"at most {_MOST_ENTRIES} are used; keep only those that are needed",
        )


def _misfit(key: str, wanted: str, value: LuaValue) -> ExternalsError:
    shown = "a table" if isinstance(value, dict) else quoted(value)
    return ExternalsError(
        f"{key} of LuaRocks' configuration must be {wanted}, not {shown}",
        hint=f"`luarocks config {key.partition('[')[0].partition('.')[0]}` shows what is set",
    )

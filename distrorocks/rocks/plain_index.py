"""A tree's manifest exactly as LuaRocks and we write it, indexed without building its tables.

Regular expressions check the form of the whole text in linear time; a rock, the providers of a
module and the dependencies are parsed when they are asked for. Any other text is declined, also
valid Lua, and is for the general parser: the result is the same.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache, cached_property
from itertools import chain

from distrorocks.lua.read import parse
from distrorocks.lua.scan import KEYWORDS, MAX_SEPARATORS
from distrorocks.lua.value import LuaValue, to_bytes, to_text
from distrorocks.patterns import regex
from distrorocks.rocks.tree_index import IndexedRock, TreeIndex
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")
else:
    T = object

_MOST = 500
"""Repetitions of a group in one match: the regex engine records each."""

_FEW = 16
"""Entries that are searched for in the text one by one, before the places of all are kept."""

# Each alternative is decided by its first character, and what follows a repetition cannot match the
# repeated part, as in ``lua.scan``.
_TEXT = r'[^"\\\x00-\x1f]*'
_BARE = rf"(?!(?:{'|'.join(sorted(KEYWORDS))}) )[A-Za-z_][A-Za-z0-9_]*"
_KEY = rf'(?:\["{_TEXT}"\]|{_BARE})'
_FILE_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.+-]*"
_ROCK = rf'(?:\["{_FILE_NAME}"\]|{_BARE})'
_NUMBER = r"-?[0-9]{1,15}"


def _table(level: int, entry: str) -> str:
    """Return the pattern of a table with one entry or more, nested so many levels deep."""
    end = rf"\n {{{3 * (level - 1)}}}\}}"
    return rf"\{{(?:\n {{{3 * level}}}{entry}(?:,|(?={end}))){{1,{_MOST}}}{end}"


def _or_empty(table: str) -> str:
    return rf"\{{(?:\}}|{table[2:]})"


_MAPPING = _or_empty(_table(5, rf'{_KEY} = "{_TEXT}"'))
_INSTALLED = (
    rf",\n {{12}}commands = {_MAPPING},\n {{12}}dependencies = {_MAPPING}"
    rf",\n {{12}}modules = {_MAPPING}"
)
_ARCH = rf'\{{\n {{12}}arch = "{_TEXT}"(?:{_INSTALLED})?\n {{9}}\}}'
_PROVIDER = r'"[^"/\\\x00-\x1f]+/[^"/\\\x00-\x1f]+"'
_VERSION = rf'\["{_FILE_NAME}"\] = {_table(3, _ARCH)}'
_PARTS = rf'(?:{_NUMBER}, ){{0,99}}(?:revision = {_NUMBER}, )?string = "{_TEXT}"'
_CONSTRAINT = (
    r"\{(?:\n {18}no_upgrade = true,)?"
    rf'\n {{18}}op = "{_TEXT}",\n {{18}}version = \{{\n {{21}}{_PARTS}\n {{18}}\}}\n {{15}}\}}'
)
_NEED = (
    rf"\{{\n {{12}}constraints = {_or_empty(_table(5, _CONSTRAINT))},"
    rf'\n {{12}}name = "{_TEXT}"(?:,\n {{12}}namespace = "{_TEXT}")?\n {{9}}\}}'
)
_NEEDS = rf'\["{_FILE_NAME}"\] = {_or_empty(_table(3, _NEED))}'

_ENTRIES = {
    "commands": rf"{_KEY} = {_table(2, _PROVIDER)}",
    "dependencies": rf"{_ROCK} = {_or_empty(_table(2, _NEEDS))}",
    "modules": rf"{_KEY} = {_table(2, _PROVIDER)}",
    "repository": rf"{_ROCK} = {_table(2, _VERSION)}",
}
"""The pattern of an entry of each global table, in the order in which they are written."""

# What follows only reads text of this form.
_HEAD = r'\n {3}(?:\["([^"]*)"\]|(\w+)) = (?=\{)'
_PAIR = r'(?:\["([^"]*)"\]|(\w+)) = "([^"]*)"'
_SOME = r"\{(?:\}|\n((?: {15}.*\n)*) {12}\})"
_RELEASE = (
    r'\n {6}\["([^"]*)"\] = |\n {12}arch = "([^"]*)"'
    rf"(?:,\n +commands = {_SOME},\n +dependencies = {_SOME},\n +modules = {_SOME})?"
)

_compiled = cache(re.compile)
_is_usual = regex(r"[A-Za-z0-9_.-]+").fullmatch


class _Texts(Mapping[str, str]):
    """A table from text to text, parsed when it is first looked at."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _all(self) -> dict[str, str]:
        found = _compiled(_PAIR).findall(self._text)
        return {quoted or bare: value for quoted, bare, value in found}

    def __getitem__(self, name: str) -> str:
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


class _Section(Mapping[str, T]):
    """The entries of one global table; ``read`` makes a value of an entry's name and text.

    Of several entries with one name the last counts.
    """

    def __init__(self, text: str, read: Callable[[str, str], T]) -> None:
        self._text = text
        self._read = read
        self._known: dict[str, T] = {}
        self._searches = 0

    @cached_property
    def _places(self) -> dict[str, tuple[int, int]]:
        """The start and end of each entry's value."""
        places: dict[str, tuple[int, int]] = {}
        name, start = "", -1
        for head in _compiled(_HEAD).finditer(self._text):
            if start >= 0:
                places[name] = start, head.start()
            name, start = head[1] if head[2] is None else head[2], head.end()
        if start >= 0:
            places[name] = start, len(self._text)
        return places

    def _found(self, name: str) -> tuple[int, int] | None:
        """Return the place of one entry, if it can be without looking at the others."""
        if self._searches >= _FEW or not _is_usual(name):
            return self._places.get(name)
        self._searches += 1
        heads = (f'\n   ["{name}"] = {{', f"\n   {name} = {{")
        at, size = max((self._text.rfind(each), len(each)) for each in heads)
        if at < 0:
            return None
        end = _compiled(_HEAD).search(self._text, at + size)
        return at + size - 1, end.start() if end else len(self._text)

    def __getitem__(self, name: str) -> T:
        if name not in self._known:
            found = self._found(name)
            if not found:
                raise KeyError(name)
            self._known[name] = self._read(name, self._text[slice(*found)].rstrip(",\n"))
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._found(name) is not None

    def mentioning(self, names: Collection[str]) -> Collection[str]:
        """Return the entries in which a field ``name`` may have one of ``names``, in any case.

        These are all entries where the text has more than ASCII. Empty entries always count.
        """
        if not self._text.isascii():
            return self._places.keys()
        text, entries = self._text.lower(), list(self._places)
        starts = [start for start, _ in self._places.values()]
        empty = [start for start in starts if text.startswith("{}", start)]
        named = (at for name in names for at in _occurrences(text, f' name = "{name}"'))
        return {entries[bisect(starts, at) - 1] for at in chain(empty, named)}

    def __iter__(self) -> Iterator[str]:
        self._searches = _FEW
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _occurrences(text: str, wanted: str) -> Iterator[int]:
    """Yield each place at which ``wanted`` stands in a text."""
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + len(wanted))


def plain_index(text: bytes) -> TreeIndex | None:
    """Return the index of a manifest, None if it is not written exactly as LuaRocks does."""
    decoded = to_text(text)
    if len(decoded) > MAX_SEPARATORS and sum(map(decoded.count, "{,;=")) > MAX_SEPARATORS:
        return None
    at, sections = 0, {"dependencies": ""}
    for name, entry in _ENTRIES.items():
        start = f"{name} = {{"
        if name == "dependencies" and not decoded.startswith(start, at):
            continue  # LuaRocks before 3.0 has none
        end = _end_of(decoded, at, start, entry)
        if end is None:
            return None
        sections[name], at = decoded[at + len(start) : end - len("\n}\n")], end
    if at != len(decoded):
        return None
    return TreeIndex(
        _Section(sections["repository"], _rocks),
        _Section(sections["modules"], _providers),
        _Section(sections["dependencies"], _needs),
    )


def _end_of(text: str, at: int, start: str, entry: str) -> int | None:
    """Return the offset after a global table, None if it is not written in the form."""
    if not text.startswith(start, at):
        return None
    at += len(start)
    if text.startswith("}\n", at):
        return at + len("}\n")
    entries = _compiled(rf"(?:\n {{3}}{entry}(?:,|(?=\n\}}))){{1,{_MOST}}}")
    while found := entries.match(text, at):
        at = found.end()
    return at + len("\n}\n") if text.startswith("\n}\n", at) else None


def _rocks(name: str, text: str) -> tuple[IndexedRock, ...]:
    """Return the versions of one rock, each with its archs."""
    rocks: dict[str, list[IndexedRock]] = {}
    last = ""
    for found in _compiled(_RELEASE).finditer(text):
        version, arch, commands, closure, modules = found.groups()
        if version is not None:
            rocks[version], last = [], version
            continue
        tables = (modules, commands, closure)
        texts = (_Texts(each) if each else {} for each in tables)
        rocks[last].append(IndexedRock(name, last, arch, *texts))
    return tuple(rock for each in rocks.values() for rock in each)


def _providers(_name: str, text: str) -> tuple[tuple[str, str], ...]:
    """Return name and version of each rock that provides a module."""
    return tuple(_compiled(r'"([^"/]+)/([^"]+)"').findall(text))


def _needs(_name: str, text: str) -> LuaValue:
    """Return the dependencies of all versions of a rock, as the general parser reads them."""
    return parse(to_bytes(f"needs = {text}")).globals["needs"]

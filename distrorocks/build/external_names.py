"""The names of files that a word of ``external_dependencies`` may stand for, in LuaRocks' order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

_EXTENSION = re.compile(r"\.[a-z]+(?:\Z|\.)")
_LIBRARY = re.compile(r"\.(?:so|dylib|dll)\Z")
_LAST_EXTENSION = re.compile(r"\.[^.]+\Z", re.DOTALL)


class FileName(NamedTuple):
    """A name to look for, or with ``*`` in it a pattern of names."""

    name: str

    @property
    def is_pattern(self) -> bool:
        """Whether a directory has to be listed for it."""
        return "*" in self.name

    @property
    def told(self) -> str:
        """The name as LuaRocks tells it: among what is not there, and in NAME_LIBDIR_FILE."""
        return f"matching {self.name}" if self.is_pattern else self.name

    def among(self, names: Iterable[str]) -> bool:
        """Return whether one of ``names`` fits; only ``*`` means more than itself."""
        if not self.is_pattern:
            return self.name in names
        first, *middle, last = self.name.split("*")
        return any(_fits(name, first, middle, last) for name in names)


def file_names(
    wanted: Iterable[str], patterns: Sequence[str], extension: str
) -> tuple[FileName, ...]:
    """Return the names that the words ``wanted`` stand for, those to list directories for last.

    A word without an extension is put into every ``pattern`` at its ``?``. One with an extension
    is, where it fits a pattern, taken apart and put into every pattern; then it stands for
    itself. Endings of shared libraries become ``extension``.
    """
    names = [FileName(name) for word in wanted for name in _expanded(word, patterns)]
    names.sort(key=lambda each: each.is_pattern)
    return tuple(dict.fromkeys(_with_extension(each, extension) for each in names))


def _expanded(word: str, patterns: Sequence[str]) -> Iterator[str]:
    """Yield the names of one word, in LuaRocks' order."""
    if not _EXTENSION.search(word):
        yield from (pattern.replace("?", word) for pattern in patterns)
        return
    for pattern in patterns:
        stem = _taken_apart(word, pattern)
        if stem is not None:
            yield from (each.replace("?", stem) for each in patterns)
    yield word


def _taken_apart(word: str, pattern: str) -> str | None:
    """Return what stands for ``?`` where a word fits a pattern, else None."""
    found = re.fullmatch(_regex(pattern).replace(r"\?", "(.*)"), word, re.DOTALL)
    return found.group(found.re.groups and 1) if found else None


def _fits(name: str, first: str, middle: Sequence[str], last: str) -> bool:
    """Return whether a name begins, goes on and ends so, with anything between the parts."""
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
    """Return a shared library's name as this system would write it."""
    if not _LIBRARY.search(each.name):
        return each
    return FileName(_LAST_EXTENSION.sub(lambda _: f".{extension}", each.name))

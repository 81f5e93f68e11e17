"""Regular expressions for server manifests as LuaRocks writes them, in Lua or JSON.

Each alternative is decided by the next byte, and each repetition of a group is bounded, so matching
takes linear time and constant memory.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, cached_property

from distrorocks.values import NamedTuple

AT_ONCE = 500
"""The most versions in one match: the regex engine records each repetition."""

BARE = 2
"""The group of an unquoted name."""

_SPACE = r"[ \t\r\n]*"
_PART = "[A-Za-z0-9_+-][A-Za-z0-9._+-]{0,199}"
_SOUND_ARCH = f'(?!installed"){_PART}'
_ANY = r'[^"\\\x00-\x1f]*(?:\\[^\x00-\x1f][^"\\\x00-\x1f]*){0,20}'


class _Signs(NamedTuple):
    """The syntax of keys, assignments and lists in a notation; ``%s`` is the text of a key.

    ``comma`` follows each field, ``list_comma`` each item of a list.
    """

    key: str
    name: str
    arch: str
    equals: str
    brackets: tuple[str, str]
    comma: str
    list_comma: str
    start: str
    stop: str
    around: tuple[bytes, bytes]


_OTHERS = f"(?:commands|modules|dependencies){_SPACE}"
_NONE = rf"{_SPACE}(?:\{{{_SPACE}\}}|\[{_SPACE}\]){_SPACE}"
_LUA = _Signs(
    key=r'\["%s"\]',
    name=r'(?:\["(%s)"\]|([A-Za-z_][A-Za-z0-9_]{0,199}))',
    arch="arch",
    equals="=",
    brackets=(r"\{", r"\}"),
    comma=rf"(?:,{_SPACE}|(?=\}}))",
    list_comma=rf"(?:,{_SPACE}|(?=\}}))",
    start=rf"(?:{_OTHERS}={_SPACE}\{{{_SPACE}\}}{_SPACE}){{0,9}}repository{_SPACE}={_SPACE}\{{",
    stop=rf"\}}{_SPACE}(?:{_OTHERS}={_SPACE}\{{{_SPACE}\}}{_SPACE}){{0,9}}\Z",
    around=(b"repository = {\n", b"\n}"),
)
_JSON = _Signs(
    key='"%s"',
    name='"(%s)"',
    arch='"arch"',
    equals=":",
    brackets=(r"\[", r"\]"),
    comma=rf'(?:,{_SPACE}(?=")|(?=\}}))',
    list_comma=rf"(?:,{_SPACE}(?=\{{)|(?=\]))",
    start=rf'\{{{_SPACE}(?:"{_OTHERS[: -len(_SPACE)]}"{_SPACE}:{_NONE},{_SPACE}){{0,9}}'
    rf'"repository"{_SPACE}:{_SPACE}\{{',
    stop=rf'\}}{_SPACE}(?:,{_SPACE}"{_OTHERS[: -len(_SPACE)]}"{_SPACE}:{_NONE}){{0,9}}'
    rf"\}}{_SPACE}\Z",
    around=(b'{"repository": {\n', b"\n}}"),
)


class Form:
    """The patterns of one notation; each includes the following comma and white space."""

    def __init__(self, signs: _Signs) -> None:
        self._signs = signs
        self.start = _compiled(f"{_SPACE}{signs.start}{_SPACE}")
        self.stop = _compiled(signs.stop)

    @cached_property
    def rock(self) -> re.Pattern[bytes]:
        """A whole rock with a bounded number of versions; its name is the last group."""
        return _compiled(f"{self._head()}(?:{self._version()}){{0,{AT_ONCE}}}{self._end()}")

    @cached_property
    def odd(self) -> re.Pattern[bytes]:
        """A rock with arbitrary strings, and files that may lack an arch."""
        space, comma = _SPACE, self._signs.list_comma
        archs = rf"(?:{self._arch(_ANY)}|\{{{space}\}}{space}{comma}){{0,100}}"
        versions = f"(?:{self._version(_ANY, archs)}){{0,{AT_ONCE}}}"
        return _compiled(f"{self._head(_ANY)}{versions}{self._end()}")

    @cached_property
    def head(self) -> re.Pattern[bytes]:
        """The beginning of a rock."""
        return _compiled(self._head())

    @cached_property
    def versions(self) -> re.Pattern[bytes]:
        """Some versions of a rock."""
        return _compiled(f"(?:{self._version()}){{1,{AT_ONCE}}}")

    @cached_property
    def end(self) -> re.Pattern[bytes]:
        """The end of a rock."""
        return _compiled(self._end())

    @cached_property
    def version(self) -> re.Pattern[bytes]:
        """A version and its files."""
        archs = f"((?:{self._arch(_SOUND_ARCH)}){{1,100}})"
        return _compiled(self._version(f"({_PART})", archs))

    @cached_property
    def arch(self) -> re.Pattern[bytes]:
        """The arch of a file."""
        return _compiled(f'{self._signs.equals}{_SPACE}"({_PART})"')

    def manifest_of(self, rocks: Sequence[bytes]) -> bytes:
        """Return a manifest of these rocks."""
        before, after = self._signs.around
        return before + b",\n".join(rocks) + after

    def _head(self, name: str = _PART) -> str:
        return rf"{self._signs.name % name}{_SPACE}{self._signs.equals}{_SPACE}\{{{_SPACE}"

    def _end(self) -> str:
        return rf"\}}{_SPACE}{self._signs.comma}"

    def _version(self, name: str = _PART, archs: str = "") -> str:
        signs, space = self._signs, _SPACE
        start, end = signs.brackets
        archs = archs or f"(?:{self._arch(_SOUND_ARCH)}){{1,100}}"
        key = f"{signs.key % name}{space}{signs.equals}{space}"
        return f"{key}{start}{space}{archs}{end}{space}{signs.comma}"

    def _arch(self, text: str) -> str:
        signs, space = self._signs, _SPACE
        key = f"{signs.arch}{space}{signs.equals}{space}"
        return rf'\{{{space}{key}"{text}"{space}\}}{space}{signs.list_comma}'


def _compiled(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode())


@cache
def form_of(*, is_json: bool) -> Form:
    """Return the form of a notation."""
    return Form(_JSON if is_json else _LUA)

"""Assignments to the control variable of a loop, which are errors from Lua 5.5 on.

Its reference manual, section 8.1: "The control variable in for loops is read only." It is the first
name after ``for``; the others may be given values, and so may a local variable of the same name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from distrorocks.packaging.code.lua_tokens import CLOSING, NAME, OPENING
from distrorocks.values import NamedTuple

_CONTROL, _OTHER = True, False


class _Head(NamedTuple):
    """The head of a loop that is read: how many blocks are around it, and its names."""

    depth: int
    names: tuple[str, ...]


def assigned_control(words: list[str]) -> str:
    """Return a control variable that a file, given as its tokens, gives a value, "" if none is."""
    return next(_assigned(words), "")


def _assigned(words: list[str]) -> Iterator[str]:
    kinds: dict[str, list[bool]] = {}  # of each name the kinds that hold, the innermost last
    blocks: list[list[str] | None] = [[]]  # the names of each block; None is a table's constructor
    heads: list[_Head] = []

    def declare(name: str, kind: bool) -> None:
        if (names := blocks[-1]) is not None:
            names.append(name)
            kinds.setdefault(name, []).append(kind)

    for at, word in enumerate(words[: len(words) - words.count("")]):
        if word == "{":
            blocks.append(None)
        elif word == "}" and len(blocks) > 1:
            blocks.pop()
        elif word in ("for", "while"):
            names = _names(words, at + 1) if word == "for" else ()
            heads.append(_Head(len(blocks), names))
        elif word in OPENING:
            blocks.append([])
            if word == "function":
                for name in _parameters(words, at):
                    declare(name, _OTHER)
            elif word == "do" and heads and heads[-1].depth == len(blocks) - 1:
                for number, name in enumerate(heads.pop().names):
                    declare(name, _OTHER if number else _CONTROL)
        elif word in CLOSING and len(blocks) > 1:
            for name in blocks.pop() or ():
                kinds[name].pop()
        elif word == "local":
            is_function = words[at + 1] == "function"
            for name in _names(words, at + 1 + is_function):
                declare(name, _OTHER)
        elif blocks[-1] is not None and words[at - 1] not in (".", ":", "local", "for"):
            for name in _given(words, at):
                if kinds.get(name, [_OTHER])[-1:] == [_CONTROL]:
                    yield name


def _given(words: list[str], at: int) -> Sequence[str]:
    """Return the names of an assignment that begin at a token, none within a list of names."""
    if words[at + 1] == "=":
        return words[at : at + 1]
    is_first = words[at + 1] == "," and words[at - 1] != ","
    names = _names(words, at) if is_first else ()
    return names if names and words[at + 2 * len(names) - 1] == "=" else ()


def _names(words: list[str], at: int) -> tuple[str, ...]:
    """Return names with commas between them, and attributes such as ``<const>`` after them."""
    found = []
    while NAME.fullmatch(words[at]):
        found.append(words[at])
        at += 4 if words[at + 1] == "<" else 1
        if words[at] != ",":
            break
        at += 1
    return tuple(found)


def _parameters(words: list[str], at: int) -> tuple[str, ...]:
    """Return the parameters of a function that begins at a token."""
    at += 1
    while words[at] in (".", ":") or (NAME.fullmatch(words[at]) and words[at] not in OPENING):
        at += 1
    return _names(words, at + 1) if words[at] == "(" else ()

"""A Lua file as tokens: its names and blocks, and calls that name a module."""

from __future__ import annotations

import re
from collections.abc import Iterator

from distrorocks.lua.scan import LuaSyntaxError, scan

OPENING = {"function", "do", "if", "repeat"}
CLOSING = {"end", "until"}
UNSURE = {"and", "or", ".", ":"}
NAME = re.compile(r"[A-Za-z_]\w*")
MODULE = re.compile(r"[\w+/-]+(?:\.[\w+/-]+)*")
LARGEST = 1 << 16
"""Characters of a file that are read."""
_LONGEST_CONDITION = 24  # tokens; longer ones compare no versions alone
_DEEPEST = 200
"""Blocks inside each other that Lua compiles (``LUAI_MAXCCALLS`` of llimits.h)."""


def tokens_of(text: str) -> list[str]:
    """Return the tokens of a Lua file, none if it is not Lua."""
    try:
        tokens = scan(_without_skipped_start(text[:LARGEST]))
    except LuaSyntaxError:
        return []
    return tokens if _is_shallow(tokens) else []


def _is_shallow(tokens: list[str]) -> bool:
    """Return whether Lua compiles as many blocks inside each other as a file has."""
    depth = 0
    for word in tokens:
        if word in OPENING:
            depth += 1
            if depth > _DEEPEST:
                return False
        elif word in CLOSING:
            depth -= 1
    return True


def _without_skipped_start(text: str) -> str:
    """Return a text without what Lua skips: a byte order mark, and a first line with ``#``."""
    text = text.removeprefix("\ufeff")
    return f"--{text}" if text.startswith("#") else text


def depths_of(words: list[str]) -> list[int]:
    """Return in how many blocks each token is that may run never or later; ``end`` is outside.

    A block of ``do`` alone, which only bounds local variables, is run where it stands.
    """
    opened: list[int] = []
    loops = depth = 0
    found = []
    for word in words:
        loops += word in ("while", "for")
        if word == "do":
            opened.append(int(loops > 0))
            loops -= loops > 0
        elif word in OPENING:
            opened.append(1)
        elif word in CLOSING and opened:
            depth -= opened.pop()
        depth += opened[-1] if word in OPENING else 0
        found.append(depth)
    return found


def condition_at(words: list[str], index: int) -> list[str]:
    """Return the condition after an ``if`` or ``elseif``, [] for one that is long."""
    found = words[index + 1 : index + 2 + _LONGEST_CONDITION]
    return found[: found.index("then")] if "then" in found else []


def asks_version(words: list[str], index: int) -> bool:
    """Return whether a block is one of ``if`` whose condition compares the version of Lua.

    It asks for nothing else besides: what stands in parentheses makes a number of the version.
    """
    asked = condition_at(words, index) if words[index] == "if" else []
    depth, joined = 0, False
    for word in asked:
        depth += (word == "(") - (word == ")")
        joined = joined or (depth == 0 and word in ("and", "or"))
    return "_VERSION" in asked and not joined


def required_at(words: list[str], index: int) -> str:
    """Return the module that a call of ``require`` names, "" if it is not such a call."""
    at = index + 1 + (words[index + 1] == "(")
    text = words[at]
    if text[:1] not in ("'", '"') or words[at + 1] == "..":
        return ""
    name = text[1:-1]  # Lua finds a/b where a.b is
    return name.replace("/", ".").removesuffix(".init") if MODULE.fullmatch(name) else ""


def after_call(words: list[str], index: int) -> int:
    """Return the place after a call with one text, with parentheses or without."""
    return index + (4 if words[index + 1] == "(" else 2)


def outside_functions(words: list[str]) -> Iterator[int]:
    """Yield the places of the tokens that are in no function."""
    opened: list[str] = []
    functions = 0
    for at, word in enumerate(words):
        if word in OPENING:
            opened.append(word)
            functions += word == "function"
        elif word in CLOSING and opened:
            functions -= opened.pop() == "function"
        if not functions:
            yield at

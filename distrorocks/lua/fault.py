"""The errors of reading Lua text, with the position marked."""

from __future__ import annotations

from typing import TypeVar

from distrorocks.errors import DistrorocksError

WINDOW = 72
"""Columns of a source line shown around an error; real files have lines of a megabyte."""

Fault = TypeVar("Fault", bound="LuaTextError")


class LuaTextError(DistrorocksError):
    """A text was refused at ``line`` (from 1; 0 if unknown)."""

    def __init__(self, brief: str, *, line: int = 0, detail: str = "", hint: str = "") -> None:
        super().__init__(brief, detail=detail, hint=hint)
        self.line = line

    def in_file(self: Fault, path: str) -> Fault:
        """Return the same error with file and line prefixed to its brief."""
        place = f"{path}:{self.line}" if self.line else path
        brief = f"{place}: {self.brief}"
        return type(self)(brief, line=self.line, detail=self.detail, hint=self.hint)


class LuaSyntaxError(LuaTextError):
    """The text is not Lua 5.3, or exceeds a limit far above those of real files."""


class NotLiteral(LuaTextError):  # noqa: N818 - a limit of the reader, not an error of the text
    """The text may be valid Lua, but needs more than the strict parser evaluates."""


def position(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, both from 1, of a character of ``text``."""
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - start + 1


def printable(text: str) -> str:
    """Return ``text`` with a space or ``?`` for each terminal control character."""
    return "".join(
        char if char.isprintable() else " " if char in "\t\r\n" else "?" for char in text
    )


def marked(text: str, offset: int) -> str:
    """Return the line of ``text`` around ``offset``, safe to print, with a caret under it."""
    line, column = position(text, offset)
    start = offset - column + 1
    end = text.find("\n", offset)
    if end < 0:
        end = len(text)
    left = max(start, offset - WINDOW // 2)
    shown = text[left : min(end, left + WINDOW)]
    return f"line {line}, column {column}:\n  {printable(shown)}\n  {' ' * (offset - left)}^"

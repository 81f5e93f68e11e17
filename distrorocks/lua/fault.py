"""The two ways in which a text is refused, with the place marked in it."""

from __future__ import annotations

from typing import TypeVar

from distrorocks.errors import DistrorocksError

WINDOW = 72
"""Columns of a source line shown around a fault; real files have lines of a megabyte."""

Fault = TypeVar("Fault", bound="LuaTextError")


class LuaTextError(DistrorocksError):
    """A text was refused at ``line`` (from 1; 0 where the place is not known)."""

    def __init__(self, brief: str, *, line: int = 0, detail: str = "", hint: str = "") -> None:
        super().__init__(brief, detail=detail, hint=hint)
        self.line = line

    def in_file(self: Fault, path: str) -> Fault:
        """Return the same fault, its brief beginning with the file and the line."""
        place = f"{path}:{self.line}" if self.line else path
        brief = f"{place}: {self.brief}"
        return type(self)(brief, line=self.line, detail=self.detail, hint=self.hint)


class LuaSyntaxError(LuaTextError):
    """The text is not Lua 5.3, or breaks a limit that no honest file comes near."""


class NotLiteral(LuaTextError):  # noqa: N818 - the limit of a reader, no error of the text
    """The text may be Lua, but it computes more than the strict parser evaluates."""


def position(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, both from 1, of a character of ``text``."""
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - start + 1


def printable(text: str) -> str:
    """Return ``text`` with a blank or ``?`` for each character that could upset a terminal."""
    return "".join(
        char if char.isprintable() else " " if char in "\t\r\n" else "?" for char in text
    )


def marked(text: str, offset: int) -> str:
    """Return the line of ``text`` around ``offset`` in a form safe to print, a caret under it."""
    line, column = position(text, offset)
    start = offset - column + 1
    end = text.find("\n", offset)
    if end < 0:
        end = len(text)
    left = max(start, offset - WINDOW // 2)
    shown = text[left : min(end, left + WINDOW)]
    return f"line {line}, column {column}:\n  {printable(shown)}\n  {' ' * (offset - left)}^"

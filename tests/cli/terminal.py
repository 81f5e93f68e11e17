"""A terminal for tests: a pseudo-terminal, and what a person would see on it."""

from __future__ import annotations

import fcntl
import os
import re
import struct
import termios
from types import TracebackType
from typing import TextIO

_PART = re.compile(r"\x1b\[(\??)([0-9;]*)([A-Za-z])|([\r\n])|([^\x1b\r\n])", re.DOTALL)


class Terminal:
    """A terminal of some size; ``stream`` writes to it, ``lines`` is what it shows.

    ``sent`` is all that was written, ``is_cursor_shown`` and ``has_wrapped`` what came of it.
    """

    def __init__(self, width: int = 80, height: int = 24, encoding: str = "utf-8") -> None:
        self.width = width
        self.master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        os.set_blocking(self.master, False)
        self.stream: TextIO = open(self.slave, "w", encoding=encoding, closefd=False)  # noqa: SIM115
        self._encoding = encoding
        self._raw = b""
        self.sent = ""
        self.is_cursor_shown = True
        self.has_wrapped = False
        self.has_color = False
        self._cells: list[list[str]] = [[]]
        self._row = self._column = 0

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.stream.close()
        os.close(self.slave)
        os.close(self.master)

    def take(self) -> str:
        """Take in what was written since the last time, and return it."""
        parts = []
        while True:
            try:
                part = os.read(self.master, 1 << 16)
            except OSError:  # nothing is there, or nobody is left to write
                break
            if not part:
                break
            parts.append(part)
        text = (self._raw + b"".join(parts)).decode(self._encoding)
        self.sent += text
        for found in _PART.finditer(text):
            self._do(*found.groups())
        return text

    @property
    def lines(self) -> list[str]:
        """The lines that are seen, without what is empty at their ends and at the end."""
        self.take()
        shown = ["".join(row).rstrip() for row in self._cells]
        while shown and not shown[-1]:
            shown.pop()
        return shown

    def _do(self, private: str, number: str, final: str, move: str, sign: str) -> None:
        if final == "A":
            self._row = max(0, self._row - int(number or 1))
        elif final == "J":
            del self._cells[self._row + 1 :]
            del self._cells[self._row][self._column :]
        elif final == "m":
            self.has_color |= any(3 <= int(each or 0) // 10 <= 10 for each in number.split(";"))
        elif private and number == "25":
            self.is_cursor_shown = final == "h"
        elif move == "\r":
            self._column = 0
        elif move == "\n":
            self._down()
        elif sign:
            self._put(sign)

    def _down(self) -> None:
        self._row += 1
        if self._row == len(self._cells):
            self._cells.append([])

    def _put(self, sign: str) -> None:
        from distrorocks.rocks.quotation import columns

        width = columns(sign)
        if self._column + width > self.width:
            self.has_wrapped = True
            self._down()
            self._column = 0
        row = self._cells[self._row]
        row += " " * (self._column - len(row))
        row[self._column : self._column + width] = [sign, *[""] * (width - 1)]
        self._column += width

"""What one place in the sources says of the licence."""

from __future__ import annotations

from typing import NamedTuple

TAG, TEXT, NOTICE = "tag", "text", "notice"


class Finding(NamedTuple):
    """A licence in a file: ``line`` is where its evidence begins, counted from 1.

    ``kind`` is ``tag`` for ``SPDX-License-Identifier``, ``text`` for the licence's own words and
    ``notice`` for a sentence that names it.
    """

    license: str
    path: str
    line: int
    kind: str

    @property
    def evidence(self) -> str:
        """The place and what stands there, for people."""
        word = {TAG: "SPDX tag", TEXT: "licence text", NOTICE: "notice"}[self.kind]
        return f"{self.path}:{self.line}: {word}"

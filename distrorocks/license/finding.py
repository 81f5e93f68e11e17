"""What one place in the sources says of the licence."""

from __future__ import annotations

from typing import NamedTuple

TAG, TEXT, GRANT, NOTICE = "tag", "text", "grant", "notice"
_WORDS = {TAG: "SPDX tag", TEXT: "licence text", GRANT: "grant", NOTICE: "notice"}


class Finding(NamedTuple):
    """A licence in a file: ``line`` is where its evidence begins, counted from 1.

    ``kind`` is ``tag`` for ``SPDX-License-Identifier``, ``text`` for the licence's own words,
    ``grant`` for a sentence that puts a work under a version of GNU's licences and ``notice`` for
    one that names another licence.
    """

    license: str
    path: str
    line: int
    kind: str

    @property
    def evidence(self) -> str:
        """The place and what stands there, for people."""
        return f"{self.path}:{self.line}: {_WORDS[self.kind]}"

"""A text as words: case, punctuation, comment marks and line breaks do not count."""

from __future__ import annotations

import re
from bisect import bisect_right

MOST_TEXT = 1 << 17
_WORD = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+|\.[0-9]+)*\+?")
_ENTITY = re.compile(r"&(?:quot|amp|copy|lt|gt|nbsp|#\d+);|</?[a-z][^<>\n]{0,200}>", re.IGNORECASE)


class Words:
    """The words of the beginning of a text, one space between them, each with its line."""

    def __init__(self, text: str) -> None:
        places: list[int] = []
        lines: list[int] = []
        words: list[str] = []
        length = 1
        for number, line in enumerate(text[:MOST_TEXT].splitlines(), 1):
            for word in _WORD.findall(_ENTITY.sub(" ", line).lower()):
                places.append(length)
                lines.append(number)
                words.append(word)
                length += len(word) + 1
        self._places, self._lines = places, lines
        self.text = f" {' '.join(words)} "

    def line_at(self, place: int) -> int:
        """Return the line of the word at or before a place in the text."""
        found = bisect_right(self._places, place) - 1
        return self._lines[max(found, 0)] if self._lines else 1

    def line_of(self, phrase: str) -> int:
        """Return the line on which ``phrase`` begins, 0 where it does not stand."""
        place = self.text.find(f" {phrase} ")
        return self.line_at(place + 1) if place >= 0 else 0

    def count(self) -> int:
        """Return how many words there are."""
        return len(self._places)

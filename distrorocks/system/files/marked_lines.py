"""The few lines of a large file that contain a marker, without splitting the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

_LONGEST = 1 << 20


def marked_lines(parts: Iterable[bytes], marks: Collection[bytes]) -> Iterator[bytes]:
    """Yield the lines that contain one of ``marks``, once for each occurrence."""
    rest = b""
    for part in parts:
        text = rest + part
        end = text.rfind(b"\n") + 1
        yield from _marked(text[:end], marks)
        rest = text[end:][:_LONGEST]
    yield from _marked(rest, marks)


def _marked(text: bytes, marks: Collection[bytes]) -> Iterator[bytes]:
    for mark in marks:
        place = text.find(mark)
        while place >= 0:
            start = text.rfind(b"\n", 0, place) + 1
            end = text.find(b"\n", place)
            end = len(text) if end < 0 else end
            yield text[start:end]
            place = text.find(mark, end)

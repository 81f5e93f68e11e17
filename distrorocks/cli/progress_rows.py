"""Decide what is shown of the work that is under way: one row for each, above its parts."""

from __future__ import annotations

from collections.abc import Mapping

from distrorocks.progress import BYTES, Work
from distrorocks.rocks.quotation import cut, escaped
from distrorocks.values import NamedTuple


class State:
    """What is known of a work that is under way; ``number`` is its own, ``begun`` in seconds."""

    def __init__(self, number: int, begun: float) -> None:
        self.number = number
        self.begun = begun
        self.done = 0
        self.step = ""


class Row(NamedTuple):
    """One work as it is shown; ``total`` is None while it is unknown."""

    label: str
    done: int
    total: int | None
    unit: str
    seconds: float

    @property
    def amount(self) -> str:
        """How much is done, "" if it is not counted."""
        if self.total is None and not self.done:
            return ""
        if self.unit == BYTES:
            return _bytes(self.done, self.total)
        of = "" if self.total is None else f"/{self.total}"
        return f"{self.done}{of} {self.unit}".rstrip()

    @property
    def time(self) -> str:
        """Minutes and seconds, "" for less than one second."""
        whole = int(self.seconds)
        return f"{whole // 60}:{whole % 60:02}" if whole > 0 else ""


def rows_of(works: Mapping[Work, State], now: float, *, most: int, coding: str) -> list[Row]:
    """Return at most ``most`` rows; of several, the last one says how many works are left out.

    Labels are one line each, in characters that ``coding`` has.
    """
    below: dict[Work | None, list[Work]] = {}
    for work in works:
        below.setdefault(work.of if work.of in works else None, []).append(work)
    found: list[Row] = []
    waiting = [(each, 0) for each in reversed(below.get(None, []))]
    while waiting:
        work, depth = waiting.pop()
        parts = below.get(work, [])
        row = _row(work, works[work], len(parts), now)
        label = escaped("  " * depth + row.label)
        label = label.encode(coding, "backslashreplace").decode(coding)
        found.append(row._replace(label=label))
        waiting += [(each, depth + 1) for each in reversed(parts)]
    if len(found) > most > 1:
        left_out = len(found) - most + 1
        found = [*found[: most - 1], Row(f"and {left_out} more", 0, None, "", 0)]
    return found[:most]


def plain_line(rows: list[Row], width: int) -> str:
    """Return one line about the first work, and the last of the others."""
    first, *others = rows
    told = " ".join(filter(None, (first.label, first.amount)))
    told += f": {others[-1].label.strip()}" if others else ""
    return cut(told, width)


def _row(work: Work, state: State, parts: int, now: float) -> Row:
    """Return the row of a work; parts that are neither running nor done wait."""
    done = state.done if work.total is None else min(state.done, work.total)
    notes = [state.step] if state.step else []
    if parts and work.total:
        waiting = work.total - done - parts
        notes += [f"{parts} running"] + ([f"{waiting} waiting"] if waiting > 0 else [])
    label = ": ".join(filter(None, (work.what, ", ".join(notes))))
    return Row(label, done, work.total, work.unit, now - state.begun)


def _bytes(count: int, total: int | None) -> str:
    """Return a count of bytes, and the total if it is known, in one unit."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if max(count, total or 0) >= size:
            of = f"/{total / size:.1f}" if total else ""
            return f"{count / size:.1f}{of} {unit}"
    return f"{count}{f'/{total}' if total else ''} bytes"

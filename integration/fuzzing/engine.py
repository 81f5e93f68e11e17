"""The loop: an input that runs new code is kept, and the next ones are made of those kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from integration.fuzzing.coverage import Coverage
from integration.fuzzing.guard import Fault, fault_of
from integration.fuzzing.mutation import mutated
from integration.fuzzing.target import Check, Means, Target

_MOST_FAULTS = 12
_SHRINK_TRIES, _SHRINK_SECONDS = 600, 8.0
_WORD_TURNS = 512


class Bounds(NamedTuple):
    """When to stop: after so many inputs, or at a moment of ``time.monotonic``; 0 is never."""

    runs: int = 0
    end: float = 0

    def is_over(self, runs: int) -> bool:
        """Return whether enough was tried."""
        return bool(self.runs and runs >= self.runs) or bool(
            self.end and time.monotonic() >= self.end
        )


class Outcome(NamedTuple):
    """What came of one target; ``digest`` is the same where the same inputs were tried."""

    name: str
    runs: int
    kept: int
    blocks: int
    seconds: float
    digest: str
    faults: list[tuple[str, str, bytes]]

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as JSON holds it."""
        faults = [[key, told, data.hex()] for key, told, data in self.faults]
        return {**self._asdict(), "faults": faults}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Outcome:
        """Return what ``to_json`` wrote."""
        faults = [(key, told, bytes.fromhex(data)) for key, told, data in value.pop("faults")]
        return cls(**value, faults=faults)


def fuzz(
    target: Target,
    scratch: Path,
    coverage: Coverage,
    seed: int,
    bounds: Bounds,
    watch: Callable[[bytes], object] = len,
) -> Outcome:
    """Try inputs until the bounds; ``watch`` sees each one before, in case none comes back."""
    check = target.prepare(scratch)
    began = time.monotonic()
    loop = _Loop(target, check, coverage, Random(f"{seed} {target.name}"), watch)  # noqa: S311
    for data in target.seeds():
        loop.attempt(data)
    while not bounds.is_over(loop.runs) and len(loop.faults) < _MOST_FAULTS:
        loop.attempt(loop.next_input())
    runs, digest = loop.runs, loop.digest.hexdigest()[:12]
    faults = [
        (fault.key, fault.told, shrunk(target, check, data, fault))
        for data, fault in loop.faults.values()
    ]
    seconds = time.monotonic() - began
    return Outcome(target.name, runs, len(loop.kept), coverage.count(), seconds, digest, faults)


class _Loop:
    """The state of one target's run."""

    def __init__(
        self,
        target: Target,
        check: Check,
        coverage: Coverage,
        chance: Random,
        watch: Callable[[bytes], object],
    ) -> None:
        self.target, self.check, self.coverage = target, check, coverage
        self.chance, self.watch = chance, watch
        self.kept: list[bytes] = []
        self.words: list[bytes] = list(target.words)
        self.faults: dict[str, tuple[bytes, Fault]] = {}
        self.runs = 0
        self.digest = sha256()

    def attempt(self, data: bytes) -> None:
        """Try one input; keep it where it runs code that none before ran."""
        self.runs += 1
        self.digest.update(b"%d " % len(data) + data)
        self.watch(data)
        self.coverage.clear()
        fault = fault_of(self.target, self.check, data)
        new = self.coverage.new_blocks()
        if fault:
            known = self.faults.get(fault.key)
            if known is None or len(data) < len(known[0]):
                self.faults[fault.key] = (data, fault)
        if not self.kept or (new and not fault):
            self.kept.append(data)
        if self.runs % _WORD_TURNS == 1:
            self.words = [*self.target.words, *self.coverage.words_seen()]

    def next_input(self) -> bytes:
        """Return a new input made of a kept one, the younger ones more often."""
        last = len(self.kept) - 1
        at = max(0, last - int(self.chance.expovariate(0.15))) if last else 0
        if self.chance.random() < 0.5:
            at = self.chance.randrange(last + 1)
        means = Means(self.chance, self.kept, self.words)
        data = self.kept[at]
        if self.target.mutations and self.chance.random() < 0.6:
            data = self.chance.choice(self.target.mutations)(data, means)
            if self.chance.random() < 0.3:
                data = mutated(data, means)
        else:
            data = mutated(data, means)
        return data[: self.target.most_bytes]


def shrunk(target: Target, check: Check, data: bytes, fault: Fault) -> bytes:
    """Return a smaller input with the same fault: parts are left out while it stays."""
    end = time.monotonic() + _SHRINK_SECONDS
    tries, size = 0, max(1, len(data) // 2)
    while size and tries < _SHRINK_TRIES and time.monotonic() < end:
        at, was = 0, len(data)
        while at < len(data) and tries < _SHRINK_TRIES and time.monotonic() < end:
            tries += 1
            smaller = data[:at] + data[at + size :]
            found = fault_of(target, check, smaller)
            if found and found.key == fault.key:
                data = smaller
            else:
                at += size
        size = size // 2 if len(data) == was else min(size, len(data))
    return data

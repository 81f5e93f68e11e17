"""One thing to fuzz: how it is set up, what is asked of it, and what it starts from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

Check = Callable[[bytes], object]
Mutation = Callable[[bytes, "Means"], bytes]


class Means(NamedTuple):
    """What a mutation is made with: chance, other inputs, and words that readers look for."""

    chance: Random
    others: Sequence[bytes]
    words: Sequence[bytes]


class Target(NamedTuple):
    """A reader of untrusted input.

    ``prepare`` gets an empty directory and returns the check, which is called with each input:
    it may raise ``DistrorocksError``, ``AssertionError`` is a broken invariant, and anything else
    a finding. ``mutations`` know the input's form; bytes and lines are always changed, too.
    ``seconds`` and ``memory`` are what one input may take beside what each of its bytes may;
    ``weight`` is its part of the time. ``cost`` divides the number of its inputs where a number is
    what ends the run: about how many times longer than others one input takes.
    """

    name: str
    prepare: Callable[[Path], Check]
    seeds: Callable[[], Sequence[bytes]]
    mutations: tuple[Mutation, ...] = ()
    words: tuple[bytes, ...] = ()
    most_bytes: int = 1 << 15
    seconds: float = 0.4
    memory: int = 48 << 20
    weight: int = 1
    cost: int = 1


def plain(check: Check) -> Callable[[Path], Check]:
    """Return the ``prepare`` of a check that needs no directory."""
    return lambda _: check


def with_file(place: str, check: Callable[[Path], object]) -> Callable[[Path], Check]:
    """Return the ``prepare`` of a check of a root in which ``place`` holds the input."""

    def prepare(root: Path) -> Check:
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)

        def run(data: bytes) -> object:
            path.write_bytes(data)
            return check(root)

        return run

    return prepare

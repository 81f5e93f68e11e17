"""Which rocks of a corpus a measure looks at: all, those of some names, each Nth, or a sample."""

from __future__ import annotations

import argparse
import random
import tarfile
from pathlib import Path
from typing import NamedTuple

SEED = 6


class Chosen(NamedTuple):
    """Which rocks of all: those that begin with a word, each Nth, no more than ``sample``."""

    only: tuple[str, ...] = ()
    sample: int = 0
    every: int = 1
    offset: int = 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add ROCKS, the folder or the archive of rocks, and what chooses among them."""
    parser.add_argument("rocks", type=Path, metavar="ROCKS")
    parser.add_argument("--only", nargs="+", default=(), metavar="PREFIX")
    parser.add_argument("--sample", type=int, default=0, metavar="N")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    parser.add_argument("--offset", type=int, default=0, metavar="N")


def chosen_of(asked: argparse.Namespace) -> Chosen:
    """Return what the arguments choose."""
    return Chosen(tuple(asked.only), asked.sample, asked.every, asked.offset)


def rocks_of(path: Path, scratch: Path, chosen: Chosen) -> list[Path]:
    """Return the source rocks of a folder or an archive that are chosen."""
    folder = path
    if path.is_file():
        with tarfile.open(path) as archive:
            archive.extractall(scratch, filter="data")
        folder = scratch
    found = sorted(folder.rglob("*.src.rock"), key=lambda each: each.name)
    if chosen.only:
        found = [each for each in found if each.name.startswith(chosen.only)]
    found = found[chosen.offset :: chosen.every]
    if 0 < chosen.sample < len(found):
        drawn = random.Random(SEED).sample(range(len(found)), chosen.sample)  # noqa: S311
        found = [found[place] for place in sorted(drawn)]
    return found

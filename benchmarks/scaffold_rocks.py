"""``python -m benchmarks.scaffold_rocks ROCKS``: many real rocks packaged cold, a process each.

ROCKS is a folder or an archive with ``.src.rock`` files. As many run at a time as there are
processors; each writes for Debian, Fedora and Arch to the disk of temporary files. ``alone`` is one
rock at a time: the median and the most over the first of them, which is what a packager waits for.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import NamedTuple

FORMATS = ("--format", "deb", "--format", "fedora", "--format", "arch")
PACKAGER = ("--maintainer", "Pat Packager <pat@example.org>")
ALONE = 30


class Packaged(NamedTuple):
    """What one rock took, and what it said where it failed."""

    rock: str
    seconds: float
    fault: str


def packaged(rock: Path, place: Path) -> Packaged:
    """Write the packaging of one rock in a new process."""
    folder = place / rock.name
    words = [sys.executable, "-m", "distrorocks", "scaffold", str(rock), "-o", str(folder)]
    start = time.perf_counter()
    done = subprocess.run(
        [*words, *FORMATS, *PACKAGER], capture_output=True, check=False, stdin=subprocess.DEVNULL
    )
    seconds = time.perf_counter() - start
    shutil.rmtree(folder, ignore_errors=True)
    return Packaged(rock.name, seconds, "" if done.returncode == 0 else done.stderr.decode())


def rocks_of(source: Path, most: int, scratch: Path) -> list[Path]:
    """Return the first ``most`` rocks by name, out of a folder or an archive."""
    if source.is_file():
        with tarfile.open(source) as archive:
            members = [each for each in archive if each.name.endswith(".src.rock")]
            members = sorted(members, key=lambda each: each.name)[:most]
            archive.extractall(scratch, members)  # noqa: S202 - the caller's own archive
        source = scratch
    return sorted(source.rglob("*.src.rock"))[:most]


def told(runs: Sequence[Packaged]) -> str:
    """Return the median and the most of some runs."""
    walls = [each.seconds * 1e3 for each in runs]
    return f"median {median(walls):.0f} ms, most {max(walls):.0f} ms"


def main() -> int:
    """Print what it took; exit status 1 where a rock could not be packaged."""
    parser = argparse.ArgumentParser(prog="benchmarks.scaffold_rocks", description=__doc__)
    parser.add_argument("rocks", type=Path, metavar="ROCKS")
    parser.add_argument("--most", type=int, default=200)
    options = parser.parse_args()
    workers = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="distrorocks-") as scratch:
        rocks = rocks_of(options.rocks, options.most, Path(scratch, "rocks"))
        place = Path(scratch, "packaging")
        alone = [packaged(rock, place) for rock in rocks[:ALONE]]
        print(f"alone: {len(alone)} rocks in three formats, {told(alone)} each", flush=True)
        start = time.perf_counter()
        with ThreadPoolExecutor(workers) as pool:
            runs = list(pool.map(lambda rock: packaged(rock, place), rocks))
        seconds = time.perf_counter() - start
    faults = [each for each in runs if each.fault]
    for each in faults:
        print(f"{each.rock}: {each.fault}", file=sys.stderr)
    print(
        f"{len(runs) - len(faults)} of {len(runs)} rocks in three formats, {workers} at a time: "
        f"{seconds:.1f} s; {told(runs)} each"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""``python -m integration.corpus.scaffold_corpus CORPUS``: 200 pinned rocks in every format.

Each rock of ``facts/scaffold_rocks.tsv`` whose rockspec is in the corpus, by its digest, becomes
packaging for Debian, Fedora and openSUSE. Printed: how many, in how many seconds, what was wrong,
and how many gaps were told. A rock counts when all files are there and none says FIXME or TODO.
"""

from __future__ import annotations

import collections
import hashlib
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.scaffold.scaffold import Request, scaffolds
from distrorocks.system.lua.jail import Jail

FORMATS = ("deb", "fedora", "opensuse")
LIST = Path(__file__).parent.parent / "facts/scaffold_rocks.tsv"
_UNFINISHED = re.compile(rb"\b(?:FIXME|TODO|XXX)\b|\bNone\b")
_NEEDED = {
    "deb": ("debian/control", "debian/rules", "debian/changelog", "debian/copyright"),
    "fedora": (".spec",),
    "opensuse": (".spec",),
}


class PinnedRock(NamedTuple):
    """A rock of the list: its rockspec is known by its digest."""

    rock: str
    version: str
    digest: str
    kind: str


class Tally(NamedTuple):
    """What came of a run."""

    rocks: int
    right: int
    faults: tuple[str, ...]
    gaps: int
    seconds: float


def pinned() -> tuple[PinnedRock, ...]:
    """Return the rocks of the list."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return tuple(PinnedRock(*line.split("\t")) for line in lines if not line.startswith("#"))


def rockspecs(folder: Path) -> dict[str, Path]:
    """Return the rockspecs below a folder by their SHA-256."""
    return {
        hashlib.sha256(path.read_bytes()).hexdigest(): path
        for path in sorted(folder.rglob("*.rockspec"))
    }


def faults_of(path: Path, jail: Jail, gaps: collections.Counter[str]) -> Iterator[str]:
    """Yield what is wrong with the packaging of one rockspec."""
    request = Request(str(path), "/nonexistent", formats=FORMATS, maintainer="A B <a@b.example>")
    try:
        made = scaffolds(request, jail)
    except DistrorocksError as error:
        yield str(error)
        return
    for one in made:
        gaps.update(gap.key for gap in one.plan.gaps)
        for needed in _NEEDED[one.plan.format]:
            if not any(name.endswith(needed) for name in one.outputs):
                yield f"{one.plan.format}: no {needed}"
        for name, (content, _) in one.outputs.items():
            if not name.endswith(".rockspec") and _UNFINISHED.search(content):
                yield f"{one.plan.format}: {name} is not finished"


def tally(corpus: Path) -> Tally:
    """Scaffold all pinned rocks whose rockspecs are below ``corpus``."""
    known = rockspecs(corpus)
    gaps: collections.Counter[str] = collections.Counter()
    faults, right = [], 0
    start = time.monotonic()
    with Jail() as jail:
        for rock in pinned():
            path = known.get(rock.digest)
            found = list(faults_of(path, jail, gaps)) if path else ["its rockspec is not here"]
            faults += [f"{rock.rock} {rock.version}: {fault}" for fault in found]
            right += not found
    seconds = time.monotonic() - start
    print("gaps told:", ", ".join(f"{key} {count}" for key, count in gaps.most_common()))
    return Tally(len(pinned()), right, tuple(faults), sum(gaps.values()), seconds)


def main(words: list[str]) -> int:
    """Run on a corpus, a folder or an archive; return 0 when all rocks are right."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(words[0])
        if folder.is_file():
            import tarfile

            with tarfile.open(folder) as archive:
                members = [each for each in archive if each.name.endswith(".rockspec")]
                archive.extractall(scratch, members)  # noqa: S202 - our own corpus
            folder = Path(scratch)
        found = tally(folder)
    for fault in found.faults:
        print(fault)
    print(
        f"{found.right} of {found.rocks} rocks scaffolded for {', '.join(FORMATS)} "
        f"in {found.seconds:.1f} s"
    )
    return 0 if found.right == found.rocks else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

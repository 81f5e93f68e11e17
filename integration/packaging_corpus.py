"""``python -m integration.packaging_corpus ROCKS [FORM...]``: real rocks become real packages.

ROCKS is a folder of ``.src.rock`` files, or an archive of one. Each is scaffolded, its sources are
packed as upstream's archive, and dpkg-buildpackage (``deb``), rpmbuild (``rpm``), makepkg
(``arch``) or an APKBUILD's functions (``alpine``) build it; deb and rpm, where none is named. A
package is right when it holds every module that the rockspec declares, for every Lua version of its
plan, and lintian has neither error nor warning, rpmlint no error.
``--only`` chooses rocks by how their names begin, ``--sample`` so many of them, always the same.
"""

from __future__ import annotations

import argparse
import collections
import random
import shutil
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.system.lua_jail import Jail
from integration.machine import Machine
from integration.rock_packages import Verdict, deb_of, rpm_of
from integration.rock_specs import rpm_root, with_our_macros
from integration.shell_packages import root as shell_root, shell_verdict
from integration.source_packages import build_root, with_our_packages

LIBRARIES = ("libssl-dev", "zlib1g-dev", "libexpat1-dev", "libsqlite3-dev", "cmake")
LINTERS = {
    "deb": "an error or a warning of lintian",
    "rpm": "an error of rpmlint",
    "arch": "any word of a linter, since none looked",
    "alpine": "any word of a linter, since none looked",
}
SEED = 6


class Chosen(NamedTuple):
    """Which rocks of all: those that begin with a word, and no more than ``sample`` of them."""

    only: tuple[str, ...] = ()
    sample: int = 0


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
    if 0 < chosen.sample < len(found):
        drawn = random.Random(SEED).sample(range(len(found)), chosen.sample)  # noqa: S311
        found = [found[place] for place in sorted(drawn)]
    return found


@contextmanager
def builder(form: str) -> Iterator[Machine]:
    """Have a machine that builds packages of a form with ours."""
    if form == "deb":
        with build_root("bookworm", LIBRARIES).clone() as machine:
            with_our_packages(machine)
            yield machine
    elif form == "rpm":
        with rpm_root(LIBRARIES).clone() as machine:
            with_our_macros(machine)
            yield machine
    else:
        with shell_root().clone() as machine:
            yield machine


def verdicts(form: str, rocks: Sequence[Path]) -> Iterator[Verdict]:
    """Yield what became of each rock as a package of a form."""
    built = {"deb": deb_of, "rpm": rpm_of}
    with Jail() as jail, builder(form) as machine:
        for rock in rocks:
            try:
                if form in built:
                    verdict, _ = built[form](machine, rock, jail)
                else:
                    verdict = shell_verdict(form, machine, rock, jail)
            except (DistrorocksError, OSError, shutil.ReadError, zipfile.BadZipFile) as error:
                verdict = Verdict(rock.name, f"not scaffolded: {str(error)[:160]}")
            yield verdict


def tell(form: str, rocks: Sequence[Path]) -> None:
    """Build the rocks in one form, print what became of each and the sums."""
    tags: collections.Counter[str] = collections.Counter()
    right = clean = 0
    for verdict in verdicts(form, rocks):
        right += not verdict.reason
        clean += not verdict.reason and not verdict.tags
        tags.update(tag.partition(" ")[2] for tag in verdict.tags)
        state = verdict.reason or "right"
        print(f"{form} {verdict.rock}: {state} {' '.join(verdict.tags)}", flush=True)
    print(f"{form}: {right} of {len(rocks)} rocks are packages with all their modules")
    print(f"{form}: {clean} of {right} without {LINTERS[form]}; {dict(tags)}", flush=True)


def main(words: Sequence[str]) -> int:
    """Build the rocks that are chosen in the forms that are named."""
    parser = argparse.ArgumentParser(prog="packaging_corpus", description=__doc__)
    parser.add_argument("rocks", type=Path, metavar="ROCKS")
    parser.add_argument("forms", nargs="*", metavar="deb|rpm|arch|alpine")
    parser.add_argument("--only", nargs="+", default=(), metavar="PREFIX")
    parser.add_argument("--sample", type=int, default=0, metavar="N")
    asked = parser.parse_args(words)
    unknown = [form for form in asked.forms if form not in LINTERS]
    if unknown:
        parser.error(f"no form of packages: {' '.join(unknown)}")
    with tempfile.TemporaryDirectory() as scratch:
        chosen = Chosen(tuple(asked.only), asked.sample)
        rocks = rocks_of(asked.rocks, Path(scratch), chosen)
        for form in asked.forms or ("deb", "rpm"):
            tell(form, rocks)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""``python -m integration.corpus.packaging_corpus ROCKS [FORM]...``: real packages of real rocks.

ROCKS is a folder of ``.src.rock`` files, or an archive of one; with ``--debian`` upstream's
archives of Debian's source packages are the rocks. Each is scaffolded, its sources are packed as
upstream's archive, and dpkg-buildpackage (``deb``), rpmbuild (``rpm`` as Fedora's, ``opensuse``
each flavour), makepkg (``arch``) or an APKBUILD's functions (``alpine``) build it; deb and rpm,
where none is named. A package is right when it holds every module that the rockspec
declares, for every Lua version of its plan, and these Luas load the modules of .deb and .rpm. The
linters' errors (and the warnings of lintian) are told beside. What counts are the rocks that
LuaRocks by itself builds with the same libraries, for at least one Lua. With ``--twice`` each .deb
and .rpm is built again in another folder, locale and time zone, and must be the same. ``--logs``
keeps what the failed builds printed. ``clean_packaging`` builds as build daemons do.
"""

from __future__ import annotations

import argparse
import collections
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.formats.deb import DEB
from distrorocks.packaging.formats.rpm import FEDORA, OPENSUSE
from distrorocks.packaging.formats.shell_recipes import ALPINE, ARCH
from distrorocks.system.lua.jail import Jail
from integration.corpus.chosen_rocks import add_arguments, chosen_of, rocks_of
from integration.machines.build_libraries import LIBRARIES
from integration.machines.debian_rocks import debian_rocks
from integration.machines.luarocks_builds import versions_built
from integration.machines.machine import Machine
from integration.machines.rock_packages import Verdict, deb_of
from integration.machines.roots import LUA_VERSIONS
from integration.machines.rpm_rocks import rpm_builder, rpm_of
from integration.machines.shell_packages import root as shell_root, shell_verdict
from integration.machines.source_packages import build_root, with_our_packages

LINTERS = {
    "deb": "an error or a warning of lintian",
    "rpm": "an error of rpmlint",
    "opensuse": "an error of rpmlint",
    "arch": "any word of a linter, since none looked",
    "alpine": "any word of a linter, since none looked",
}
FORMS = {"deb": DEB, "rpm": FEDORA, "opensuse": OPENSUSE, "arch": ARCH, "alpine": ALPINE}


class Told(NamedTuple):
    """What became of a rock, and for which Lua versions LuaRocks by itself builds it."""

    verdict: Verdict
    by_luarocks: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Whether the package is right."""
        return not self.verdict.reason

    @property
    def is_whole(self) -> bool:
        """Whether the package is right and all of its modules load."""
        return self.is_right and not self.verdict.unloaded

    def __str__(self) -> str:
        verdict = self.verdict
        if verdict.excuse:
            by_luarocks = f" (LuaRocks builds it for {' '.join(self.by_luarocks)})"
            return f"{verdict.rock}: {verdict.excuse}{by_luarocks * bool(self.by_luarocks)}"
        versions = " ".join(verdict.versions) or "no Lua"
        state = f"right for {versions}" if self.is_right else f"missed for {versions}:"
        words = (f"{verdict.rock}: {state}", verdict.reason, *verdict.tags)
        if verdict.upstream:
            words = (*words, f"[{verdict.upstream}]")
        if verdict.unloaded:
            words = (*words, f"(left out and not loading: {'; '.join(verdict.unloaded)})")
        others = sorted(set(self.by_luarocks) - set(verdict.versions))
        if not self.by_luarocks:
            words = (*words, "(LuaRocks builds it for no Lua)")
        elif others:
            words = (*words, f"(LuaRocks builds it for {' '.join(others)} as well)")
        return " ".join(word for word in words if word)


@contextmanager
def builder(form: str) -> Iterator[Machine]:
    """Have a machine that builds packages of a form with ours."""
    if form == "deb":
        with build_root("bookworm", LIBRARIES).clone() as machine:
            with_our_packages(machine)
            yield machine
    elif form in ("rpm", "opensuse"):
        with rpm_builder(LIBRARIES) as machine:
            yield machine
    else:
        with shell_root().clone() as machine:
            yield machine


def told(form: str, rocks: Sequence[Path], *, twice: bool) -> Iterator[Told]:
    """Yield what became of each rock as a package of a form."""
    made_of: dict[str, Callable[..., tuple[Verdict, object]]] = {
        "deb": partial(deb_of, twice=twice),
        "rpm": partial(rpm_of, form="fedora", twice=twice),
        "opensuse": partial(rpm_of, form="opensuse", twice=twice),
        "arch": partial(shell_verdict, "arch"),
        "alpine": partial(shell_verdict, "alpine"),
    }
    luas = [version for version in FORMS[form].lua_versions if version in LUA_VERSIONS["bookworm"]]
    with Jail() as jail, builder(form) as machine:
        for rock in rocks:
            try:
                verdict, _ = made_of[form](machine, rock, jail)
            except (DistrorocksError, OSError, shutil.ReadError, zipfile.BadZipFile) as error:
                verdict = Verdict(rock.name, f"not scaffolded: {str(error)[:160]}")
            yield Told(verdict, versions_built(machine, rock, luas))


def tell(form: str, rocks: Sequence[Path], asked: argparse.Namespace) -> None:
    """Build the rocks in one form, print what became of each and the sums."""
    found: list[Told] = []

    def one_share(share: Sequence[Path]) -> None:
        for each in told(form, share, twice=asked.twice):
            print(f"{form} {each}", flush=True)
            found.append(each)
            if asked.logs and each.verdict.reason:
                asked.logs.joinpath(f"{each.verdict.rock}.{form}.log").write_text(each.verdict.log)

    shares = [rocks[start :: asked.jobs] for start in range(asked.jobs)]
    with builder(form), ThreadPoolExecutor(asked.jobs) as pool:  # the first makes the root, once
        list(pool.map(one_share, shares))
    for line in sums(found, LINTERS[form]):
        print(f"{form}: {line}", flush=True)


def sums(found: Sequence[Told], linter: str) -> Iterator[str]:
    """Yield what the verdicts say together."""
    excused = [each for each in found if each.verdict.excuse]
    found = [each for each in found if not each.verdict.excuse]
    possible = [each for each in found if each.by_luarocks]
    right = [each for each in possible if each.is_right]
    yield f"{len(right)} of {len(possible)} rocks that LuaRocks builds are right packages"
    others = sum(each.is_right and not each.by_luarocks for each in found)
    yield f"{others} of {len(found) - len(possible)} that it does not build are as well"
    yield f"{len(excused)} more are for no Lua that the distribution has"
    narrow = sum(not set(each.by_luarocks) <= set(each.verdict.versions) for each in right)
    yield f"{narrow} of the right ones are for fewer Luas than LuaRocks builds them for"
    clean = sum(not each.verdict.tags for each in right)
    tags = collections.Counter(tag.partition(" ")[2] for each in right for tag in each.verdict.tags)
    yield f"{clean} of {len(right)} without {linter}; {dict(tags.most_common())}"


def main(words: Sequence[str]) -> int:
    """Build the rocks that are chosen in the forms that are named."""
    parser = argparse.ArgumentParser(prog="packaging_corpus", description=__doc__)
    add_arguments(parser)
    parser.add_argument("forms", nargs="*", metavar="deb|rpm|opensuse|arch|alpine")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("--debian", action="store_true")
    parser.add_argument("--twice", action="store_true")
    parser.add_argument("--logs", type=Path, metavar="DIR")
    asked = parser.parse_args(words)
    unknown = [form for form in asked.forms if form not in FORMS]
    if unknown:
        parser.error(f"no form of packages: {' '.join(unknown)}")
    if asked.logs:
        asked.logs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        if asked.debian:
            rocks = list(debian_rocks(Path(scratch)))
        else:
            rocks = rocks_of(asked.rocks, Path(scratch), chosen_of(asked))
        for form in asked.forms or ("deb", "rpm"):
            tell(form, rocks, asked)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

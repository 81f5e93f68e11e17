"""Packaging made cold, beside dh-make-perl and gem2deb; and many real rocks, beside nobody.

All stand in one Debian 13 as its packages, ours built from this checkout, and each starts in the
unpacked sources that Debian has of a library: one in the language alone, one with C. Each is a new
process without a network; what it reads is in the caches of the disk. Without a network the others
look up less than they can: dh-make-perl has no list of Debian's files, gem2deb asks for no
dependencies. The rockspec without C computes, so Lua runs it in the jail; the other is literal. The
floor is going into the root, which is in every time.

The real rocks are those of the archive that ``ROCKS`` names (see the Makefile), by one command and
by a command for each.
"""

from __future__ import annotations

import os
import re
import shutil
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import FLOOR, OURS, PEER, Case, WrongOutput
from integration.machines.machine import Machine, run
from integration.machines.rock_specs import RockSource, tarball
from integration.machines.roots import with_packages
from integration.machines.source_packages import with_our_packages

SUITE = "trixie"
RIVALS = ("dh-make-perl", "gem2deb")
OURS_NEEDS = ("python3-debian", "python3-jinja2", "python3-license-expression")
PRISTINE, WORKED_IN = "/srv/pristine", "/srv/sources"
PACKAGER = "DEBFULLNAME='Pat Packager' DEBEMAIL=pat@example.org"
PERL = "dh-make-perl make --no-network --vcs none ."
RUBY = "dh-make-ruby --offline --no-wnpp-check --no-dependencies ."
OUR_DEB = "deb"
ONE_LIMIT, ALL_LIMIT, ALL = 0.35, 30, 200
FORMATS = ("deb", "fedora", "arch")
ROCKS, MADE = "/srv/rocks", "/srv/packaging"
MANY = " ".join(f"--format {form}" for form in FORMATS) + " --maintainer 'P <p@example.org>'"
WAYS = {
    "by one command": f"distrorocks scaffold {ROCKS}/*.rock -o {MADE} {MANY} 2>&1 || [ $? = 3 ]",
    "a command each": f"""
        for rock in {ROCKS}/*.rock; do
            distrorocks scaffold $rock -o {MADE}/all/$(basename $rock) {MANY} >/dev/null 2>&1
        done""",
}


class Sources(NamedTuple):
    """What each tool packages: a library of its own language, by Debian's source package."""

    rock: RockSource
    perl: RockSource
    ruby: RockSource


KINDS = {
    "pure": Sources(
        RockSource("lua-say", "bookworm", "say-1.4.1-3.rockspec"),
        RockSource("libtry-tiny-perl", SUITE, ""),
        RockSource("ruby-hashie", SUITE, ""),
    ),
    "with C": Sources(
        RockSource("lua-cjson", "bookworm", "lua-cjson-2.1.0-1.rockspec"),
        RockSource("libclone-perl", SUITE, ""),
        RockSource("ruby-bcrypt", SUITE, ""),
    ),
}


class Packaging(NamedTuple):
    """One way to make packaging: the shell's words in the sources, and files that it makes."""

    source: str
    words: str
    made: tuple[str, ...]


def packagings(sources: Sources) -> dict[str, Packaging]:
    """Return all ways that are compared for one kind of library."""
    rock, perl, ruby = (each.source for each in sources)
    version = "-".join(sources.rock.rockspec.removesuffix(".rockspec").split("-")[-2:])
    ours = f"distrorocks scaffold . {version} --output packaging"
    deb, spec = "packaging/debian/control", "packaging/*.spec"
    return {
        OUR_DEB: Packaging(rock, f"{ours} --format deb", (deb,)),
        "fedora": Packaging(rock, f"{ours} --format fedora", (spec,)),
        "deb and fedora": Packaging(rock, f"{ours} --format deb --format fedora", (deb, spec)),
        "dh-make-perl": Packaging(perl, PERL, ("debian/control",)),
        "gem2deb": Packaging(ruby, RUBY, ("debian/control",)),
    }


def unpack(machine: Machine, source: RockSource) -> None:
    """Unpack a library's sources into a machine, as the folder of its source package's name."""
    folder = machine.path(f"{PRISTINE}/{source.source}")
    folder.mkdir(parents=True)
    run("tar", "-xf", tarball(source), "-C", folder, "--strip-components=1", "--no-same-owner")


def fresh(machine: Machine) -> None:
    """Put the sources back as they were unpacked."""
    shutil.rmtree(machine.path(WORKED_IN), ignore_errors=True)
    shutil.copytree(machine.path(PRISTINE), machine.path(WORKED_IN), symlinks=True)


def command(machine: Machine, packaging: Packaging) -> list[str]:
    """Return the host's words for one way."""
    place = f"{WORKED_IN}/{packaging.source}"
    return machine.words("sh", "-c", f"cd {place} && {PACKAGER} exec {packaging.words}")


def check(machine: Machine, packaging: Packaging) -> None:
    """Raise ``WrongOutput`` where a way has not made what it is timed for."""
    for made in packaging.made:
        if not list(machine.path(f"{WORKED_IN}/{packaging.source}").glob(made)):
            raise WrongOutput(f"{packaging.words} made no {made}")


def cases(scratch: Path, sizes: Sequence[int]) -> Iterator[Case]:
    """Yield the cases of both kinds of libraries, and of real rocks where there are some."""
    del scratch, sizes
    with with_packages(SUITE, (*RIVALS, *OURS_NEEDS)).clone() as machine:
        with_our_packages(machine)
        for sources in KINDS.values():
            for source in sources:
                unpack(machine, source)
        for kind, sources in KINDS.items():
            ways = packagings(sources)
            for rival in RIVALS:
                chosen = {OURS: ways[OUR_DEB], PEER: ways[rival]}
                yield _case(f"scaffold {kind}, {rival}", machine, chosen, limit=ONE_LIMIT)
            for name in ("fedora", "deb and fedora"):
                yield _case(f"scaffold {kind}, {name}", machine, {OURS: ways[name]})
        if rocks := os.environ.get("ROCKS"):
            yield from _of_many(machine, rocks_of(Path(rocks), machine.path(ROCKS)))


def rocks_of(archive: Path, place: Path) -> int:
    """Put the first rocks by name of an archive into a folder; return how many."""
    place.mkdir()
    with tarfile.open(archive) as members:
        rocks = [each for each in members if each.name.endswith(".src.rock")]
        rocks = sorted(rocks, key=lambda each: each.name)[:ALL]
        for each in rocks:
            each.name = each.name.rpartition("/")[2]
        members.extractall(place, rocks)  # noqa: S202 - the caller's own archive
    return len(rocks)


def _of_many(machine: Machine, rocks: int) -> Iterator[Case]:
    """Yield the ways to package many rocks for three distributions."""
    place = machine.path(MADE)

    def before(_: str) -> None:
        shutil.rmtree(place, ignore_errors=True)

    def check(_: str, printed: str) -> None:
        told = re.search(rf"^(\d+) of {rocks} rocks packaged$", printed, re.MULTILINE)
        wanted = len(FORMATS) * (int(told[1]) if told else rocks)
        made = [place.rglob(name) for name in ("debian/control", "*.spec", "PKGBUILD")]
        found = sum(1 for each in made for _ in each)
        if found < wanted or wanted < 0.98 * len(FORMATS) * rocks:
            raise WrongOutput(f"{found} of {wanted} packagings: {printed[-500:]}")

    for name, words in WAYS.items():
        command = machine.words("sh", "-c", words)
        yield Case(
            f"scaffold, real rocks, {name}",
            rocks,
            {OURS: command},
            check,
            before=before,
            limit=ALL_LIMIT,
        )


def _case(name: str, machine: Machine, ways: dict[str, Packaging], *, limit: float = 0) -> Case:
    commands = {who: command(machine, way) for who, way in ways.items()}
    commands[FLOOR] = machine.words("sh", "-c", ":")
    return Case(
        name,
        0,
        commands,
        lambda who, _: check(machine, ways[who]) if who in ways else None,
        before=lambda _: fresh(machine),
        limit=limit,
    )

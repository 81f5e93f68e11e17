"""``python -m benchmarks.scaffold``: packaging made cold, beside dh-make-perl and gem2deb.

All stand in one Debian 13 as its packages, ours built from this checkout, and each starts in the
unpacked sources that Debian has of a library: one in the language alone, one with C. Each is a new
process without a network; what it reads is in the caches of the disk, and the root is in memory
where there is room for it, so no disk is waited for. Without a network the others look up less
than they can: dh-make-perl has no list of Debian's files, gem2deb asks for no dependencies. The
rockspec without C computes, so Lua runs it in the jail; the other is literal.

``faster`` is how many times faster ours for Debian is, round by round. ``nothing`` is the cost of
going into the root, which is in every line.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from statistics import median
from typing import NamedTuple

from benchmarks.side_by_side import Comparison, Run, in_turn
from integration.machines.machine import CommandError, Machine, run
from integration.machines.rock_specs import RockSource, tarball
from integration.machines.roots import RootError, with_packages
from integration.machines.scratch import ScratchError
from integration.machines.source_packages import with_our_packages

SUITE = "trixie"
RIVALS = ("dh-make-perl", "gem2deb")
OURS = ("python3-debian", "python3-jinja2", "python3-license-expression")
TOLD = ("distrorocks", *RIVALS, "python3", *OURS, "perl", "ruby")
PRISTINE, WORKED_IN = "/srv/pristine", "/srv/sources"
PACKAGER = "DEBFULLNAME='Pat Packager' DEBEMAIL=pat@example.org"
PERL = "dh-make-perl make --no-network --vcs none ."
RUBY = "dh-make-ruby --offline --no-wnpp-check --no-dependencies ."
OUR_DEB = "ours, deb"


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
        "ours, fedora": Packaging(rock, f"{ours} --format fedora", (spec,)),
        "ours, both": Packaging(rock, f"{ours} --format deb --format fedora", (deb, spec)),
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
    """Raise where a way does not make what it is timed for."""
    fresh(machine)
    run(*command(machine, packaging))
    for made in packaging.made:
        if not list(machine.path(f"{WORKED_IN}/{packaging.source}").glob(made)):
            raise AssertionError(f"{packaging.words} made no {made}")


def row(kind: str, name: str, runs: list[Run], ours: list[Run]) -> str:
    """Return one line of the table, with ratios where it is not ours."""
    walls = sorted(each.wall * 1e3 for each in runs)
    found = Comparison(ours, runs)
    ratios = f"{found.ratio:>8.2f} {found.cpu_ratio:>8.2f}" if name in RIVALS else ""
    return f"{kind:<8} {name:<14} {median(walls):>9.0f} {walls[0]:>6.0f} {walls[-1]:>6.0f} {ratios}"


def measure(machine: Machine, kind: str, rounds: int) -> None:
    """Print the lines of one kind of library."""
    ways = packagings(KINDS[kind])
    for packaging in ways.values():
        check(machine, packaging)
    commands = {name: command(machine, packaging) for name, packaging in ways.items()}
    commands["(nothing)"] = machine.words("sh", "-c", ":")
    found = in_turn(commands, before=lambda: fresh(machine), rounds=rounds)
    for name, runs in found.items():
        print(row(kind, name, runs, found[OUR_DEB]), flush=True)


def versions(machine: Machine) -> str:
    """Return what is compared, a line each."""
    return machine.run("dpkg-query", "-W", *TOLD).out


def compared(rounds: int) -> None:
    """Print the table."""
    with with_packages(SUITE, (*RIVALS, *OURS)).clone() as machine:
        with_our_packages(machine)
        for sources in KINDS.values():
            for source in sources:
                unpack(machine, source)
        print(versions(machine), end="")
        print(f"{rounds} rounds, all in turn")
        print("library  packaging      median ms  least   most   faster    (cpu)", flush=True)
        for kind in KINDS:
            measure(machine, kind, rounds)


def main() -> int:
    """Print the table; exit status 2 where no scratch root can be made."""
    parser = argparse.ArgumentParser(prog="benchmarks.scaffold", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    try:
        compared(options.rounds)
    except (ScratchError, RootError, CommandError) as refusal:
        print(f"error: {refusal}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

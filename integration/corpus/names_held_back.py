"""How right the names are that no table has: the rocks of one part in five are held back.

    python -m integration.corpus.names_held_back PACKAGES.csv CROSS.csv DEBIAN.csv [PART]

The rows of rocks whose name's sha256 modulo 5 is PART (0 by default) are left out of all tables
that are made of the three files, and each package is asked for by its rock. The modules of
published rocks stay: they are known of every rock. What is counted, for each distribution:

right    the package's name, told for sure        guess    its name, told as a guess
missed   another name, told as a guess            wrong    another name, told for sure

The distributions that a format is for have its naming rule. Beside it stand the rule lua-ROCK, and
the same without what doubles (openSUSE's). ``--kindred`` holds back a rock from the table of one
distribution only, and asks for what others have; ``--rocks`` asks the other way, for the rock of
each package's name, in the distributions that have a table. ``--files`` asks for Debian's packages,
whose rocks are held back from its map, while the lists of their files stay.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from distrorocks.families.name_entry import LOW, NameEntry, parse_names
from distrorocks.families.names import NameTable
from distrorocks.families.names_file import read_rock_modules
from distrorocks.families.naming_rules import names_elsewhere, whole_name
from distrorocks.families.package import Package
from distrorocks.families.package_names import PackageNames, parse_package_modules
from distrorocks.packaging.formats.known import FORMATS
from distrorocks.packaging.plan.format import Format
from distrorocks.system.files.shipped_files import read_shipped
from integration.makers.name_tables import debian_entry, other_entries, plain_package

Row = dict[str, str]
PARTS = 5
KINDS = ("right", "guess", "missed", "wrong")


class Observed(NamedTuple):
    """The rows of the three files."""

    packages: list[Row]
    cross: list[Row]
    debian: list[Row]

    def without(self, part: int) -> Observed:
        """Return the rows of the rocks that are not held back."""
        return Observed(
            [row for row in self.packages if part_of(row["rock"]) != part],
            [row for row in self.cross if part_of(row["rock"]) != part],
            [row for row in self.debian if part_of(row["rock_name"]) != part],
        )


class Asked(NamedTuple):
    """A rock that a distribution has, with the names of its packages there."""

    distribution: str
    rock: str
    packages: frozenset[str]


def part_of(rock: str) -> int:
    """Return the part that a rock is in, which its name alone decides."""
    return int(hashlib.sha256(rock.encode()).hexdigest(), 16) % PARTS


def debian_packages(rows: Iterable[Row]) -> list[Row]:
    """Return the rows of Debian's packages that are rocks as other distributions' are written."""
    names = {(row["binary_package"], row["rock_name"]) for row in rows if row["compat"] == "ok"}
    return [{"distro": "debian", "binary_package": name, "rock": it} for name, it in sorted(names)]


def held_back(packages: Iterable[Row], part: int) -> Iterator[Asked]:
    """Yield the rocks of a part, by distribution."""
    found: dict[tuple[str, str], set[str]] = {}
    for row in packages:
        if row["rock"] and part_of(row["rock"]) == part:
            name = plain_package(row["binary_package"])
            found.setdefault((row["distro"], row["rock"]), set()).add(name)
    for (distribution, rock), names in sorted(found.items()):
        yield Asked(distribution, rock, frozenset(names))


def entries_of(rows: Observed, distribution: str) -> Mapping[str, NameEntry]:
    """Return the map of a distribution that follows from the rows."""
    if distribution == "debian":
        made = {row["binary_package"]: debian_entry(row) for row in rows.debian}
    else:
        made = other_entries(rows.cross, rows.packages, distribution)
    return parse_names(made, file_name=distribution)


def names_of(rows: Observed, others: Observed, form: Format) -> PackageNames:
    """Return the names of a format's distribution as far as its rows and those of others tell."""
    is_listed = form.distribution == "debian"
    return PackageNames(
        entries=entries_of(rows, form.distribution),
        contents=parse_package_modules(read_shipped(_LISTED)) if is_listed else {},
        rule=form.name_rule,
        rock_modules=read_rock_modules,
        elsewhere=names_elsewhere((each, entries_of(others, each)) for each in form.kindred),
    )


def kind(*, is_right: bool, is_sure: bool) -> str:
    """Return which of the four an answer is."""
    if is_sure:
        return "right" if is_right else "wrong"
    return "guess" if is_right else "missed"


def kindred(asked: Asked) -> tuple[str, ...]:
    """Return the distributions that name packages like the one that is asked for."""
    forms = (it for it in FORMATS.values() if it.distribution == asked.distribution)
    return next((form.kindred for form in forms), ())


def rocks_by_distribution(rows: Observed) -> Mapping[str, set[str]]:
    """Return the rocks that each distribution's table has."""
    return {
        name: {it.rocks[0].rock for it in entries_of(rows, name).values() if it.rocks}
        for name in ("debian", *_MAPPED)
    }


Tally = dict[str, Counter[str]]
Misses = list[str]


def packages_told(rows: Observed, others: Observed, asked: Iterable[Asked]) -> tuple[Tally, Misses]:
    """Return how right the names of packages are, with the other rules' beside."""
    tally: Tally = {}
    misses = []
    names = {form.distribution: names_of(rows, others, form) for form in FORMATS.values()}
    for each in asked:
        if each.distribution not in names:
            continue
        found = names[each.distribution].of(each.rock)
        counted = tally.setdefault(each.distribution, Counter())
        is_right = found.name in each.packages
        counted[kind(is_right=is_right, is_sure=found.confidence != LOW)] += 1
        counted["lua-ROCK"] += f"lua-{each.rock}" in each.packages
        counted["undoubled"] += whole_name(each.rock) in each.packages
        if not is_right:
            misses.append(_miss(each, found.name))
    return tally, misses


def rocks_told(rows: Observed, asked: Iterable[Asked]) -> tuple[Tally, Misses]:
    """Return how right the rocks are that packages are told to be, by their names alone."""
    tally: Tally = {}
    misses = []
    families = {"fedora": "rpm", "opensuse": "rpm", "altlinux": "rpm", "arch": "pacman"}
    for each in asked:
        if each.distribution not in _MAPPED:
            continue
        entries = entries_of(rows, each.distribution)
        table = NameTable(
            administrator={},
            shipped=lambda _, entries=entries: entries,  # type: ignore[misc]
            rock_modules=read_rock_modules,
            rock_versions={},
        )
        family = families.get(each.distribution, "apk")
        for name in sorted(each.packages):
            package = Package(family, name, "1-1", "")
            found = table.rocks_of(package, "5.4", ())[0]
            counted = tally.setdefault(each.distribution, Counter())
            is_right = found.rock == each.rock
            counted[kind(is_right=is_right, is_sure=found.confidence != LOW)] += 1
            counted["lua-ROCK"] += name.removeprefix("lua-") == each.rock
            counted["undoubled"] += name in (each.rock, f"lua-{each.rock}")
            if not is_right:
                misses.append(f"{_miss(each, name)} is told as {found.rock or 'none'}")
    return tally, misses


_LISTED = "package_modules/debian.tsv"
_MAPPED = ("fedora", "opensuse", "arch", "alpine", "altlinux", "openwrt")


def _miss(each: Asked, told: str) -> str:
    return f"{each.distribution}: {each.rock} is {' '.join(sorted(each.packages))}, not {told}"


def table(tally: Tally) -> str:
    """Return the counts as text, a line for each distribution and one for all."""
    columns = (*KINDS, "lua-ROCK", "undoubled")
    lines = [f"{'':12}{'asked':>7}" + "".join(f"{name:>11}" for name in columns)]
    whole: Counter[str] = sum(tally.values(), Counter())
    for name, counts in [*sorted(tally.items()), ("all", whole)]:
        asked = sum(counts[each] for each in KINDS)
        lines.append(f"{name:12}{asked:7}" + "".join(f"{counts[each]:11}" for each in columns))
    return "\n".join(lines)


def rows_of(path: str) -> list[Row]:
    """Return a file's rows."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main(words: list[str]) -> int:
    """Print the table, and what was not right."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("tables", nargs=3)
    parser.add_argument("part", nargs="?", type=int, default=0, choices=range(PARTS))
    parser.add_argument("--kindred", action="store_true")
    parser.add_argument("--rocks", action="store_true")
    parser.add_argument("--files", action="store_true")
    options = parser.parse_args(words)
    observed = Observed(*map(rows_of, options.tables))
    packages = debian_packages(observed.debian) if options.files else observed.packages
    asked = tuple(held_back(packages, options.part))
    rows = observed.without(options.part)
    if options.rocks:
        tally, misses = rocks_told(rows, asked)
    elif options.kindred:
        known = rocks_by_distribution(observed)
        asked = tuple(it for it in asked if any(it.rock in known[n] for n in kindred(it)))
        tally, misses = packages_told(rows, observed, asked)
    else:
        tally, misses = packages_told(rows, rows, asked)
    print(table(tally))
    print("\n".join(misses))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

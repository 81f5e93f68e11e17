"""``python -m integration.corpus.copyright_by_file ROCKS [--beside]``: debian/copyright by labels.

ROCKS is a folder of ``.src.rock`` files, or an archive of one. People read the files of 100 rocks
and wrote down which licence and which holders each states, or the rock for it: a row for files that
say the same. What ``debian/copyright`` has is held against the rows, for the first three files of
each. ``--beside`` holds what licensecheck and scancode say of the same files against them
too, where these programs are installed; they know nothing of files without a notice of their own.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from debian.copyright import Copyright

from distrorocks.licensing.dep5 import short_name
from distrorocks.licensing.expression import licenses_in
from distrorocks.packaging.scaffold.scaffold import Request, scaffolds
from distrorocks.system.lua.jail import Jail
from integration.corpus.chosen_rocks import Chosen, add_arguments, chosen_of, rocks_of
from integration.machines.machine import run
from integration.machines.rock_packages import unpacked

LABELS = Path(__file__).parent.parent.parent / "tests/licensing/copyright_by_file.tsv"
ROCKS = "rocks"
REST, NOTHING, UNCLEAR, MAYBE = "*", "-", "?", "~"
"""The path of files without a notice; what none is said of; what has no name; before an author."""

_YEARS = re.compile(r"\A(?:[\d\s,–-]|\(c\)|©)+|<[^>]*>|\([^)]*@[^)]*\)")
_NOBODY = re.compile(r"the authors of |none, |unknown: ")  # says that no holder is known
_WORD = re.compile(r"\w+")
_JOINED = re.compile(r"\s*(?:\band/or\b|\band\b|\bor\b|[,/()])\s*")
_MOST_FILES = 3  # of a row, that a program is asked about


class Row(NamedTuple):
    """What a person read in some files of a rock."""

    rock: str
    path: str
    license: str
    holders: tuple[str, ...]


class Said(NamedTuple):
    """What a program says of a file: names of licences as Debian has them, and holders."""

    licenses: frozenset[str]
    holders: tuple[str, ...]


class Sums(NamedTuple):
    """Sums over rows: what was said, what was right of it, what was to be said, what of it was."""

    said: float = 0
    right: float = 0
    due: float = 0
    found: float = 0

    def plus(self, other: Sums) -> Sums:
        """Return both together."""
        return Sums(*(one + two for one, two in zip(self, other, strict=True)))

    def __str__(self) -> str:
        return (
            f"precision {self.right / (self.said or 1):.3f} ({self.right:g} of {self.said:g}), "
            f"recall {self.found / (self.due or 1):.3f} ({self.found:g} of {self.due:g})"
        )


def rows() -> list[Row]:
    """Return the labels in their order."""
    found = []
    for line in LABELS.read_text().splitlines():
        if not line.startswith("#"):
            rock, path, license_name, holders = line.split("\t")
            names = () if holders == NOTHING else tuple(holders.split(" | "))
            found.append(Row(rock, path, license_name, names))
    return found


def is_same(one: str, other: str) -> bool:
    """Return whether two names are of one holder: all words of one are in the other."""
    first, second = (set(_WORD.findall(name.casefold())) for name in (one, other))
    return bool(first and second) and (first <= second or second <= first)


def held(holders: Sequence[str], row: Row, rest: Row) -> Sums:
    """Return how what was said of holders compares with a row; ``rest`` is that of its rock.

    The rock's holders may be given for a file that names none.
    """
    due = [name for name in row.holders if not name.startswith(MAYBE)]
    allowed = [name.removeprefix(MAYBE) for name in (*row.holders, *(() if due else rest.holders))]
    right = sum(any(is_same(name, each) for each in allowed) for name in holders)
    found = sum(any(is_same(name, each) for each in holders) for name in due)
    return Sums(len(holders), right, len(due), found)


def licensed(said: frozenset[str], row: Row, rest: str) -> Sums:
    """Return how what was said of the licence compares with a row, whose rock has ``rest``."""
    label = rest if row.license == NOTHING else row.license
    if label in (NOTHING, UNCLEAR, ""):
        return Sums()
    due = {short_name(name).casefold() for name in licenses_in(label)}
    is_right = {_plain(name) for name in said} == {_plain(name) for name in due}
    return Sums(bool(said), is_right, 1, is_right)


def _plain(name: str) -> str:
    """Return a licence's name without what tells two alike apart: who gives BSD-4-Clause."""
    return name.removesuffix("-uc")


def names_of(text: str) -> Iterator[str]:
    """Yield the holders of a Copyright field, without years and addresses."""
    for line in text.splitlines():
        name = _YEARS.sub("", line.strip()).strip(" ,.")
        if name and _WORD.search(name) and not _NOBODY.match(name):
            yield name


def words_of(text: str) -> frozenset[str]:
    """Return the licences of a License field's first line."""
    words = _JOINED.split(text.strip())
    return frozenset(word.casefold() for word in words if word and word.upper() != "UNKNOWN")


def of_packaging(rock: Path, folder: Path, jail: Jail) -> Callable[[str], Said]:  # noqa: ARG001
    """Return what a rock's debian/copyright says of a file."""
    request = Request(str(rock), tempfile.gettempdir())
    text, _ = scaffolds(request, jail)[0].outputs["debian/copyright"]
    parsed: Any = Copyright(text.decode().splitlines(keepends=True), strict=False)

    def said(path: str) -> Said:
        stanza = parsed.find_files_paragraph("\0" if path == REST else path)
        if stanza is None:
            return Said(frozenset(), ())
        license_name = stanza.license.synopsis if stanza.license else ""
        return Said(words_of(license_name), tuple(names_of(stanza.copyright or "")))

    return said


def of_licensecheck(rock: Path, folder: Path, jail: Jail) -> Callable[[str], Said]:  # noqa: ARG001
    """Return what licensecheck says of a file."""

    def said(path: str) -> Said:
        scheme = "--shortname-scheme=debian,spdx"
        line = run(
            "licensecheck", "--machine", "--copyright", "--lines", "0", scheme, folder / path
        ).out.strip()
        _, license_name, holders = (*line.split("\t"), "", "")[:3]
        names = [name for each in holders.split(" / ") for name in names_of(each)]
        return Said(words_of(license_name), tuple(it for it in names if "No copyright" not in it))

    return said


def of_scancode(rock: Path, folder: Path, jail: Jail) -> Callable[[str], Said]:  # noqa: ARG001
    """Return what scancode says of a file."""
    top = next(each for each in folder.parents if each.name == ROCKS)
    found = _scanned(top)
    return lambda path: found.get(str((folder / path).relative_to(top)), Said(frozenset(), ()))


@cache
def _scanned(top: Path) -> dict[str, Said]:
    """Return what scancode says of all files below a folder: it takes long to begin."""
    words = ("--license", "--copyright", "--quiet", "--processes", "2")
    run("scancode", *words, "--json", top.with_suffix(".json"), top, timeout=7200)
    found = {}
    for each in json.loads(top.with_suffix(".json").read_text())["files"]:
        expression = each.get("detected_license_expression_spdx") or ""
        licenses = frozenset(short_name(name).casefold() for name in licenses_in(expression))
        holders = tuple(dict.fromkeys(it["holder"] for it in each.get("holders", ())))
        found[each["path"].removeprefix(f"{top.name}/")] = Said(licenses, holders)
    return found


PACKAGING, OTHERS = "debian/copyright", ("licensecheck", "scancode")
READERS: Mapping[str, Callable[[Path, Path, Jail], Callable[[str], Said]]] = {
    PACKAGING: of_packaging,
    "licensecheck": of_licensecheck,
    "scancode": of_scancode,
}


class Compared(NamedTuple):
    """What one program said of a row's first file that differs, and the sums of the row."""

    row: Row
    path: str
    said: Said
    license: Sums
    holders: Sums


def compared(
    rock: Path, folder: Path, several: Sequence[Row], reader: str, jail: Jail
) -> Iterator[Compared]:
    """Yield what one program says of the rows of a rock, whose sources are in a folder."""
    rest = next(row for row in several if row.path == REST)
    said_of = READERS[reader](rock, folder, jail)
    for row, paths in labelled(folder, several):
        for path in paths:
            said = said_of(path)
            license_sums = licensed(said.licenses, row, rest.license)
            yield Compared(row, path, said, license_sums, held(said.holders, row, rest))


def labelled(folder: Path, several: Iterable[Row]) -> Iterator[tuple[Row, list[str]]]:
    """Yield the rows of a rock with the first files that each is for; raise for one of none."""
    files = [str(it.relative_to(folder)) for it in sorted(folder.rglob("*")) if it.is_file()]
    for row in several:
        matching = [REST] if row.path == REST else files_of(row.path, files)
        if not matching:
            raise LookupError(f"{row.rock} has no {row.path}")
        yield row, matching[:_MOST_FILES]


def files_of(pattern: str, files: Sequence[str]) -> list[str]:
    """Return the files that a pattern stands for, else those of a folder beside others."""
    found = [path for path in files if fnmatchcase(path, pattern)]
    return found or [path for path in files if fnmatchcase(path.partition("/")[2], pattern)]


def read(
    rocks: Path, chosen: Chosen, readers: Sequence[str]
) -> Iterator[tuple[str, list[Compared]]]:
    """Yield what each program says of the rows of the rocks that are chosen."""
    named: dict[str, list[Row]] = {}
    for row in rows():
        named.setdefault(row.rock, []).append(row)
    with tempfile.TemporaryDirectory() as scratch, Jail() as jail:
        folders = {}
        for rock in rocks_of(rocks, Path(scratch) / "packed", chosen):
            place = Path(scratch) / ROCKS / rock.name.removesuffix(".src.rock")
            if place.name in named:
                place.mkdir(parents=True)
                folders[rock] = place.name, _with_labels(unpacked(rock, place), named[place.name])
        for reader in readers:
            yield (
                reader,
                [
                    each
                    for rock, (name, folder) in folders.items()
                    for each in compared(rock, folder, named[name], reader, jail)
                ],
            )


def _with_labels(folder: Path, several: Sequence[Row]) -> Path:
    """Return a folder of which the files without a label are gone: programs take long to read."""
    kept = {path for _, paths in labelled(folder, several) for path in paths}
    for path in [*folder.rglob("*")]:
        if not path.is_dir() and str(path.relative_to(folder)) not in kept:
            path.unlink()
    return folder


def sums(told: Iterable[Compared]) -> tuple[Sums, Sums]:
    """Return the sums of licences and of holders."""
    licenses, holders = Sums(), Sums()
    for each in told:
        licenses, holders = licenses.plus(each.license), holders.plus(each.holders)
    return licenses, holders


def tell(reader: str, told: Sequence[Compared]) -> None:
    """Print the sums, of all rows and of those with a notice of their own."""
    notices = [each for each in told if each.path != REST]
    for label, wanted in (("all rows", told), ("files with notices", notices)):
        licenses, holders = sums(wanted)
        print(f"{reader}, {label}: licences: {licenses}; holders: {holders}")


def tell_differences(told: Iterable[Compared]) -> None:
    """Print what is said otherwise than people read it."""
    for each in told:
        row, (said, right, due, got) = each.row, each.holders
        if each.license.due > each.license.found or right < said or got < due:
            print(f"{row.rock} {each.path}: read {row.license}: {' | '.join(row.holders)};")
            words = ", ".join(sorted(each.said.licenses))
            print(f"    said {words}: {' | '.join(each.said.holders)}")


def main(words: Sequence[str]) -> int:
    """Print precision and recall of each program, then what debian/copyright has otherwise."""
    parser = argparse.ArgumentParser(prog="copyright_by_file", description=__doc__)
    add_arguments(parser)
    parser.add_argument("--beside", action="store_true")
    asked = parser.parse_args(words)
    others = [name for name in OTHERS if asked.beside and shutil.which(name)]
    for reader, told in read(asked.rocks, chosen_of(asked), (*others, PACKAGING)):
        tell(reader, told)
        if reader == PACKAGING:
            tell_differences(told)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

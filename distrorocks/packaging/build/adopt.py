"""Adopt a Debian source package: read it, decide on a patch, and apply the patch on request."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.families.names_file import read_shipped_names
from distrorocks.families.rock_modules import parse_rock_versions
from distrorocks.packaging.build.adoption import SourcePackage, adoption
from distrorocks.system.files.atomic_file import write_atomically
from distrorocks.system.files.bounded_file import read_bounded
from distrorocks.system.files.shipped_data import read_shipped

_LIMIT = 4 << 20
_ENTRY = re.compile(r"\S+ \((?P<version>[^\s()]+)\) ")
_PLACES = ("debian", ".", "rockspecs", "rockspec")


def read_source_package(folder: str) -> SourcePackage:
    """Return the facts of the unpacked source package in ``folder``."""
    if not os.path.isfile(f"{folder}/debian/control"):
        raise DistrorocksError(
            f"{folder} is not a Debian source package: it has no debian/control",
            hint="name the folder that `apt-get source` unpacked",
        )
    found = _ENTRY.match(_text(f"{folder}/debian/changelog"))
    if not found:
        raise DistrorocksError(f"{folder}/debian/changelog does not begin with an entry")
    files = [
        os.path.normpath(f"{place}/{name}")
        for place in _PLACES
        if os.path.isdir(f"{folder}/{place}")
        for name in sorted(os.listdir(f"{folder}/{place}"))
        if name.endswith((".rockspec", ".luarocks"))
    ]
    return SourcePackage(
        found["version"],
        _text(f"{folder}/debian/control"),
        _text(f"{folder}/debian/rules"),
        tuple(files),
    )


def present_text(folder: str, path: str) -> str:
    """Return the content of a file in the folder, "" if it does not exist."""
    return _text(f"{folder}/{path}") if os.path.lexists(f"{folder}/{path}") else ""


def write_patch(folder: str, files: Mapping[str, str]) -> None:
    """Write the files of a patch; existing files keep their modes."""
    for path, text in files.items():
        place = f"{folder}/{path}"
        mode = os.stat(place).st_mode & 0o777 if os.path.exists(place) else 0o644
        write_atomically(place, text.encode("utf-8", "surrogateescape"), mode=mode)


def _text(path: str) -> str:
    return read_bounded(path, _LIMIT).decode("utf-8", "surrogateescape")


class Adopted(NamedTuple):
    """The patch as a unified diff, "" if there is nothing to do, and notes on each decision."""

    diff: str
    notes: tuple[str, ...]


def adopt(folder: str, *, rock: str = "", is_applied: bool = False) -> Adopted:
    """Return the patch for the source package in ``folder``; apply it if ``is_applied``."""
    decided = adoption(
        read_source_package(folder),
        read_shipped_names("debian"),
        rock=rock,
        versions=parse_rock_versions(read_shipped("rock_versions.tsv")),
    )
    diff = "".join(
        line
        for path, text in decided.files.items()
        for line in _diff(path, present_text(folder, path), text)
    )
    if is_applied:
        write_patch(folder, decided.files)
    return Adopted(diff, decided.notes)


def _diff(path: str, before: str, after: str) -> list[str]:
    """Return the diff of one file."""
    old = f"a/{path}" if before else "/dev/null"
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), old, f"b/{path}"
    )
    return [
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    ]

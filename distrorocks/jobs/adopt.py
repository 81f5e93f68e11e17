"""Let a Debian source package carry its rocks: look, decide, and act when asked."""

from __future__ import annotations

import difflib
from typing import NamedTuple

from distrorocks.distro.rock_modules import parse_rock_versions
from distrorocks.plan.adoption import adoption
from distrorocks.system.files.shipped_data import read_shipped
from distrorocks.system.packages.names_file import read_shipped_names
from distrorocks.system.packages.source_package import (
    present_text,
    read_source_package,
    write_patch,
)


class Adopted(NamedTuple):
    """The patch as a unified diff, "" where nothing is to do, and what was decided."""

    diff: str
    notes: tuple[str, ...]


def adopt(folder: str, *, rock: str = "", is_applied: bool = False) -> Adopted:
    """Return the patch for the source package in ``folder``, carried out if ``is_applied``."""
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
    """Return one file's part of a patch."""
    old = f"a/{path}" if before else "/dev/null"
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), old, f"b/{path}"
    )
    return [
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    ]

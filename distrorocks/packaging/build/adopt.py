"""Adopt a Debian source package: read it, decide on a patch, and apply the patch on request."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping

from distrorocks.errors import DistrorocksError
from distrorocks.families.names_file import read_shipped_names
from distrorocks.families.rock_modules import parse_rock_versions
from distrorocks.packaging.build.adoption import SourcePackage, adoption
from distrorocks.system.files.atomic_file import WriteError
from distrorocks.system.files.named_file import read_named
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.files.shipped_files import read_shipped
from distrorocks.system.trees.tree_rights import refuse_foreign_directory
from distrorocks.values import NamedTuple

_LIMIT = 4 << 20
_ENTRY = re.compile(r"\S+ \((?P<version>[^\s()]+)\) ")
_PLACES = ("debian", ".", "rockspecs", "rockspec")


def read_source_package(folder: str) -> SourcePackage:
    """Return the facts of the unpacked source package in ``folder``."""
    control = f"{folder}/debian/control"
    if not os.path.isfile(control):
        raise DistrorocksError(
            f"{folder} is not a Debian source package: it has no debian/control",
            hint="name the folder that `apt-get source` unpacked",
        )
    control_text = _text(control)
    found = _ENTRY.match(_text(f"{folder}/debian/changelog"))
    if not found:
        raise DistrorocksError(f"{folder}/debian/changelog does not begin with an entry")
    files = [
        os.path.normpath(f"{place}/{name}")
        for place in _PLACES
        if os.path.isdir(f"{folder}/{place}")
        for name in _names(f"{folder}/{place}")
        if name.endswith((".rockspec", ".luarocks"))
    ]
    rules = _text(f"{folder}/debian/rules")
    return SourcePackage(found["version"], control_text, rules, tuple(files))


def present_text(folder: str, path: str) -> str:
    """Return the content of a file in the folder, "" if it does not exist."""
    return _text(f"{folder}/{path}") if os.path.lexists(f"{folder}/{path}") else ""


def write_patch(folder: str, files: Mapping[str, str]) -> None:
    """Write the files of a patch; existing files keep their modes.

    Root writes only where nobody else can.
    """
    directories = {path: os.path.dirname(f"{folder}/{path}") for path in files}
    for directory in sorted({folder, *directories.values()}):
        refuse_foreign_directory(directory)
    for path, text in files.items():
        place = f"{folder}/{path}"
        mode = os.stat(place).st_mode & 0o777 if os.path.exists(place) else 0o644
        with NamedFolder(directories[path]) as below:
            _write(below, f"/{os.path.basename(path)}", _encoded(text), mode)


def _write(below: NamedFolder, place: str, content: bytes, mode: int) -> None:
    try:
        below.write(place, content, mode, is_forced=True)
    except OSError as error:
        raise WriteError(f"cannot write {below.shown(place)}: {error.strerror}") from error


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text(path: str) -> str:
    return read_named(path, _LIMIT).decode("utf-8", "surrogateescape")


def _names(directory: str) -> list[str]:
    with NamedFolder(directory) as below:
        return below.names("")


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

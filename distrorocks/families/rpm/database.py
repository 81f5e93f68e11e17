"""Where a root's RPM database is, and the packages in it that own Lua files, asked of rpm.

Lua files are found on the disk first, then rpm is asked twice: who owns these, and what these
packages say. File digests are SHA-256 in today's RPMs, so ``recorded`` is always empty.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from distrorocks.errors import DistrorocksError
from distrorocks.families.known import PLACES
from distrorocks.families.lua_files import classify, has_lua
from distrorocks.families.package import Package, Packages
from distrorocks.patterns import regex
from distrorocks.system.files.root_path import RootView
from distrorocks.system.processes.command import run

# The separators of ASCII: no RPM field may hold control characters.
_RECORD, _FIELD, _ITEM = "\x1e", "\x1f", "\x1d"
_GHOST = 1 << 6  # RPMFILE_GHOST
_LUA_DIRECTORY = regex(r"5\.[1-9][0-9]?")
_PARENTS = ("/usr/share/lua", "/usr/lib64/lua", "/usr/lib/lua")
_METADATA = ("/usr/lib/luarocks", "/usr/lib64/luarocks", "/usr/share/luarocks")
_NAME = regex(r"[A-Za-z0-9_][A-Za-z0-9._+~-]*")
_SINGLE = (
    *("%{NAME}", "%|EPOCH?{%{EPOCH}:}|", "%{VERSION}", "%{RELEASE}", "%{ARCH}", "%{SOURCERPM}"),
    *("%{SUMMARY}", "%{DESCRIPTION}", "%{URL}", "%{LICENSE}"),
)
_LISTS = (
    f"[%{{REQUIRENEVRS}}{_ITEM}]",
    f"[%{{PROVIDENEVRS}}{_ITEM}]",
    f"[%{{FILEFLAGS}}{_ITEM}%{{FILENAMES}}{_ITEM}]",
)
_QUERY = _RECORD + _FIELD.join((*_SINGLE, *_LISTS))
_AT_ONCE = 1000
_TIMEOUT = 120
_SHORT_TIMEOUT = 30
_MOST_DIGITS = 20

_FILES = ("rpmdb.sqlite", "Packages.db", "Packages")


def database_directory(root: str) -> str | None:
    """Return the directory in ``root`` that holds an RPM database with any of its formats."""
    view = RootView(root)
    for directory in PLACES["rpm"]:
        at = view.find(directory)
        files = (view.find(f"{at.path}/{name}") for name in _FILES) if at else ()
        if any(found and found.is_file for found in files):
            return directory
    return None


def read_packages(root: str) -> Packages:
    """Return every installed package of ``root`` that owns an existing Lua file or rock metadata.

    Ghost files count only with the rest. A root without an RPM database has no packages, and
    without Lua files rpm is not even started. Raise CommandError if rpm is missing or hangs,
    DistrorocksError if it refuses the database.
    """
    directory = database_directory(root)
    if directory is None:
        return Packages(())
    view = RootView(root)
    paths = set(_lua_paths(view))
    if not paths:
        return Packages(())
    if view.root != "/":  # rpm does not see the links of another root's directories
        paths.update(found.path for path in paths.copy() if (found := view.entry(path)))
    with _command(view, directory) as rpm:
        return _packages(rpm, view, sorted(paths))


@contextmanager
def _command(view: RootView, directory: str) -> Iterator[tuple[str, ...]]:
    """Yield rpm's first words for a root, whose database is in ``directory``.

    That of ``/`` is read as rpm does, that of another root from a private copy.
    """
    if view.root == "/":
        yield ("rpm", "--dbpath", directory)
        return
    from distrorocks.families.rpm.database_copy import copied_database

    found = view.find(directory)
    with copied_database(view.root, found.path if found else directory) as copy:
        yield ("rpm", "--dbpath", copy)


def has_package(root: str, name: str) -> bool:
    """Return whether a package is installed."""
    directory = database_directory(root)
    if directory is None:
        return False
    try:
        with _command(RootView(root), directory) as rpm:
            return run([*rpm, "-q", name], timeout=_SHORT_TIMEOUT).status == 0
    except DistrorocksError:
        return False


def _packages(rpm: Sequence[str], view: RootView, paths: Sequence[str]) -> Packages:
    """Return the packages that own any of ``paths``."""
    instances = _owners(rpm, paths)
    if not instances:
        return Packages(())
    packages, warnings = [], list[str]()
    for record in _describe(rpm, instances):
        package = _package(record, view)
        if package is None:
            warnings.append("rpm's answer about one package is malformed and passed over")
        elif has_lua(package.files):
            packages.append(package)
    return Packages(tuple(sorted(packages, key=lambda one: one[:4])), tuple(warnings))


def _lua_paths(view: RootView) -> Iterator[str]:
    """Yield the path of each file below the Lua and rocks directories."""
    for parent in _PARENTS:
        for name in _names(view, parent):
            if _LUA_DIRECTORY.fullmatch(name):
                yield from _files(view, f"{parent}/{name}")
    for parent in _METADATA:
        for name in _names(view, parent):
            if name.startswith("rocks-5."):
                yield from _files(view, f"{parent}/{name}")


def _names(view: RootView, directory: str) -> list[str]:
    """Return the names in a directory of the root, [] if it cannot be listed."""
    found = view.find(directory)
    try:
        return sorted(os.listdir(view.host_path(found.path))) if found else []
    except OSError:
        return []


def _files(view: RootView, directory: str) -> Iterator[str]:
    """Yield what is not a directory below a directory that is none of a link's making."""
    found = view.find(directory)
    if not found:
        return
    start = view.host_path(found.path)
    for above, _, names in os.walk(start):
        for name in names:
            path = f"{directory}{above[len(start) :]}/{name}"
            if classify(path) and not any(ord(letter) < 32 for letter in path):
                yield path


def _owners(rpm: Sequence[str], paths: Sequence[str]) -> list[str]:
    """Return the database numbers of the packages that own any of ``paths``."""
    numbers: set[str] = set()
    query = f"{_RECORD}%{{DBINSTANCE}}\n"
    for start in range(0, len(paths), _AT_ONCE):
        output = run(
            [*rpm, "-qf", "--qf", query, *paths[start : start + _AT_ONCE]], timeout=_TIMEOUT
        )
        lines = output.stdout.decode("utf-8", "surrogateescape").split("\n")
        owned = [line[1:] for line in lines if line.startswith(_RECORD)]
        said = output.stderr.decode("utf-8", "replace").strip()
        if output.status != 0 and not lines[:-1] and not _names_missing_files(said):
            raise DistrorocksError(
                "rpm cannot read its database",
                detail=said,
                hint="see whether `rpm -qa` works",
            )
        numbers.update(number for number in owned if _is_number(number))
    return sorted(numbers, key=int)


def _names_missing_files(said: str) -> bool:
    """Return whether rpm complains only that files which no package owns are not on this system.

    Files of another root need not be.
    """
    lines = said.splitlines()
    return bool(lines) and all(
        line.startswith("error: file /") and line.endswith(": No such file or directory")
        for line in lines
    )


def _describe(rpm: Sequence[str], instances: Sequence[str]) -> Iterator[list[str]]:
    """Yield one list of fields for each package."""
    for start in range(0, len(instances), _AT_ONCE):
        numbers = instances[start : start + _AT_ONCE]
        output = run([*rpm, "-q", "--querybynumber", "--qf", _QUERY, *numbers], timeout=_TIMEOUT)
        text = output.stdout.decode("utf-8", "surrogateescape")
        for record in text.split(_RECORD)[1:]:
            yield record.split(_FIELD)


def _package(record: Sequence[str], view: RootView) -> Package | None:
    """Return one package from its fields, or None if they are not of the form asked for."""
    if len(record) != len(_SINGLE) + len(_LISTS) or not _NAME.fullmatch(record[0]):
        return None
    name, epoch, version, release, architecture, source, *texts = record[: len(_SINGLE)]
    requires, provides, listed = (field.split(_ITEM)[:-1] for field in record[len(_SINGLE) :])
    files = [
        path
        for flags, path in zip(listed[0::2], listed[1::2], strict=False)
        if _is_number(flags) and not int(flags) & _GHOST and _matters(path, view)
    ]
    summary, description, homepage, license_ = ("" if text == "(none)" else text for text in texts)
    return Package(
        family="rpm",
        name=name,
        version=f"{epoch}{version}-{release}",
        architecture=architecture,
        source=re.sub(r"-[^-]*-[^-]*$", "", source) if source != "(none)" else name,
        summary=summary,
        description=description.strip(),
        homepage=homepage,
        license=license_,
        relations=tuple(dict.fromkeys(requires)),
        provides=tuple(dict.fromkeys(provides)),
        files=tuple(sorted(files)),
    )


def _is_number(text: str) -> bool:
    """Return whether a text is a number as rpm writes one."""
    return text.isdecimal() and len(text) <= _MOST_DIGITS


def _matters(path: str, view: RootView) -> bool:
    """Return whether a path is of a kind that matters and leads to a regular file."""
    found = view.find(path) if classify(path) else None
    return bool(found and found.is_file)

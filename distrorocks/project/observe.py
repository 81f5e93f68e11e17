"""What the sources in a folder say of their rock: names, README, licence, and the repository."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator

from distrorocks.errors import DistrorocksError
from distrorocks.licensing.detection import findings, is_silent
from distrorocks.licensing.finding import is_license_file
from distrorocks.licensing.verdict import verdict
from distrorocks.lua.value import to_text
from distrorocks.project.readme import NAMES, described
from distrorocks.project.repository import PLACES, configured, source_address
from distrorocks.project.template import Found
from distrorocks.rocks.detection import SourceTree, opener
from distrorocks.system.files.beneath import BlockedError
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_folder import NamedFolder

MOST_FILES = 100_000
TEXT_LIMIT = 1024 * 1024
"""Bytes of a README, a licence or a configuration file, and of a C file that is looked into."""

_SKIPPED = frozenset({".git", ".hg", ".svn", ".luarocks", "lua_modules"})


def observe(directory: str) -> Found:
    """Return what the sources in a directory say; links in it are not followed."""
    with _opened(directory) as folder:
        files = tuple(_files(folder))
        texts = {path: _text(folder, path) for path in files if _is_telling(path)}
        c_files = (path for path in files if path.endswith(".c"))
        openers = {path: name for path in c_files if (name := opener(_text(folder, path)))}
        url = _address(folder)
    above = {path[:at] for path in files for at, sign in enumerate(path) if sign == "/"}
    readmes = sorted((path for path in texts if path.lower() in NAMES), key=_rank)
    summary, detailed = described(texts[readmes[0]]) if readmes else ("", "")
    return Found(
        SourceTree(files, frozenset(above), openers),
        url,
        license=_license(texts),
        summary=summary,
        detailed=detailed,
    )


def _opened(directory: str) -> NamedFolder:
    """Return the directory, opened; two words are a name and a location, which surprises people."""
    try:
        return NamedFolder(directory)
    except BlockedError as error:
        if "it is not a directory" not in error.brief:
            raise
        raise DistrorocksError(
            error.brief,
            hint="an archive has the address file:///PATH; else name the directory of the sources",
        ) from None
    except FileReadError as error:
        raise DistrorocksError(
            error.brief,
            hint="the sources are an address or a directory; with a version the words are NAME "
            "VERSION LOCATION, where LOCATION may be .",
        ) from None


def _files(folder: NamedFolder) -> Iterator[str]:
    """Yield the relative paths of regular files."""
    for count, (path, status) in enumerate(folder.walk(skipped=_SKIPPED), start=1):
        if count > MOST_FILES:
            raise DistrorocksError(
                f"{folder.root} has more than {MOST_FILES} files",
                hint="name the directory that has only the sources of the rock",
            )
        if stat.S_ISREG(status.st_mode):
            yield path.removeprefix("/")


def _is_telling(path: str) -> bool:
    """Return whether a file at the top is a README or a licence."""
    return "/" not in path and (path.lower() in NAMES or is_license_file(path))


def _rank(path: str) -> tuple[int, str]:
    return NAMES.index(path.lower()), path


def _license(texts: dict[str, str]) -> str:
    """Return the licence that the texts state, "" if they leave any doubt."""
    found = [each for path, text in texts.items() for each in findings(path, text)]
    silent = [path for path, text in texts.items() if is_silent(path, text)]
    stated = verdict(None, found, silent)
    return "" if stated.gap else stated.license


def _address(folder: NamedFolder) -> str:
    """Return the address of the repository that a folder was cloned from, or ""."""
    found: Iterable[str] = (
        source_address(program, remote)
        for program, path, section, key in PLACES
        if (remote := configured(_text(folder, path), section, key))
    )
    return next(filter(None, found), "")


def _text(folder: NamedFolder, path: str) -> str:
    """Return the text of a file, "" for one that is not there, too large, or no regular file."""
    try:
        return to_text(folder.read(f"/{path}", TEXT_LIMIT))
    except (FileReadError, BlockedError):
        return ""

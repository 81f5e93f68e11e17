"""The pristine render, stored beside a packaging as the base of every update's merge.

It is one text file: a header with a checksum, then each file below a line with its path and
permissions, with a bar before each of its lines. So version control shows readable differences, and
no line of a file can be mistaken for one of the format.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.merge.lines import split_lines
from distrorocks.packaging.plan.field import OTHER_HELPERS
from distrorocks.packaging.scaffold.folder import Files, PackagingFile, is_inside, read_file
from distrorocks.values import NamedTuple

STORE = ".distrorocks-"
_HEAD = """\
distrorocks pristine render 1
# What `distrorocks scaffold` made, before anybody's edits. Updates merge against it:
# keep it with the packaging, and leave it as it is.
"""
_FILE = re.compile(r"=== ([0-7]{3}) ([^\n]+)\n")
_END = "=== \n"
_SECONDS = re.compile("[0-9]{1,11}")
_CUT = "\\ the last line has no line break\n"


class PristineError(DistrorocksError):
    """The stored render is missing or damaged; the packaging is unchanged."""


class Making(NamedTuple):
    """What a render was made with, beside the rock.

    The helper if it is not the usual, the release that was asked for, and the time of the packaging
    in seconds since 1970, None if it is not known.
    """

    helper: str = ""
    release: str = ""
    date: int | None = None

    def __str__(self) -> str:
        """Return the words of the stored text, each with a blank before it."""
        release = f"release={self.release}" if self.release else ""
        date = "" if self.date is None else f"date={self.date}"
        return "".join(f" {word}" for word in (self.helper, release, date) if word)

    @classmethod
    def parse(cls, words: Sequence[str]) -> Making | None:
        """Parse the words of a stored text, None if they are not ones that this writes."""
        named = dict(word.split("=", 1) for word in words if "=" in word)
        date = named.get("date", "")
        found = cls(
            next((word for word in words if word in OTHER_HELPERS), ""),
            named.get("release", ""),
            int(date) if _SECONDS.fullmatch(date) else None,
        )
        return found if str(found) == "".join(f" {word}" for word in words) else None


class Pristine(NamedTuple):
    """A stored render: its rock and version, its files, and what it was made with."""

    rock: str
    version: str
    files: Files
    made: Making = Making()

    def __str__(self) -> str:
        """Return the stored text; equal renders have equal texts."""
        body = f"rock {self.rock} {self.version}{self.made}\n"
        for path, file in sorted(self.files.items()):
            lines = split_lines(file.text)
            body += f"\n=== {file.mode:03o} {path}\n" + "".join(f"|{line}" for line in lines)
            if lines and not lines[-1].endswith("\n"):
                body += "\n" + _CUT
        return f"{_HEAD}sha256 {_sum(body)}\n{body}"

    @classmethod
    def parse(cls, text: str, place: str) -> Pristine:
        """Parse a stored text; ``place`` is its file, for messages."""
        if not text.startswith(_HEAD):
            raise _damaged(place, "its header is missing")
        first, _, body = text[len(_HEAD) :].partition("\n")
        if first != f"sha256 {_sum(body)}":
            raise _damaged(place, "its checksum is wrong: it was edited, merged or truncated")
        head, _, rest = body.partition("\n")
        words = head.split(" ")
        made = Making.parse(words[3:])
        if len(words) < 3 or words[0] != "rock" or made is None:
            raise _damaged(place, "it names no rock")
        return cls(words[1], words[2], _files(rest, place), made)


def store_path(form: str, paths: Files) -> str:
    """Return the path of a format's stored render: hidden, in the directory of all its files."""
    folders = {path.partition("/")[0] if "/" in path else "" for path in paths}
    folder = folders.pop() if len(folders) == 1 else ""
    return f"{folder}/{STORE}{form}" if folder else f"{STORE}{form}"


def _files(text: str, place: str) -> dict[str, PackagingFile]:
    """Return the files below the header."""
    files: dict[str, PackagingFile] = {}
    path, mode = "", 0o644
    lines: list[str] = []
    for line in [*split_lines(text), _END]:
        found = _FILE.fullmatch(line)
        if found or line is _END:
            if path:
                files[path] = PackagingFile(b"", mode).with_text("".join(lines))
            if found:
                path, mode, lines = found[2], int(found[1], 8), []
                if not is_inside(path) or path in files:
                    raise _damaged(place, f"{path!r} cannot be a file of a packaging")
        elif line.startswith("|"):
            lines.append(line[1:])
        elif line == _CUT and lines:
            lines[-1] = lines[-1].removesuffix("\n")
        elif line != "\n":
            raise _damaged(place, f"a line is invalid: {line[:60].strip()!r}")
    return files


def _sum(body: str) -> str:
    return hashlib.sha256(body.encode("utf-8", "surrogateescape")).hexdigest()


def _damaged(place: str, reason: str) -> PristineError:
    return PristineError(
        f"{place} is damaged: your edits cannot be found without it",
        detail=reason,
        hint="restore it from version control; or scaffold the version of the packaging into "
        "another directory, and copy this file from there",
    )


def missing(place: str) -> PristineError:
    """Return the error for a packaging without a stored render."""
    return PristineError(
        f"{place} is missing: your edits cannot be found without it",
        hint="restore it from version control; or scaffold the version of the packaging into "
        "another directory, and copy this file from there",
    )


_MOST_FOLDERS = 1000


def stored_forms(directory: str) -> dict[str, str]:
    """Return the formats with a stored render in a directory, each with its relative path."""
    found: dict[str, str] = {}
    try:
        folders = [
            entry.name
            for entry in os.scandir(directory)
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
        ]
    except OSError:
        return {}
    for folder in ["", *sorted(folders)[:_MOST_FOLDERS]]:
        for name in sorted(os.listdir(os.path.join(directory, folder))):
            if name.startswith(STORE):
                found.setdefault(name.removeprefix(STORE), os.path.join(folder, name))
    return found


def read_pristine(directory: str, path: str) -> tuple[Pristine, PackagingFile]:
    """Return a stored render with its file; raise ``PristineError`` if it is damaged."""
    file = read_file(directory, path)
    place = os.path.join(directory, path)
    if file is None:
        raise missing(place)
    return Pristine.parse(file.text, place), file


def own_files(directory: str, folder: str) -> list[str]:
    """Return all regular files below a packaging's directory but stored renders."""
    found = []
    for place, _, names in os.walk(os.path.join(directory, folder)):
        for name in names:
            path = os.path.join(place, name)
            if not name.startswith(STORE) and os.path.isfile(path) and not os.path.islink(path):
                found.append(os.path.relpath(path, directory))
    return sorted(found)

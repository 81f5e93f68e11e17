"""dpkg's substitution variables of one binary package: lines ``name=value`` in a file.

Builds run as root in a directory of the user who started them. So the file is read and written by
its directory's handle, never through a link of another user, and keeps its mode: what only root can
read stays so.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping

from distrorocks.system.files.atomic_file import WriteError
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_folder import NamedFolder

_LISTS = ("lua:Depends", "lua:Provides")
_MOST_BYTES = 4 << 20


def add_substvars(path: str, variables: Mapping[str, str]) -> None:
    """Add variables to a file, which need not be there and must not be a link.

    What dh-lua wrote stays: entries of a list are added once, and its ``lua:Versions`` is kept.
    """
    directory, _, name = path.rpartition("/")
    with NamedFolder(directory or ("/" if path.startswith("/") else ".")) as folder:
        try:
            _add(folder, f"/{name}", variables)
        except OSError as error:
            raise WriteError(
                f"cannot write {path}: {error.strerror}",
                hint="what was there before is unchanged; fix this and run the command again",
            ) from error


def _add(folder: NamedFolder, place: str, variables: Mapping[str, str]) -> None:
    """Add variables to a file of a directory."""
    known, before = _known(folder, place)
    for name, value in variables.items():
        if name in _LISTS:
            entries = [*_entries(known.get(name, "")), *_entries(value)]
            known[name] = ", ".join(dict.fromkeys(entries))
        else:
            known.setdefault(name, value)
    text = "".join(f"{name}={value}\n" for name, value in known.items() if name)
    mode = stat.S_IMODE(before.st_mode) & 0o777 if before else 0o644
    folder.write(place, os.fsencode(text), mode, like=before if os.geteuid() == 0 else None)


def _entries(value: str) -> list[str]:
    return [entry for part in value.split(",") if (entry := part.strip())]


def _known(folder: NamedFolder, place: str) -> tuple[dict[str, str], os.stat_result | None]:
    """Return the variables that a file has, and its status; none if it is missing."""
    try:
        text, status = folder.read_with_status(place, _MOST_BYTES)
    except FileReadError as error:
        if error.is_missing:
            return {}, None
        raise
    lines = text.decode("utf-8", "surrogateescape").splitlines()
    return {line.partition("=")[0]: line.partition("=")[2] for line in lines}, status

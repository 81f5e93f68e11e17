"""dpkg's substitution variables of one binary package: lines ``name=value`` in a file."""

from __future__ import annotations

import os
from collections.abc import Mapping

from distrorocks.system.files.atomic_file import write_atomically
from distrorocks.system.files.bounded_file import FileReadError, read_bounded

_LISTS = ("lua:Depends", "lua:Provides")
_MOST_BYTES = 4 << 20


def add_substvars(path: str, variables: Mapping[str, str]) -> None:
    """Add variables to a file, which need not be there.

    What dh-lua wrote stays: entries of a list are added once, and its ``lua:Versions`` stands.
    """
    lines = _lines(path)
    known = {line.partition("=")[0]: line.partition("=")[2] for line in lines}
    for name, value in variables.items():
        if name in _LISTS:
            entries = [*_entries(known.get(name, "")), *_entries(value)]
            known[name] = ", ".join(dict.fromkeys(entries))
        else:
            known.setdefault(name, value)
    text = "".join(f"{name}={value}\n" for name, value in known.items() if name)
    write_atomically(os.path.abspath(path), os.fsencode(text), is_forced=False)


def _entries(value: str) -> list[str]:
    return [entry for part in value.split(",") if (entry := part.strip())]


def _lines(path: str) -> list[str]:
    try:
        text = read_bounded(path, _MOST_BYTES)
    except FileReadError as error:
        if error.is_missing:
            return []
        raise
    return text.decode("utf-8", "surrogateescape").splitlines()

"""dpkg's substitution variables of one binary package: lines ``name=value`` in a file."""

from __future__ import annotations

import os
from collections.abc import Mapping

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.atomic_file import write_atomically

_LISTS = ("lua:Depends", "lua:Provides")


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
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DistrorocksError(f"cannot read {path}: {error.strerror}") from error

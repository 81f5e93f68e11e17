"""The files of a packaging on disk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TypeAlias

from distrorocks.system.atomic_file import WriteError, write_atomically

Outputs: TypeAlias = dict[str, tuple[bytes, int]]


def write_outputs(directory: str, outputs: Mapping[str, tuple[bytes, int]]) -> list[str]:
    """Write each output below ``directory``, making folders as needed; return the changed paths."""
    changed = []
    for path, (content, mode) in sorted(outputs.items()):
        place = os.path.join(directory, path)
        if read_output(directory, path) == content and os.stat(place).st_mode & 0o777 == mode:
            continue
        try:
            os.makedirs(os.path.dirname(place), exist_ok=True)
        except OSError as error:
            raise WriteError(f"cannot make {os.path.dirname(place)}: {error.strerror}") from None
        write_atomically(place, content, mode=mode, is_forced=False)
        changed.append(path)
    return changed


def read_output(directory: str, path: str) -> bytes | None:
    """Return a file below ``directory``, None if it is not there."""
    try:
        with open(os.path.join(directory, path), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None

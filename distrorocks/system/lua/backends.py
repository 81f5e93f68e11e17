"""What this system has to run Lua with, and which of it root may trust.

Loading lupa runs its code before rights are given up, so root takes it only from where nobody
else can put files: PYTHONPATH, a user's own packages or a group's virtual environment may name
places that others fill.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

PROGRAMS = tuple(f"/usr/bin/lua5.{minor}" for minor in (4, 3, 2, 1))


def present_backends() -> Iterator[tuple[str, str]]:
    """Yield what this system has to make a jail of, the quickest first.

    Each is ``("lupa", directory)`` or ``("program", path)``.
    """
    from importlib.util import find_spec

    spec = find_spec("lupa")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        if any(name.startswith(("lua54.", "lua53.")) for name in names) and _is_safe(folder, names):
            yield "lupa", os.path.dirname(folder)
    for program in PROGRAMS:
        if os.access(program, os.X_OK):
            yield "program", program


def _is_safe(folder: str, names: list[str]) -> bool:
    """Return whether root, if it is us, may run what is in ``folder``."""
    if os.geteuid() != 0:
        return True
    return all(is_guarded(os.path.join(folder, name)) for name in names)


def is_guarded(path: str) -> bool:
    """Return whether only root and the owner of distrorocks itself can change what ``path`` is.

    That is so where it and all folders above it are theirs and not writable by all; a folder
    where everyone removes only what is their own, as /tmp, may be above. Groups are believed.
    """
    trusted = {0, os.geteuid(), os.stat(__file__).st_uid}
    path = os.path.realpath(path)
    while True:
        try:
            status = os.stat(path)
        except OSError:
            return False
        is_shared = status.st_mode & stat.S_IWOTH and not (
            stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
        )
        if status.st_uid not in trusted or is_shared:
            return False
        path, below = os.path.dirname(path), path
        if path == below:
            return True

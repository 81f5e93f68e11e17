"""Write the files that a server's folder publishes: all beside their places, then renamed in order.

A client that reads meanwhile gets old or new files, each of them whole. The manifests are renamed
after the files that they name were there, and the plain ``manifest`` last.
"""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Mapping

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.atomic_file import WriteError, temporary_name
from distrorocks.system.files.cache import Signature, signature_of
from distrorocks.system.files.named_folder import NamedFolder


def write_outputs(folder: NamedFolder, texts: Mapping[str, bytes]) -> list[str]:
    """Make each name a regular file with its text; return the names of those that were not.

    Raise ``WriteError`` if one cannot be written; then nothing is changed, unless a rename fails.
    """
    changed = [name for name, text in texts.items() if not _has(folder, name, text)]
    if not changed:
        return []
    for name in changed:
        status = folder.status(f"/{name}")
        if status is not None and stat.S_ISDIR(status.st_mode):
            raise WriteError(
                f"{folder.shown(f'/{name}')} is a directory, and a file has to be there",
                hint="move it away; nothing has been changed",
            )
    beside = {name: f"/{temporary_name(name)}" for name in changed}
    try:
        folder.sweep("")
        for name in changed:
            folder.create(beside[name], texts[name], 0o644)
            folder.sync(beside[name])
        for name in changed:
            folder.rename(beside[name], f"/{name}")
            del beside[name]
        folder.sync_directory("")
    except OSError as error:
        raise WriteError(
            f"cannot write to {folder.root}: {error.strerror}",
            hint="the manifests that are there still serve; fix this and run the command again",
        ) from None
    finally:
        for path in beside.values():
            with contextlib.suppress(OSError, DistrorocksError):
                folder.remove_file(path)
    return changed


def signatures(folder: NamedFolder, names: list[str]) -> dict[str, Signature]:
    """Return the signatures of the files that were written."""
    found = {}
    for name in names:
        status = folder.regular(f"/{name}")
        found[name] = signature_of(status) if status else ()
    return found


def _has(folder: NamedFolder, name: str, text: bytes) -> bool:
    """Return whether a name is a regular file with this text."""
    status = folder.regular(f"/{name}")
    if status is None or status.st_size != len(text):
        return False
    with contextlib.suppress(DistrorocksError):
        return folder.read(f"/{name}", len(text)) == text
    return False

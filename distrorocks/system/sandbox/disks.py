"""The room on the disks that a build writes to: bytes, and inodes, which empty files use up."""

from __future__ import annotations

import os
from collections.abc import Sequence

from distrorocks.system.sandbox.confined import Limits
from distrorocks.values import NamedTuple


class Free(NamedTuple):
    """What is free on a file system: bytes, and inodes, None if it does not count them."""

    size: int
    files: int | None


class Disks:
    """The file systems of some folders, as they were when a build began."""

    def __init__(self, folders: Sequence[str], limits: Limits) -> None:
        self._before = {folder: free_at(folder) for folder in folders}
        self._limits = limits

    def shortage(self) -> str:
        """Return which limit has been passed since then, or ""."""
        for folder, before in self._before.items():
            if found := shortage_of(folder, before, free_at(folder), self._limits):
                return found
        return ""


def free_at(folder: str) -> Free:
    """Return what is free on the file system of a folder."""
    status = os.statvfs(folder)
    return Free(status.f_bavail * status.f_frsize, status.f_favail if status.f_files else None)


def shortage_of(path: str, before: Free, now: Free, limits: Limits) -> str:
    """Return which limit of a disk has been passed, or ""."""
    if before.size - now.size > limits.disk_bytes:
        return f"the disk of {path} lost more than {limits.disk_bytes} bytes"
    if now.size < limits.disk_reserve < before.size:
        return f"the disk of {path} was about to be full"
    if before.files is None or now.files is None:
        return ""
    if before.files - now.files > limits.disk_files:
        return f"the disk of {path} lost room for more than {limits.disk_files} files"
    if now.files < limits.files_reserve < before.files:
        return f"the disk of {path} was about to have no room for files"
    return ""

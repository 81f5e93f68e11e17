"""A Debian source package's folder: what adopting it looks at, and the patch carried out."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from distrorocks.errors import DistrorocksError
from distrorocks.plan.adoption import SourcePackage
from distrorocks.system.files.atomic_file import write_atomically
from distrorocks.system.files.bounded_file import read_bounded

_LIMIT = 4 << 20
_ENTRY = re.compile(r"\S+ \((?P<version>[^\s()]+)\) ")
_PLACES = ("debian", ".", "rockspecs", "rockspec")


def read_source_package(folder: str) -> SourcePackage:
    """Return what the unpacked source package in ``folder`` says of itself."""
    if not os.path.isfile(f"{folder}/debian/control"):
        raise DistrorocksError(
            f"{folder} is no Debian source package: it has no debian/control",
            hint="name the folder that `apt-get source` unpacked",
        )
    found = _ENTRY.match(_text(f"{folder}/debian/changelog"))
    if not found:
        raise DistrorocksError(f"{folder}/debian/changelog does not begin with an entry")
    files = [
        os.path.normpath(f"{place}/{name}")
        for place in _PLACES
        if os.path.isdir(f"{folder}/{place}")
        for name in sorted(os.listdir(f"{folder}/{place}"))
        if name.endswith((".rockspec", ".luarocks"))
    ]
    return SourcePackage(
        found["version"],
        _text(f"{folder}/debian/control"),
        _text(f"{folder}/debian/rules"),
        tuple(files),
    )


def present_text(folder: str, path: str) -> str:
    """Return what a file of the folder holds, "" where there is none."""
    return _text(f"{folder}/{path}") if os.path.lexists(f"{folder}/{path}") else ""


def write_patch(folder: str, files: Mapping[str, str]) -> None:
    """Write the files of a patch; those that are there keep their modes."""
    for path, text in files.items():
        place = f"{folder}/{path}"
        mode = os.stat(place).st_mode & 0o777 if os.path.exists(place) else 0o644
        write_atomically(place, text.encode("utf-8", "surrogateescape"), mode=mode)


def _text(path: str) -> str:
    return read_bounded(path, _LIMIT).decode("utf-8", "surrogateescape")

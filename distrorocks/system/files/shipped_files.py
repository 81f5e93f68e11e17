"""What distrorocks ships beside its code: data files, hooks and packaging templates.

Data files are the same in a checkout and in an installed wheel.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from distrorocks.errors import DistrorocksError

PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_DATA = os.path.join(PACKAGE, "data")


class ShippedFilesError(DistrorocksError):
    """The installation lacks a directory that distrorocks ships."""


def shipped_directory(name: str, *, package: str = PACKAGE) -> str:
    """Return the absolute path of a shipped directory: "hooks" or "packaging-templates".

    A wheel has it as ``shipped/<name>`` inside the package; a checkout has it beside the package,
    which counts only if ``pyproject.toml`` is there too. ``package`` is the directory of the Python
    package. Raise ``ShippedFilesError`` if neither exists.
    """
    beside = os.path.dirname(package)
    from_wheel = os.path.join(package, "shipped", name)
    if os.path.isdir(from_wheel):
        return from_wheel
    from_checkout = os.path.join(beside, name)
    if os.path.isfile(os.path.join(beside, "pyproject.toml")) and os.path.isdir(from_checkout):
        return from_checkout
    raise ShippedFilesError(
        f"distrorocks was installed without its directory {name}",
        detail=f"looked for {from_wheel} and {from_checkout}",
        hint="install distrorocks again, from its wheel or its distribution package",
    )


def has_shipped(name: str) -> bool:
    """Return whether a data file of this name, such as ``names/debian.tsv``, is shipped."""
    return os.path.isfile(os.path.join(_DATA, name))


def read_shipped(name: str) -> str:
    """Return the text of a shipped data file; raise ``DistrorocksError`` if it is missing."""
    path = os.path.join(_DATA, name)
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as fault:
        raise DistrorocksError(
            f"distrorocks' own file {name} is missing",
            detail=str(fault),
            hint="install distrorocks again",
        ) from fault


def table_rows(text: str, columns: int, subject: str) -> Iterator[list[str]]:
    """Yield the columns of each line of a shipped table, but for comments.

    Raise ``DistrorocksError`` for a line with more or fewer; ``subject`` is what the table is of.
    """
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        row = line.split("\t")
        if len(row) != columns:
            raise DistrorocksError(f"invalid line in the table of {subject}: {line!r}")
        yield row

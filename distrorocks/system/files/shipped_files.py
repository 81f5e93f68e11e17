"""The directories that distrorocks ships beside its code: hooks and packaging templates."""

from __future__ import annotations

import os

from distrorocks.errors import DistrorocksError

PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


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

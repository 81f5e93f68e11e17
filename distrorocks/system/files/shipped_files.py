"""Where the folders stand that distrorocks ships beside its code: hooks and packaging templates."""

from __future__ import annotations

import os

from distrorocks.errors import DistrorocksError

PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class ShippedFilesError(DistrorocksError):
    """The installed distrorocks came without a folder that it should have brought."""


def shipped_directory(name: str, *, package: str = PACKAGE) -> str:
    """Return the absolute path of a shipped folder: "hooks" or "packaging-templates".

    A wheel carries it as ``shipped/<name>`` inside the package; in a checkout it stands beside
    the package, which is believed only where ``pyproject.toml`` stands there too. ``package`` is
    the folder of the package to look from. Raises ShippedFilesError where neither is there.
    """
    beside = os.path.dirname(package)
    from_wheel = os.path.join(package, "shipped", name)
    if os.path.isdir(from_wheel):
        return from_wheel
    from_checkout = os.path.join(beside, name)
    if os.path.isfile(os.path.join(beside, "pyproject.toml")) and os.path.isdir(from_checkout):
        return from_checkout
    raise ShippedFilesError(
        f"distrorocks came without its folder {name}",
        detail=f"looked for {from_wheel} and {from_checkout}",
        hint="install distrorocks again, from its wheel or its distribution package",
    )

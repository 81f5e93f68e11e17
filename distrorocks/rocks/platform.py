"""The platforms that a rockspec can name: their order, and ``supported_platforms``.

The order and the rules are LuaRocks' own (``luarocks.core.cfg``, ``luarocks.deps``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from distrorocks.errors import DistrorocksError

LINUX = ("unix", "linux")

ORDER = (
    "unix",
    "bsd",
    "solaris",
    "netbsd",
    "openbsd",
    "freebsd",
    "dragonfly",
    "linux",
    "macosx",
    "cygwin",
    "msys",
    "haiku",
    "windows",
    "win32",
    "mingw",
    "mingw32",
    "msys2_mingw_w64",
)


class UnsupportedPlatform(DistrorocksError):  # noqa: N818 - LuaRocks' term
    """A rockspec's ``supported_platforms`` excludes this platform."""


def check_supported(
    package: str, supported: Iterable[str], platforms: Collection[str] = LINUX
) -> None:
    """Raise ``UnsupportedPlatform`` if ``supported`` excludes the active ``platforms``.

    Entries are read in order. ``!p`` refuses an active p; an active p accepts at once, and later
    entries are not read; names of which none is active refuse. No entries accept all.
    """
    named_one = False
    for entry in supported:
        if entry.startswith("!"):
            if entry[1:] in platforms:
                raise _refusal(package, entry[1:])
        elif entry in platforms:
            return
        else:
            named_one = True
    if named_one:
        raise _refusal(package, ", ".join(sorted(platforms)))


def _refusal(package: str, platforms: str) -> UnsupportedPlatform:
    return UnsupportedPlatform(f"{package} does not support {platforms} platforms")

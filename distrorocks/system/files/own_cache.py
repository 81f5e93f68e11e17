"""Where this user's runs keep files that can be made again."""

from __future__ import annotations

import os

CACHE_OF_ROOT = "/var/cache/distrorocks"


def own_cache_directory(name: str) -> str:
    """Return our own directory ``name`` for files that can be made again; "" if there is no home.

    It is root's below /var/cache, else the user's.
    """
    if os.geteuid() == 0:
        return f"{CACHE_OF_ROOT}/{name}"
    above = os.environ.get("XDG_CACHE_HOME", "")
    if not above.startswith("/"):
        home = os.environ.get("HOME", "")
        above = f"{home}/.cache" if home.startswith("/") else ""
    return f"{above.rstrip('/')}/distrorocks/{name}" if above else ""

"""Packages of one rock for each Lua: lua5.4-X (Alpine, Fedora's older Luas, ALT), lua54-X."""

from __future__ import annotations

import re

_FLAVOUR = re.compile(r"\Alua5\.?[1-9]-(?=.)")


def plain_name(package: str) -> str:
    """Return ``lua-X`` for ``lua5.4-X`` and ``lua54-X``; other names as they are."""
    return _FLAVOUR.sub("lua-", package)

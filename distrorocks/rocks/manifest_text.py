"""The small pieces of text that a manifest is joined from, each made once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from distrorocks.lua.scan import KEYWORDS
from distrorocks.lua.value import to_bytes
from distrorocks.lua.write import key_text, value_text
from distrorocks.rocks.dependency import Dependency

_INDENT = "   "


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII).fullmatch
_PLAIN = re.compile(r"[ !#-\[\]-~]*").fullmatch


def key(name: str) -> str:
    """Return a key with its equals sign."""
    if _NAME(name):
        return f'["{name}"] = ' if name in KEYWORDS else f"{name} = "
    return f'["{name}"] = ' if _PLAIN(name) else key_text(name)


def string(text: str) -> str:
    """Return a text in quotes."""
    return f'"{text}"' if _PLAIN(text) else value_text(text)


@lru_cache(maxsize=1 << 14)
def dependency_text(dependency: Dependency) -> str:
    """Return one parsed dependency as it stands in the table ``dependencies``."""
    return value_text(dependency.to_table(), 4)


def block(entries: Iterable[str], level: int) -> str:
    """Return a table of ready entries, each on a line of its own, ``level`` tables deep."""
    new_line = "\n" + _INDENT * level
    body = f",{new_line}".join(entries)
    return f"{{{new_line}{body}{new_line[:-3]}}}" if body else "{}"


def mapping(entries: Mapping[str, str], level: int) -> str:
    """Return a table from text to text."""
    if not entries:
        return "{}"
    return block([key(name) + string(entries[name]) for name in byte_order(entries)], level)


def byte_order(names: Iterable[str]) -> list[str]:
    """Return names sorted by their bytes, as LuaRocks' writer sorts keys."""
    ordered = sorted(names)
    return ordered if "".join(ordered).isascii() else sorted(ordered, key=to_bytes)

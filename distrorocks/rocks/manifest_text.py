"""The small pieces of text that a manifest is joined from, each made once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from distrorocks.lua.value import to_bytes
from distrorocks.lua.write import key_text, value_text
from distrorocks.rocks.dependency import Dependency

_INDENT = "   "


@lru_cache(maxsize=1 << 17)
def key(name: str) -> str:
    """Return a key with its equals sign."""
    return key_text(name)


def string(text: str) -> str:
    """Return a text in quotes."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return value_text(text)


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

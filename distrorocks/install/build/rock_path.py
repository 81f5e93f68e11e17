"""Paths in a rock: where modules go, and that nothing leaves the rock."""

from __future__ import annotations

from distrorocks.patterns import regex
from distrorocks.values import NamedTuple

_SLASHES = regex(r"[/\\]")


class ModulePlace(NamedTuple):
    """The place of a module: its directory with a slash at its end, "" for none, and last word."""

    directory: str
    word: str

    @classmethod
    def of(cls, module: str) -> ModulePlace:
        """Return the place of a module name (``luarocks.path``, ``module_to_path``)."""
        above, dot, word = module.rpartition(".")
        return cls((above + dot).replace(".", "/"), word)


def inner_path(path: str) -> str | None:
    """Return a relative path without empty parts and ``.``; None if it leaves its directory."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return None if ".." in parts or "\0" in path else "/".join(parts)


def placed_path(path: str) -> str | None:
    """Return a relative path with its ``..`` applied; None if it leaves its directory, or is it."""
    done: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not done:
                return None
            done.pop()
        elif part not in ("", "."):
            done.append(part)
    return None if "\0" in path else "/".join(done) or None


def last_name(path: str) -> str:
    """Return the last component of a path, as LuaRocks does (``luarocks.dir``)."""
    return _SLASHES.split(path.rstrip("/\\"))[-1]

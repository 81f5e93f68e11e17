"""What the searches for headers and libraries ask of a file system, and how they join paths."""

from __future__ import annotations

from collections.abc import Iterable

from distrorocks.values import Protocol


class Probe(Protocol):
    """A file system probe of one system. Paths are absolute; its methods never raise."""

    def is_file(self, path: str) -> bool:
        """Return whether a path is a regular file or a link to one."""

    def is_there(self, path: str) -> bool:
        """Return whether a path exists, following links."""

    def names(self, directory: str) -> Iterable[str]:
        """Return the names in a directory, none if it is not a directory."""

    def text(self, path: str) -> str | None:
        """Return the text of a file of moderate size, or None."""


def joined(*parts: str) -> str:
    """Join ``parts`` as LuaRocks does: without double or trailing slashes."""
    words = [word for part in parts for word in part.split("/") if word]
    root = "/" if "".join(parts).startswith("/") else ""
    return root + "/".join(words)

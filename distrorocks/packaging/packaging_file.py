"""The files of a packaging, as values: what stands there, and what is to change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias


class PackagingFile(NamedTuple):
    """One file of a packaging: its bytes and its permissions."""

    content: bytes
    mode: int = 0o644

    @property
    def text(self) -> str:
        """The content as text, whatever its bytes are."""
        return self.content.decode("utf-8", "surrogateescape")

    def with_text(self, text: str) -> PackagingFile:
        """Return the file with another content."""
        return self._replace(content=text.encode("utf-8", "surrogateescape"))


Files: TypeAlias = "Mapping[str, PackagingFile]"


class FileChange(NamedTuple):
    """What becomes of one path: from ``before`` to ``after``; None is no file."""

    path: str
    before: PackagingFile | None
    after: PackagingFile | None
    reason: str


def changes_to(wanted: Files, there: Files, reason: str) -> list[FileChange]:
    """Return what makes the files that are there those that are wanted; others stay."""
    return [
        FileChange(path, there.get(path), file, reason)
        for path, file in wanted.items()
        if there.get(path) != file
    ]


def is_inside(path: str) -> bool:
    """Tell whether a path can only be one below the packaging's folder."""
    parts = path.split("/")
    return bool(path) and not {"", ".", ".."} & set(parts) and path.isprintable()

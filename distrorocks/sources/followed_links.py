"""A copy of a checkout without links: each is what it leads to, as ``zip`` packs it for LuaRocks.

Archives of rocks have no links. The checkout was checked (``check_folder``): its links stay in it,
but may lead nowhere, in a circle, or to folders that hold each other many times over.
"""

from __future__ import annotations

import os

from distrorocks.rocks.quotation import quoted
from distrorocks.system.files.archive_member import MOST_MEMBERS, ArchiveError
from distrorocks.system.files.named_folder import MOST_LEVELS


def copy_followed(folder: str, copy: str) -> None:
    """Fill the empty folder ``copy`` with what is below ``folder``, by hard links to its files.

    Both are private, on one file system, and no other program is working in them. Raise
    ``ArchiveError`` for a link that cannot be followed, and beyond ``MOST_MEMBERS``.
    """
    root = os.path.realpath(folder)
    _Copying(root).fill(root, copy, (root,))


class _Copying:
    """A copy that is being made."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._left = MOST_MEMBERS

    def fill(self, folder: str, copy: str, chain: tuple[str, ...]) -> None:
        """Copy what is in ``folder``; ``chain`` has it, and the folders that led to it."""
        if len(chain) > MOST_LEVELS:
            raise ArchiveError(f"it has more than {MOST_LEVELS} directories within each other")
        for name in sorted(os.listdir(folder)):
            self._left -= 1
            if self._left < 0:
                raise ArchiveError(f"it has more than {MOST_MEMBERS} members")
            found, place = self._found(f"{folder}/{name}", chain), f"{copy}/{name}"
            if os.path.isdir(found):
                os.mkdir(place)
                self.fill(found, place, (*chain, found))
            else:
                os.link(found, place)

    def _found(self, path: str, chain: tuple[str, ...]) -> str:
        """Return what is at a path once links are followed."""
        shown = quoted(path.removeprefix(f"{self._root}/"))
        try:
            found = os.path.realpath(path, strict=True)
        except OSError:
            raise ArchiveError(f"its link {shown} leads nowhere") from None
        if not found.startswith(f"{self._root}/"):
            raise ArchiveError(f"its link {shown} leads out")
        if found in chain:
            raise ArchiveError(f"its link {shown} leads to a folder that it is in")
        return found

"""The program under LuaRocks' own names: called by a link, it is LuaRocks to scripts.

``luarocks`` and ``luarocks-5.x`` have the verbs of ``luarocks``, ``luarocks-admin`` has its own.
What scripts read from stdout, and the exit statuses, are those of LuaRocks; messages stay ours.
"""

from __future__ import annotations

import os
from collections.abc import Collection

from distrorocks.cli.command_line import CommandLine
from distrorocks.exit_status import DONE, FINDINGS, LOCKED, SIGNALLED
from distrorocks.patterns import regex
from distrorocks.values import NamedTuple

_NAME = regex(r"luarocks(-admin)?(?:-?(5\.[1-5]))?")
_DENIED = 2
_SERVER = frozenset(("--server", "--from"))

USER_VERBS = frozenset(
    (
        *("build", "completion", "config", "doc", "download", "help", "init", "install", "lint"),
        *("list", "make", "new-version", "pack", "path", "purge", "remove", "search", "show"),
        *("test", "unpack", "upload", "which", "write-rockspec"),
    )
)
ADMIN_VERBS = frozenset(("add", "completion", "help", "make-manifest", "refresh-cache", "remove"))

RELEASE = "3.8.0"
"""The LuaRocks that this program behaves like where none is installed beside it."""


class Persona(NamedTuple):
    """A name of LuaRocks that the program was called by.

    ``lua_version`` is that of a name such as ``luarocks-5.3``, "" without one.
    """

    called: str
    is_admin: bool
    lua_version: str

    @property
    def program(self) -> str:
        """The name without its directory."""
        return os.path.basename(self.called)

    @property
    def verbs(self) -> frozenset[str]:
        """The verbs that LuaRocks has under this name."""
        return ADMIN_VERBS if self.is_admin else USER_VERBS

    def declared(self, verb: str, options: Collection[str]) -> frozenset[str]:
        """Return the options that a verb has in LuaRocks, too, of those with two meanings.

        ``luarocks remove --server`` removes from the tree: the option says nothing there.
        """
        other = _SERVER if verb == "remove" and not self.is_admin else frozenset()
        return frozenset(options) - other

    def completed(self, line: CommandLine, options: Collection[str]) -> CommandLine:
        """Return a command line with the Lua version of the program's name, unless it has one."""
        name = "--lua-version"
        if not self.lua_version or name not in options:
            return line
        if any(each.partition("=")[0] == name for each in line.arguments):
            return line
        return line._replace(arguments=(f"{name}={self.lua_version}", *line.arguments))

    def status(self, status: int, *, is_denied: bool = False) -> int:
        """Return LuaRocks' exit status for one of ours: it knows failures, rights and locks.

        Those of signals stay.
        """
        if status in (DONE, LOCKED) or status > SIGNALLED:
            return status
        return _DENIED if is_denied else FINDINGS

    def banner(self, release: str) -> tuple[str, str]:
        """Return what ``--version`` prints; scripts read the first line."""
        what = "repository administration" if self.is_admin else "main command-line"
        return f"{self.called} {release or RELEASE}", f"LuaRocks {what} interface"


def persona(called: str) -> Persona | None:
    """Return what a program is by the path that it was called by, None for distrorocks itself."""
    found = _NAME.fullmatch(os.path.basename(called))
    return Persona(called, bool(found[1]), found[2] or "") if found else None

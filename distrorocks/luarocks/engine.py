"""LuaRocks as the install engine: it builds and deploys one rock at a time, and decides nothing.

It runs with the user's configuration and the planned trees. LuaRocks writes the trees that it knows
into the wrappers of commands, with ``--deps-mode=none`` only those from the target on; for a target
that the configuration does not list there would be none. So ``rocks_trees`` has the target first,
then the trees that its rocks may use.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import script
from distrorocks.lua.value import LuaTable, table_of
from distrorocks.lua.write import persist
from distrorocks.luarocks.config_file import CONFIG_LIMIT
from distrorocks.luarocks.environment import luarocks_environment
from distrorocks.luarocks.install_engine import EngineError, RockSource
from distrorocks.luarocks.program import find_luarocks
from distrorocks.rocks.quotation import quoted
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.scratch import lasting_directory, private_directory
from distrorocks.system.files.trust import read_steering, trusted_path
from distrorocks.system.processes.closing import Closing
from distrorocks.system.processes.interruption import deferred
from distrorocks.system.processes.logged_command import CommandLog
from distrorocks.system.processes.session import Note
from distrorocks.system.trees.tree_rights import refuse_foreign
from distrorocks.trees.layout import Layout

TARGET = "distrorocks-target"


def run_config(directory: str, trees: Sequence[Layout], files: Sequence[str]) -> dict[str, str]:
    """Write the configuration into ``directory``; return the environment that selects it.

    It is the only one besides the system's, for any Lua version. ``files`` are the user's, whose
    text comes first and which LuaRocks runs as usual. They may have changed since they were
    checked, so as root they are checked again.
    """
    texts = [script(read_steering("/", each, CONFIG_LIMIT)) for each in files]
    parts = [b"local _ = (function() " + text for text in texts]
    text = b"".join(part + b"\nend)()\n" for part in parts)
    entries = [_entry(each, TARGET if number == 0 else "") for number, each in enumerate(trees)]
    path = f"{directory}/config.lua"
    _write(path, text + persist({"rocks_trees": table_of(entries)}))
    version = trees[0].lua_version.replace(".", "_")
    return {"LUAROCKS_CONFIG": path, f"LUAROCKS_CONFIG_{version}": path}


def _write(path: str, text: bytes) -> None:
    with open(path, "xb") as file:
        file.write(text)


def _entry(layout: Layout, name: str) -> LuaTable:
    return {
        **({"name": name} if name else {}),
        "root": layout.root,
        "lua_dir": layout.lua_dir,
        "lib_dir": layout.lib_dir,
        "rocks_dir": layout.rocks_dir,
    }


_LOCKED = 4
_DENIED = 2
_NO_PROJECT = ".luarocks-no-project"
_NAME = r"[A-Za-z0-9._][A-Za-z0-9._+-]*"
_WORDS = {
    "name": re.compile(_NAME),
    "version": re.compile(_NAME),
    "namespace": re.compile(_NAME),
    "file": re.compile(rf"/(?:[^/\x00-\x1f\x7f]+/)*{_NAME}\.(?:rock|rockspec)"),
    "variable": re.compile(r"[A-Za-z_][A-Za-z0-9_]*=[^\x00]*", re.DOTALL),
}


class LuaRocksEngine(Closing):
    """The luarocks of one Lua version, with the user's configuration.

    ``trees`` are those that the rocks of the first one may use, in the order for LuaRocks' lookups
    and command wrappers. LuaRocks loads its own modules from them, too, so root raises
    ``ForeignTreeError`` for any that another user can write. ``config_files`` are the user's files.
    LuaRocks runs in a private directory without a project or lock file. Use it in a ``with`` block;
    ``log`` has its output.
    """

    def __init__(self, trees: Sequence[Layout], config_files: Sequence[str]) -> None:
        layout = trees[0]
        for each in trees if os.geteuid() == 0 else trees[:1]:
            refuse_foreign(each)
        with deferred():  # else a directory could be created and never removed
            self._directory = private_directory()
        try:
            private = self._directory.name
            _write(f"{private}/{_NO_PROJECT}", b"")
            self._environment = luarocks_environment(layout, private)
            self._environment |= run_config(private, trees, config_files)
            self._program = find_luarocks(layout.lua_version, self._environment)
            self.log = CommandLog(log_path("install.log"))
        except BaseException:
            with deferred():
                self._directory.cleanup()
            raise
        self._note: Note = lambda _: None

    def close(self) -> None:
        """Close the log, and remove the scratch directory."""
        with deferred():
            self.log.close()
            self._directory.cleanup()

    @property
    def takes_lock(self) -> bool:
        """Return whether this luarocks locks the tree itself: since 3.9."""
        return self._program.takes_lock

    def watch(self, note: Note) -> None:
        """Set the callback for the session of each LuaRocks before it starts."""
        self._note = note

    def install(self, source: RockSource) -> None:
        """Build and deploy a rock; LuaRocks neither resolves dependencies nor removes others.

        Since 3.9 it skips a rock whose directory exists, unless ``--force`` is given.
        """
        named = [("name", source.name), ("version", source.version), ("file", source.file)]
        named += [("namespace", source.namespace)] if source.namespace else []
        _check_words([*named, *(("variable", each) for each in source.variables)])
        words = ["install", f"--tree={TARGET}", "--deps-mode=none", "--keep", "--force"]
        words += [f"--namespace={source.namespace}"] if source.namespace else []
        words += [source.file, *source.variables]
        self._run(words, f"installing {source.name} {source.version}")

    def remove(self, name: str, version: str) -> None:
        """Remove one version of a rock, regardless of dependents."""
        _check_words([("name", name), ("version", version)])
        words = ["remove", f"--tree={TARGET}", "--deps-mode=none", "--force-fast", name, version]
        self._run(words, f"removing {name} {version}")

    def _run(self, words: list[str], what: str) -> None:
        """Run LuaRocks; raise ``EngineError`` with its last lines if it fails."""
        command = [*self._program.strict_words, *words]
        ended = self.log.run(
            command,
            environment=self._environment,
            directory=self._directory.name,
            note=self._note,
        )
        if ended.status == 0:
            return
        hint = f"LuaRocks' output is in {self.log.path}"
        if ended.status == _LOCKED:
            hint = "another luarocks is working on this tree: wait for it to end"
        elif ended.status == _DENIED:
            hint = "run it as the owner of the tree, or name another with --local or --tree"
        how = f"status {ended.status}" if ended.status > 0 else f"signal {-ended.status}"
        raise EngineError(
            f"{what} failed (luarocks exited with {how})",
            detail="\n".join(f"  {line}" for line in ended.last_lines),
            hint=hint,
            is_locked=ended.status == _LOCKED,
        )


def log_path(name: str) -> str:
    """Return a path for a log in an existing directory: root's, or the user's own."""
    above = os.environ.get("XDG_STATE_HOME") or f"{os.environ.get('HOME', '')}/.local/state"
    directory = "/var/log/distrorocks" if os.geteuid() == 0 else f"{above}/distrorocks"
    with contextlib.suppress(OSError, DistrorocksError):  # not a reason to fail
        place = trusted_path("/", directory) if os.path.isabs(directory) else ""
        if place:
            with Beneath("/") as below:
                below.make_directories(place)
        if place and os.access(place, os.W_OK):
            return f"{place}/{name}"
    return f"{lasting_directory()}/{name}"


def _check_words(named: Sequence[tuple[str, str]]) -> None:
    """Raise if LuaRocks would take an argument for an option, another rock or a path."""
    for kind, word in named:
        if not _WORDS[kind].fullmatch(word) or word in (".", "..") or ".." in word.split("/"):
            raise EngineError(
                f"the {kind} {quoted(word)} is not given to LuaRocks, "
                "which would take it for an option or something else",
                hint="it comes from a tree, a server or a rock file; look at what made it",
            )

"""LuaRocks as the engine: it builds and deploys one rock at a time, and decides nothing."""

from __future__ import annotations

import tempfile
from types import TracebackType

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable
from distrorocks.system.install_engine import EngineError, RockSource
from distrorocks.system.logged_command import CommandLog, log_path
from distrorocks.system.luarocks_program import find_luarocks, luarocks_environment
from distrorocks.trees.layout import Layout
from distrorocks.trees.stack import entry_layout, listed_trees

_LOCKED = 4
_DENIED = 2
_NO_PROJECT = ".luarocks-no-project"


class LuaRocksEngine:
    """The luarocks of one Lua version, with the user's configuration.

    It works in a directory of its own, in which no project and no lock file is found. Use it in
    a ``with`` block; ``log`` has all that it says.
    """

    def __init__(self, layout: Layout, config: LuaTable) -> None:
        self._environment = luarocks_environment(layout)
        self._program = find_luarocks(layout.lua_version, self._environment)
        self._config = config
        self._directory = tempfile.TemporaryDirectory(prefix="distrorocks-")
        with open(f"{self._directory.name}/{_NO_PROJECT}", "wb"):
            pass
        self.log = CommandLog(log_path("install.log"))

    def __enter__(self) -> LuaRocksEngine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._directory.cleanup()

    @property
    def takes_lock(self) -> bool:
        """Return whether this luarocks locks the tree itself: since 3.9."""
        return self._program.takes_lock

    def install(self, source: RockSource, layout: Layout) -> None:
        """Build and deploy a rock; LuaRocks neither looks for what it needs nor removes others."""
        words = ["install", f"--tree={tree_word(layout, self._config)}"]
        words += ["--deps-mode=none", "--keep"]
        words += [f"--namespace={source.namespace}"] if source.namespace else []
        words += [source.file, *source.variables]
        self._run(words, f"installing {source.name} {source.version}")

    def remove(self, name: str, version: str, layout: Layout) -> None:
        """Remove one version of a rock, whoever needs it."""
        tree = f"--tree={tree_word(layout, self._config)}"
        words = ["remove", tree, "--deps-mode=none", "--force-fast", name, version]
        self._run(words, f"removing {name} {version}")

    def _run(self, words: list[str], what: str) -> None:
        """Run LuaRocks; raise ``EngineError`` with its last lines if it fails."""
        command = [*self._program.words, *words]
        ended = self.log.run(command, environment=self._environment, directory=self._directory.name)
        if ended.status == 0:
            return
        hint = f"all that LuaRocks said is in {self.log.path}"
        if ended.status == _LOCKED:
            hint = "another luarocks works on this tree: wait for it to end"
        elif ended.status == _DENIED:
            hint = "run it as who owns the tree, or name another with --local or --tree"
        how = f"status {ended.status}" if ended.status > 0 else f"signal {-ended.status}"
        raise EngineError(
            f"{what} failed (luarocks ended with {how})",
            detail="\n".join(f"  {line}" for line in ended.last_lines),
            hint=hint,
            is_locked=ended.status == _LOCKED,
        )


def tree_word(layout: Layout, config: LuaTable) -> str:
    """Return what ``--tree`` must be for LuaRocks to use exactly this layout.

    Given a root, it takes its own directories below; an entry's directories count by name only.
    """
    plain = entry_layout(layout.root, config, layout.lua_version)
    if plain and plain._replace(name=layout.name, bin_dir=layout.bin_dir) == layout:
        return layout.root
    for entry in listed_trees(config):
        named = entry_layout(entry, config, layout.lua_version)
        if layout.name and named and named.name == layout.name:
            if named == layout:
                return layout.name
            break
    raise DistrorocksError(
        f"LuaRocks cannot be told to use the directories of the tree {layout.root}",
        detail=f"  rocks: {layout.rocks_dir}\n  lua: {layout.lua_dir}\n  lib: {layout.lib_dir}",
        hint="give its entry in rocks_trees a name of its own",
    )

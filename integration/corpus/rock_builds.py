"""Install a source rock twice into empty trees: by distrorocks, as users do, and by LuaRocks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from integration.machines.machine import RUN_MAIN
from integration.machines.scratch import CHECKOUT

Words = Callable[[Path], Sequence[str]]
SECONDS = 300
USUAL_PREFIXES = ("/usr/local", "/usr", "/")
_LAST = 12
_PATH = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


class Result(NamedTuple):
    """What came of an installation: the tree, or why there is none."""

    tree: Path | None
    fault: str = ""


class Setting(NamedTuple):
    """The Lua that is built for, and the configuration of both programs.

    ``include`` is the directory of Lua's headers and ``prefix`` one to search for libraries before
    LuaRocks' own; "" is neither. ``luarocks`` is the program to compare with.
    """

    lua: str
    include: str = ""
    prefix: str = ""
    luarocks: str = "luarocks"

    def configuration(self, tree: Path) -> str:
        """Return the text of LuaRocks' configuration file for a tree."""
        prefixes = ", ".join(f'"{each}"' for each in (self.prefix, *USUAL_PREFIXES) if each)
        return (
            f'rocks_servers = {{}}\nrocks_trees = {{ "{tree}" }}\n'
            f"external_deps_dirs = {{ {prefixes} }}\n"
            + (f'variables = {{ LUA_INCDIR = "{self.include}" }}\n' if self.include else "")
        )


def installed_by_us(rock: Path, setting: Setting, scratch: Path) -> Result:
    """Install a source rock with distrorocks, in its own sandbox."""
    words = (sys.executable, "-c", RUN_MAIN, "install", f"--lua-version={setting.lua}")
    more = ("--deps-mode=none", "--build-sandbox=require", "--yes", str(rock))
    return _installed(scratch, setting, lambda tree: (*words, f"--tree={tree}", *more))


def installed_by_luarocks(rock: Path, setting: Setting, scratch: Path) -> Result:
    """Install a source rock with LuaRocks: / is read-only, and there is no network."""
    bubble = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
    for each in filter(None, (setting.include, setting.prefix, str(rock))):
        bubble += ["--ro-bind", each, each]
    bubble += ["--bind", str(scratch), str(scratch), "--unshare-net", "--unshare-pid"]
    bubble += ["--die-with-parent", "--chdir", str(scratch)]
    words = (setting.luarocks, f"--lua-version={setting.lua}")
    more = ("build", "--deps-mode=none", str(rock))
    return _installed(scratch, setting, lambda tree: (*bubble, *words, f"--tree={tree}", *more))


def _installed(scratch: Path, setting: Setting, words: Words) -> Result:
    tree, config = scratch / "tree", scratch / "config.lua"
    tree.mkdir()
    config.write_text(setting.configuration(tree))
    names = ("LUAROCKS_CONFIG", f"LUAROCKS_CONFIG_{setting.lua.replace('.', '_')}")
    environment = {**_PATH, "HOME": str(scratch), **dict.fromkeys(names, str(config))}
    try:
        done = subprocess.run(
            words(tree),
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Result(None, "timed out")
    if done.returncode == 0:
        return Result(tree)
    output = (done.stdout + done.stderr).decode(errors="replace")
    lines = [line for line in output.splitlines() if line.strip()]
    return Result(None, "\n".join(lines[-_LAST:]))

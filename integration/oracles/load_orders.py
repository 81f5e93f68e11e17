"""Random trees, rocks and variables: is what `distrorocks which` says what real interpreters load?

Runs where Lua, LuaRocks and distrorocks are, without rights: everything is below one directory,
to which LUAROCKS_CONFIG points. ``python -m integration.oracles.load_orders FIRST LAST`` tries the
seeds from FIRST up to LAST, prints each contradiction and the count of comparisons as JSON.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.rocks.version import Version

LIBRARIES = {"all.so": ("m", "x", "m_x", "a_init", "a_m", "a_b_m"), "some.so": ("m", "x", "m_x")}
"""C libraries by file name, with what each can open; the value of a module is its own path."""

_SOURCE = """
#define _GNU_SOURCE
#include <dlfcn.h>
extern const char *lua_pushstring(void *, const char *);
static int own(void *L, void *function)
{ Dl_info at; dladdr(function, &at); lua_pushstring(L, at.dli_fname); return 1; }
"""
_OPENER = "int luaopen_{0}(void *L) {{ return own(L, luaopen_{0}); }}\n"
_TRACE = """
local is_there, value = pcall(require, arg[1])
if not is_there then io.stderr:write(tostring(value), "\\n") end
io.write(is_there and tostring(value) or "", "\\n")
"""
_PROGRAM = "import sys; from distrorocks.cli.main import main; sys.exit(main())"
_LUAS = ("5.1", "5.1", "5.2", "5.3", "5.4", "5.4")
_VERSIONS = ("1.0-1", "2.0-1", "9.0-1", "scm-1", "1.10-1", "1.0-2", "2.0rc1-1")
_RELATIVE = {"file": "{}.lua", "init": "{}/init.lua", "c": "{}.so"}
# In these {x} is a directory without rocks, {first} and {last} are trees, {v} is the Lua version.
_VALUES = (
    "{x}/?.lua",
    "{x}/?.lua;;",
    ";;{x}/?.lua",
    ";;",
    "",
    ";",
    ";;;",
    "./?.lua;;",
    "?.lua;;",
    "./?;;",
    "x/?.lua;;",
    "../x/?.lua;;",
    "{x}/?;;",
    "{x}//?.lua;;",
    "{x}/?/?.lua;;",
    "{x}/../x/?.lua;;",
    "{x}/?.lua; ;;",
    "{x}/it's/?.lua;;",
    ";{x}/?.lua;",
    "{x}/?.lua;;;;",
    "$HOME/?.lua;;",
    "/lua/5.9/?.lua;;;{x}/?.lua",
    "{x}/lua/5.3/?.lua;;",
    "{first}/share/lua/{v}/?.lua;;",
    "{first}/share/lua/5.0/?.lua;;",
    "{last}/share/lua/{v}//?.lua;;",
    "{x}/?.lua;{last}/share/lua/{v}/?/init.lua;;",
)


class Situation(NamedTuple):
    """What to ask: a module, for a Lua version, in an environment and a working directory."""

    lua_version: str
    module: str
    environment: Mapping[str, str]
    directory: str


class Tree(NamedTuple):
    """A tree with its directories, and its entry of ``rocks_trees``."""

    root: str
    lua_dir: str
    lib_dir: str
    entry: str


class Maker:
    """Makes the situation of a seed below ``place``; ``libraries`` has the C libraries."""

    def __init__(self, seed: int, place: Path, libraries: Path) -> None:
        self._random = random.Random(seed)  # noqa: S311 - nothing secret
        self._place, self._libraries = place, libraries
        there = [each for each in _LUAS if shutil.which(f"lua{each}")]
        self.lua_version = self._random.choice(there)
        self.module = self._random.choice(("m", "m", "m", "a.m", "a.m", "a.b.m", "a.init", "m-x"))
        self._below = self.module.replace(".", "/")

    def _is(self, chance: float) -> bool:
        return self._random.random() < chance

    def situation(self) -> Situation:
        """Write everything, and return what to ask."""
        trees = [self._tree(number) for number in range(self._random.randint(1, 3))]
        entries = [each.entry for each in trees]
        entries += entries[:1] if self._is(0.1) else []
        (self._place / "config.lua").write_text(f"rocks_trees = {{ {', '.join(entries)} }}\n")
        for tree in trees:
            self._fill(tree)
        other, directory = f"{self._place}/x", f"{self._place}/work"
        for folder in (other, directory, f"{self._place}/home"):
            Path(folder).mkdir()
        first = self._below.partition("/")[0]
        for path, chance in (
            (f"{other}/{self._below}.lua", 0.4),
            (f"{other}/{self._below}.so", 0.2),
            (f"{other}/{first}.so", 0.1),
            (f"{directory}/{self._below}.lua", 0.2),
            (f"{directory}/{self._below}.so", 0.1),
            (f"{directory}/{self._below}/init.lua", 0.1),
            (f"{directory}/{first}.so", 0.1),
        ):
            if self._is(chance):
                self._put(path)
        return Situation(self.lua_version, self.module, self._environment(trees), directory)

    def _tree(self, number: int) -> Tree:
        root = f"{self._place}/t{number}"
        lua_dir, lib_dir = (
            f"{root}/share/lua/{self.lua_version}",
            f"{root}/lib/lua/{self.lua_version}",
        )
        kind = self._random.random()
        if kind < 0.15:
            lua_dir = f"{root}/custom/lua"
            return Tree(root, lua_dir, lib_dir, f'{{ root = "{root}", lua_dir = "{lua_dir}" }}')
        if kind < 0.3:
            lib_dir = f"{root}/lib64/lua/{self.lua_version}"
            return Tree(root, lua_dir, lib_dir, f'{{ root = "{root}", lib_dir = "{lib_dir}" }}')
        return Tree(root, lua_dir, lib_dir, f'"{root}"')

    def _fill(self, tree: Tree) -> None:
        """Install rocks with the module; as in LuaRocks all but the first have a prefix."""
        rocks = []
        for name in sorted(
            self._random.sample(("alpha", "fork", "m", "m-x"), self._random.randint(0, 3))
        ):
            several = self._random.sample(_VERSIONS, self._random.choice((1, 1, 2)))
            for version in sorted(several, key=Version.parse, reverse=True):
                kind = self._random.choice(("file", "file", "init", "c"))
                rocks.append((name, version, kind))
        entries, taken = [], set()
        for name, version, kind in rocks:
            relative = _RELATIVE[kind].format(self._below)
            item = f"{self.module}.init" if kind == "init" else self.module
            entries.append(entry_of(InstalledRock(name, version, {item: relative}, {}, ())))
            prefix = f"{name}_{version}-".replace("-", "_").replace(".", "_")[:-1] + "-"
            file = f"{prefix}{relative}" if item in taken else relative
            taken.add(item)
            if self._is(0.93):
                self._put(f"{tree.lib_dir if kind == 'c' else tree.lua_dir}/{file}")
        if entries and self._is(0.95):
            rocks_dir = Path(tree.root, "lib/luarocks", f"rocks-{self.lua_version}")
            rocks_dir.mkdir(parents=True)
            (rocks_dir / "manifest").write_bytes(tree_manifest(entries))
        first = self._below.partition("/")[0]
        for path in (
            f"{tree.lua_dir}/{self._below}.lua",
            f"{tree.lib_dir}/{self._below}.so",
            f"{tree.lib_dir}/{first}.so",
        ):
            if self._is(0.13):
                self._put(path)

    def _put(self, path: str) -> None:
        """Write a module that tells its own path, or sometimes a directory in its place."""
        place = Path(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.is_dir():
            return
        if path.endswith(".so"):
            shutil.copy(self._libraries / self._random.choice(sorted(LIBRARIES)), place)
        elif self._is(0.03) and not place.exists():
            place.mkdir()
        else:
            place.write_text(f'return "{path}"\n')

    def _environment(self, trees: Sequence[Tree]) -> dict[str, str]:
        """Return the environment; only half of the situations set variables of Lua."""
        known = {
            "PATH": os.environ["PATH"],
            "HOME": f"{self._place}/home",
            "LUAROCKS_CONFIG": f"{self._place}/config.lua",
        }
        words = {"x": f"{self._place}/x", "v": self.lua_version}
        words |= {"first": trees[0].root, "last": trees[-1].root}
        for name in ("LUA_PATH", "LUA_CPATH"):
            for suffix, chance in (("", 0.4), (f"_{self.lua_version.replace('.', '_')}", 0.2)):
                if self._is(chance):
                    value = self._random.choice(_VALUES).format(**words)
                    if name == "LUA_CPATH":
                        value = value.replace(".lua", ".so").replace("/share/", "/lib/")
                    known[name + suffix] = value
        return known


def make_libraries(folder: Path) -> None:
    """Compile the C libraries; they need no headers of Lua, and serve every version."""
    for name, functions in LIBRARIES.items():
        source = folder / f"{name}.c"
        source.write_text(_SOURCE + "".join(map(_OPENER.format, functions)))
        subprocess.run(["cc", "-shared", "-fPIC", "-o", folder / name, source], check=True)


def contradictions(seed: int, place: Path, libraries: Path) -> tuple[int, list[str]]:
    """Return how many answers were compared, and what is said of each that is wrong."""
    asked = Maker(seed, place, libraries).situation()
    (place / "trace.lua").write_text(_TRACE)
    found = []
    said = _said(asked)
    for way, path in said:
        real = _real(asked, way, place / "trace.lua")
        if os.path.normpath(path or "/") != os.path.normpath(real or "/"):
            variables = {key: it for key, it in asked.environment.items() if "LUA_" in key}
            found.append(f"seed {seed}, {way}: {path!r}, but really {real!r} ({variables})")
    return len(said), found


def _said(asked: Situation) -> list[tuple[str, str]]:
    """Return what distrorocks says: ways to start Lua, with the file that each loads."""
    words = ("which", asked.module, "--lua-version", asked.lua_version, "--json")
    above = os.pathsep.join(filter(None, sys.path))
    done = _run((sys.executable, "-c", _PROGRAM, *words), asked, {"PYTHONPATH": above})
    answers = json.loads(done.stdout)["modules"]
    if answers:
        return [(each["way"], each["path"] or "") for each in answers[0]["loads"]]
    return [(f"lua{asked.lua_version}", "")]


def _real(asked: Situation, way: str, trace: Path) -> str:
    """Return the file that an interpreter loads, or at which it fails, "" for none."""
    program, _, rest = way.partition(" ")
    if rest.startswith("after"):
        line = f'eval "$({rest.partition("`")[2].rstrip("`")})"; exec {program} "$0" "$1"'
        done = _run(("sh", "-c", line, str(trace), asked.module), asked)
    else:
        options = (rest,) if rest else ()
        done = _run((program, *options, str(trace), asked.module), asked)
    real = (done.stdout.splitlines() or [""])[-1]
    if not real and (failed := re.search(r"error loading .* from file '([^']*)'", done.stderr)):
        real = failed[1]
    return os.path.join(asked.directory, real) if real else ""


def _run(
    words: Sequence[str], asked: Situation, more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {**asked.environment, **(more or {})}
    return subprocess.run(
        words,
        env=environment,
        cwd=asked.directory,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def tried(seeds: range, libraries: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the comparisons of each seed, each in a directory of its own."""
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="load-order-") as folder:
            yield contradictions(seed, Path(folder), libraries)


def main(words: Sequence[str]) -> int:
    """Try seeds; libraries are in the directory that a third operand names, else compiled."""
    with tempfile.TemporaryDirectory() as folder:
        libraries = Path(words[2] if len(words) > 2 else folder)
        if len(words) < 3:
            make_libraries(libraries)
        found = list(tried(range(int(words[0]), int(words[1])), libraries))
    wrong = [text for _, several in found for text in several]
    print(json.dumps({"compared": sum(count for count, _ in found), "wrong": wrong}, indent=1))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

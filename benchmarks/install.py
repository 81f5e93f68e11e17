"""Installing rocks from a folder of source rocks into an empty tree.

A rock with 19 dependencies, and one rock alone; the rocks are one Lua module each, or one C file
each. ``again`` is a second install into an empty tree, where ours has the rocks in its store; for
the others the store is empty. The floor of C is the compilers and linkers alone, one after the
other. LuaRocks gets its server's manifest from the folder, too.
"""

from __future__ import annotations

import os
import shutil
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import FLOOR, OURS, PEER, Case, WrongOutput, start
from distrorocks.serve.make_manifest import make_server_manifests

LUA_VERSION = "5.4"
ROCKS = 20
AIMS = {("lua", 1): 1.0, ("lua", ROCKS): 4.0, ("c", ROCKS): 1.7}
AGAIN_AIM = 8.0
ROOT_STORE = Path("/var/cache/distrorocks")
C_SOURCE = """#include <lua.h>
#include <lauxlib.h>
static int answer(lua_State *L) {{ lua_pushinteger(L, {number}); return 1; }}
int luaopen_{name}(lua_State *L) {{ lua_pushcfunction(L, answer); return 1; }}
"""


class Server:
    """A folder of source rocks ``r1`` to ``r20``, each in Lua or in C; ``r20`` needs all others."""

    def __init__(self, folder: Path, *, is_c: bool) -> None:
        self.folder = folder
        self.ending = "c" if is_c else "lua"
        folder.mkdir(parents=True)
        for number in range(1, ROCKS + 1):
            self._pack(number)
        make_server_manifests(str(folder))

    def _pack(self, number: int) -> None:
        name = f"r{number}"
        source = self.folder / f"{name}-1.0"
        source.mkdir()
        text = C_SOURCE.format(name=name, number=number) if self.ending == "c" else "return 1\n"
        (source / f"{name}.{self.ending}").write_text(text)
        with tarfile.open(self.folder / f"{name}-1.0.tar.gz", "w:gz") as archive:
            archive.add(source, f"{name}-1.0")
        needs = ", ".join(f'"r{each}"' for each in range(1, number)) if number == ROCKS else ""
        rockspec = (
            f'package = "{name}"\nversion = "1.0-1"\n'
            f'source = {{ url = "https://example.org/{name}-1.0.tar.gz" }}\n'
            f"dependencies = {{ {needs} }}\n"
            f'build = {{ type = "builtin", modules = {{ {name} = "{name}.{self.ending}" }} }}\n'
        )
        with zipfile.ZipFile(self.folder / f"{name}-1.0-1.src.rock", "w") as rock:
            rock.writestr(f"{name}-1.0-1.rockspec", rockspec)
            rock.write(self.folder / f"{name}-1.0.tar.gz", f"{name}-1.0.tar.gz")
        shutil.rmtree(source)
        (self.folder / f"{name}-1.0.tar.gz").unlink()


@contextmanager
def own_store() -> Iterator[Path]:
    """Give the folder of an empty rock store; that of root is moved away meanwhile."""
    if os.geteuid() != 0:
        yield Path(os.environ["XDG_CACHE_HOME"], "distrorocks")
        return
    aside = ROOT_STORE.with_name(f"{ROOT_STORE.name}.benchmark-{os.getpid()}")
    if ROOT_STORE.exists():
        ROOT_STORE.rename(aside)
    try:
        yield ROOT_STORE
    finally:
        shutil.rmtree(ROOT_STORE, ignore_errors=True)
        if aside.exists():
            aside.rename(ROOT_STORE)


def include_directory() -> Path:
    """Return the directory of lua.h, which Debian's packages and the suite's builds know."""
    for place in (f"/usr/include/lua{LUA_VERSION}", "/usr/include", "/usr/local/include"):
        if Path(place, "lua.h").is_file():
            return Path(place)
    raise SystemExit(f"error: no lua.h\nhint: apt-get install liblua{LUA_VERSION}-dev")


def cases(scratch: Path, sizes: Sequence[int]) -> Iterator[Case]:
    """Yield the cases of both kinds of rocks; ``sizes`` has no meaning here."""
    del sizes
    include = include_directory()
    with own_store() as store:
        for kind in ("lua", "c"):
            server = Server(scratch / kind, is_c=kind == "c")
            for rocks in (1, ROCKS):
                yield _case(server, rocks, include, store)
                yield _case(server, rocks, include, None)


def _case(server: Server, rocks: int, include: Path, store: Path | None) -> Case:
    """Return a case; without ``store`` what is in it stays between the runs."""
    kind, scratch = server.ending, server.folder.parent
    trees = {who: scratch / f"tree-{who}" for who in (OURS, PEER)}
    rock, variable = f"r{rocks}", f"LUA_INCDIR={include}"
    words = ("install", rock, f"--only-server={server.folder}")
    commands = {
        OURS: [
            *start(*words, f"--tree={trees[OURS]}", "--distro=never"),
            *(f"--lua-version={LUA_VERSION}", variable),
        ],
        PEER: [
            *("luarocks", f"--lua-version={LUA_VERSION}", f"--tree={trees[PEER]}", words[2]),
            *(*words[:2], variable),
        ],
    }
    if kind == "c" and rocks == ROCKS:
        commands[FLOOR] = compilers(scratch / "gcc", include)

    def empty(who: str) -> None:
        if who in trees:
            shutil.rmtree(trees[who], ignore_errors=True)
        if store:
            shutil.rmtree(store, ignore_errors=True)

    def check(who: str, _: str) -> None:
        if who in trees:
            place = trees[who] / f"lib/luarocks/rocks-{LUA_VERSION}"
            count = len(list(place.glob("*/1.0-1/rock_manifest")))
            if count != rocks:
                raise WrongOutput(f"{place} has {count} rocks of {rocks}")

    again = "" if store else ", again"
    asked = AGAIN_AIM if kind == "c" and rocks == ROCKS else 0
    aim = AIMS.get((kind, rocks), 0) if store else asked
    name = f"install, {'C' if kind == 'c' else 'Lua'}{again}"
    return Case(name, rocks, commands, check, before=empty, aim=aim)


def compilers(folder: Path, include: Path) -> list[str]:
    """Return a command that compiles and links all C files, one after the other."""
    folder.mkdir(exist_ok=True)
    lines = []
    for number in range(1, ROCKS + 1):
        name = f"r{number}"
        (folder / f"{name}.c").write_text(C_SOURCE.format(name=name, number=number))
        lines.append(f"gcc -O2 -fPIC -I{include} -c {name}.c -o {name}.o")
        lines.append(f"gcc -shared -o {name}.so {name}.o")
    return ["sh", "-ec", f"cd {folder}\n" + "\n".join(lines)]

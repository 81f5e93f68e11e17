"""``python -m benchmarks.install``: installing rocks, beside LuaRocks on the same server.

Both install a rock with 19 dependencies from a folder of source rocks into an empty tree, and one
rock alone; the rocks are one Lua module each, or one C file each. ``again`` is a second install
into an empty tree, where ours has the rocks in its store. ``gcc`` is the floor of C: the same
compilers and linkers one after the other, without anything else. Each run checks that the tree has
all rocks before its time counts. LuaRocks gets its servers' manifest from the folder, too. Our
code is copied and compiled to bytecode first, as it is where a package installed it.
"""

from __future__ import annotations

import argparse
import compileall
import os
import shutil
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.make_manifest import PACKAGE
from benchmarks.side_by_side import Comparison, compare
from distrorocks.serve.make_manifest import make_server_manifests

LUA_VERSION = "5.4"
ROCKS = 20
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


def installed_code(scratch: Path) -> Path:
    """Return a folder with a copy of the package of this checkout and its bytecode."""
    code = scratch / "code"
    shutil.copytree(PACKAGE / "distrorocks", code / "distrorocks")
    if not compileall.compile_dir(code, quiet=1):
        raise SystemExit(f"{code} cannot be compiled: the times would be worthless")
    return code


def ours(server: Server, tree: Path, rock: str, variables: list[str]) -> list[str]:
    """Return our command, for the code in ``PYTHONPATH``: -P leaves out the working directory."""
    words = ["install", rock, f"--only-server={server.folder}", f"--tree={tree}", "--distro=never"]
    start = [sys.executable, "-P", "-m", "distrorocks"]
    return [*start, *words, f"--lua-version={LUA_VERSION}", *variables]


def theirs(server: Server, tree: Path, rock: str, variables: list[str]) -> list[str]:
    """Return LuaRocks' command."""
    words = [f"--lua-version={LUA_VERSION}", f"--tree={tree}", f"--only-server={server.folder}"]
    return ["luarocks", *words, "install", rock, *variables]


def emptied(trees: dict[Path, int], store: Path | None) -> Callable[[], None]:
    """Return what is done before each run: check the trees, empty them, and the store."""

    def empty() -> None:
        for tree, count in trees.items():
            found = list(tree.glob(f"lib/luarocks/rocks-{LUA_VERSION}/*/1.0-1/rock_manifest"))
            if tree.exists() and len(found) != count:
                raise SystemExit(
                    f"{tree} has {len(found)} rocks of {count}: the times are worthless"
                )
            shutil.rmtree(tree, ignore_errors=True)
        if store:
            shutil.rmtree(store, ignore_errors=True)

    return empty


def row(case: str, found: Comparison) -> str:
    """Return one line of the table: milliseconds, and the ratios of LuaRocks to ours."""
    our_wall, their_wall = (median(each.wall for each in runs) for runs in found)
    return (
        f"{case:<24} {our_wall * 1e3:>8.0f} {their_wall * 1e3:>8.0f} "
        f"{found.ratio:>8.1f} {found.cpu_ratio:>8.1f}"
    )


def compilers(scratch: Path, include: str) -> list[str]:
    """Return a command that compiles and links all C files, one after the other."""
    folder = scratch / "gcc"
    folder.mkdir(exist_ok=True)
    lines = []
    for number in range(1, ROCKS + 1):
        name = f"r{number}"
        (folder / f"{name}.c").write_text(C_SOURCE.format(name=name, number=number))
        lines.append(f"gcc -O2 -fPIC -I{include} -c {name}.c -o {name}.o")
        lines.append(f"gcc -shared -o {name}.so {name}.o")
    return ["sh", "-ec", f"cd {folder}\n" + "\n".join(lines)]


def measure(kind: str, scratch: Path, store: Path, variables: list[str], pairs: int) -> None:
    """Print the lines of one kind of rocks."""
    server = Server(scratch / kind, is_c=kind == "c")
    for count, rock in ((1, "r1"), (ROCKS, f"r{ROCKS}")):
        trees = {scratch / f"{kind}{rock}{who}": count for who in ("ours", "theirs")}
        one, other = (
            make(server, tree, rock, variables)
            for make, tree in zip((ours, theirs), trees, strict=True)
        )
        found = compare(one, other, before=emptied(trees, store), pairs=pairs)
        print(row(f"{count} in {kind}", found), flush=True)
        if kind == "c":
            found = compare(one, other, before=emptied(trees, None), pairs=pairs)
            print(row(f"{count} in {kind}, again", found), flush=True)


def main() -> int:
    """Print the table; exit status 2 where luarocks is missing."""
    parser = argparse.ArgumentParser(prog="benchmarks.install", description=__doc__)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--include", default="/usr/include/lua5.4", help="where lua.h is")
    given = parser.parse_args()
    if not shutil.which("luarocks"):
        print("error: luarocks is not installed", file=sys.stderr)
        return 2
    variables = [f"LUA_INCDIR={given.include}"]
    print(f"{'case':<24} {'ours ms':>8} {'LuaRocks':>8} {'wall':>8} {'CPU':>8}")
    with tempfile.TemporaryDirectory(prefix="benchmark-") as above:
        scratch = Path(above)
        os.environ["XDG_CACHE_HOME"] = str(scratch / "cache")
        os.environ["PYTHONPATH"] = str(installed_code(scratch))
        store = Path("/var/cache/distrorocks/rocks") if os.geteuid() == 0 else None
        store = store or scratch / "cache/distrorocks/rocks"
        for kind in ("lua", "c"):
            measure(kind, scratch, store, variables, given.pairs)
        server, tree = Server(scratch / "floor", is_c=True), scratch / "floor-tree"
        command = ours(server, tree, f"r{ROCKS}", variables)
        floor = compilers(scratch, given.include)
        found = compare(command, floor, before=emptied({tree: ROCKS}, store), pairs=given.pairs)
        print(row(f"{ROCKS} in c, gcc alone", found), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

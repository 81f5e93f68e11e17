"""``python -m benchmarks.make_manifest``: a tree's manifest, ours and LuaRocks' side by side.

Both make the manifest of the same generated tree, in turn, from nothing: no cache, and ours is
removed before it is made again. The bytes must be the same, else the run fails.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.side_by_side import Comparison, compare, has_peers
from benchmarks.tree_generator import write_tree

PACKAGE = Path(__file__).resolve().parent.parent
START = (
    f"import sys; sys.path.insert(0, {str(PACKAGE)!r}); "
    "from distrorocks.cli.main import main; sys.exit(main())"
)
PREFERRED_SCRATCH = Path("/dev/shm")  # noqa: S108 - a file system in memory, if there is one


def commands(tree: Path, lua_version: str) -> tuple[list[str], list[str]]:
    """Return our command and LuaRocks' for the same tree.

    Ours starts as a hook does: without site packages and without the user's environment.
    """
    words = ["make-manifest", "--local-tree", f"--tree={tree}"]
    ours = [sys.executable, "-I", "-S", "-c", START, *words]
    return ours, [f"luarocks-admin-{lua_version}", *words]


def same_bytes(tree: Path, lua_version: str) -> bool:
    """Tell whether both write the same manifest."""
    manifest = tree / "lib" / "luarocks" / f"rocks-{lua_version}" / "manifest"
    texts = []
    for command in commands(tree, lua_version):
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)
        texts.append(manifest.read_bytes())
    return texts[0] == texts[1]


def row(rocks: int, lua_version: str, found: Comparison, size: int) -> str:
    """Return one line of the table."""
    ours = median(run.wall for run in found.ours)
    theirs = median(run.wall for run in found.theirs)
    return (
        f"{rocks:>7} {lua_version:>4} {size / 1e6:>8.1f} {ours:>9.3f} {theirs:>9.3f} "
        f"{found.ratio:>8.1f} {found.cpu_ratio:>8.1f}"
    )


def main() -> int:
    """Print the table; exit status 1 if any bytes differ."""
    parser = argparse.ArgumentParser(prog="benchmarks.make_manifest", description=__doc__)
    parser.add_argument("--rocks", type=int, nargs="+", default=[100, 1000, 10000])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--lua-version", nargs="+", default=["5.1", "5.4"])
    options = parser.parse_args()
    if not has_peers(options.lua_version):
        return 2
    print("  rocks  Lua       MB    ours s  theirs s   faster  (cpu)")
    is_same = True
    for rocks in options.rocks:
        for lua_version in options.lua_version:
            where = str(PREFERRED_SCRATCH) if PREFERRED_SCRATCH.is_dir() else None
            with tempfile.TemporaryDirectory(dir=where, prefix="distrorocks-") as scratch:
                tree = Path(scratch)
                rocks_dir = write_tree(tree, rocks, lua_version=lua_version)
                if not same_bytes(tree, lua_version):
                    print(f"error: the manifests of {rocks} rocks differ", file=sys.stderr)
                    is_same = False
                    continue
                manifest = rocks_dir / "manifest"
                size = manifest.stat().st_size
                found = compare(
                    *commands(tree, lua_version), before=manifest.unlink, pairs=options.pairs
                )
                print(row(rocks, lua_version, found, size), flush=True)
    return 0 if is_same else 1


if __name__ == "__main__":
    sys.exit(main())

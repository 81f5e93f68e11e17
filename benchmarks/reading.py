"""``python -m benchmarks.reading``: what tells about rocks, beside LuaRocks on the same files.

``list``, ``which`` and ``show`` read a tree whose manifest is ours and LuaRocks' alike; ``search``
reads a server's folder with a manifest of 5.5 MB, ``first`` without and ``again`` with what an
earlier run has kept; ``plan`` proves for the same folder that a rock is in none of its manifests,
which LuaRocks tells by ``install``. Each output is checked before its time counts. The times are
processor time of all processes, and the ratios LuaRocks' to ours, the worst of a table first.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.install import installed_code
from benchmarks.side_by_side import Comparison, compare
from benchmarks.tree_generator import MODULES_PER_ROCK, rock_name, write_tree

LUA_VERSION = "5.4"
LUA_VERSIONS = ("5.1", "5.2", "5.3", "5.4", "5.5")
BYTES = 5_500_000
START = (sys.executable, "-P", "-m", "distrorocks")
UNKNOWN = "no-such-rock"


class Case(NamedTuple):
    """Two commands, a text that each must print, and what is done before each run."""

    name: str
    ours: list[str]
    theirs: list[str]
    expected: tuple[str, str]
    before: Callable[[], object] = lambda: None
    is_found: bool = True


def write_installed(root: Path, rocks: int) -> None:
    """Write a tree with its modules and its manifest."""
    write_tree(root, rocks, lua_version=LUA_VERSION)
    modules = root / "share/lua" / LUA_VERSION
    for number in range(rocks):
        folder = modules / rock_name(number)
        folder.mkdir(parents=True)
        folder.with_suffix(".lua").write_text("return 1\n")
        for part in range(MODULES_PER_ROCK - 1):
            (folder / f"part{part}.lua").write_text("return 1\n")
    command = [*START, "make-manifest", "--local-tree", f"--tree={root}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def write_served(folder: Path) -> str:
    """Write a server's manifests, which are as large as that of luarocks.org was; return a rock."""
    chosen, size = random.Random(3), 0
    entries: list[str] = []
    while size < BYTES:
        versions = {f"{chosen.randrange(9)}.{chosen.randrange(20)}-1" for _ in range(6)}
        listed = ",\n".join(
            f'      ["{version}"] = {{\n         {{\n            arch = "rockspec"\n         }},\n'
            '         {\n            arch = "src"\n         }\n      }'
            for version in sorted(versions)
        )
        entries.append(f"   {rock_name(len(entries))} = {{\n{listed}\n   }}")
        size += len(entries[-1])
    text = "commands = {}\nmodules = {}\nrepository = {\n" + ",\n".join(entries) + "\n}\n"
    folder.mkdir()
    for name in ("manifest", *(f"manifest-{version}" for version in LUA_VERSIONS)):
        (folder / name).write_text(text)
    return rock_name(len(entries) // 2)


def tree_cases(tree: Path, rocks: int) -> list[Case]:
    """Return the cases of one tree."""
    rock = rock_name(rocks // 2)
    own, other = [f"--tree={tree}", f"--lua-version={LUA_VERSION}"], f"luarocks-{LUA_VERSION}"
    module = f"{rock}.part3"
    place = f"{tree}/share/lua/{LUA_VERSION}/{rock}/part3.lua"
    return [
        Case(
            "list", [*START, "list", *own], [other, *own[:1], "list"], (rock_name(rocks - 1),) * 2
        ),
        Case("which", [*START, "which", module, *own], [other, "which", module], (place,) * 2),
        Case("show", [*START, "show", rock, *own], [other, *own[:1], "show", rock], (place,) * 2),
    ]


def server_cases(folder: Path, rock: str, cache: Path) -> list[Case]:
    """Return the cases of one server."""
    own = [f"--only-server={folder}", f"--lua-version={LUA_VERSION}"]
    other = [f"luarocks-{LUA_VERSION}", own[0]]

    def forget() -> None:
        shutil.rmtree(cache, ignore_errors=True)

    search = [*START, "search", rock, *own, "--distro=never"], [*other, "search", rock]
    tree = f"--tree={folder.parent / 'empty'}"
    plan = [*START, "plan", UNKNOWN, *own, "--distro=never", tree]
    install = [*other, tree, "install", UNKNOWN]
    lost = Case("plan of no rock", plan, install, (UNKNOWN, "No results"), is_found=False)
    return [
        Case("search, first", *search, (f"\n{rock}\n",) * 2, forget),
        Case("search, again", *search, (f"\n{rock}\n",) * 2),
        lost,
    ]


def measured(case: Case, pairs: int) -> Comparison:
    """Check what both print, then time them."""
    for command, text in zip((case.ours, case.theirs), case.expected, strict=True):
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if (not done.returncode) != case.is_found or text not in done.stdout + done.stderr:
            raise SystemExit(f"error: {' '.join(command)} is not right: the times are worthless")
    ours, theirs = case.ours, case.theirs
    if not case.is_found:
        ours, theirs = (["sh", "-c", '"$@" || true', "sh", *it] for it in (ours, theirs))
    return compare(ours, theirs, before=case.before, pairs=pairs)


def report(title: str, cases: list[Case], pairs: int) -> None:
    """Print the table of some cases, the worst ratio first."""
    rows = []
    for case in cases:
        found = measured(case, pairs)
        ours, theirs = (median(each.cpu for each in runs) * 1e3 for runs in found)
        ratios = f"{found.cpu_ratio:>8.2f} {found.ratio:>8.2f}"
        rows.append((found.cpu_ratio, f"{case.name:<18} {ours:>8.0f} {theirs:>8.0f} {ratios}"))
    print(f"{title:<18} {'ours ms':>8} {'LuaRocks':>8} {'CPU':>8} {'wall':>8}")
    print("\n".join(text for _, text in sorted(rows)), flush=True)


def main() -> int:
    """Print the tables; exit status 2 where luarocks is missing."""
    parser = argparse.ArgumentParser(prog="benchmarks.reading", description=__doc__)
    parser.add_argument("--rocks", type=int, nargs="+", default=[1000, 10000])
    parser.add_argument("--pairs", type=int, default=5)
    given = parser.parse_args()
    if not shutil.which(f"luarocks-{LUA_VERSION}"):
        print(f"error: no luarocks-{LUA_VERSION}\nhint: run `make system`", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="benchmark-") as above:
        scratch = Path(above)
        os.environ["XDG_CACHE_HOME"] = str(scratch / "cache")
        os.environ["PYTHONPATH"] = str(installed_code(scratch))
        config = scratch / "config.lua"
        os.environ["LUAROCKS_CONFIG"] = str(config)
        for rocks in given.rocks:
            tree = scratch / f"tree{rocks}"
            write_installed(tree, rocks)
            config.write_text(f'rocks_trees = {{ {{ name = "user", root = "{tree}" }} }}\n')
            report(f"{rocks} rocks", tree_cases(tree, rocks), given.pairs)
        config.write_text("")
        rock = write_served(scratch / "server")
        cases = server_cases(scratch / "server", rock, scratch / "cache")
        report("a 5.5 MB manifest", cases, given.pairs)
    return 0


if __name__ == "__main__":
    sys.exit(main())

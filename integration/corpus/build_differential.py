"""``python -m integration.corpus.build_differential ROCKS``; options: ``--help``.

Each source rock of the folder ROCKS is installed by distrorocks and by LuaRocks into an empty tree,
without dependencies. Printed: who installed how many, and for those that both installed whether the
trees agree: files, modes, contents, rock_manifest and manifest. Compiled objects agree if they
export the same symbols. The status is 0 if LuaRocks installed none that we did not. Needs root.
"""

from __future__ import annotations

import argparse
import collections
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from distrorocks.rocks.rock_manifest import RockManifest
from integration.corpus.rock_builds import (
    Result,
    Setting,
    installed_by_luarocks,
    installed_by_us,
)
from integration.machines.machine import run
from integration.machines.scratch import live

_ELF = b"\x7fELF"
_APART = ("rock_manifest", "lockfile.lfs")


class Compared(NamedTuple):
    """One rock: who built it, and what differs."""

    rock: str
    ours: Result
    theirs: Result
    differences: tuple[str, ...]

    @property
    def outcome(self) -> str:
        """Who built it."""
        by_us, by_luarocks = self.ours.tree is not None, self.theirs.tree is not None
        return {
            (True, True): "both",
            (False, True): "only LuaRocks",
            (True, False): "only us",
            (False, False): "neither",
        }[by_us, by_luarocks]


def files_of(tree: Path) -> dict[str, Path]:
    """Return the files of a tree by relative path, without rock_manifests and the lock."""
    found = {str(path.relative_to(tree)): path for path in tree.rglob("*") if path.is_file()}
    return {path: file for path, file in found.items() if file.name not in _APART}


def differences(ours: Path, theirs: Path) -> Iterator[str]:
    """Yield what differs between two trees."""
    our_files, their_files = files_of(ours), files_of(theirs)
    yield from (f"only LuaRocks has {path}" for path in sorted(their_files.keys() - our_files))
    yield from (f"only we have {path}" for path in sorted(our_files.keys() - their_files))
    for path in sorted(our_files.keys() & their_files):
        one, other = our_files[path], their_files[path]
        if mode(one) != mode(other):
            yield f"{path} has mode {mode(one)}, by LuaRocks {mode(other)}"
        if content(one, ours) == content(other, theirs):
            continue
        if not one.read_bytes().startswith(_ELF):
            yield f"{path} differs"
        elif symbols(one) != symbols(other):
            yield f"{path} exports other symbols"
    yield from manifest_differences(ours, theirs)


def content(path: Path, tree: Path) -> bytes:
    """Return a file's bytes, with the tree's path replaced."""
    return path.read_bytes().replace(bytes(tree), b"$(TREE)")


def manifest_differences(ours: Path, theirs: Path) -> Iterator[str]:
    """Yield how the rock_manifests differ: in bytes, but for the digests of files that differ."""
    one, other = (next(each.rglob("rock_manifest")).read_bytes() for each in (ours, theirs))
    parts = RockManifest.parse(one), RockManifest.parse(other)
    for ours_in_part, theirs_in_part in zip(*parts, strict=True):
        for path in ours_in_part.keys() & theirs_in_part:
            other = other.replace(theirs_in_part[path].encode(), ours_in_part[path].encode())
    if one != other:
        yield "rock_manifest differs"


def mode(path: Path) -> str:
    """Return a file's mode in octal digits."""
    return f"{path.stat().st_mode & 0o7777:o}"


def symbols(path: Path) -> set[str]:
    """Return the symbols that an object exports."""
    done = subprocess.run(
        ["nm", "-D", "--defined-only", path], capture_output=True, text=True, check=True
    )
    return {line.split()[-1] for line in done.stdout.splitlines() if line}


def compared(rock: Path, setting: Setting, scratch: Path) -> Compared:
    """Install a rock twice and compare."""
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        places = [Path(folder) / name for name in ("ours", "theirs")]
        for place in places:
            place.mkdir()
        ours = installed_by_us(rock, setting, places[0])
        theirs = installed_by_luarocks(rock, setting, places[1])
        found: tuple[str, ...] = ()
        if ours.tree and theirs.tree:
            found = tuple(differences(ours.tree, theirs.tree))
    return Compared(rock.name, ours, theirs, found)


def report(results: list[Compared]) -> None:
    """Print the table, and a paragraph for each rock that is not alike."""
    for each in results:
        if each.outcome == "both" and not each.differences:
            continue
        print(f"{each.rock}: {each.outcome}")
        for difference in each.differences:
            print(f"    {difference}")
        for who, result in (("we", each.ours), ("LuaRocks", each.theirs)):
            if result.tree is None:
                print("\n".join(f"    {who}: {line}" for line in result.fault.splitlines()[:14]))
    counts = collections.Counter(each.outcome for each in results)
    alike = sum(each.outcome == "both" and not each.differences for each in results)
    for outcome in ("both", "only LuaRocks", "only us", "neither"):
        print(f"{outcome:14} {counts[outcome]:4}")
    print(f"of both, alike {alike:4}")


def main(words: list[str]) -> int:
    """Compare all rocks; return 1 if LuaRocks built one that we did not build."""
    parser = argparse.ArgumentParser(prog="build_differential")
    parser.add_argument("rocks", type=Path)
    parser.add_argument("--lua", default="5.4")
    parser.add_argument("--include", default="", help="the directory of Lua's headers")
    parser.add_argument("--prefix", default="", help="a directory with lib and include for both")
    parser.add_argument("--luarocks", default="luarocks", help="the program to compare with")
    parser.add_argument("--only", default="", help="rocks whose names contain this")
    parser.add_argument("--every", type=int, default=1, help="take each Nth rock")
    given = parser.parse_args(words)
    every = sorted(given.rocks.glob("*.src.rock"))
    rocks = [rock for rock in every if given.only in rock.name][:: given.every]
    if not rocks:
        parser.error(f"no such .src.rock in {given.rocks}")
    setting = Setting(given.lua, given.include, given.prefix, given.luarocks)
    results = []
    scratch = live()
    store = scratch / "store"
    store.mkdir()
    run("mount", "--bind", store, "/var/cache")  # nothing is taken from an earlier run
    for rock in rocks:
        results.append(compared(rock, setting, scratch))
        print(f"{rock.name}: {results[-1].outcome}", file=sys.stderr, flush=True)
    report(results)
    return 1 if any(each.outcome == "only LuaRocks" for each in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Four times the rocks cost four times the time and memory: no tree can make a verb take for ever.

Each tree is of one awkward kind. Quadratic work would show as sixteen times the processor time; the
measure is that of a child process, so what else the machine does counts little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.builders import Machine, debian
from tests.hostile.contained import Ended, run_contained

MOST_TIMES_LONGER = 8
MOST_TIMES_LARGER = 4.5
LEAST_SECONDS = 0.05
"""Of a run: what is quicker is start-up, of which no ratio tells anything."""

TRIES = 4
"""How often a verb that seems to take too much is measured, with both trees one after the other.

A busy machine adds to what a run takes, so runs of different moments do not compare.
"""


def rock(
    root: Path, name: str, version: str, modules: Iterable[str] = (), needs: Iterable[str] = ()
) -> None:
    """Put a rock into the tree of /usr/local."""
    directory = root / "usr/local/lib/luarocks/rocks-5.3" / name / version
    directory.mkdir(parents=True)
    files = ", ".join(f'["{module}.lua"] = "{"0" * 32}"' for module in modules)
    (directory / "rock_manifest").write_text(f"rock_manifest = {{ lua = {{ {files} }} }}\n")
    listed = ", ".join(f'"{need}"' for need in needs)
    (directory / f"{name}-{version}.rockspec").write_text(
        f'package = "{name}"\nversion = "{version}"\nsource = {{ url = "x" }}\n'
        f'dependencies = {{ {listed} }}\nbuild = {{ type = "none" }}\n'
    )


def one_module(root: Path, size: int) -> None:
    """Make many rocks that list one file."""
    for number in range(size):
        rock(root, f"r{number}", "1.0-1", ["x"])


def one_rock(root: Path, size: int) -> None:
    """Make a rock of many modules; 4 MiB of rock_manifest are the most that is read."""
    rock(root, "foo", "1.0-1", [f"m{number}" for number in range(size * 25)])


def versions(root: Path, size: int) -> None:
    """Make many versions of one rock, and a rock that needs one of them."""
    for number in range(size):
        rock(root, "foo", f"1.{number}-1", ["x"])
    rock(root, "bar", "1.0-1", ["bar"], ["foo >= 1.5"])


def needs(root: Path, size: int) -> None:
    """Make a rock that needs many others, of which none is there."""
    rock(root, "foo", "1.0-1", ["x"], [f"r{number}" for number in range(size * 4)])


def unmet(root: Path, size: int) -> None:
    """Make many rocks that need a version that none of many versions is."""
    for number in range(size // 2):
        rock(root, f"r{number}", "1.0-1", [f"r{number}"], ["foo > 99"])
        rock(root, "foo", f"1.{number}-1", ["x"])


def chain(root: Path, size: int) -> None:
    """Make rocks in rings of twenty that need each other."""
    for number in range(size):
        following = number + 1 if (number + 1) % 20 else number - 19
        rock(root, f"r{number}", "1.0-1", [f"r{number}"], [f"r{following}"])


def one_file_of_packages(root: Path, size: int) -> None:
    """Make many packages that have a module of their own, and one that all have."""
    machine = Machine.__new__(Machine)
    machine.root = root
    machine.info, machine.status = root / "var/lib/dpkg/info", root / "var/lib/dpkg/status"
    for number in range(size):
        own = f"/usr/share/lua/5.3/p{number}.lua"
        machine.install(f"lua-p{number}", {"/usr/share/lua/5.3/x.lua": "x", own: "x"})


TREES: dict[str, Callable[[Path, int], None]] = {
    each.__name__: each
    for each in (one_module, one_rock, versions, needs, unmet, chain, one_file_of_packages)
}
SIZE = 500
AT = ["--root=../root", "--lua-version=5.3"]
VERBS = {
    "make-manifest": ["make-manifest", "--local-tree", *AT],
    "verify": ["verify", "--tree=/usr/local", *AT],
    "check": ["check", *AT],
    "doctor": ["doctor", *AT],
    "doctor-module": ["doctor", "x", *AT],
    "which": ["which", "x", *AT],
    "list": ["list", *AT],
    "show": ["show", "foo", *AT],
    "scan": ["scan", *AT],
    "refresh": ["refresh", *AT],
    "verify-own": ["verify", *AT],
}

OF_ONE_TREE = ("make-manifest", "verify")
"""The verbs that name /usr/local, which is not there where all files are of packages."""


def ended(place: Path, tree: str, size: int) -> dict[str, Ended]:
    """Return how each verb ends on a tree of a size; the first makes the manifest for the rest."""
    (place / "work").mkdir(parents=True)
    (place / "root").mkdir()
    debian(place / "root")
    TREES[tree](place / "root", size)
    return {verb: run_contained(words, place=place / "work") for verb, words in VERBS.items()}


def faults(small: dict[str, Ended], large: dict[str, Ended]) -> dict[str, str]:
    """Return what each verb that takes too much more time or memory took, by verb."""
    found = {}
    for verb, less in small.items():
        more = large[verb]
        if more.seconds > MOST_TIMES_LONGER * max(less.seconds, LEAST_SECONDS):
            found[verb] = f"{less.seconds:.2f} s, then {more.seconds:.2f} s"
        elif more.kilobytes > MOST_TIMES_LARGER * less.kilobytes:
            found[verb] = f"{less.kilobytes} kB, then {more.kilobytes} kB"
    return found


@pytest.mark.parametrize("tree", TREES)
def test_four_times_the_rocks_are_no_more_than_eight_times_the_work(
    tree: str, tmp_path: Path
) -> None:
    """No verb that looks at trees does work that grows with the square of what is in them."""
    small, large = ended(tmp_path / "1", tree, SIZE), ended(tmp_path / "4", tree, 4 * SIZE)
    for verb, end in large.items():
        assert not end.fault, f"{verb}: {end.fault}"
        is_without = tree == "one_file_of_packages" and verb in OF_ONE_TREE
        assert end.status in ((3,) if is_without else (0, 1)), f"{verb}: {end.said[-300:]}"
    for _ in range(TRIES - 1):
        for verb in faults(small, large):
            small[verb] = run_contained(VERBS[verb], place=tmp_path / "1" / "work")
            large[verb] = run_contained(VERBS[verb], place=tmp_path / "4" / "work")
    assert not faults(small, large)

"""Writes the folder of a rocks server of a given size, the same for the same numbers."""

from __future__ import annotations

import random
from pathlib import Path

from benchmarks.tree_generator import rock_name, rockspec_text

VERSIONS_PER_ROCK = 4
LUA_NEEDS = ("lua >= 5.1", "lua >= 5.1, < 5.5", "lua >= 5.3", "lua ~> 5.1", "lua >= 5.2, < 5.5")


def rock_of(number: int) -> tuple[str, str]:
    """Return the rock and the version of the rockspec with this number."""
    rock, version = divmod(number, VERSIONS_PER_ROCK)
    return rock_name(rock), f"{1 + version}.{rock % 10}-1"


def write_rockspec(folder: Path, number: int, chosen: random.Random) -> Path:
    """Write one rockspec, with three modules and one of several demands on Lua."""
    name, version = rock_of(number)
    modules = [name, f"{name}.core", f"{name}.more"]
    text = rockspec_text(number // VERSIONS_PER_ROCK, version, modules, chosen)
    text = text.replace('"lua >= 5.1, < 5.5"', f'"{chosen.choice(LUA_NEEDS)}"', 1)
    path = folder / f"{name}-{version}.rockspec"
    path.write_text(text)
    return path


def write_server(folder: Path, rockspecs: int, *, seed: int = 1) -> None:
    """Write a folder with this many rockspecs, of a quarter as many rocks."""
    chosen = random.Random(seed)
    folder.mkdir(parents=True)
    for number in range(rockspecs):
        write_rockspec(folder, number, chosen)

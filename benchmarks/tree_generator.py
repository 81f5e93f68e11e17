"""Writes a rocks tree of a given size, the same for the same numbers."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

MODULES_PER_ROCK = 7
DEPENDENCIES_PER_ROCK = 2
POPULARITY = 4
LICENSES = ("MIT", "BSD-3-Clause", "MIT/X11", "Apache-2.0")


def rock_name(number: int) -> str:
    """Return the name of the rock with this number; names sort as their numbers do."""
    return f"rock{number:05d}"


def rockspec_text(number: int, version: str, modules: list[str], chosen: random.Random) -> str:
    """Return a rockspec as people write them: not sorted, with a long string and a comment."""
    # A few rocks are needed by many, most by nobody: as on any rocks server.
    needed = sorted(
        {int(number * chosen.random() ** POPULARITY) for _ in range(DEPENDENCIES_PER_ROCK)}
        if number
        else ()
    )
    dependencies = ["lua >= 5.1, < 5.5", *(f"{rock_name(other)} >= 1.0" for other in needed)]
    listed = "".join(f'   "{dependency}",\n' for dependency in dependencies)
    sources = "".join(
        f'      ["{module}"] = "src/{module.replace(".", "/")}.lua",\n' for module in modules
    )
    name = rock_name(number)
    return (
        f'package = "{name}"\nversion = "{version}"\nsource = {{\n'
        f'   url = "git+https://example.org/{name}.git",\n   tag = "v{version}"\n}}\n'
        f'description = {{\n   summary = "The rock with the number {number}",\n'
        f"   detailed = [[\n      A longer text about {name},\n      in two lines.\n   ]],\n"
        f'   homepage = "https://example.org/{name}",\n'
        f'   license = "{chosen.choice(LICENSES)}" -- as upstream says\n}}\n'
        f"dependencies = {{\n{listed}}}\n"
        f'build = {{\n   type = "builtin",\n   modules = {{\n{sources}   }}\n}}\n'
    )


def rock_manifest_text(name: str, version: str, modules: list[str], rockspec: str) -> str:
    """Return the rock_manifest of a pure Lua rock in LuaRocks' persisted form."""

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    stems = sorted(module.split(".")[1] for module in modules if "." in module)
    inner = ",\n".join(f'         ["{stem}.lua"] = "{md5(name + stem)}"' for stem in stems)
    return (
        "rock_manifest = {\n"
        f'   doc = {{\n      ["README.md"] = "{md5("readme" + name)}"\n   }},\n'
        f"   lua = {{\n      {name} = {{\n{inner}\n      }},\n"
        f'      ["{name}.lua"] = "{md5(name)}"\n   }},\n'
        f'   ["{name}-{version}.rockspec"] = "{md5(rockspec)}"\n}}\n'
    )


def write_tree(root: Path, rocks: int, *, lua_version: str = "5.4", seed: int = 1) -> Path:
    """Write ``rocks`` rocks with metadata below ``root`` and return its rocks_dir."""
    chosen = random.Random(seed)
    rocks_dir = root / "lib" / "luarocks" / f"rocks-{lua_version}"
    for number in range(rocks):
        name, version = rock_name(number), f"{1 + number % 3}.{number % 10}-1"
        modules = [name, *(f"{name}.part{part}" for part in range(MODULES_PER_ROCK - 1))]
        rockspec = rockspec_text(number, version, modules, chosen)
        rock_dir = rocks_dir / name / version
        rock_dir.mkdir(parents=True)
        (rock_dir / f"{name}-{version}.rockspec").write_text(rockspec)
        (rock_dir / "rock_manifest").write_text(
            rock_manifest_text(name, version, modules, rockspec)
        )
    return rocks_dir

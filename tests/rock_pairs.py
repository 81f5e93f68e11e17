"""Rocks made up by chance, each in two versions that differ as releases do."""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

_WORDS = ("fast", "small", "json", "socket", "parser", "queue", "event", "cache", "async", "text")
_NEEDS = (
    "luafilesystem",
    "lpeg",
    "penlight",
    "luasocket",
    "say",
    "inspect",
    "argparse",
    "lua-cjson",
)
_LICENSES = ("MIT", "MIT/X11", "BSD", "Apache-2.0", "ISC")


class Pair(NamedTuple):
    """A rock's rockspecs, the older one first."""

    old: Path
    new: Path


def rock_pair(folder: Path, number: int, chance: random.Random) -> Pair:
    """Write two rockspecs of one rock."""
    name = f"{chance.choice(_WORDS)}-{chance.choice(_WORDS)}{number}"
    traits: dict[str, object] = {
        "summary": f"A {chance.choice(_WORDS)} {chance.choice(_WORDS)} for Lua",
        "detailed": "\\n".join(_sentence(chance) for _ in range(chance.randint(1, 5))),
        "license": chance.choice(_LICENSES),
        "homepage": f"https://{chance.choice(_WORDS)}.example/{name}",
        "lua": chance.choice(("lua >= 5.1", "lua >= 5.1, < 5.5", "lua ~> 5.3", "lua >= 5.2")),
        "modules": {f"{name}.{chance.choice(_WORDS)}" for _ in range(3)},
        "needs": [f"{need} >= 1.{chance.randrange(9)}" for need in chance.sample(_NEEDS, 3)],
        "compiled": chance.random() < 0.3,
    }
    old = _write(folder, name, f"1.{number}-1", traits)
    for key in chance.sample(sorted(traits), chance.randint(1, 4)):
        traits[key] = _changed(key, traits[key], chance)
    return Pair(old, _write(folder, name, f"1.{number + 1}-1", traits))


def _changed(key: str, value: object, chance: random.Random) -> object:
    """Return what a trait is in the next release."""
    if key == "needs" and isinstance(value, list):
        kept = [need.replace(">= 1.", ">= 2.") if chance.random() < 0.5 else need for need in value]
        return [*kept[chance.randrange(2) :], f"{chance.choice(_NEEDS)} >= 3"]
    if key == "modules" and isinstance(value, set):
        return value | {f"more{chance.randrange(99)}"}
    if key == "compiled":
        return not value
    if key == "license":
        return chance.choice(_LICENSES)
    if key == "lua":
        return chance.choice(("lua >= 5.3", "lua >= 5.1, < 5.4"))
    return f"{value} {chance.choice(_WORDS)}"


def _sentence(chance: random.Random) -> str:
    return f"It has a {chance.choice(_WORDS)} that is {chance.choice(_WORDS)} and does much work."


def _write(folder: Path, name: str, version: str, traits: dict[str, object]) -> Path:
    needs, modules = traits["needs"], traits["modules"]
    assert isinstance(needs, list)
    assert isinstance(modules, set)
    listed = ", ".join(f'"{need}"' for need in (traits["lua"], *needs))
    built = [f'["{module}"] = "src/{module}.lua"' for module in sorted(modules)]
    if traits["compiled"]:
        built.append(f'["{name}.core"] = "src/core.c"')
    path = folder / f"{name}-{version}.rockspec"
    path.write_text(
        f'package = "{name}"\nversion = "{version}"\n'
        f'source = {{ url = "https://down.example/{name}-{version[:-2]}.tar.gz" }}\n'
        f'description = {{ summary = "{traits["summary"]}", detailed = "{traits["detailed"]}",\n'
        f'  license = "{traits["license"]}", homepage = "{traits["homepage"]}" }}\n'
        f"dependencies = {{ {listed} }}\n"
        f'build = {{ type = "builtin", modules = {{ {", ".join(built)} }} }}\n'
    )
    return path

"""What is known of each Debian package that holds Lua modules: its rock and its Lua versions."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Fact(NamedTuple):
    """One package and one rock of it; an empty rock means that nothing may be published."""

    package: str
    rock: str
    lua_versions: tuple[str, ...]


def debian_facts(suite: str) -> tuple[Fact, ...]:
    """Return the facts of one Debian suite, in the order of its package names.

    A package with several rocks has several facts; `jit` among the Lua versions is a folder
    that only LuaJIT reads and that no rocks tree serves, so it is not a version here.
    """
    facts = []
    for line in (Path(__file__).parent / f"{suite}.tsv").read_text().splitlines():
        if line.startswith("#"):
            continue
        package, rock, versions = line.split("\t")
        numbers = tuple(version for version in versions.split() if version != "jit")
        facts.append(Fact(package, "" if rock == "-" else rock, numbers))
    return tuple(facts)


def all_packages(suite: str) -> set[str]:
    """Return the names of all packages that the facts of a suite speak of."""
    return {fact.package for fact in debian_facts(suite)}

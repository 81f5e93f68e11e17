"""Which rock has which modules, to know a package's rock by the files it installs."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from distrorocks.values import NamedTuple


class KnownRock(NamedTuple):
    """A published rock: one of its versions, and the modules that this version declares."""

    rock: str
    version: str
    modules: frozenset[str]


class Match(NamedTuple):
    """A rock whose modules are all among a package's.

    ``is_sure`` says whether it may be published: see RockModules.match.
    """

    rock: KnownRock
    is_sure: bool
    evidence: str


class RockModules:
    """A table of rocks, by name and by module. Only the rocks that are asked for are parsed."""

    def __init__(self, text: str) -> None:
        """Take lines of rock, version and modules, separated by tabs and by spaces."""
        lines = (line.partition("\t") for line in text.splitlines() if line and line[0] != "#")
        self._texts = {rock: rest for rock, _, rest in lines}
        self._parsed: dict[str, KnownRock] = {}

    def __contains__(self, rock: str) -> bool:
        """Return whether a rock is known."""
        return rock in self._texts

    def rock(self, name: str) -> KnownRock | None:
        """Return a known rock; a final ``.init`` is no part of a module's name in it."""
        known = self._parsed.get(name)
        if known is None and name in self._texts:
            version, modules = self._texts[name].split("\t")
            known = KnownRock(name, version, frozenset(_without_init(modules).split()))
            self._parsed[name] = known
        return known

    @cached_property
    def _by_module(self) -> dict[str, list[str]]:
        """The names of the rocks that have a module."""
        found: dict[str, list[str]] = {}
        for rock, text in self._texts.items():
            for module in {*_without_init(text.partition("\t")[2]).split()}:
                found.setdefault(module, []).append(rock)
        return found

    def match(self, modules: Collection[str], candidates: Collection[str]) -> Match | None:
        """Return the one rock that the package's ``modules`` for one Lua version are, if there is.

        All modules that the rock declares must be among the package's, so renamed modules never
        match. Of several such rocks the one with most modules wins, then the one that the naming
        rule also gives (``candidates``); if that leaves several, there is no answer. The answer is
        sure when it is two modules or more and either the naming rule agrees or they are at least
        half of the package's. One module proves nothing, name or not (Debian's lua-curl and the
        rock curl are two projects), nor does a rock that has its name from another, as forks do.
        """
        names = frozenset(modules)
        touched = {rock: None for name in names for rock in self._by_module.get(name, ())}
        found = [each for rock in touched if (each := self.rock(rock))]
        whole = [rock for rock in found if rock.modules <= names]
        if not whole:
            return None
        most = max(len(rock.modules) for rock in whole)
        best = [rock for rock in whole if len(rock.modules) == most]
        if len(best) > 1:
            best = [rock for rock in best if rock.rock in candidates]
        if len(best) != 1:
            return None
        agreed = best[0].rock in candidates
        forked = any(best[0].rock.endswith(f"-{name}") for name in candidates) and not agreed
        evidence = f"it has all {most} modules of {best[0].rock} {best[0].version}"
        if most == 1:
            evidence = f"it has the one module of {best[0].rock} {best[0].version}"
        if agreed:
            evidence += ", and its name agrees"
        is_sure = most > 1 and not forked and (agreed or most * 2 >= len(names))
        return Match(best[0], is_sure, evidence)

    def contradicts(self, rock: str, modules: Collection[str]) -> bool:
        """Return whether a known rock shares no module with a package that has some."""
        known = self.rock(rock)
        return bool(known and modules and known.modules.isdisjoint(modules))


def _without_init(modules: str) -> str:
    """Return a list of modules without their final ``.init``."""
    return f"{modules} ".replace(".init ", " ") if ".init" in modules else modules


def parse_rock_versions(text: str) -> dict[str, tuple[str, ...]]:
    """Return rock -> its known versions from lines of rock and versions, parted by a tab."""
    versions = {}
    for line in text.splitlines():
        if line and line[0] != "#":
            rock, _, known = line.partition("\t")
            versions[rock] = tuple(known.split())
    return versions

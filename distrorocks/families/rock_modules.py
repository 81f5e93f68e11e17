"""Which rock has which modules, to know a package's rock by the files it installs."""

from __future__ import annotations

from collections.abc import Collection, Iterable

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
    """A table of rocks by module."""

    def __init__(self, rocks: Iterable[KnownRock]) -> None:
        self.by_name = {rock.rock: rock for rock in rocks}
        self._by_module: dict[str, list[KnownRock]] = {}
        for rock in self.by_name.values():
            for module in rock.modules:
                self._by_module.setdefault(module, []).append(rock)

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
        touched = {rock.rock: rock for name in names for rock in self._by_module.get(name, ())}
        whole = [rock for rock in touched.values() if rock.modules <= names]
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
        known = self.by_name.get(rock)
        return bool(known and modules and known.modules.isdisjoint(modules))


def parse_rock_modules(text: str) -> RockModules:
    """Return the table from lines of rock, version and modules, parted by tabs and by spaces.

    A final ``.init`` is no part of a module's name here.
    """
    rocks = []
    for line in text.splitlines():
        if line and line[0] != "#":
            rock, version, modules = line.split("\t")
            names = frozenset(name.removesuffix(".init") for name in modules.split())
            rocks.append(KnownRock(rock, version, names))
    return RockModules(rocks)


def parse_rock_versions(text: str) -> dict[str, tuple[str, ...]]:
    """Return rock -> its known versions from lines of rock and versions, parted by a tab."""
    versions = {}
    for line in text.splitlines():
        if line and line[0] != "#":
            rock, _, known = line.partition("\t")
            versions[rock] = tuple(known.split())
    return versions

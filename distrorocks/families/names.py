"""Which rocks an installed package is, with the evidence, and whether that is good enough.

Four sources answer, the first that knows the package: the administrator's names, the shipped map
of the distribution, the modules that the package installs, and the rule by which packages are
named. Only a package whose modules really are the rock's is published: a map entry that says
otherwise (renamed modules, a fork, another project) ends the search.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from distrorocks.families.known import FAMILIES
from distrorocks.families.name_entry import HIGH, LOW, MEDIUM, HeldRock, NameEntry, plain_name
from distrorocks.families.package import Package
from distrorocks.families.rock_modules import RockModules
from distrorocks.families.versions import RockVersion, parse_upstream, rock_version
from distrorocks.values import NamedTuple

ADMINISTRATOR, MAP, MODULES, RULE = "administrator", "map", "modules", "rule"


class RockName(NamedTuple):
    """One answer for a package and a Lua version.

    ``rock`` is "" where none is known. ``confidence`` is high, medium or low; ``source`` one of
    administrator, map, modules, rule. ``why_not`` is "" exactly when ``published``. ``version`` is
    a whole rock version that stands instead of the package's, or None. ``modules`` are the names
    this rock owns where a package holds several, None for all the rest.
    """

    rock: str
    confidence: str
    source: str
    evidence: str
    published: bool
    why_not: str = ""
    version: str | None = None
    modules: tuple[str, ...] | None = None


class NameTable:
    """Answers for one system, from values that were read once."""

    def __init__(
        self,
        *,
        administrator: Mapping[str, NameEntry],
        shipped: Callable[[str], Mapping[str, NameEntry]],
        rock_modules: Callable[[], RockModules],
        rock_versions: Mapping[str, tuple[str, ...]],
        guess: bool = False,
    ) -> None:
        """Take the administrator's entries, and how to come by the rest.

        ``shipped`` gives a family's map by the family's name; ``rock_modules`` is asked only when
        a package is in no map; ``guess`` publishes what only the naming rule says.
        """
        self._administrator = administrator
        self._shipped = shipped
        self._rock_modules = rock_modules
        self._rock_versions = rock_versions
        self._guess = guess

    def rocks_of(
        self, package: Package, lua_version: str, modules: Collection[str]
    ) -> tuple[RockName, ...]:
        """Return the rocks that ``package`` is for one Lua version, given its modules for it.

        There is always at least one answer; where nothing is known its rock is "".
        """
        entry = find_entry(self._administrator, package.name)
        if entry is not None:
            return _held(_answers(entry, ADMINISTRATOR, package, lua_version), modules)
        entry = find_entry(self._shipped(package.family), package.name)
        if entry is not None:
            answers = _held(_answers(entry, MAP, package, lua_version), modules)
            if entry.confidence == HIGH or not modules:
                return answers
            return tuple(self._confirmed(answer, modules) for answer in answers)
        candidates = rule_candidates(package.name)
        return (self._by_modules(candidates, modules) or self._by_rule(candidates, modules),)

    def known_packages(self, family: str) -> set[str]:
        """Return the names that the administrator's entries and a family's map have entries for."""
        return {*self._administrator, *self._shipped(family)}

    def is_mapped(self, family: str, package: str) -> bool:
        """Return whether the administrator or a family's map has an entry for a package."""
        return any(
            find_entry(each, package) for each in (self._administrator, self._shipped(family))
        )

    def claimed_modules(self, package: Package) -> frozenset[str]:
        """Return the modules that entries list for the rocks of a package."""
        for entries in (self._administrator, self._shipped(package.family)):
            entry = find_entry(entries, package.name)
            if entry is not None:
                return frozenset(name for held in entry.rocks for name in held.modules or ())
        return frozenset()

    def version_of(self, package: Package, name: RockName) -> RockVersion:
        """Return the rock version of an answer of ``rocks_of``, with where it comes from."""
        if name.version is not None:
            return RockVersion(name.version, f"the {name.source} says so")
        known = self._rock_versions.get(name.rock, ())
        if name.source in (MODULES, RULE):
            rock = self._rock_modules().rock(name.rock)
            known = (*known, rock.version) if rock else known
        return rock_version(FAMILIES[package.family].upstream_version(package.version), known)

    def _confirmed(self, answer: RockName, modules: Collection[str]) -> RockName:
        """Return a map's less certain answer, not published if the modules contradict it."""
        if answer.published and self._rock_modules().contradicts(answer.rock, modules):
            why_not = f"it has none of the modules of the rock {answer.rock}"
            return answer._replace(published=False, why_not=why_not)
        return answer

    def _by_modules(self, candidates: Collection[str], modules: Collection[str]) -> RockName | None:
        """Return the rock whose modules the package has."""
        match = self._rock_modules().match(modules, candidates)
        if match is None:
            return None
        published = match.is_sure or self._guess
        why_not = "" if published else "its modules do not prove it; --guess publishes it"
        confidence = MEDIUM if match.is_sure else LOW
        return RockName(match.rock.rock, confidence, MODULES, match.evidence, published, why_not)

    def _by_rule(self, candidates: tuple[str, ...], modules: Collection[str]) -> RockName:
        """Return what the naming rule gives, without rocks that the modules speak against."""
        rocks = self._rock_modules()
        known = [name for name in candidates if name in rocks]
        known = [name for name in known if not rocks.contradicts(name, modules)]
        unknown = [name for name in candidates if name not in rocks]
        if not known and not unknown:
            return RockName("", LOW, RULE, "", False, "no rock is known that has its modules")
        rock = (known or unknown)[0]
        evidence = f"a rock {rock} is known" if known else "its name is like a rock's"
        why_not = "" if self._guess else "only the naming rule says so; --guess publishes it"
        return RockName(rock, LOW, RULE, evidence, self._guess, why_not)


def find_entry(entries: Mapping[str, NameEntry], package: str) -> NameEntry | None:
    """Return what is said of a package: by its own name, else as ``lua-X`` for ``lua5.4-X``."""
    if package in entries:
        return entries[package]
    return entries.get(plain_name(package))


def rule_candidates(package: str) -> tuple[str, ...]:
    """Return the rock names that a package's name suggests: X, lua-X, luaX, ...; best first."""
    name = plain_name(package).lower()
    rest = name.removeprefix("lua-").removeprefix("module-")
    if rest == name:
        return (name,)
    low = rest.replace("-", "_")
    with_lua = (f"lua-{rest}", f"lua{rest}", f"{rest}-lua", f"{rest}lua")
    return tuple(dict.fromkeys((rest, *with_lua, low, f"lua_{low}", f"{low}_lua")))


def _answers(
    entry: NameEntry, source: str, package: Package, lua_version: str
) -> tuple[RockName, ...]:
    """Return what an entry says for one Lua version."""
    upstream = FAMILIES[package.family].upstream_version(package.version)
    confidence = HIGH if source == ADMINISTRATOR else entry.confidence
    why_not = "" if entry.publish else entry.reason or "its names entry says publish = false"
    template = RockName("", confidence, source, entry.evidence, entry.publish, why_not)
    answers = []
    for held in entry.rocks:
        if not held.lua_versions or lua_version in held.lua_versions:
            version = _version(held, entry.versions, upstream, lua_version)
            answers.append(template._replace(rock=held.rock, version=version, modules=held.modules))
    if answers:
        return tuple(answers)
    if entry.rocks and entry.publish:
        why_not = f"its names entry does not name Lua {lua_version}"
        return (template._replace(published=False, why_not=why_not),)
    return (template,)


def _held(answers: tuple[RockName, ...], modules: Collection[str]) -> tuple[RockName, ...]:
    """Return the answers without rocks of which the package has no module this time."""
    held = tuple(
        answer
        for answer in answers
        if answer.modules is None or not set(answer.modules).isdisjoint(modules)
    )
    return held or (answers[0]._replace(published=False, why_not="it has none of their modules"),)


def _version(
    held: HeldRock, versions: Mapping[str, str], upstream: str, lua_version: str
) -> str | None:
    """Return the version that an entry gives, its pattern filled in; None if it gives none."""
    pattern = versions.get(upstream, held.version)
    if pattern is None:
        return None
    filled = pattern.replace("{upstream}", parse_upstream(upstream).text)
    return filled.replace("{lua}", lua_version.replace(".", ""))

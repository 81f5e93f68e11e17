"""Which package of a distribution holds a rock, or would: facts first, the naming rule last."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType

from distrorocks.families.name_entry import HIGH, LOW, MEDIUM, NameEntry
from distrorocks.families.naming_rules import Elsewhere, spelled
from distrorocks.families.rock_modules import RockModules
from distrorocks.families.versions import rock_version
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.lua_version import rocks_provided
from distrorocks.rocks.version import Version
from distrorocks.values import NamedTuple

MODULES, MAP, RULE = "modules", "map", "rule"


class PackageName(NamedTuple):
    """A package for a rock; ``is_packaged`` is whether the distribution has it already.

    ``version`` is the rock's version that the package has, None where that is not known.
    ``lua_versions`` are those that the package is for, none where that is not known.
    """

    name: str
    source: str
    evidence: str
    confidence: str
    is_packaged: bool
    version: str | None = None
    lua_versions: frozenset[str] = frozenset()

    def lacks(self, needs: Iterable[Dependency]) -> tuple[Dependency, ...]:
        """Return the needs that the packaged version does not satisfy, none if it is unknown."""
        if self.version is None:
            return ()
        version = Version.parse(self.version)
        return tuple(need for need in needs if not need.satisfied_by(version))

    def not_for(self, rock: str, lua_versions: Iterable[str]) -> tuple[str, ...]:
        """Return the Lua versions that need the rock's package and that it is not for.

        A package that names no Lua versions counts as being for all of them.
        """
        asked = (lua for lua in lua_versions if rock not in rocks_provided(lua))
        return tuple(lua for lua in asked if self.lua_versions and lua not in self.lua_versions)


class PackageLists(NamedTuple):
    """The packages that a release or a system has: their modules and upstream versions.

    The packages of one rock for several Luas count as one. ``sources`` names where that was
    read, ``warnings`` what could not be read. ``lua_versions`` are those that packages are for.
    ``is_near`` is whether the lists are of another release, which may have more packages.
    ``lacking`` are packages that were looked for and are not there.
    """

    modules: Mapping[str, frozenset[str]] = MappingProxyType({})
    versions: Mapping[str, str] = MappingProxyType({})
    sources: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    lua_versions: Mapping[str, frozenset[str]] = MappingProxyType({})
    is_near: bool = False
    lacking: frozenset[str] = frozenset()


NO_LISTS = PackageLists()


class PackageNames:
    """The packages of one distribution by the rock they hold."""

    def __init__(
        self,
        *,
        entries: Mapping[str, NameEntry],
        contents: Mapping[str, frozenset[str]],
        rule: Callable[[str], str],
        lists: PackageLists = NO_LISTS,
        rock_modules: Callable[[], RockModules] | None = None,
        rock_versions: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
        elsewhere: Mapping[str, tuple[Elsewhere, ...]] = MappingProxyType({}),
        opened: Mapping[str, frozenset[str]] = MappingProxyType({}),
    ) -> None:
        """Take the map of the distribution, the modules of its packages, and its naming rule.

        ``lists`` stand before the shipped ``contents`` where they have modules.
        ``rock_modules`` knows the modules of rocks that are no more than named, ``elsewhere`` how
        other distributions name the packages of rocks, ``opened`` which modules there are no files
        of, by the module whose library opens them.
        """
        contents = {
            package: modules.union(*(opened[name] for name in modules & opened.keys()))
            for package, modules in (lists.modules or contents).items()
        }
        self._entries = entries
        self._contents = contents
        self._rule = rule
        self._lists = lists
        self._rock_modules = rock_modules
        self._rock_versions = rock_versions
        self._elsewhere = elsewhere
        published = [package for package, entry in entries.items() if entry.publish]
        there = sum(package in lists.versions for package in published)
        # A system that knows few of them has not fetched its lists of packages.
        self._has_all = 0 < len(published) <= 2 * there and not lists.is_near
        self._is_whole = self._has_all and not lists.modules
        self._by_rock: dict[str, str] = {}
        self._by_module: dict[str, set[str]] = {}
        for package, entry in sorted(entries.items()):
            for held in entry.rocks if entry.publish else ():
                self._by_rock.setdefault(held.rock, package)
        for package, modules in contents.items():
            for module in modules:
                self._by_module.setdefault(module, set()).add(package)

    def of(self, rock: str, modules: Collection[str] = ()) -> PackageName:
        """Return the package of a rock, given the modules that it declares.

        The package whose files are all of the rock's modules is it, unless the map knows that the
        package is another rock. Of a rock that is no more than named the known modules count.
        """
        found = self._named(rock, modules or self.modules_of(rock))
        if found.is_packaged and self._is_whole and found.name not in self._lists.versions:
            evidence = f"{found.evidence}; {found.name} is not among {self._lists.sources[-1]}"
            found = found._replace(evidence=evidence, is_packaged=False)
        if found.is_packaged:
            luas = self._lists.lua_versions.get(found.name, frozenset())
            found = found._replace(lua_versions=luas)
        upstream = self._lists.versions.get(found.name, "") if found.is_packaged else ""
        if not upstream:
            return found
        known = self._rock_versions.get(rock, ())
        return found._replace(version=rock_version(upstream, known).text or None)

    @property
    def sources(self) -> tuple[str, ...]:
        """What the names are known from, besides what is shipped."""
        return self._lists.sources

    @property
    def warnings(self) -> tuple[str, ...]:
        """Which of a system's indexes could not be read."""
        return self._lists.warnings

    def where_not(self, package: str) -> str:
        """Return the lists that lack a package and would have it, "" if it is there or unknown."""
        is_lacking = self._has_all and package in self._lists.lacking
        return self._lists.sources[-1] if is_lacking else ""

    def package_with(self, module: str) -> str:
        """Return the one package of the distribution that has a module, "" if not exactly one.

        Where no list of files has it, it is that of a rock which is known to have the module, but
        none whose files are known.
        """
        having = self._by_module.get(module, set())
        if not having:
            rocks = (rock for rock in self._by_rock if module in self.modules_of(rock))
            having = {self._by_rock[rock] for rock in rocks} - self._contents.keys()
        if self._is_whole:
            having = {package for package in having if package in self._lists.versions}
        return min(having) if len(having) == 1 else ""

    def packages_with(self, module: str) -> frozenset[str]:
        """Return the packages of the distribution whose files are a module, by their lists."""
        return frozenset(self._by_module.get(module, ()))

    def modules_in(self, package: str) -> frozenset[str]:
        """Return the modules of a package by its list of files, none if that is not known."""
        return self._contents.get(package, frozenset())

    def needs_of(self, package: str) -> tuple[str, ...]:
        """Return the packages that a package's rock requires and the package only recommends."""
        entry = self._entries.get(package)
        return entry.needs if entry else ()

    def modules_of(self, rock: str) -> frozenset[str]:
        """Return the modules of a rock that is no more than named, none if they are not known."""
        known = self._rock_modules().rock(rock) if self._rock_modules else None
        return known.modules if known else frozenset()

    def _named(self, rock: str, modules: Collection[str]) -> PackageName:
        if found := self._by_files(rock, modules):
            return found
        if rock in self._by_rock:
            package = self._by_rock[rock]
            entry = self._entries[package]
            return PackageName(package, MAP, entry.evidence or "the map", entry.confidence, True)
        found = self._by_some_files(rock, modules) or self._unpackaged(rock)
        if found.name in self._lists.versions:
            there = f"which is among {self._lists.sources[-1]}, but nothing says what it holds"
            found = found._replace(evidence=f"{found.evidence}, {there}")
        return found

    def _unpackaged(self, rock: str) -> PackageName:
        """Return the name of a rock's package that the distribution does not have by its map."""
        name, whole = self._rule(rock), f"lua-{spelled(rock)}"
        evidence = "a guess by the naming rule"
        short = name.removeprefix("lua-")
        glued = (f"lua-lua{short}", f"lua-{short}lua")
        others = self._elsewhere.get(rock, ())
        is_used = any(spelled(each.name) == spelled(name) for each in others)
        if others and not is_used and not self._is_known(others[0].name):
            name, distributions = others[0]
            evidence = f"a guess by its name in {' and '.join(distributions)}"
        elif not is_used and whole in glued and self._is_rock(short):
            name = whole
            evidence += f", which is not lua-{short}, since {short} is another rock"
        if self._is_known(name):
            evidence = f"the naming rule gives {name}, which is another project"
            name = f"{whole}-rock" if self._is_known(whole) else whole
        return PackageName(name, RULE, evidence, LOW, False)

    def _by_some_files(self, rock: str, modules: Collection[str]) -> PackageName | None:
        """Return the package of the rule's name if it has half of a rock's modules or more.

        Other versions of a rock have other modules. What the map knows is another rock is none.
        """
        name, wanted = self._rule(rock), set(modules)
        there = len(wanted & self.modules_in(name))
        if not there or 2 * there < len(wanted) or name in self._entries:
            return None
        evidence = f"it has {there} of the {len(wanted)} modules of {rock}, and its name agrees"
        return PackageName(name, MODULES, evidence, MEDIUM, True)

    def _is_rock(self, name: str) -> bool:
        """Return whether a rock of that name was published."""
        return self._rock_modules is not None and name in self._rock_modules()

    def _is_known(self, package: str) -> bool:
        """Return whether the map or the lists of files have a package of that name."""
        return package in self._entries or package in self._contents

    def _by_files(self, rock: str, modules: Collection[str]) -> PackageName | None:
        """Return the one package that has all modules of a rock."""
        wanted = set(modules)
        if not wanted:
            return None
        having = [self._by_module.get(module, set()) for module in wanted]
        common = set.intersection(*having)
        known = {package for package in common if self._holds(package, rock)}
        if not known:
            return None
        package = self._by_rock.get(rock, "")
        package = package if package in known else min(known) if len(known) == 1 else ""
        if not package:
            return None
        evidence = f"it has {_number(len(wanted))} of {rock}"
        if self._lists.modules:
            evidence += f", by {self._lists.sources[0]}"
        is_named = self._by_rock.get(rock) == package
        confidence = HIGH if is_named or len(wanted) > 1 else MEDIUM
        return PackageName(package, MODULES, evidence, confidence, True)

    def _holds(self, package: str, rock: str) -> bool:
        """Return whether the map lets a package hold a rock: it says so, or says nothing."""
        entry = self._entries.get(package)
        if entry is None:
            return True
        return entry.publish and any(held.rock == rock for held in entry.rocks)


def _number(modules: int) -> str:
    return f"all {modules} modules" if modules > 1 else "the one module"


def parse_package_modules(text: str) -> dict[str, frozenset[str]]:
    """Return package -> modules from lines of both, parted by a tab and by spaces."""
    packages = {}
    for line in text.splitlines():
        if line and line[0] != "#":
            package, _, modules = line.partition("\t")
            packages[package] = frozenset(modules.split())
    return packages

"""Which package of a distribution holds a rock, or would: facts first, the naming rule last."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from distrorocks.distro.name_entry import HIGH, LOW, MEDIUM, NameEntry

MODULES, MAP, RULE = "modules", "map", "rule"

_LETTERS = re.compile(r"[^a-z0-9+.-]+")


class PackageName(NamedTuple):
    """A package for a rock; ``is_packaged`` is whether the distribution has it already."""

    name: str
    source: str
    evidence: str
    confidence: str
    is_packaged: bool


class PackageNames:
    """The packages of one distribution by the rock they hold."""

    def __init__(
        self,
        *,
        entries: Mapping[str, NameEntry],
        contents: Mapping[str, frozenset[str]],
        rule: Callable[[str], str],
    ) -> None:
        """Take the map of the distribution, the modules of its packages, and its naming rule."""
        self._entries = entries
        self._contents = contents
        self._rule = rule
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
        package is another rock.
        """
        if found := self._by_files(rock, modules):
            return found
        if rock in self._by_rock:
            package = self._by_rock[rock]
            entry = self._entries[package]
            return PackageName(package, MAP, entry.evidence or "the map", entry.confidence, True)
        name = self._rule(rock)
        if name in self._entries or name in self._contents:
            evidence = f"the naming rule gives {name}, which is another project"
            return PackageName(f"lua-{_spelled(rock)}", RULE, evidence, LOW, False)
        return PackageName(name, RULE, "a guess by the naming rule", LOW, False)

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
        count = f"all {len(wanted)} modules" if len(wanted) > 1 else "the one module"
        evidence = f"it has {count} of {rock}"
        is_named = self._by_rock.get(rock) == package
        confidence = HIGH if is_named or len(wanted) > 1 else MEDIUM
        return PackageName(package, MODULES, evidence, confidence, True)

    def _holds(self, package: str, rock: str) -> bool:
        """Return whether the map lets a package hold a rock: it says so, or says nothing."""
        entry = self._entries.get(package)
        if entry is None:
            return True
        return entry.publish and any(held.rock == rock for held in entry.rocks)


def _spelled(rock: str) -> str:
    """Return a rock's name in the letters of packages' names."""
    return _LETTERS.sub("-", rock.lower().replace("_", "-").replace(".", "-")).strip("-")


def stem(rock: str) -> str:
    """Return what is left of a rock's name without the word lua at either end: socket, redis."""
    name = _spelled(rock)
    for short in (name.removeprefix("lua-"), name.removesuffix("-lua"), name.removeprefix("lua")):
        if short != name and len(short) > 1 and short[0].isalpha():
            return short
    return name


def short_name(rock: str) -> str:
    """Return ``lua-socket`` for ``luasocket``: as Debian, Fedora, Arch and Alpine name packages."""
    return f"lua-{stem(rock)}"


def whole_name(rock: str) -> str:
    """Return ``lua-luasocket`` for ``luasocket``, ``lua-term`` for itself: as openSUSE does."""
    name = _spelled(rock)
    return name if name.startswith("lua-") and len(name) > 4 else f"lua-{name}"


def parse_package_modules(text: str) -> dict[str, frozenset[str]]:
    """Return package -> modules from lines of both, parted by a tab and by spaces."""
    packages = {}
    for line in text.splitlines():
        if line and line[0] != "#":
            package, _, modules = line.partition("\t")
            packages[package] = frozenset(modules.split())
    return packages

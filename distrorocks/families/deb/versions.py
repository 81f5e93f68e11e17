"""Debian's versions and relations: how they are read, written, and made for a rock's package.

A rock's package provides each Lua version's capability twice: ``lua5.4-socket``, as dh-lua names it
after the package, and ``lua5.4-rock-luasocket (= 3.1.0-1)``, named after the rock with its version.
It depends on other rocks by the package that the distribution's map lists, else by that second
capability. Versions are compared by ``deb_key`` of ``families/versions.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

from distrorocks.families.version_range import ALL, Spans, accepted, package_version
from distrorocks.families.versions import Relation, implied_constraint, plain_version
from distrorocks.patterns import regex
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.lua_version import rocks_provided
from distrorocks.rocks.version import Version
from distrorocks.values import NamedTuple

# Debian Policy 7.1. The single < and > are obsolete and mean <= and >= (dpkg, deb-control(5)).
_OPERATORS = {"<<": "<", "<=": "<=", "=": "=", ">=": ">=", ">>": ">", "<": "<=", ">": ">="}
_RELATION = regex(
    r"\s*(?P<name>[a-z0-9][a-z0-9+.-]*)(?::[a-z0-9-]+)?"
    r"\s*(?:\(\s*(?P<operator><<|<=|=|>=|>>|<|>)\s*(?P<version>[A-Za-z0-9][^\s()]*)\s*\))?"
    r"\s*(?:\[[^\]]*\]\s*)?(?:<[^>]*>\s*)*"
)


def upstream_version(version: str) -> str:
    """Return a Debian version without epoch and Debian revision (Policy 5.6.12)."""
    return plain_version(version)


def parse_relation(text: str) -> tuple[Relation, ...]:
    """Return the alternatives of one entry of Depends, in the order written; () if malformed."""
    alternatives = []
    for part in text.split("|"):
        found = _RELATION.fullmatch(" ".join(part.split()))
        if not found:
            return ()
        if not found["operator"]:
            alternatives.append(Relation(found["name"]))
            continue
        operator, version = implied_constraint(
            _OPERATORS[found["operator"]],
            upstream_version(found["version"]),
            revised="-" in found["version"],
        )
        alternatives.append(Relation(found["name"], operator, version))
    return tuple(alternatives)


def written_need(name: str, spans: Spans) -> str:
    """Return entries of Depends, all of which a version in the spans satisfies, and no other.

    Debian has no "and" within "or", so each gap between two spans is a separate entry.
    """
    if spans == ALL:
        return name
    if not spans:
        return f"{name} (<< 0~~)"
    entries = [f"{name} (>= {spans[0].low})"] if spans[0].low else []
    entries += [
        f"{name} (<< {one.high}) | {name} (>= {other.low})" for one, other in pairwise(spans)
    ]
    entries += [f"{name} (<< {spans[-1].high})"] if spans[-1].high else []
    return ", ".join(entries)


class Relations(NamedTuple):
    """The values of dpkg's substitution variables ``lua:Depends`` and so on."""

    depends: tuple[str, ...]
    provides: tuple[str, ...]
    versions: tuple[str, ...]

    def substvars(self) -> dict[str, str]:
        """Return the variables by name."""
        return {
            "lua:Depends": ", ".join(self.depends),
            "lua:Provides": ", ".join(self.provides),
            "lua:Versions": " ".join(self.versions),
        }


def capability(lua_version: str, rock: str) -> str:
    """Return the name under which packages provide a rock; it cannot contain ``_``."""
    return f"lua{lua_version}-rock-{rock.replace('_', '-')}"


def relations(
    rock: tuple[str, str],
    dependencies: Iterable[Dependency],
    lua_versions: tuple[str, ...],
    *,
    package: str,
    package_of: Callable[[str], str],
    interpreters: Iterable[str] = (),
) -> Relations:
    """Return what the package of a rock (name and version) provides and depends on.

    ``package_of`` returns the package that holds another rock, or "". ``interpreters`` are those
    that the package's commands run with.
    """
    needs: dict[str, None] = dict.fromkeys(interpreters)
    for dependency in dependencies:
        name = dependency.rock_name
        missing = [v for v in lua_versions if name not in rocks_provided(v)]
        holder = package_of(name)
        if holder and missing and holder != package:
            spans = accepted(dependency.constraints, slots=0)
            needs.update(dict.fromkeys(written_need(holder, spans).split(", ")))
        elif not holder:
            spans = accepted(dependency.constraints, has_revision=True)
            for version in missing:
                need = written_need(capability(version, name), spans)
                needs.update(dict.fromkeys(need.split(", ")))
    stem = package.removeprefix("lua-")
    version = package_version(Version.parse(rock[1]))
    gives = [f"lua{each}-{stem}" for each in lua_versions if stem != package]
    gives += [f"{capability(each, rock[0])} (= {version})" for each in lua_versions]
    return Relations(tuple(needs), tuple(gives), lua_versions)

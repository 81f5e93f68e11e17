"""The relations of a staged rock's Debian package: what it provides and depends on.

A package provides each Lua version's capability twice: ``lua5.4-socket``, as dh-lua names it after
the package, and ``lua5.4-rock-luasocket (= 3.1.0-1)``, named after the rock with its version. It
depends on other rocks by the package that the distribution's map lists, else by that second
capability.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from distrorocks.families.deb.family import written_need
from distrorocks.families.version_range import accepted, package_version
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.lua_version import rocks_provided
from distrorocks.rocks.version import Version


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

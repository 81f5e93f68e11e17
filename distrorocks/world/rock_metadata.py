"""The files that make a provided rock a rock for LuaRocks: its rockspec and its rock_manifest.

How much they tell is the mode of a refresh (``metadata_mode.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from distrorocks.families.known import FAMILIES
from distrorocks.lua.value import LuaTable, table_of
from distrorocks.lua.write import ROCKSPEC_ORDER, persist
from distrorocks.md5 import md5
from distrorocks.patterns import regex
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.manifest_entry import Entry, InstalledRock, entry_of
from distrorocks.rocks.rock_manifest import RockManifest, module_name
from distrorocks.rocks.version import Version
from distrorocks.trees.change import Content
from distrorocks.values import TYPE_CHECKING, NamedTuple
from distrorocks.world.metadata_mode import COMPLETE, MINIMAL
from distrorocks.world.provided import ProvidedRock

if TYPE_CHECKING:
    from typing import Any

_URL = regex(r"[a-z][a-z0-9+.-]*://[^\s\"\\]+")
_MINOR = regex(r"5\.([0-9]+)")

Digest = Callable[[str], str]


class RockFacts(NamedTuple):
    """What the machine adds to a package's own words about a rock.

    ``digests`` are the MD5s of those of its files that the package does not record, by path;
    ``needs`` the dependencies of the rockspec that its package ships, None where it ships none.
    ``fault`` says why the rock cannot be described, "" where it can.
    """

    digests: tuple[tuple[str, str], ...]
    license: str
    needs: tuple[str, ...] | None
    fault: str = ""


class Description(NamedTuple):
    """A rock's files, by name, and what the tree's manifest says of the rock."""

    files: Mapping[str, Content]
    entry: Entry

    @property
    def plain(self) -> tuple[dict[str, str], tuple[Any, ...]]:
        """The digests of the files and the entry, as values of JSON."""
        return {name: content.md5 for name, content in self.files.items()}, tuple(self.entry)

    @classmethod
    def from_plain(cls, plain: Sequence[Any], again: Callable[[], Description]) -> Description:
        """Return the description that ``plain`` was made of; lists stand for tuples.

        ``again`` makes it anew, for the content of a file that is to be written.
        """
        digests, entry = plain

        def text(name: str) -> bytes:
            return again().files[name].make()

        files = {name: Content(digest, partial(text, name)) for name, digest in digests.items()}
        return cls(files, Entry.from_plain(entry))


def digested_files(rock: ProvidedRock) -> list[str]:
    """Return the paths of a rock whose MD5 its package does not record, sorted."""
    parts = (rock.lua, rock.lib, rock.bin, rock.shipped)
    return sorted({path for part in parts for path in part.values()} - rock.package.recorded.keys())


def describe(rock: ProvidedRock, mode: str, facts: RockFacts, needs: Sequence[str]) -> Description:
    """Return a rock's metadata; ``needs`` are its dependencies as a rockspec writes them.

    Raises ``DistrorocksError`` for what LuaRocks could not read back.
    """
    known = {**rock.package.recorded, **dict(facts.digests)}
    content = rock_files(
        rock, mode, digest=known.__getitem__, license_name=facts.license, needs=needs
    )
    files = {name: Content.of(text) for name, text in content.items()}
    return Description(files, entry_of(installed_rock(rock, mode, needs)))


def rock_files(
    rock: ProvidedRock, mode: str, *, digest: Digest, license_name: str, needs: Iterable[str]
) -> dict[str, bytes]:
    """Return file name to content of a rock's directory.

    ``digest`` gives the MD5 of a path in the root; ``needs`` are the rock's dependencies.
    """
    if mode == MINIMAL:
        return {"rock_manifest": persist(RockManifest().to_table())}
    if rock.shipped:
        return _completing(rock, mode, digest)
    rockspec = persist(
        rockspec_table(rock, license_name=license_name, needs=needs), order=ROCKSPEC_ORDER
    )
    rockspec_name = f"{rock.rock[0]}-{rock.rock[1]}.rockspec"
    files = RockManifest()
    if mode == COMPLETE:
        lua, lib, commands = (
            {below: digest(path) for below, path in paths.items()}
            for paths in (rock.lua, rock.lib, rock.bin)
        )
        files = RockManifest(lua, lib, commands, {rockspec_name: md5(rockspec).hexdigest()})
    return {rockspec_name: rockspec, "rock_manifest": persist(files.to_table())}


def _completing(rock: ProvidedRock, mode: str, digest: Digest) -> dict[str, bytes]:
    """Return the rock_manifest of a rock whose package ships the rest."""
    parts = (rock.lua, rock.lib, rock.bin, rock.shipped) if mode == COMPLETE else ()
    files = RockManifest(*({below: digest(p) for below, p in part.items()} for part in parts))
    return {"rock_manifest": persist(files.to_table())}


def installed_rock(rock: ProvidedRock, mode: str, needs: Iterable[str]) -> InstalledRock:
    """Return the rock as the tree's manifest lists it; ``protected`` still lists its modules."""
    name, version = rock.rock
    if mode == MINIMAL and not rock.shipped:
        return InstalledRock(name, version)
    files = RockManifest() if mode == MINIMAL else RockManifest(rock.lua, rock.lib, rock.bin)
    dependencies = tuple(map(Dependency.parse, needs))
    return InstalledRock(name, version, files.modules(), files.commands(), dependencies)


def rockspec_table(rock: ProvidedRock, *, license_name: str, needs: Iterable[str]) -> LuaTable:
    """Return a rockspec of format 1.0 that says what the package says of itself.

    It describes and does not build: ``build.type`` is ``none``, ``modules`` name what is there.
    """
    package = rock.package
    home = package.homepage if _URL.fullmatch(package.homepage) else ""
    description: LuaTable = {
        "summary": package.summary,
        "detailed": package.description,
        "homepage": home,
        "license": license_name or package.license,
    }
    modules: LuaTable = {module_name(path): path for path in (*rock.lib, *rock.lua)}
    return {
        "package": rock.rock[0],
        "version": rock.rock[1],
        "source": {"url": home or f"file:///usr/share/doc/{package.name}"},
        "description": {key: _one_way(text) for key, text in description.items() if text},
        "dependencies": table_of(needs),
        "build": {"type": "none", "modules": modules},
    }


def _one_way(text: object) -> str:
    """Return a text that LuaRocks reads back as it stands: no carriage return, no NUL."""
    return str(text).replace("\r", "").replace("\0", "").strip()


def rock_needs(
    rock: ProvidedRock, published: Mapping[tuple[str, str], Iterable[ProvidedRock]]
) -> list[str]:
    """Return the rock's dependencies as a rockspec writes them: Lua first, then by name.

    ``published`` has the rocks that a package name stands for, by Lua version. A relation to
    anything else says nothing to LuaRocks and is left out; so is a rock's need of itself.
    """
    family = FAMILIES[rock.package.family]
    needs: dict[str, list[str]] = {}
    for text in rock.package.relations:
        for relation in family.parse_relation(text):
            for other in published.get((rock.lua_version, relation.name), ()):
                constraints = needs.setdefault(other.name.rock, [])
                if relation.constraint not in constraints and _is_met(relation.constraint, other):
                    constraints.append(relation.constraint)
    needs.pop(rock.name.rock, None)
    return [
        f"lua {lua_constraint(rock.lua_versions, rock.lua_version)}",
        *(" ".join((name, ", ".join(sorted(needs[name])))).strip() for name in sorted(needs)),
    ]


def by_package(rocks: Iterable[ProvidedRock]) -> dict[tuple[str, str], list[ProvidedRock]]:
    """Return the published rocks by Lua version and package name, provided names included."""
    found: dict[tuple[str, str], list[ProvidedRock]] = {}
    for rock in rocks:
        if not rock.why_not:
            for name in {rock.package.name, *rock.package.provides}:
                found.setdefault((rock.lua_version, name), []).append(rock)
    return found


def _is_met(constraint: str, rock: ProvidedRock) -> bool:
    """Return whether a rock meets a constraint that its package was found to meet.

    An epoch, say, can make a package newer than its rock's version tells: then nothing is said.
    A rock of a package that is not there has no version, and its package will meet it.
    """
    need = Dependency.parse(f"{rock.name.rock} {constraint}")
    is_there = bool(rock.version.text)
    return bool(constraint) and (
        not is_there or need.satisfied_by(Version.parse(rock.version.text))
    )


def lua_constraint(lua_versions: Iterable[str], lua_version: str) -> str:
    """Return which Luas a rock is for: the unbroken run of versions around ``lua_version``."""
    minors = {int(found[1]) for text in lua_versions if (found := _MINOR.fullmatch(text))}
    first = last = int(lua_version.partition(".")[2])
    while first - 1 in minors:
        first -= 1
    while last + 1 in minors:
        last += 1
    return f">= 5.{first}, < 5.{last + 1}"

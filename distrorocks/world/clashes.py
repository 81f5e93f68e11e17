"""Modules and commands of rocks to install that other rocks or packages have already.

Only what a rockspec declares is known before a build: ``build.modules`` and ``build.install``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from distrorocks.families.lua_files import classify
from distrorocks.families.module_files import has_command, installed_modules
from distrorocks.families.package import Package
from distrorocks.lua.value import LuaTable, LuaValue
from distrorocks.resolve.candidate import Candidate
from distrorocks.rocks.quotation import some_of
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.system.files.root_path import RootView
from distrorocks.trees.layout import DISTRO_ROOT
from distrorocks.values import NamedTuple
from distrorocks.world.installed_tree import InstalledTree

_MOST_NAMED = 3
_MOST_TOLD = 20


class Declared(NamedTuple):
    """The modules and commands that a rockspec declares."""

    modules: frozenset[str]
    commands: frozenset[str] = frozenset()


def declared(rockspec: Rockspec) -> Declared:
    """Return the modules and commands that a rockspec declares; ``a.init`` counts as ``a``."""
    build = rockspec.to_table().get("build")
    table: LuaTable = build if isinstance(build, dict) else {}
    install = table.get("install")
    places: LuaTable = install if isinstance(install, dict) else {}
    modules = [*_keys(table.get("modules")), *_keys(places.get("lua")), *_keys(places.get("lib"))]
    return Declared(
        frozenset(each.removesuffix(".init") for each in modules),
        frozenset(_keys(places.get("bin"))),
    )


def _keys(value: LuaValue) -> Iterator[str]:
    """Yield the names in a table; an item without one is named by its file."""
    for key, path in value.items() if isinstance(value, dict) else ():
        if isinstance(key, str):
            yield key
        elif isinstance(path, str):
            yield path.rpartition("/")[2].rpartition(".")[0] or path.rpartition("/")[2]


def may_clash(view: RootView, coming: Iterable[Declared], lua_version: str) -> bool:
    """Return whether anything declared is there where packages install it."""
    there = installed_modules(view, lua_version)
    return any(
        not there.isdisjoint(own.modules) or any(has_command(view, each) for each in own.commands)
        for own in coming
    )


def clashes(
    coming: Mapping[Candidate, Declared],
    trees: Sequence[InstalledTree],
    packages: Iterable[Package],
    lua_version: str,
) -> Iterator[str]:
    """Yield a warning for each rock or package that has what a coming rock declares.

    Other versions of the same rock are its own.
    """
    packages = tuple(packages)
    rocks = [(tree, rock) for tree in trees for rock in tree.rocks] if packages else ()
    owners = (tree.owner(rock) for tree, rock in rocks)
    owning = {owner.name for owner in owners if owner}  # told as the rocks that they are
    others = [
        (f"the package {each.name}", _of_package(each, lua_version))
        for each in packages
        if each.name not in owning
    ]
    for candidate, own in coming.items():
        told: list[str] = []
        for other, there in _of_rocks(candidate, trees):
            told += _told(candidate, own, other, there)
        for other, there in others:
            told += _told(candidate, own, other, there)
        for before, two in coming.items():
            if before.name < candidate.name:
                told += _told(candidate, own, f"{before}, which is installed too", two)
        yield from told[:_MOST_TOLD]


def _of_rocks(
    candidate: Candidate, trees: Sequence[InstalledTree]
) -> Iterator[tuple[str, Declared]]:
    """Yield the installed rocks of other names with what they have."""
    for tree in trees:
        for rock in tree.contents.every_rock:
            if rock.name != candidate.name:
                modules = (each.removesuffix(".init") for each in rock.modules)
                there = Declared(frozenset(modules), frozenset(rock.commands))
                yield f"{rock.name} {rock.version} in {tree.layout.root}", there


def _of_package(package: Package, lua_version: str) -> Declared:
    """Return what a package has for one Lua version."""
    modules, commands = set(), set()
    for path in package.files:
        file = classify(path)
        if file and file.lua_version == lua_version and file.module:
            modules.add(file.module)
        if path.startswith(f"{DISTRO_ROOT}/bin/"):
            commands.add(path.rpartition("/")[2])
    return Declared(frozenset(modules), frozenset(commands))


def _told(candidate: Candidate, own: Declared, other: str, there: Declared) -> Iterator[str]:
    for noun, names in (
        ("module", sorted(own.modules & there.modules)),
        ("command", sorted(own.commands & there.commands)),
    ):
        if names:
            shown = some_of(noun, names, _MOST_NAMED)
            yield f"{candidate} brings the {shown}, also in {other}"

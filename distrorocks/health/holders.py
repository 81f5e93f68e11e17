"""Observe who has which modules and commands for one Lua version: rocks and packages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from distrorocks.families.lua_files import classify
from distrorocks.families.package import Package
from distrorocks.health.overlap import Holder
from distrorocks.system.files.root_path import RootView
from distrorocks.world.installed import Installed
from distrorocks.world.installed_tree import InstalledTree
from distrorocks.world.rock_files import Places

_COMMANDS = "/usr/bin/"


def observe_holders(
    view: RootView, found: Installed, packages: Sequence[Package]
) -> tuple[Holder, ...]:
    """Return the rocks of all trees with the files that exist, in tree order, then the packages.

    A package has only the files that no rock has.
    """
    rocks = [holder for tree in found.trees for holder in _of_tree(view, tree, packages)]
    held = {path for each in rocks for path in (*each.modules.values(), *each.commands.values())}
    commands = {name for each in rocks for name in each.commands}
    others = (_of_package(each, found.lua_version, held, commands) for each in packages)
    return (*rocks, *(each for each in others if each.modules or each.commands))


def _of_tree(view: RootView, tree: InstalledTree, packages: Sequence[Package]) -> Iterator[Holder]:
    """Yield the rocks of a tree; only the first of a module's rocks has the plain file name."""
    places = Places(view, tree.layout, packages if tree.belongs_to_packages else ())
    for rock in tree.rocks:
        indexed = tree.indexed(rock.name, rock.version.string)
        modules, commands = {}, {}
        for name, relative in indexed.modules.items() if indexed else ():
            placed = places.module(indexed, name, relative) if indexed else None
            owner = next(iter(tree.contents.modules.get(name, ())), None)
            is_first = owner == (rock.name, rock.version.string)
            if not placed or not placed.is_there:
                continue
            if is_first or not placed.path.endswith(f"/{relative}"):
                modules[name] = placed.path
        for name, relative in indexed.commands.items() if indexed else ():
            path = f"{tree.layout.bin_dir}/{relative}"
            if view.find(path):
                commands[name] = path
        owned = tree.owner(rock)
        package = owned.name if owned else ""
        yield Holder(rock, package, modules, commands)


def _of_package(package: Package, lua_version: str, held: set[str], commands: set[str]) -> Holder:
    """Return the modules of a package for one Lua version, and its commands that rocks have too."""
    modules, own_commands = {}, {}
    for path in package.files:
        if path in held:
            continue
        if path.startswith(_COMMANDS) and path.removeprefix(_COMMANDS) in commands:
            own_commands[path.removeprefix(_COMMANDS)] = path
        file = classify(path)
        if file and file.lua_version == lua_version and file.module:
            modules[file.module] = path
    return Holder(None, package.name, modules, own_commands)

"""Find the files that provide a module, with their rock, tree and package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from distrorocks.families.installed import read_installed
from distrorocks.families.package import Package
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.tree_index import IndexedRock
from distrorocks.system.files.root_path import RootView
from distrorocks.trees.layout import Layout
from distrorocks.trees.stack import Tree
from distrorocks.world.installed import Installed, installed
from distrorocks.world.installed_tree import InstalledTree
from distrorocks.world.rock_files import Placed, Places, packaged_modules

Owners = Mapping[str, Package]


class Provider(NamedTuple):
    """A file that provides a module; ``rock`` and ``tree`` are None if it is not part of a rock.

    ``package`` owns the file; None if no package does.
    """

    placed: Placed
    rock: IndexedRock | None = None
    tree: Tree | None = None
    package: Package | None = None


class Answer(NamedTuple):
    """The providers of a module for one Lua version, in load order.

    Rocks come in tree order, within a tree in manifest order, then files outside rocks. Lua loads
    the first file that exists.
    """

    module: str
    lua_version: str
    providers: tuple[Provider, ...]


def which(
    root: str, modules: Iterable[str], *, lua_versions: Sequence[str] = (), tree: str = ""
) -> tuple[list[Answer], list[str]]:
    """Return an answer for each module and Lua version that has it, and the trees' warnings."""
    packages = read_installed(root)
    found = installed(
        root, lua_versions or LUA_VERSIONS, tree=tree, library_dir=packages.library_dir
    )
    view, answers = RootView(root), []
    owners = {path: one for one in reversed(packages.packages) for path in one.files}
    for module in dict.fromkeys(modules):
        for each in found:
            providers = list(_of_rocks(view, each, module, owners))
            known = {provider.placed.path for provider in providers if provider.placed.is_there}
            loose = list(_of_no_rock(view, each, module, owners))
            if not tree:  # with a tree given, files elsewhere do not count
                loose += _packaged(each, module, packages.packages)
            for provider in loose:
                if provider.placed.path not in known:
                    known.add(provider.placed.path)
                    providers.append(provider)
            if providers:
                providers.sort(key=lambda provider: not provider.placed.is_there)
                answers.append(Answer(module, each.lua_version, tuple(providers)))
    return answers, [text for each in found for text in each.warnings]


def _of_rocks(view: RootView, found: Installed, module: str, owners: Owners) -> Iterator[Provider]:
    """Yield the rocks that have a module, each with its file.

    Only the first rock in a manifest owns the plain file name; the others have versioned names.
    """
    for each in found.trees:
        index, places = each.contents, Places(view, each.layout)
        name = module if module in index.modules else f"{module}.init"
        for number, rock_name in enumerate(index.modules.get(name, ())):
            rock = each.indexed(*rock_name)
            relative = rock.modules.get(name) if rock else None
            if rock is None or relative is None:
                continue
            placed = places.module(rock, name, relative)
            if number and placed.path.endswith(f"/{relative}"):
                placed = placed._replace(is_there=False)
            yield Provider(placed, rock, each.tree, owners.get(placed.path))


def _of_no_rock(
    view: RootView, found: Installed, module: str, owners: Owners
) -> Iterator[Provider]:
    """Yield the module's files in the deployment directories of the trees."""
    for tree in found.trees:
        for path in _plain_paths(tree, module):
            found_file = view.find(path)
            if found_file and found_file.is_file:
                yield Provider(Placed(module, path), package=owners.get(path))


def _packaged(found: Installed, module: str, packages: Sequence[Package]) -> Iterator[Provider]:
    """Yield the module's files in any directory used by packages."""
    for package, path in packaged_modules(packages, found.lua_version, {module}):
        yield Provider(Placed(module, path), package=package)


def _plain_paths(tree: InstalledTree, module: str) -> Iterator[str]:
    """Yield the paths at which Lua looks for a module in a tree, in order."""
    layout: Layout = tree.layout
    below = module.replace(".", "/")
    if "/" in module or not all(module.split(".")):
        return
    yield f"{layout.lua_dir}/{below}.lua"
    yield f"{layout.lua_dir}/{below}/init.lua"
    yield f"{layout.lib_dir}/{below}.so"

"""Which file a module is: of which rock, in which tree, of which package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from distrorocks.distro.package import Package
from distrorocks.jobs.installed import Installed, installed
from distrorocks.jobs.installed_tree import InstalledTree
from distrorocks.jobs.placed import Placed, Places, packaged_modules
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.tree_index import IndexedRock
from distrorocks.system.files.root_path import RootView
from distrorocks.system.packages.installed_packages import read_installed
from distrorocks.trees.layout import Layout
from distrorocks.trees.stack import Tree


class Provider(NamedTuple):
    """A file that is a module; ``rock`` and ``tree`` are None for a file of no rock.

    ``package`` owns the file; it is None where no package does.
    """

    placed: Placed
    rock: IndexedRock | None = None
    tree: Tree | None = None
    package: Package | None = None


class Answer(NamedTuple):
    """Who provides a module to one Lua version: the one that is loaded, then all others.

    Rocks come in the order of the trees, in each tree as its manifest lists them; then files of
    no rock. The first whose file is there is loaded.
    """

    module: str
    lua_version: str
    providers: tuple[Provider, ...]


def which(
    root: str, modules: Iterable[str], *, lua_versions: Sequence[str] = (), tree: str = ""
) -> tuple[list[Answer], list[str]]:
    """Return an answer for each module and Lua version that has it, and warnings of the trees."""
    packages = read_installed(root)
    found = installed(
        root, lua_versions or LUA_VERSIONS, tree=tree, library_dir=packages.library_dir
    )
    view, answers = RootView(root), []
    for module in dict.fromkeys(modules):
        for each in found:
            providers = list(_of_rocks(view, each, module, packages.packages))
            known = {provider.placed.path for provider in providers if provider.placed.is_there}
            for provider in _of_no_rock(view, each, module, packages.packages, alone=bool(tree)):
                if provider.placed.path not in known:
                    known.add(provider.placed.path)
                    providers.append(provider)
            if providers:
                providers.sort(key=lambda provider: not provider.placed.is_there)
                answers.append(Answer(module, each.lua_version, tuple(providers)))
    return answers, [text for each in found for text in each.warnings]


def _of_rocks(
    view: RootView, found: Installed, module: str, packages: Sequence[Package]
) -> Iterator[Provider]:
    """Yield the rocks that have a module, each with its file.

    Only the first that a manifest lists has the plain name; the others' files have their own.
    """
    for each in found.trees:
        index, places = each.contents, Places(view, each.layout)
        name = module if module in index.modules else f"{module}.init"
        for number, rock_name in enumerate(index.modules.get(name, ())):
            rock = index.installed(*rock_name)
            relative = rock.modules.get(name) if rock else None
            if rock is None or relative is None:
                continue
            placed = places.module(rock, name, relative)
            if number and placed.path.endswith(f"/{relative}"):
                placed = placed._replace(is_there=False)
            yield Provider(placed, rock, each.tree, _owner(packages, placed.path))


def _of_no_rock(
    view: RootView, found: Installed, module: str, packages: Sequence[Package], *, alone: bool
) -> Iterator[Provider]:
    """Yield the files that are a module wherever packages put them, or where trees deploy to.

    With ``alone``, only one tree was asked for, and no package's file elsewhere counts.
    """
    for tree in found.trees:
        for path in _plain_paths(tree, module):
            found_file = view.find(path)
            if found_file and found_file.is_file:
                yield Provider(Placed(module, path), package=_owner(packages, path))
    if not alone:
        for package, path in packaged_modules(packages, found.lua_version, {module}):
            yield Provider(Placed(module, path), package=package)


def _plain_paths(tree: InstalledTree, module: str) -> Iterator[str]:
    """Yield where Lua looks for a module in the directories of a tree."""
    layout: Layout = tree.layout
    below = module.replace(".", "/")
    if "/" in module or not all(module.split(".")):
        return
    yield f"{layout.lua_dir}/{below}.lua"
    yield f"{layout.lua_dir}/{below}/init.lua"
    yield f"{layout.lib_dir}/{below}.so"


def _owner(packages: Sequence[Package], path: str) -> Package | None:
    """Return the package that owns a file."""
    return next((package for package in packages if path in package.files), None)

"""Find the files that provide a module, with their rock, tree and package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from distrorocks.families.installed import Databases
from distrorocks.families.module_files import may_be_packaged
from distrorocks.families.package import Package
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.tree_index import IndexedRock
from distrorocks.system.files.root_path import RootView
from distrorocks.trees.layout import Layout
from distrorocks.trees.stack import Tree
from distrorocks.values import TYPE_CHECKING, NamedTuple
from distrorocks.world.installed import Installed, installed
from distrorocks.world.installed_tree import InstalledTree
from distrorocks.world.rock_files import Placed, Places, packaged_modules

if TYPE_CHECKING:
    from distrorocks.health.unread import UnreadTree
    from distrorocks.world.load_order import Load


class Owners:
    """The packages that own files; they are read for the first file that a package can own."""

    def __init__(self, packages: Sequence[Package]) -> None:
        self._packages = packages

    def get(self, path: str) -> Package | None:
        """Return the package that owns a file, None if no package does."""
        return self._by_path.get(path) if may_be_packaged(path) else None

    @cached_property
    def _by_path(self) -> Mapping[str, Package]:
        return {path: one for one in reversed(self._packages) for path in one.files}


class Provider(NamedTuple):
    """A file that provides a module; ``rock`` and ``tree`` are None if it is not part of a rock.

    ``package`` owns the file; None if no package does. ``unread`` is the tree of a file whose
    rock, if there is one, is unknown.
    """

    placed: Placed
    rock: IndexedRock | None = None
    tree: Tree | None = None
    package: Package | None = None
    unread: UnreadTree | None = None


class Answer(NamedTuple):
    """The providers of a module for one Lua version, and what each way to start Lua loads.

    What is loaded comes first, in the order of ``loads``, then files that exist: rocks in tree
    order, within a tree in manifest order, then files outside rocks; then missing files.
    ``loads`` is () if only one tree was asked about. ``stopped`` is why LuaRocks' loader fails
    whatever is required, "" if it works.
    """

    module: str
    lua_version: str
    providers: tuple[Provider, ...]
    loads: tuple[Load, ...] = ()
    notes: tuple[str, ...] = ()
    stopped: str = ""

    @property
    def is_found(self) -> bool:
        """Whether Lua loads a file in any way, or the tree that was asked about has one."""
        if self.loads:
            return any(each.path for each in self.loads)
        return self.providers[0].placed.is_there


def which(
    root: str,
    modules: Iterable[str],
    *,
    lua_versions: Sequence[str] = (),
    tree: str = "",
    directory: str = "",
) -> tuple[list[Answer], list[str]]:
    """Return an answer for each module and Lua version that has it, and the trees' warnings.

    With a ``tree``, files elsewhere do not count. ``directory`` is the working directory, ""
    if it does not count.
    """
    databases = Databases(root)
    library_dir = databases.library_dir
    found = installed(root, lua_versions or LUA_VERSIONS, tree=tree, library_dir=library_dir)
    view, answers = RootView(root), []
    owners = Owners(databases.packages)
    for each in found:
        order = None
        if not tree:
            from distrorocks.world.load_order import load_order

            order = load_order(view, each, library_dir, directory=directory)
        for module in dict.fromkeys(modules):
            providers = list(_of_rocks(view, each, module, owners))
            loose = list(_of_no_rock(view, each, module, owners))
            if not tree:
                loose += _packaged(each, module, databases.packages)
            loads = order.loads(module) if order else ()
            is_known = providers or loose or lua_versions
            if not is_known and any(it.path for it in loads) and not _runs(view, each):
                continue
            loose += (_loaded(module, it.path, owners) for it in loads if it.path)
            held = {it.placed.path for it in providers}
            loose = [it for it in loose if it.placed.path not in held]
            everything = [*providers, *_marked(view, each, loose)]
            answer = _answer(each.lua_version, module, everything, loads)
            if answer and order:
                answer = answer._replace(notes=order.notes, stopped=order.stopped)
            if answer:
                answers.append(answer)
    names = list(dict.fromkeys(modules))
    answers.sort(key=lambda answer: names.index(answer.module))
    return answers, [text for each in found for text in each.warnings]


def _runs(view: RootView, found: Installed) -> bool:
    """Return whether there is an interpreter: LUA_PATH alone gives modules to every Lua version."""
    from distrorocks.luarocks.surroundings import has_interpreter  # few runs ask

    return has_interpreter(view, found.lua_version)


def _loaded(module: str, path: str, owners: Owners) -> Provider:
    return Provider(Placed(module, path), package=owners.get(path))


def _marked(view: RootView, found: Installed, loose: Sequence[Provider]) -> list[Provider]:
    """Return files outside rocks, those of no package with their tree if its rocks are unknown."""
    if all(each.package for each in loose):
        return list(loose)
    from distrorocks.health.unread import unread_tree_of, unread_trees  # few runs need it

    trees = unread_trees(view, found)
    return [
        each if each.package else each._replace(unread=unread_tree_of(each.placed.path, trees))
        for each in loose
    ]


def _answer(
    lua_version: str, module: str, providers: Sequence[Provider], loads: Sequence[Load]
) -> Answer | None:
    """Return the providers without repeated files, the loaded ones first; None without any."""
    known: dict[str, Provider] = {}
    missing = []
    for each in providers:
        if not each.placed.is_there:
            missing.append(each)
        elif each.placed.path not in known:
            known[each.placed.path] = each
    first = [known.pop(path) for path in dict.fromkeys(it.path for it in loads) if path in known]
    ordered = (*first, *known.values(), *missing)
    return Answer(module, lua_version, ordered, tuple(loads)) if ordered else None


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

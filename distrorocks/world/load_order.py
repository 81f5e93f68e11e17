"""What ``require`` finds first: plainly, after ``luarocks path``, and with ``luarocks.loader``.

The order of ``rocks_trees`` is not the order of loading. Plain Lua looks where it was built to and
where LUA_PATH says; ``luarocks path`` and the loader append the trees to that; and the loader first
takes the newest rock that has the module, then searches for the name of that rock's file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from distrorocks.errors import DistrorocksError
from distrorocks.families.distribution import read_distribution
from distrorocks.lua.scan import LuaTextError
from distrorocks.luarocks.default_lua_version import running_version
from distrorocks.luarocks.interpreter import Interpreter, interpreters
from distrorocks.luarocks.surroundings import lua_variables
from distrorocks.rocks.rock_manifest import module_name
from distrorocks.rocks.tree_index import TreeIndex
from distrorocks.rocks.version import Version
from distrorocks.system.files.bounded_file import read_bounded
from distrorocks.system.files.root_path import RootView, is_readable
from distrorocks.trees.layout import Layout
from distrorocks.trees.search_path import SearchPath, exported, start_path, variable, with_trees
from distrorocks.values import NamedTuple
from distrorocks.world.installed import Installed
from distrorocks.world.installed_tree import InstalledTree
from distrorocks.world.rock_files import deployed_prefix

T = TypeVar("T")
_LIBRARY_LIMIT = 64 * 1024 * 1024
_ELF = b"\x7fELF"
_LOADER = "luarocks.loader"


class Way(NamedTuple):
    """One way to start Lua: its command line, and its search path.

    ``picks`` are the manifests in which the loader looks first; () without it. A way that
    ``fails`` loads nothing, whatever is required.
    """

    name: str
    search: SearchPath
    picks: tuple[TreeIndex, ...] = ()
    fails: bool = False


class Load(NamedTuple):
    """The file that ``require`` loads in one way, "" for none."""

    way: str
    path: str


class LoadOrder:
    """The ways to start Lua for one Lua version, and what each loads.

    ``notes`` say what else can change the order, ``stopped`` why the loader fails whatever is
    required, "" if it works. ``directory`` is the working directory, which is on Lua's search path;
    "" leaves it out.
    """

    stopped = ""

    def __init__(
        self, view: RootView, ways: Sequence[Way], notes: Sequence[str] = (), directory: str = ""
    ) -> None:
        self.ways = tuple(ways)
        self.notes = tuple(notes)
        self._view = view
        self._templates = {
            each.name: tuple(filter(self._is_useful, each.search.templates(directory)))
            for each in self.ways
        }
        self._c_templates = {
            each.name: tuple(filter(self._is_useful, each.search.c_templates(directory)))
            for each in self.ways
        }
        self._known: dict[str, tuple[Load, ...]] = {}

    def loads(self, module: str) -> tuple[Load, ...]:
        """Return what each way loads for a module."""
        if module not in self._known:
            self._known[module] = tuple(
                Load(way.name, self._first(way, module)) for way in self.ways
            )
        return self._known[module]

    def _first(self, way: Way, module: str) -> str:
        """Return the first file for a module, "" for none."""
        if way.fails or "/" in module or not all(module.split(".")):
            return ""
        for name in (*_picked(way.picks, module), module):
            below = name.replace(".", "/")
            for template in self._templates[way.name]:
                path = template.replace("?", below)
                if self._is_there(path):
                    return path
        first, dot, _ = module.partition(".")
        for template in self._c_templates[way.name] if dot else ():
            path = template.replace("?", first)
            if self._is_there(path):  # Lua looks into the first one only
                return "" if self._is_passed_over(path, module) else path
        return ""

    def _is_useful(self, template: str) -> bool:
        """Return whether the directory of a template exists."""
        return self._view.find(template.partition("?")[0].rpartition("/")[0] or "/") is not None

    def _is_there(self, path: str) -> bool:
        """Return whether Lua stops its search at a path: also at a directory, which it cannot load.

        Its test is fopen(3), which opens directories for reading, and no file that this user may
        not read (loadlib.c).
        """
        return is_readable(self._view, path)

    def _is_passed_over(self, path: str, module: str) -> bool:
        """Return whether a C library lacks the function that opens a submodule.

        A file that is no library is not passed over: Lua fails at it.
        """
        found = self._view.find(path)
        function = f"luaopen_{module.replace('.', '_')}".encode("utf-8", "surrogateescape")
        if not found or not found.is_file:
            return False
        try:
            text = read_bounded(self._view.host_path(found.path), _LIBRARY_LIMIT)
        except DistrorocksError:
            return True
        return text.startswith(_ELF) and function + b"\0" not in text


def _picked(trees: Iterable[TreeIndex], module: str) -> Iterator[str]:
    """Yield the name under which the loader searches for a module first, if a rock has it.

    The newest version among the providers of all trees wins, whatever the rock is called; all but
    the first provider of a tree have a file name with a prefix (``luarocks.loader``).
    """
    providers: list[tuple[Version, str]] = []
    for tree in trees:
        item = module if module in tree.modules else f"{module}.init"
        for place, (name, version) in enumerate(tree.modules.get(item, ())):
            rock = tree.installed(name, version)
            relative = rock.modules.get(item) if rock else None
            if rock is None or relative is None:
                continue
            if place:
                relative = f"{deployed_prefix(rock)}-{relative}"
            providers.append((Version.parse(version), module_name(relative)))
    if providers:
        yield sorted_first(providers, lambda one, other: one[0] > other[0])[1]


def sorted_first(items: Sequence[T], is_before: Callable[[T, T], bool]) -> T:
    """Return what is first once Lua's ``table.sort`` has sorted; it decides between equal items.

    The loader sorts by version, and several trees may have the same one. This is the quicksort of
    ltablib.c, of which only the lowest part is followed; from 5.3 on it is the same for up to 100
    items.
    """
    a, upper = list(items), len(items) - 1
    while upper > 0:
        if is_before(a[upper], a[0]):
            a[0], a[upper] = a[upper], a[0]
        if upper == 1:
            break
        middle = upper // 2
        if is_before(a[middle], a[0]):
            a[middle], a[0] = a[0], a[middle]
        elif is_before(a[upper], a[middle]):
            a[middle], a[upper] = a[upper], a[middle]
        if upper == 2:
            break
        upper = _parted(a, middle, upper, is_before) - 1
    return a[0]


def _parted(a: list[T], middle: int, upper: int, is_before: Callable[[T, T], bool]) -> int:
    """Part the items up to ``upper`` around the middle one; return where that is afterwards."""
    pivot = a[middle]
    a[middle], a[upper - 1] = a[upper - 1], a[middle]
    i, j = 0, upper - 1
    while True:
        i += 1
        while is_before(a[i], pivot):
            i += 1
        j -= 1
        while is_before(pivot, a[j]):
            j -= 1
        if j < i:
            break
        a[i], a[j] = a[j], a[i]
    a[upper - 1], a[i] = a[i], a[upper - 1]
    return i


def load_order(
    view: RootView, found: Installed, library_dir: str, *, directory: str = ""
) -> LoadOrder:
    """Return the ways to start Lua for the Lua version of ``found``.

    Those of LuaRocks are left out if its loader would not be found. The interpreters of this
    system are asked for their built-in search paths.
    """
    version, environment = found.lua_version, lua_variables(view.root)
    distribution = read_distribution(view.root)
    known = interpreters(view, version, distribution, library_dir)
    listed = [each for each in found.trees if each.tree.is_listed]
    layouts = [each.layout for each in listed]
    starts = {each.name: _start(each, environment) for each in known}
    ways = [Way(name, start) for name, start in starts.items()]
    notes = list(_notes(known, version, environment))
    by = known[0]
    if (runner := running_version(view.root) or version) != version:
        by = interpreters(view, runner, distribution, library_dir)[0]
    own = Way(by.name, _start(by, environment))
    is_set = any(name.startswith(("LUA_PATH", "LUA_CPATH")) for name in environment)
    lost = [it.name for it in (*ways, own) if is_set and not _has_luarocks(view, it)]
    if lost:
        names = ", ".join(dict.fromkeys(lost))
        notes.append(f"with this LUA_PATH {names} finds no module of LuaRocks")
    stopped = _stopped(found, listed)
    after = _after_path(by, known[0], layouts, environment)
    if "'" in "".join(after.search):
        notes.append("`luarocks path` prints what no shell reads: LUA_PATH has a quotation mark")
    elif own.name not in lost:
        ways.append(after)
    picks = tuple(each.contents for each in listed)
    loaders = [
        Way(f"{name} -l{_LOADER}", with_trees(start, layouts, version), picks, bool(stopped))
        for name, start in starts.items()
        if name not in lost
    ]
    if stopped and loaders:
        notes.append(f"for Lua {version} {_LOADER} fails for every module: {stopped}")
    order = LoadOrder(view, [*ways, *loaders], notes, directory)
    order.stopped = stopped if loaders else ""
    return order


def _stopped(found: Installed, listed: Sequence[InstalledTree]) -> str:
    """Return why LuaRocks' loader fails whatever is required, "" if it works.

    Of the configuration only the system's file makes it fail, and one that it cannot open does not.
    """
    system, faults = found.configuration.places.system.path, found.configuration.faults
    faulty = (it.brief for it in faults if isinstance(it, LuaTextError))
    if any(system in brief for brief in faulty):
        return f"{system} is faulty"
    warnings = found.configuration.warnings
    if any(it.startswith("rocks_trees is ") and it.endswith("not a list") for it in warnings):
        return "rocks_trees is not a list"
    broken = (each.layout.manifest for each in listed if each.stops_luarocks)
    return next((f"{path} is broken" for path in broken), "")


def luarocks_start(view: RootView, lua_version: str, library_dir: str) -> SearchPath:
    """Return the search paths with which LuaRocks starts, by default in ``lua_version``."""
    runner = running_version(view.root) or lua_version
    by = interpreters(view, runner, read_distribution(view.root), library_dir)[0]
    return _start(by, lua_variables(view.root))


def _start(by: Interpreter, environment: Mapping[str, str]) -> SearchPath:
    return start_path(SearchPath(by.path, by.cpath), by.lua_version, environment)


def _has_luarocks(view: RootView, way: Way) -> bool:
    """Return whether the modules of LuaRocks are found; a template without ``?`` is never one."""
    (load,) = LoadOrder(view, [way]).loads(_LOADER)
    return load.path.endswith(f"/{_LOADER.replace('.', '/')}.lua")


def _after_path(
    by: Interpreter, used: Interpreter, trees: Iterable[Layout], environment: Mapping[str, str]
) -> Way:
    """Return the way that ``luarocks path`` prepares; ``by`` is the interpreter that runs it."""
    values = exported(_start(by, environment), trees, used.lua_version)
    names = ("LUA_PATH", "LUA_CPATH")
    set_now = {
        variable(name, used.lua_version, environment): value
        for name, value in zip(names, values, strict=True)
    }
    search = start_path(SearchPath(used.path, used.cpath), used.lua_version, set_now)
    option = "" if by.lua_version == used.lua_version else f"--lua-version={used.lua_version} "
    return Way(f"{used.name} after `luarocks {option}path`", search)


def _notes(
    known: Iterable[Interpreter], lua_version: str, environment: Mapping[str, str]
) -> Iterator[str]:
    """Yield what a user should know about the answers."""
    for each in known:
        if not each.is_asked:
            yield f"the search path of {each.name} is assumed from the distribution's packages"
    start_up = variable("LUA_INIT", lua_version, environment)
    if start_up in environment:
        yield f"{start_up} is set: its code can change where Lua looks"


def agreeing(loads: Sequence[Load]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the different files with the ways that load each, in order of the ways."""
    found: dict[str, list[str]] = {}
    for each in loads:
        found.setdefault(each.path, []).append(each.way)
    return [(path, tuple(ways)) for path, ways in found.items()]

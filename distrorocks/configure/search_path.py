"""The search paths that ``luarocks path`` exports: Lua's two, and that of the shell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.search_path import cleaned, exported, of_trees, variable
from distrorocks.values import NamedTuple
from distrorocks.world.load_order import luarocks_start
from distrorocks.world.site import SiteRequest, site


class Paths(NamedTuple):
    """Search paths as text: of Lua modules, of C modules, and of programs."""

    lua: str
    c: str
    programs: str


class SearchPaths(NamedTuple):
    """``trees`` has the entries of the trees alone, ``exported`` what is to be exported."""

    lua_version: str
    trees: Paths
    exported: Paths


def search_paths(
    request: SiteRequest, environment: Mapping[str, str], *, is_appended: bool
) -> SearchPaths:
    """Return the search paths of a system's trees; a chosen tree comes first.

    With ``is_appended`` the trees come behind what is set. Raise as ``site`` does. The rule is that
    of LuaRocks' ``path``.
    """
    with Jail() as jail:
        here = site(request, jail)
    version = here.installed.lua_version
    trees = [each.layout for each in here.installed.trees if each.tree.is_listed]
    wanted = here.target_tree.layout if request.wish.tree else None
    start = luarocks_start(RootView(request.root), version, here.library_dir)
    found = exported(start, trees, version, chosen=wanted, is_appended=is_appended)
    first = trees if wanted is None else [wanted, *trees]
    lua, c = (cleaned(each, version, keeps_first=True) for each in of_trees(first))
    programs = list(dict.fromkeys(each.bin_dir for each in first))
    known = [each for each in dict.fromkeys(environment.get("PATH", "").split(":")) if each]
    if is_appended:
        all_programs = list(dict.fromkeys([*known, *programs]))
    else:  # of equal ones the last stays, as in the paths of modules
        all_programs = [*(each for each in programs if each not in known), *known]
    return SearchPaths(
        version,
        Paths(lua, c, ":".join(programs)),
        Paths(found.lua, found.c, ":".join(all_programs)),
    )


def exports(paths: SearchPaths, environment: Mapping[str, str], *, with_bin: bool) -> Iterator[str]:
    """Yield the commands of a POSIX shell that export the paths."""
    for name, value in (("LUA_PATH", paths.exported.lua), ("LUA_CPATH", paths.exported.c)):
        yield _export(variable(name, paths.lua_version, environment), value)
    if with_bin:
        yield _export("PATH", paths.exported.programs)


def _export(name: str, value: str) -> str:
    quoted = value.replace("'", "'\\''")
    return f"export {name}='{quoted}'"

"""Describe one installed rock: rockspec, files, dependencies and package."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from distrorocks.errors import DistrorocksError, NegativeError
from distrorocks.families.installed import Databases
from distrorocks.families.package import Package
from distrorocks.lua.value import LuaTable, sequence
from distrorocks.luarocks.project import own_lua_version
from distrorocks.rocks.dependency import Dependency, DependencyError
from distrorocks.rocks.name import lower
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.rocks.tree_index import INSTALLED, IndexedRock
from distrorocks.rocks.version import Version
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.deployed_rock import DeployedRock
from distrorocks.trees.layout import distro_layout
from distrorocks.trees.stack import Tree, is_distro
from distrorocks.values import NamedTuple
from distrorocks.world.installed import Installed, Listed, hint_of_other_lua, installed, listed
from distrorocks.world.installed_tree import InstalledTree
from distrorocks.world.rock_files import Placed, Places, owners, rock_files


class Need(NamedTuple):
    """A dependency as written, and the version that satisfies it, or ""."""

    text: str
    version: str


class Shown(NamedTuple):
    """One rock of one tree; unknown texts are "".

    ``also_for`` are other Lua versions that have a rock of that name. ``packages`` are its owners
    in the distribution's tree. ``missing`` has a line for each thing that could not be read.
    """

    lua_version: str
    also_for: tuple[str, ...]
    rock: IndexedRock
    tree: Tree
    namespace: str | None
    package: str
    description: LuaTable
    rockspec: str
    modules: tuple[Placed, ...]
    commands: tuple[Placed, ...]
    dependencies: tuple[Need, ...]
    build_dependencies: tuple[Need, ...]
    test_dependencies: tuple[Need, ...]
    indirect: tuple[Need, ...]
    packages: tuple[Package, ...]
    missing: tuple[str, ...]

    def described(self, key: str) -> str:
        """Return a string field of the rockspec's description, or ""."""
        value = self.description.get(key)
        return value if isinstance(value, str) else ""

    @property
    def labels(self) -> list[str]:
        """The labels of the rockspec."""
        value = self.description.get("labels")
        return [str(each) for each in sequence(value)] if isinstance(value, dict) else []


def show(
    root: str,
    name: str,
    version: str | None = None,
    *,
    lua_versions: Sequence[str] = (),
    tree: str = "",
) -> tuple[list[Shown], list[str]]:
    """Return the rock for each of ``lua_versions`` that has it, and the trees' warnings.

    Without ``lua_versions``, return it for LuaRocks' own, else for the newest that has it.
    ``name`` may be an unambiguous part of the name. The newest version is shown, from the last tree
    that has it. Raise ``DistrorocksError`` if no rock or more than one matches.
    """
    databases = Databases(root)
    found = installed(root, lua_versions, tree=tree, library_dir=databases.library_dir)
    chosen = _chosen(found, lower(name.rpartition("/")[2]), version)
    if not chosen:
        wanted = " ".join(filter(None, (name, version)))
        raise NegativeError(
            f"no rock {wanted} is installed",
            hint=hint_of_other_lua(root, lower(name.rpartition("/")[2]), lua_versions, tree=tree),
        )
    view = RootView(root)
    with Jail() as jail:
        if not lua_versions:
            own = own_lua_version(root, jail)
            chosen = [it for it in chosen if it[0].lua_version == own] or chosen[-1:]
        shown = [
            _shown(each, row, found, view, jail, databases.packages, databases.library_dir)
            for each, row in chosen
        ]
    return shown, [text for each in found for text in each.warnings]


def _chosen(
    found: list[Installed], name: str, version: str | None
) -> list[tuple[Installed, Listed]]:
    """Return the rock that ``name`` selects in each Lua version that has it."""
    rows = [(each, row) for each in found for row in listed(each, name, version)]
    rows = [(each, row) for each, row in rows if row.rock.arch == INSTALLED]
    names = sorted({row.rock.name for _, row in rows})
    if name not in names and len(names) > 1:
        raise DistrorocksError(
            f"multiple installed packages match the name '{name}'",
            detail="\n".join(f"   {each}" for each in names),
            hint="please specify a single rock",
        )
    meant = name if name in names else "".join(names)
    chosen: list[tuple[Installed, Listed]] = []
    for each in found:
        mine = [row for where, row in rows if where is each and row.rock.name == meant]
        if mine:
            newest = [row for row in mine if row.rock.version == mine[0].rock.version]
            chosen.append((each, newest[-1]))
    return chosen


def _shown(
    where: Installed,
    row: Listed,
    found: list[Installed],
    view: RootView,
    jail: Jail,
    packages: Sequence[Package],
    library_dir: str,
) -> Shown:
    """Return the description of one rock."""
    rock, layout = row.rock, row.tree.layout
    missing: list[str] = []
    tree = InstalledTree(view, row.tree)
    namespace = tree.namespace(rock.name, rock.version)
    deployed = DeployedRock(rock.name, Version.parse(rock.version), layout, namespace)
    rockspec = _rockspec(tree, deployed, jail, missing)
    of_distro = is_distro(layout, distro_layout(where.lua_version, library_dir=library_dir))
    places = Places(view, layout, packages if of_distro else ())
    modules, commands = rock_files(places, rock, missing)
    description = rockspec.table.get("description") if rockspec else None
    direct = rockspec.dependencies if rockspec else ()
    indirect = sorted(rock.closure.keys() - {each.rock_name for each in direct})
    return Shown(
        where.lua_version,
        tuple(
            each.lua_version
            for each in found
            if each is not where and any(rock.name in one.contents.rocks for one in each.trees)
        ),
        rock,
        row.tree,
        (namespace or "").strip() or None,
        rockspec.package if rockspec else rock.name,
        description if isinstance(description, dict) else {},
        deployed.rockspec,
        modules,
        commands,
        _needs(where, direct),
        _needs(where, rockspec.build_dependencies if rockspec else ()),
        _needs(where, rockspec.test_dependencies if rockspec else ()),
        _needs(where, map(_named, indirect)),
        owners(places, rock, (*modules, *commands)) if of_distro else (),
        tuple(missing),
    )


def _rockspec(
    tree: InstalledTree, rock: DeployedRock, jail: Jail, missing: list[str]
) -> Rockspec | None:
    """Return the rock's installed rockspec; on failure add the reason to ``missing``."""
    try:
        return tree.rockspec(rock, jail)
    except DistrorocksError as error:
        unknown = "so its summary, licence, home page and direct dependencies are not known"
        missing.append(f"{error.brief}, {unknown}")
        return None


def _named(name: str) -> Dependency:
    """Return the dependency on any version of a rock, also for an invalid name."""
    try:
        return Dependency.parse(name)
    except DependencyError:
        return Dependency(name, None, ())


def _needs(where: Installed, dependencies: Iterable[Dependency]) -> tuple[Need, ...]:
    """Return each dependency with the newest version that satisfies it in any tree."""
    provided = where.provided
    needs = []
    for each in dependencies:
        versions = [
            Version.parse(rock.version)
            for one in where.trees
            for rock in one.contents.rocks.get(each.rock_name, ())
        ]
        fitting = [version for version in versions if each.satisfied_by(version)]
        best = max(fitting).string if fitting else ""
        needs.append(Need(str(each), str(provided.get(each.rock_name, best))))
    return tuple(needs)

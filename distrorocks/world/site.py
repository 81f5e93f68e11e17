"""The site of a plan: the target tree, the consulted trees, and the owners of files."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from distrorocks.errors import DistrorocksError, UsageError
from distrorocks.families.distribution import read_distribution
from distrorocks.families.installed import Databases
from distrorocks.families.known import leading_family
from distrorocks.families.package import Package
from distrorocks.resolve.candidate import Candidate, Need, Origin
from distrorocks.resolve.dependents import NeedyRock, Sight
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.quotation import plain
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.system.lua.program import find_program_at
from distrorocks.system.trees.tree_rights import foreign_reason
from distrorocks.trees.deployed_rock import DeployedRock
from distrorocks.trees.deps_mode import DepsMode, configured_mode, consulted
from distrorocks.trees.layout import Layout
from distrorocks.trees.target import Target, User, Wish, target
from distrorocks.values import NamedTuple
from distrorocks.world.installed import Installed, Setting, look
from distrorocks.world.installed_tree import InstalledTree


class SiteRequest(NamedTuple):
    """The user, the tree and the system of a request; ``mode`` None means the configured one.

    ``lua_version`` "" means that of LuaRocks. ``lua_dir`` is the prefix of the Lua to use, "" for
    that of the configuration. Without ``has_project`` that of a project does not count.
    """

    user: User
    wish: Wish = Wish()
    lua_version: str = ""
    root: str = "/"
    mode: DepsMode | None = None
    lua_dir: str = ""
    has_project: bool = True


class Site(NamedTuple):
    """The target with all ``trees``, and those ``consulted`` for its dependencies.

    Root does not use trees that another user can write: they are not among ``trees``, and warnings
    of ``installed`` list them. The target is, whoever can write it. ``packages`` are read on first
    use; ``families`` are those with a package database.
    """

    installed: Installed
    target: Target
    mode: DepsMode
    trees: tuple[InstalledTree, ...]
    consulted: tuple[InstalledTree, ...]
    packages: Sequence[Package]
    library_dir: str
    families: tuple[str, ...]
    install_command: str
    remove_command: str
    jail: Jail

    @property
    def target_tree(self) -> InstalledTree:
        """The tree to install into."""
        return next(each for each in self.trees if each.tree == self.target.tree)

    @property
    def layouts(self) -> list[Layout]:
        """The layouts of the target and of the other consulted trees."""
        target = self.target_tree.layout
        return [target, *(it.layout for it in self.consulted if it.layout != target)]

    @property
    def config_files(self) -> list[str]:
        """The user's and the project's configuration files of LuaRocks."""
        places = self.installed.configuration.places
        return [each.path for each in (places.user, places.project) if each and each.is_found]

    @property
    def owner(self) -> str | None:
        """The reason why the target must not be written to, None if it may be."""
        if not self.target_tree.belongs_to_packages:
            return None
        return f"the tree {self.target_tree.layout.root} belongs to packages"

    @property
    def sight(self) -> Sight:
        """The roots of the visible trees, by the root of each tree."""
        mode = DepsMode.ONE if self.mode is DepsMode.NONE else self.mode
        return {
            each.layout.root: frozenset(
                seen.layout.root for seen in consulted(mode, self.target.trees, each.tree)
            )
            for each in self.trees
        }

    def rocks(self, concerning: Collection[str] | None = None) -> tuple[list[NeedyRock], list[str]]:
        """Return every installed rock with its dependencies, and warnings.

        With names of rocks, in lower case, return only the rocks of these names and all that may
        depend on them. Packages' dependencies are left to the package manager, without warnings.
        """
        found, warnings = [], []
        for tree in self.trees:
            for rock in tree.rocks_concerning(concerning):
                try:
                    needs = tuple(map(Need, tree.needs(rock, self.jail)))
                except DistrorocksError as error:
                    needs = ()
                    if not tree.belongs_to_packages:
                        warnings.append(f"{error.brief}, so the dependencies of {rock} are unknown")
                found.append(NeedyRock(installed_candidate(rock), needs))
        return found, warnings

    def package_of(self, candidate: Candidate) -> str:
        """Return the name of the package that owns an installed rock, or ""."""
        for tree in self.trees:
            if tree.layout.root == candidate.place:
                for rock in tree.versions(candidate.name):
                    if rock.version == candidate.version:
                        owner = tree.owner(rock)
                        return owner.name if owner else ""
        return ""


def installed_candidate(rock: DeployedRock) -> Candidate:
    """Return an installed rock as a candidate."""
    return Candidate(rock.name, rock.version, Origin.INSTALLED, rock.layout.root, rock.namespace)


def site(request: SiteRequest, jail: Jail) -> Site:
    """Examine a system for one Lua version; raise ``DistrorocksError`` if no tree is selected.

    Also raise if a configuration file of LuaRocks cannot be read, because its restrictions are
    then unknown.
    """
    root, project = request.root, request.wish.project
    version: str = request.lua_version
    if not version:
        from distrorocks.luarocks.default_lua_version import default_lua_version

        version = default_lua_version(root, jail, project=project)
    databases = Databases(root)
    packages = databases.packages
    view = RootView(root)
    variables: dict[str, str] = {}
    if request.lua_dir:
        version, variables = _lua_below(view, request, version)
    found = look(
        view,
        version,
        jail,
        library_dir=databases.library_dir,
        packages=packages,
        setting=Setting(request.has_project, variables),
    )
    found.configuration.sound()
    chosen = target(found.stack, found.config, request.wish, request.user)
    found, chosen = _without_foreign(found, chosen, root)
    mode = request.mode or configured_mode(found.config)
    known = {each.tree: each for each in found.trees}
    trees = {each: known.get(each) or InstalledTree(view, each, packages) for each in chosen.trees}
    seen = consulted(mode, chosen.trees, chosen.tree)
    distribution = read_distribution(root)
    family = leading_family(databases.families)
    distributions = (distribution.id, *distribution.id_like)
    return Site(
        found,
        chosen,
        mode,
        tuple(trees.values()),
        tuple(trees[each] for each in seen),
        packages,
        databases.library_dir,
        databases.families,
        family.install_command(distributions),
        family.remove_command(distributions),
        jail,
    )


def _lua_below(view: RootView, request: SiteRequest, usual: str) -> tuple[str, dict[str, str]]:
    """Return the version of the Lua below ``lua_dir``, and the variables that name it.

    It is the requested version, or else the usual one or the newest that is there.
    """
    versions = [request.lua_version] if request.lua_version else [usual, *LUA_VERSIONS[::-1]]
    for version in versions:
        found = find_program_at(view, version, request.lua_dir)
        if found:
            return version, found
    wanted = f"Lua {request.lua_version}" if request.lua_version else "Lua"
    raise UsageError(
        f"there is no interpreter of {wanted} in {plain(request.lua_dir)} or its bin",
        hint="--lua-dir takes the prefix of an installation of Lua, such as /usr/local",
    )


def _without_foreign(found: Installed, chosen: Target, root: str) -> tuple[Installed, Target]:
    """Remove the trees that another user can write, except for the target, if this is root.

    What such a tree holds would satisfy dependencies, and commands would load its modules.
    """
    if root != "/":
        return found, chosen
    others = [each for each in chosen.trees if each.layout.root != chosen.tree.layout.root]
    reasons = {each: reason for each in others if (reason := foreign_reason(each.layout))}
    warnings = [
        f"the tree {tree.layout.root} is ignored: {reason}"
        for tree, reason in reasons.items()
        if RootView(root).find(tree.layout.root)
    ]
    known = found.configuration
    return (
        found._replace(
            trees=tuple(each for each in found.trees if each.tree not in reasons),
            configuration=known._replace(warnings=(*known.warnings, *warnings)),
        ),
        chosen._replace(trees=tuple(each for each in chosen.trees if each not in reasons)),
    )

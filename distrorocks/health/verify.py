"""Verify trees against their rock_manifests, the package database and the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from distrorocks.config.configuration import Configuration
from distrorocks.families.known import FAMILIES
from distrorocks.families.package import Unkept
from distrorocks.health.finding import MODIFIED, Finding, Owners, settled
from distrorocks.health.ledger_findings import TreesState, ledger_findings
from distrorocks.health.promises import missing_modules, promise_finding, unkept_promises
from distrorocks.health.provider_findings import (
    Cover,
    own_modules,
    package_duplicates,
    shadow,
)
from distrorocks.health.tree_check import Checker
from distrorocks.health.unread import UnreadTree, unread_tree_of, unread_trees
from distrorocks.luarocks.config import home
from distrorocks.luarocks.project import own_configuration
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.ledger_file import read_ledger
from distrorocks.system.trees.present import present_digests
from distrorocks.trees.change import Change
from distrorocks.trees.layout import Layout, library_dir_of, tree_layout
from distrorocks.trees.ledger import Ledger
from distrorocks.trees.stack import SYSTEM_ROOT, Tree, is_distro, stack
from distrorocks.values import NamedTuple
from distrorocks.world.installed import Installed, NoSuchTree, picked
from distrorocks.world.installed_tree import InstalledTree
from distrorocks.world.load_order import agreeing, load_order
from distrorocks.world.survey import Survey, System, survey


class VerifyReport(NamedTuple):
    """The findings sorted by place, the number of rocks checked, and warnings."""

    findings: list[Finding]
    rocks: int
    warnings: list[str]


class _Chosen(NamedTuple):
    """The tree to verify for one Lua version, among the trees of its configuration."""

    layout: Layout
    distro: Layout
    stacked: list[Tree]
    configuration: Configuration

    @property
    def is_ours(self) -> bool:
        """Whether it is the distribution's tree."""
        return is_distro(self.layout, self.distro)

    @property
    def others(self) -> list[_Chosen]:
        """The other trees of the configuration."""
        layouts = (it.layout for it in self.stacked)
        return [self._replace(layout=it) for it in layouts if not is_distro(it, self.distro)]


def verify(
    system: System,
    would_change: Callable[[System], list[Change]],
    *,
    tree: str = "",
    is_every: bool = False,
) -> VerifyReport:
    """Return the findings of a tree for each Lua version, by default the distribution's.

    ``tree`` selects another by name or root; with ``is_every`` the other trees that LuaRocks'
    configuration lists are checked too. ``would_change`` returns what a refresh would do; it
    is called for the distribution's tree only. Nothing is written. Raise ``DistrorocksError`` for
    the distribution's tree in a root without a package database, for an unreadable ledger, and
    for a tree that does not exist.
    """
    found, ledger, view = survey(system), read_ledger(system.root), RootView(system.root)
    with Jail() as jail:
        chosen = [_chosen(system, layout, tree, jail) for layout in found.layouts.values()]
        if tree and not any(view.find(it.layout.root) for it in chosen):
            raise NoSuchTree(tree)
        ours = [it for it in chosen if it.is_ours]
        chosen += [
            each for it in ours if is_every for each in it.others if view.find(each.layout.root)
        ]
        changes = would_change(system) if ours else []
        made = {*(change.path for change in changes), *ledger.files}
        indexed = {it.layout.rocks_dir for it in ours if it.layout.manifest in made}
        checker = Checker(view, _owners(found, ledger), jail, indexed=indexed)
        checks = [checker.check(it.layout) for it in chosen]
    findings = [finding for check in checks for finding in check.findings]
    if ours:
        layouts = [it.layout for it in ours]
        unkept = unkept_promises(found, view, system.lua_versions)
        state = _state(view, ledger, found, layouts, findings, unkept)
        findings += ledger_findings(changes, state)
        findings += map(promise_finding, unkept)
        for layout in layouts:
            findings += package_duplicates(found.packages, layout.lua_version)
    findings += (finding for it in ours for finding in _shadows(view, found, it))
    return VerifyReport(
        settled(findings), sum(check.rocks for check in checks), list(found.warnings)
    )


def _chosen(system: System, distro: Layout, tree: str, jail: Jail) -> _Chosen:
    """Return the selected tree for one Lua version."""
    version = distro.lua_version
    config = own_configuration(system.root, version, jail)
    stacked = stack(config.table, distro, home=home(system.root))
    if not tree:
        return _Chosen(distro, distro, stacked, config)
    named = picked(stacked, tree, version)
    layout = named[0].layout if named else tree_layout(tree, version)
    if is_distro(layout, distro):
        layout = distro
    return _Chosen(layout, distro, stacked, config)


def _owners(found: Survey, ledger: Ledger) -> Owners:
    """Return the owners of files."""
    return Owners(
        packages={path: package for package in found.packages for path in package.files},
        of_rock={rock.rock: rock.package for rock in found.rocks if not rock.why_not},
        recorded=found.recorded,
        ours=frozenset(ledger.files),
    )


def _state(
    view: RootView,
    ledger: Ledger,
    found: Survey,
    layouts: list[Layout],
    findings: list[Finding],
    unkept: list[Unkept],
) -> TreesState:
    """Return the current state of the distribution's trees."""
    changed = {it.place for it in findings if it.kind == MODIFIED and not it.is_ours}
    lacking = {(it.package, file.lua_version) for it, file in missing_modules(unkept)}
    by_version = {layout.lua_version: layout for layout in layouts}
    excused = set()
    for rock in found.rocks:
        layout = by_version[rock.lua_version]
        files = {*rock.lua.values(), *rock.lib.values(), *rock.bin.values()}
        if FAMILIES[rock.package.family].has_digests and not changed.isdisjoint(files):
            excused.add(layout.rock_manifest(*rock.rock))
        if (rock.package.name, rock.lua_version) in lacking:
            excused |= {layout.rock_manifest(*rock.rock), layout.rockspec(*rock.rock)}
    paths = {*ledger.files, *(layout.manifest for layout in layouts)}
    return TreesState(
        ledger,
        present_digests(view, paths),
        found.shipped_metadata,
        tuple(layout.rocks_dir for layout in layouts),
        excused,
    )


def _shadows(view: RootView, found: Survey, chosen: _Chosen) -> Iterator[Finding]:
    """Yield the trees whose modules Lua loads instead of those of packages, and in which way."""
    modules, distro = own_modules(found.packages, chosen.distro), chosen.distro
    if not modules:
        return
    trees = tuple(InstalledTree(view, each) for each in chosen.stacked)
    here = Installed(distro.lua_version, trees, chosen.configuration)
    order = load_order(view, here, library_dir_of(distro))
    owned = {path for package in found.packages for path in package.files}
    unread = unread_trees(view, here)
    hidden: dict[tuple[Cover, tuple[str, ...]], dict[str, tuple[str, str]]] = {}
    for module, own in modules.items():
        for path, ways in agreeing(order.loads(module)):
            if path and path != own and path not in owned:
                key = _cover(path, module, here, unread), ways
                hidden.setdefault(key, {})[module] = path, own
    for (cover, ways), files in sorted(hidden.items()):
        some = () if len(ways) == len(order.ways) else ways
        yield shadow(files, cover, distro.lua_version, some)


def _cover(path: str, module: str, found: Installed, unread: Sequence[UnreadTree]) -> Cover:
    """Return the tree and the rock that a module's file is of, as far as they are known."""
    for tree in found.trees:
        below = tree.layout.below_modules(path)
        for name in (module, f"{module}.init") if below else ():
            owner = next(iter(tree.contents.modules.get(name, ())), None)
            listed = tree.contents.installed(*owner) if owner else None
            if listed and listed.modules.get(name) == below:
                return Cover(tree.layout.root, (listed.name, listed.version))
    if tree_there := unread_tree_of(path, unread):
        return Cover(tree_there.layout.root, mend=tree_there.hint)
    return Cover(_tree_of(path, found))


def _tree_of(path: str, found: Installed) -> str:
    """Return the root of the tree that a module's file is in, "" if it is in none."""
    layouts = [each.layout for each in found.trees]
    layouts.append(tree_layout(SYSTEM_ROOT, found.lua_version))
    return next((each.root for each in layouts if each.below_modules(path)), "")

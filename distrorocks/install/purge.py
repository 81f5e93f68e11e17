"""Remove all rocks of a tree, or all but the newest version of each."""

from __future__ import annotations

from collections.abc import Callable

from distrorocks.errors import NegativeError
from distrorocks.install.deploy.deploy import Progress, deploy, rocks_of
from distrorocks.install.removal import Removal, purge, purge_of_old
from distrorocks.install.remove import refuse_packages
from distrorocks.install.site_wrappers import wrapper_settings
from distrorocks.resolve.dependents import Dependent
from distrorocks.rocks.quotation import quoted
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.layout import Rock
from distrorocks.values import NamedTuple
from distrorocks.world.site import SiteRequest, site


class NoTree(NegativeError):  # noqa: N818 - what happened to the request
    """The tree to purge does not exist."""


class Purge(NamedTuple):
    """What to remove: rocks, and ``others``, entries of the tree that cannot be read as rocks.

    ``spared`` has a dependent for each old version that stays because it is needed.
    """

    removal: Removal
    others: tuple[Rock, ...] = ()
    spared: tuple[Dependent, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def doomed(self) -> list[Rock]:
        """Everything to remove."""
        rocks = [(each.name, each.version.string) for each in self.removal.rocks]
        return [*rocks, *self.others]


class Purged(NamedTuple):
    """The outcome: what to remove, and whether it was removed."""

    purge: Purge
    is_done: bool


def purge_rocks(
    request: SiteRequest,
    *,
    only_old: bool,
    is_forced: bool,
    consent: Callable[[Purge], bool],
    progress: Progress,
) -> Purged:
    """Remove the rocks of the selected tree for one Lua version if ``consent`` agrees.

    As in LuaRocks, all go whatever needs them; with ``only_old`` the newest version of each stays,
    and without ``is_forced`` those that rocks of any tree need. ``consent`` is not asked if there
    is nothing to remove. Raise ``NoTree`` if there is no such tree, and ``NotRemoved`` for a tree
    of packages.
    """
    with Jail() as jail:
        here = site(request, jail)
        layout = here.target_tree.layout
        if not RootView("/").find(layout.root):
            raise NoTree(
                f"there is no tree at {quoted(layout.root)}",
                hint="`distrorocks list` shows the rocks of all trees",
            )
        rocks, unread = here.rocks()
        before = rocks_of(layout)
        warnings = (*here.installed.warnings, *unread)
        if only_old:
            removal, spared = purge_of_old(layout.root, rocks, here.sight, is_forced=is_forced)
            found = Purge(removal, (), spared, warnings)
        else:
            found = Purge(purge(layout.root, rocks, here.sight), (), (), warnings)
            found = found._replace(others=tuple(sorted(before - frozenset(found.doomed))))
        refuse_packages(here, found.removal.rocks)
        if not found.doomed or not consent(found):
            return Purged(found, is_done=False)
        settings = wrapper_settings(here)
        done = deploy(layout, (), found.doomed, settings, before=before, progress=progress)
        done.finished()
        return Purged(found, is_done=True)

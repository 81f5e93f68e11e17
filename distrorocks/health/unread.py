"""Trees whose rocks are unknown, so that none of their files can be said to be of no rock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from distrorocks.health.finding import CLOSED_HINT, REPAIR, make_hint
from distrorocks.luarocks.config_file import home
from distrorocks.system.files.root_path import RootView, closed_way
from distrorocks.trees.layout import DISTRO_ROOT, Layout, tree_layout
from distrorocks.trees.stack import SYSTEM_ROOT
from distrorocks.values import NamedTuple
from distrorocks.world.installed import Installed


class UnreadTree(NamedTuple):
    """A tree, why its rocks are unknown, and what makes them known.

    ``is_consulted`` says whether LuaRocks would look into it if it could.
    """

    layout: Layout
    why: str
    hint: str
    is_consulted: bool = True

    def __str__(self) -> str:
        """Return the tree and why its rocks are unknown."""
        return f"the tree {self.layout.root}, {self.why}"

    def has(self, path: str) -> bool:
        """Return whether a file is among the modules of the tree."""
        return bool(self.layout.below_modules(path))


def unread_trees(view: RootView, found: Installed) -> tuple[UnreadTree, ...]:
    """Return the trees whose manifest cannot be read, and usual ones that are not listed."""
    return (*_broken(view, found), *_unlisted(view, found))


def unread_tree_of(path: str, trees: Iterable[UnreadTree]) -> UnreadTree | None:
    """Return the tree with unknown rocks that a module's file is in, None for no such tree."""
    return next((each for each in trees if each.has(path)), None)


def _broken(view: RootView, found: Installed) -> Iterator[UnreadTree]:
    for tree in found.trees:
        layout = tree.layout
        if tree.is_read:
            continue
        if closed_way(view, layout.manifest):
            yield UnreadTree(layout, "which this user may not enter", CLOSED_HINT)
        else:
            hint = REPAIR if layout.root == DISTRO_ROOT else make_hint(layout)
            yield UnreadTree(layout, "whose manifest is missing or broken", hint)


def _unlisted(view: RootView, found: Installed) -> Iterator[UnreadTree]:
    """Yield the usual trees with rocks that the configuration does not list."""
    known = {each.layout.root for each in found.trees}
    version = found.lua_version
    for root in _usual(view.root):
        layout = tree_layout(root, version)
        if root not in known and view.find(layout.rocks_dir):
            hint = f"`distrorocks list --tree={root} --lua-version={version}` lists its rocks"
            yield UnreadTree(layout, "which rocks_trees does not list", hint, is_consulted=False)


def _usual(root: str) -> Sequence[str]:
    return (SYSTEM_ROOT, f"{home(root)}/.luarocks")

"""Which trees belong to packages: nothing but a package manager writes there.

LuaRocks has no notion of a tree that it must not touch. It installs to the last tree that its
configuration lists, over the files of packages where that is the distribution's.
"""

from __future__ import annotations

from collections.abc import Iterable

from distrorocks.trees.layout import DISTRO_ROOT, Layout


def belongs_to_packages(layout: Layout, files: Iterable[str] = ()) -> bool:
    """Return whether a tree is the distribution's, or has modules or metadata of packages.

    ``files`` are the paths that packages own.
    """
    if layout.root == DISTRO_ROOT:
        return True
    places = tuple(f"{place}/" for place in (layout.lua_dir, layout.lib_dir, layout.rocks_dir))
    return any(path.startswith(places) for path in files)

"""Takes rocks out of a tree, unless others need them or packages own them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from distrorocks.errors import NegativeError, UsageError
from distrorocks.install.carry_out import Progress, Withdraw, carry_out
from distrorocks.install.deployed import tree_state
from distrorocks.install.removal import Removal, removal
from distrorocks.install.request import RockOperands
from distrorocks.luarocks.engine import LuaRocksEngine
from distrorocks.resolve.candidate import Candidate
from distrorocks.resolve.dependents import Dependent
from distrorocks.rocks.dependency import Dependency
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.reader import rock_file
from distrorocks.world.site import Site, SiteRequest, site


class NotRemoved(NegativeError):  # noqa: N818 - what happened to the request
    """Rocks that stay: a package owns them, or other rocks need them."""


class Removed(NamedTuple):
    """What became of a request to remove."""

    removal: Removal
    is_done: bool


def remove_rocks(
    request: SiteRequest,
    words: RockOperands,
    *,
    is_forced: bool,
    consent: Callable[[Removal, Sequence[str]], bool],
    progress: Progress,
) -> Removed:
    """Remove rocks from the tree that is meant.

    ``consent`` sees first which ones go, and what could not be read of others.

    Raises ``NotRemoved`` for a tree of packages, and without ``is_forced`` where rocks of any
    tree of the mode would lack something.
    """
    with Jail() as jail:
        here = site(request, jail)
        rocks, unread = here.rocks()
        layout = here.target_tree.layout
        before = tree_state("/", layout)
        found = removal(_wanted(words), layout.root, rocks, here.sight)
        _refuse_packages(here, found.rocks)
        if found.dependents and not is_forced:
            raise _needed(found)
        if not consent(found, (*here.installed.warnings, *unread)):
            return Removed(found, is_done=False)
        actions = [Withdraw(each.name, each.version.string) for each in found.rocks]
        with LuaRocksEngine(here.layouts, here.config_files) as engine:
            carry_out(actions, layout, engine, before=before, progress=progress)
        return Removed(found, is_done=True)


def _wanted(words: RockOperands) -> list[Dependency]:
    """Return what is to go; as for LuaRocks, a rock file's name says name and version."""
    wanted = list(words.dependencies)
    for path in words.files:
        named = rock_file(path.rpartition("/")[2])
        if named is None:
            raise UsageError(f"{path} is no name of a rock file")
        wanted.append(Dependency.parse(f"{named.name} == {named.version}"))
    return wanted


def _refuse_packages(here: Site, rocks: Sequence[Candidate]) -> None:
    """Raise where only a package manager may remove anything."""
    if here.owner is None:
        return
    packages = list(dict.fromkeys(filter(None, map(here.package_of, rocks))))
    told = "\n".join(
        f"  {each} is of the package {package}"
        if (package := here.package_of(each))
        else f"  no package owns {each}: it was put there by other means"
        for each in rocks
    )
    hint = "name another tree with --tree"
    if packages:
        hint = f"{here.remove_command} {' '.join(packages)}"
    raise NotRemoved(f"{here.owner}: nothing is removed from it", detail=told, hint=hint)


def _needed(found: Removal) -> NotRemoved:
    rocks = ", ".join(map(str, found.rocks))
    return NotRemoved(
        f"will not remove {rocks}: other rocks need what would go",
        detail="\n".join(f"  {dependent_text(each)}" for each in found.dependents),
        hint="remove those as well, or use --force and break them",
    )


def dependent_text(each: Dependent) -> str:
    """Return who needs what, and in which tree, in words."""
    return f"{each.candidate} in {each.candidate.place} needs '{each.need.dependency}'"

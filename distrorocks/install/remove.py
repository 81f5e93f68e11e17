"""Remove rocks from a tree, unless other rocks need them or packages own them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from distrorocks.errors import NegativeError, UsageError
from distrorocks.install.deploy.deploy import Progress, deploy, rocks_of
from distrorocks.install.removal import NotInstalled, Removal, removal
from distrorocks.install.request import RockOperands
from distrorocks.install.site_wrappers import wrapper_settings
from distrorocks.resolve.candidate import Candidate
from distrorocks.resolve.dependents import Dependent
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.quotation import plain
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.reader import rock_file
from distrorocks.values import NamedTuple
from distrorocks.world.installed import hint_of_other_lua
from distrorocks.world.site import Site, SiteRequest, site


class NotRemoved(NegativeError):  # noqa: N818 - what happened to the request
    """Rocks that cannot be removed: a package owns them, or other rocks need them."""


class Removed(NamedTuple):
    """The outcome: what to remove, and whether it was removed."""

    removal: Removal
    is_done: bool


def remove_rocks(
    request: SiteRequest,
    operands: RockOperands,
    *,
    is_forced: bool,
    consent: Callable[[Removal, Sequence[str]], bool],
    progress: Progress,
) -> Removed:
    """Remove rocks from the selected tree if ``consent`` agrees.

    ``consent`` gets the rocks to remove and warnings. Raise ``NotRemoved`` for a tree of packages,
    and without ``is_forced`` if dependents would become unsatisfied.
    """
    with Jail() as jail:
        here = site(request, jail)
        rocks, unread = here.rocks()
        layout = here.target_tree.layout
        before = rocks_of(layout)
        try:
            found = removal(_wanted(operands), layout.root, rocks, here.sight)
        except NotInstalled as missing:
            advise(here, missing)
            if not missing.elsewhere:
                version = here.installed.lua_version
                missing.hint = hint_of_other_lua(request.root, missing.name, [version])
            raise
        refuse_packages(here, found.rocks)
        if found.dependents and not is_forced:
            raise _needed(found)
        found = found._replace(lua_version=here.installed.lua_version)
        if not consent(found, (*here.installed.warnings, *unread)):
            return Removed(found, is_done=False)
        doomed = [(each.name, each.version.string) for each in found.rocks]
        settings = wrapper_settings(here)
        deploy(layout, (), doomed, settings, before=before, progress=progress).finished()
        return Removed(found, is_done=True)


def _wanted(operands: RockOperands) -> list[Dependency]:
    """Return what to remove; as in LuaRocks, a rock file's name gives name and version."""
    wanted = list(operands.dependencies)
    for path in operands.files:
        from distrorocks.rocks.name import parse_rock_name  # few name a file

        named = rock_file(path.rpartition("/")[2])
        if named is None:
            raise UsageError(f"{path} is not the name of a rock file")
        wanted.append(Dependency.parse(f"{parse_rock_name(named.name)} == {named.version}"))
    return wanted


def advise(here: Site, missing: NotInstalled) -> None:
    """Name a tree that may be removed from, else the command that removes the rock from another.

    From a tree of packages that is the package manager, or LuaRocks for what no package owns.
    """
    of_packages = {each.layout.root for each in here.trees if each.belongs_to_packages}
    owned = {each: package for each in missing.elsewhere if (package := here.package_of(each))}
    left = [each for each in missing.elsewhere if each not in owned]
    free = [each.place for each in left if each.place not in of_packages]
    packages = " ".join(dict.fromkeys(owned.values()))
    if free:
        missing.hint = f"select its tree: --tree={free[0]}"
    elif owned:
        missing.hint = f"packages own it: {here.remove_command} {packages}"
    elif left:
        missing.hint = _by_luarocks(left[0], here.installed.lua_version)


def _by_luarocks(candidate: Candidate, lua_version: str) -> str:
    """Return the command that removes a rock that no package owns from a tree of packages."""
    options = f"--lua-version={lua_version} --tree={plain(candidate.place)}"
    name, version = plain(candidate.name), plain(candidate.version)
    return f"no package owns it: luarocks remove {options} {name} {version}"


def refuse_packages(here: Site, rocks: Sequence[Candidate]) -> None:
    """Raise ``NotRemoved`` if the tree belongs to packages."""
    if here.owner is None:
        return
    packages = list(dict.fromkeys(filter(None, map(here.package_of, rocks))))
    detail = "\n".join(
        f"  {each} belongs to the package {package}"
        if (package := here.package_of(each))
        else f"  {each} belongs to no package: it was installed by other means"
        for each in rocks
    )
    hints = [f"{here.remove_command} {' '.join(packages)}"] if packages else []
    version = here.installed.lua_version
    hints += [_by_luarocks(each, version) for each in rocks if not here.package_of(each)]
    hint = "; ".join(hints)
    raise NotRemoved(f"{here.owner}: nothing is removed from it", detail=detail, hint=hint)


def _needed(found: Removal) -> NotRemoved:
    rocks = ", ".join(map(str, found.rocks))
    return NotRemoved(
        f"cannot remove {rocks}: other rocks need them",
        detail="\n".join(f"  {dependent_text(each)}" for each in found.dependents),
        hint="remove those as well, or use --force to leave them unsatisfied",
    )


def dependent_text(each: Dependent) -> str:
    """Return a dependent, its tree and its dependency as text."""
    return f"{each.candidate} in {each.candidate.place} needs '{each.need.dependency}'"

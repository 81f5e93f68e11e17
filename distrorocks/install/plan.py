"""Plan an installation: resolve a request over trees, packages and servers."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from distrorocks.errors import DistrorocksError
from distrorocks.exit_status import FAILED
from distrorocks.install.plan_request import Request, is_deployed, uses
from distrorocks.install.remarks import remarks
from distrorocks.install.request_index import RequestIndex, solved
from distrorocks.install.steps import Circumstances, Hidden, RockPlan, rock_plan
from distrorocks.luarocks.surroundings import hooked_families
from distrorocks.progress import Work
from distrorocks.resolve.candidate import Candidate, Need, Origin
from distrorocks.resolve.conflict import Conflict
from distrorocks.resolve.solution import Solution
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version
from distrorocks.servers.server_manifest import ROCKSPEC
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.deps_mode import DepsMode
from distrorocks.trees.layout import DISTRO_ROOT
from distrorocks.values import TYPE_CHECKING, NamedTuple
from distrorocks.world.candidates import DistroUse, World, WorldRequest
from distrorocks.world.site import Site, site

if TYPE_CHECKING:
    from distrorocks.servers.local_rock import LocalRock


class Planned(NamedTuple):
    """A plan and its inputs; ``lock_file`` is the path of the lock file that applied.

    ``requested`` are the names of the rocks that the user named.
    """

    request: Request
    requested: frozenset[str]
    plan: RockPlan
    solution: Solution
    site: Site
    world: World
    rock_index: RequestIndex
    lock_file: str
    warnings: tuple[str, ...]


@contextmanager
def planned(request: Request) -> Iterator[Planned]:
    """Yield the plan for a request, with its world still open.

    Raise ``Conflict`` if there is no solution, with the exit status of a failure if a server that
    may have one does not answer.
    """
    with Jail() as jail:
        here = site(request.site, jail)
        files = _files(request, here, jail)
        lock_file, pins = _pins(request, files)
        names = [each.rock_name for each in request.operands.dependencies]
        requested = frozenset([*names, *files])
        is_left_out = request.only_dependencies and len(requested) == 1
        needs = [Need(each) for each in request.operands.dependencies]
        needs += [Need(_exactly(rock), rock.path) for rock in files.values()]
        trees, config = here.consulted, here.installed.config
        hidden = [each for each in here.installed.trees if each not in trees]
        before: World | None = None
        for use in uses(request):
            about = _world_request(request, here, use)
            with World(about, trees, config, hidden=hidden, before=before) as world:
                left_out = requested if is_left_out else frozenset()
                try:
                    with Work("choosing versions"):
                        index, solution = solved(
                            needs, world, files, request, pins, here.mode.resolves, left_out
                        )
                except Conflict as conflict:
                    if use is not uses(request)[-1]:
                        before = world
                        continue
                    _explain(conflict, here, world)
                    raise
                given, warnings = _circumstances(request, here, index, solution, pins)
                plan = rock_plan(solution, given)
                texts = (*here.installed.warnings, *world.warnings, *warnings)
                texts += (*_unseen(plan, here), *_overridden(solution))
                coming = [step.candidate for step in plan.installs]
                served = [each for each in coming if not index.file_of(each)]
                with Work("looking at what changes"):
                    texts += tuple(remarks(coming, served, here, world, index.rockspec))
                told = tuple(dict.fromkeys(texts))
                yield Planned(
                    *(request, requested, plan, solution, here, world, index, lock_file), told
                )
                return


def _explain(conflict: Conflict, here: Site, world: World) -> None:
    """Complete a conflict with what was seen on the way to it, and what to do."""
    conflict.warnings = tuple(dict.fromkeys((*here.installed.warnings, *world.warnings)))
    conflict.hint = world.servers.hint_about(conflict.detail) or conflict.hint
    if not world.servers.is_whole():
        conflict.exit_status = FAILED


def _overridden(solution: Solution) -> Iterator[str]:
    """Yield a warning for each pin that violates a dependency."""
    for edge in solution.overridden():
        whose = edge.requirer or "the request"
        chosen = solution.chosen[edge.required]
        yield f"luarocks.lock pins {chosen}, but {whose} needs {edge.need.dependency}"


def _world_request(request: Request, here: Site, use: DistroUse) -> WorldRequest:
    names = frozenset(each.rock_name for each in request.operands.dependencies)
    return WorldRequest(
        here.installed.lua_version,
        request.site.root,
        request.servers,
        use,
        request.is_offline,
        unbuilt_names=names if request.own_build else frozenset(),
        is_for_here=True,
    )


def _files(request: Request, here: Site, jail: Jail) -> dict[str, LocalRock]:
    """Return the rock files given by the user, by rock name."""
    arch = here.installed.config.get("arch")
    found: dict[str, LocalRock] = {}
    for path in request.operands.files:
        from distrorocks.servers.local_rock import read_local_rock  # most rocks are of a server

        rock = read_local_rock(
            path,
            jail,
            arch=arch if isinstance(arch, str) else "",
            has_needs=here.mode.resolves,
        )
        name = rock.rockspec.name
        if name in found:
            raise DistrorocksError(
                f"{found[name].path} and {rock.path} both contain the rock {name}",
                hint="pass only one of them",
            )
        found[name] = rock
    return found


def _exactly(rock: LocalRock) -> Dependency:
    return Dependency.parse(f"{rock.rockspec.name} == {rock.rockspec.version}")


def _pins(request: Request, files: dict[str, LocalRock]) -> tuple[str, dict[str, Version]]:
    """Return the path of the lock file that applies, and its pins.

    As in LuaRocks, a lock file beside a named rockspec always applies.
    """
    if request.own_build and request.own_build.ignores_pins:
        return "", {}
    named = [posixpath.dirname(rock.path) for rock in files.values() if rock.arch == ROCKSPEC]
    named += [request.pins_to] if request.is_project else []
    for directory in dict.fromkeys([*filter(None, [request.pins_to]), *named]):
        from distrorocks.luarocks.pins_file import NAME, read_lock_file  # most have no project

        path = f"{directory}/{NAME}"
        found = read_lock_file(path, is_named=directory in named)
        if found is not None:
            build, test = found.build_dependencies, found.test_dependencies
            return path, {**test, **build, **found.dependencies}
    return "", {}


def _circumstances(
    request: Request, here: Site, index: RequestIndex, solution: Solution, pins: Iterable[str]
) -> tuple[Circumstances, list[str]]:
    """Return what the plan depends on, and warnings."""
    world = index.world
    rocks, warnings = here.rocks()
    requested = frozenset(edge.required for edge in solution.edges if edge.requirer is None)
    kept = [each for each in solution.chosen.values() if each.origin is Origin.INSTALLED]
    built_here = requested if request.own_build else frozenset()
    known = {
        name: _known(index, each, is_built_here=name in built_here)
        for name, each in solution.chosen.items()
        if each.origin is not Origin.PROVIDED
    }
    given = Circumstances(
        target=here.target_tree.layout.root,
        owner=here.owner if is_deployed(request) else None,
        rocks=rocks,
        sight=here.sight,
        known=known,
        packages={each: package for each in kept if (package := here.package_of(each))},
        package_command=here.install_command,
        unpublished=_unpublished(here, world, known),
        has_hooks=bool(hooked_families(request.site.root, here.families)),
        pinned=frozenset(name.rpartition("/")[2] for name in pins),
        keeps_versions=request.keeps_versions or _keeps(here),
        is_forced=request.is_forced,
        only_dependencies=request.only_dependencies,
        reinstalled=requested if request.is_forced else frozenset(),
        hidden=_hidden(here, known),
        passed_over=world.servers.passed_over,
    )
    return given, warnings


def _unseen(plan: RockPlan, here: Site) -> list[str]:
    """Return a warning if the target does not see the tree of suggested packages."""
    is_seen = any(each.layout.root == DISTRO_ROOT for each in here.consulted)
    if is_seen or not (plan.needed_command or plan.other_command):
        return []
    text = (
        f"packaged rocks are in {DISTRO_ROOT}, which deps_mode {here.mode} does not search for "
        f"{plan.target}: apply `distrorocks config-snippet` and use --deps-mode=all"
    )
    return [text]


def _unpublished(
    here: Site, world: World, known: Mapping[str, Sequence[Candidate]]
) -> frozenset[str]:
    """Return the installed packages whose rocks are not published yet."""
    offered = [
        world.distro.offer_of(each).package
        for candidates in known.values()
        for each in candidates
        if each.origin is Origin.DISTRO
    ]
    if not offered:
        return frozenset()
    installed = {each.name: each.version for each in here.packages}
    owners = {
        owner.name
        for tree in here.trees
        for name in known
        for rock in tree.versions(name)
        if (owner := tree.owner(rock))
    }
    return frozenset(
        each.name
        for each in offered
        if installed.get(each.name) == each.version and each.name not in owners
    )


def _hidden(here: Site, known: Mapping[str, Sequence[Candidate]]) -> dict[str, Hidden]:
    """Return the packages whose rocks of these names are in trees that are not consulted."""
    consulted = {each.tree for each in here.consulted}
    found = {}
    for tree in here.installed.trees:
        if tree.tree in consulted:
            continue
        hint, why = "use --deps-mode=all", f"where deps_mode {here.mode} does not look"
        if not tree.tree.is_listed:
            also = "" if here.mode is DepsMode.ALL else f", and {hint}"
            hint, why = (
                f"`distrorocks config-snippet --apply`{also}",
                "which rocks_trees does not list",
            )
        for name in known:
            for rock in tree.versions(name):
                if owner := tree.owner(rock):
                    where = f"in {tree.layout.root}, {why}"
                    found[owner.name] = Hidden(f"the package {owner.name} has {rock} {where}", hint)
    return found


def _keeps(here: Site) -> bool:
    return here.installed.config.get("keep_other_versions") not in (None, False)


def _known(index: RequestIndex, chosen: Candidate, *, is_built_here: bool) -> list[Candidate]:
    """Return candidates of a rock's name; for a file that the user named, none of servers.

    What the user builds could not come from a package, so packages are not looked at for it.
    """
    is_here = index.is_present or index.file_of(chosen)
    source = index.world.trees if is_here else index.world
    try:
        found = [*source.candidates(chosen.name, chosen.namespace)]
        found += [] if is_built_here else index.world.offered(chosen.name)
    except DistrorocksError:
        return []
    return list(dict.fromkeys(found))

"""Find out why LuaRocks does not see the packages' modules, and say what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.health.diagnosis import (
    Problem,
    config_problems,
    environment_problems,
    hook_problems,
    start_up_problems,
    unpublished_problem,
)
from distrorocks.health.finding import (
    BROKEN_MANIFEST,
    EMPTY_MANIFEST,
    HIDDEN_MANIFEST,
    STALE_MANIFEST,
)
from distrorocks.health.verify import verify
from distrorocks.lua.value import LuaTable
from distrorocks.luarocks.config import Configuration, read_configuration
from distrorocks.luarocks.config_file import DIRECTORY, has_config_directory, home
from distrorocks.luarocks.project import own_project
from distrorocks.luarocks.surroundings import (
    closed_to_others,
    has_interpreter,
    hooked_families,
    is_read_only,
    lua_variables,
    stale_lock,
)
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.change import Change
from distrorocks.trees.layout import LOCK_NAME, Layout
from distrorocks.trees.ledger import LedgerError
from distrorocks.trees.stack import stack
from distrorocks.world.survey import Survey, System, survey

_OF_MANIFESTS = (STALE_MANIFEST, EMPTY_MANIFEST, BROKEN_MANIFEST, HIDDEN_MANIFEST)


class Diagnosis(NamedTuple):
    """What is in the way, and the Lua versions that were looked at."""

    problems: list[Problem]
    lua_versions: tuple[str, ...]


class Setting(NamedTuple):
    """What LuaRocks of one Lua version is told, and what is wrong with it."""

    table: LuaTable
    problems: tuple[Problem, ...]


def doctor(
    system: System, would_change: Callable[[System], list[Change]], *, asked: bool = False
) -> Diagnosis:
    """Return what keeps LuaRocks from seeing the packages' modules; nothing is written.

    Unless the Lua versions were ``asked`` for, those with an interpreter are looked at.
    """
    found, view = survey(system), RootView(system.root)
    layouts = examined(found, view, asked=asked)
    variables = lua_variables(system.root)
    problems = [
        *(
            Problem("packages", text, "distrorocks scan tells what is known")
            for text in found.warnings
        ),
        *_interpreters(view, found, layouts, asked=asked),
        *_tools(system.root),
        *hook_problems(found.families, hooked_families(system.root, found.families)),
        *start_up_problems(variables),
        *(_trees(system, would_change) if found.families else ()),
        *_access(view, layouts),
    ]
    locks = {"/usr", "/usr/local"}
    with Jail() as jail:
        for layout in layouts:
            problems += _packages(found, layout)
            if not _has_rocks(found, layout):
                continue
            setting = read_setting(system.root, layout, jail)
            problems += setting.problems
            problems += environment_problems(variables, layout)
            stacked = stack(setting.table, layout, home=home(system.root))
            locks.update(tree.layout.root for tree in stacked)
    problems += _locks(view, locks)
    return Diagnosis(problems, tuple(layout.lua_version for layout in layouts))


def examined(found: Survey, view: RootView, *, asked: bool) -> list[Layout]:
    """Return the trees of the Lua versions that matter: asked for, or with an interpreter.

    Where no Lua version has an interpreter, all of them matter.
    """
    layouts = list(found.layouts.values())
    if asked:
        return layouts
    return [it for it in layouts if has_interpreter(view, it.lua_version)] or layouts


def read_setting(root: str, layout: Layout, jail: Jail) -> Setting:
    """Return LuaRocks' configuration for one Lua version with what is wrong with it."""
    config = read_configuration(root, layout.lua_version, jail, project=own_project(root))
    problems = [
        Problem("config", text, _cure(text, config), layout.lua_version) for text in config.warnings
    ]
    problems += config_problems(config.own, layout, home=home(root))
    return Setting(config.table, tuple(problems))


def _cure(text: str, config: Configuration) -> str:
    """Return what to do about a warning of the configuration."""
    if any(text.startswith(fault.brief) for fault in config.faults):
        return "correct the file; luarocks itself stops at it"
    return "`distrorocks config --origin` tells which file says so"


def _interpreters(
    view: RootView, found: Survey, layouts: list[Layout], *, asked: bool
) -> Iterator[Problem]:
    """Yield the Lua versions that nobody can run."""
    lacking = [it.lua_version for it in layouts if not has_interpreter(view, it.lua_version)]
    if asked:
        for version in lacking:
            told = f"there is no Lua {version}"
            yield Problem("interpreter", told, f"install the package lua{version}", version)
    elif lacking and found.rocks:
        told = "there is no Lua interpreter of any version"
        yield Problem("interpreter", told, "install one, such as the package lua5.4")


def _tools(root: str) -> Iterator[Problem]:
    """Yield that LuaRocks is not there at all."""
    if not has_config_directory(root):
        told = f"LuaRocks is not installed: there is no {DIRECTORY}"
        yield Problem("luarocks", told, "install the package luarocks")


def _trees(system: System, would_change: Callable[[System], list[Change]]) -> Iterator[Problem]:
    """Yield what is wrong with manifests, and how much else a verification finds."""
    try:
        findings = verify(system, would_change).findings
    except DistrorocksError as error:
        told = "; ".join(filter(None, (error.brief, error.detail)))
        topic = "ledger" if isinstance(error, LedgerError) else "tree"
        yield Problem(topic, told, error.hint or "distrorocks refresh tells more")
        return
    for finding in findings:
        if finding.kind in _OF_MANIFESTS:
            told = f"{finding.place}: {finding.kind} ({finding.found})"
            yield Problem("manifest", told, finding.hint)
    others = sum(finding.kind not in _OF_MANIFESTS for finding in findings)
    if others:
        plural = "1 other finding" if others == 1 else f"{others} other findings"
        yield Problem("tree", f"the trees have {plural}", "distrorocks verify")


def _access(view: RootView, layouts: list[Layout]) -> Iterator[Problem]:
    """Yield what users may not read, and what root itself could not write."""
    told_of = set()
    for layout in layouts:
        closed = closed_to_others(view, layout.manifest)
        if closed and closed not in told_of:
            told_of.add(closed)
            told = f"not every user may read {closed}, so their luarocks sees nothing there"
            yield Problem("permissions", told, f"chmod o+rX {closed}")
    for directory in ("/usr", "/var/lib"):
        if is_read_only(view, directory):
            told = f"{directory} is mounted read-only, so no refresh can be made"
            yield Problem("permissions", told, "refresh where it can be written (image, snapshot)")


def _packages(found: Survey, layout: Layout) -> Iterator[Problem]:
    """Yield that a Lua version has modules, but no rocks."""
    rocks = [rock for rock in found.rocks if rock.lua_version == layout.lua_version]
    if rocks and all(rock.why_not for rock in rocks):
        yield unpublished_problem(layout.lua_version, len({rock.package.name for rock in rocks}))


def _has_rocks(found: Survey, layout: Layout) -> bool:
    """Return whether packages are rocks for a Lua version, by our word or by their own."""
    if any(not it.why_not and it.lua_version == layout.lua_version for it in found.rocks):
        return True
    return any(path.startswith(f"{layout.rocks_dir}/") for path in found.shipped_metadata)


def _locks(view: RootView, roots: set[str]) -> Iterator[Problem]:
    """Yield the locks that a killed program left behind."""
    for root in sorted(roots):
        path = f"{root}/{LOCK_NAME}"
        holder = stale_lock(view, path)
        if holder:
            told = f"{path} was left behind by {holder}; LuaRocks 3.9 and later wait for it"
            yield Problem("lock", told, f"rm {path}")

"""Diagnose why LuaRocks does not see packaged modules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.health.check import check
from distrorocks.health.diagnosis import (
    APPLY,
    Problem,
    apply_hint,
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
    INTERRUPTED,
    STALE_MANIFEST,
)
from distrorocks.health.leftovers import every_leftover
from distrorocks.health.verify import verify
from distrorocks.lua.scan import LuaTextError
from distrorocks.lua.value import LuaTable
from distrorocks.luarocks.config import Configuration
from distrorocks.luarocks.config_file import DIRECTORY, has_config_directory, home
from distrorocks.luarocks.project import own_configuration
from distrorocks.luarocks.surroundings import (
    closed_to_others,
    has_interpreter,
    has_luarocks,
    hooked_families,
    is_read_only,
    lua_variables,
    stale_lock,
)
from distrorocks.patterns import regex
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.change import Change
from distrorocks.trees.layout import LOCK_NAME, Layout, library_dir_of
from distrorocks.trees.ledger import LedgerError
from distrorocks.trees.stack import stack
from distrorocks.values import NamedTuple
from distrorocks.world.installed import look
from distrorocks.world.survey import Survey, System, survey

_NAMED = regex(r", which (LUAROCKS_\w+) names, is not there$")
_OF_MANIFESTS = (STALE_MANIFEST, EMPTY_MANIFEST, BROKEN_MANIFEST, HIDDEN_MANIFEST)


class Diagnosis(NamedTuple):
    """The problems, and the Lua versions examined."""

    problems: list[Problem]
    lua_versions: tuple[str, ...]


class Setting(NamedTuple):
    """LuaRocks' configuration for one Lua version, and the problems with it.

    ``hiding`` are those of them that keep packaged rocks from LuaRocks.
    """

    table: LuaTable
    problems: tuple[Problem, ...]
    hiding: tuple[Problem, ...] = ()


def doctor(
    system: System, would_change: Callable[[System], list[Change]], *, is_explicit: bool = False
) -> Diagnosis:
    """Return what keeps LuaRocks from seeing packaged modules; read-only.

    Unless the user named the Lua versions (``is_explicit``), examine those with an interpreter.
    """
    found, view = survey(system), RootView(system.root)
    layouts = examined(found, view, is_explicit=is_explicit)
    variables = lua_variables(system.root)
    problems = [
        *(Problem("packages", text, "see `distrorocks scan`") for text in found.warnings),
        *_interpreters(view, found, layouts, is_explicit=is_explicit),
        *_tools(view),
        *hook_problems(found.families, hooked_families(system.root, found.families)),
        *start_up_problems(variables),
        *(_trees(system, would_change) if found.families else ()),
        *_rocks(system, tuple(found.layouts)),
        *_left(system, found, tuple(found.layouts)),
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


def examined(found: Survey, view: RootView, *, is_explicit: bool) -> list[Layout]:
    """Return the trees to examine: of all Lua versions if ``is_explicit``.

    Else of those with an interpreter, or of all if none has one.
    """
    layouts = list(found.layouts.values())
    if is_explicit:
        return layouts
    return [it for it in layouts if has_interpreter(view, it.lua_version)] or layouts


def read_setting(root: str, layout: Layout, jail: Jail) -> Setting:
    """Return LuaRocks' configuration for one Lua version, with its problems."""
    version = layout.lua_version
    config = own_configuration(root, version, jail)
    faulty = [fault for fault in config.faults if isinstance(fault, LuaTextError)]
    told: list[Problem] = []
    hiding: list[Problem] = []
    for text in config.warnings:
        fault = next((it for it in config.faults if text.startswith(it.brief)), None)
        problem = Problem("config", text, _fix(text, config, fault), version)
        (hiding if fault in faulty else told).append(problem)
    for problem in config_problems(config.own, layout, home=home(root)):
        if config.faults or problem.hint.startswith(APPLY):
            problem = problem._replace(hint=apply_hint(config))
        hiding.append(problem)
    return Setting(config.table, (*told, *hiding), tuple(hiding))


def _fix(text: str, config: Configuration, fault: DistrorocksError | None) -> str:
    """Return the fix for a warning of the configuration, which is of a fault if that is given."""
    if isinstance(fault, LuaTextError):
        return "fix the file; luarocks itself fails on it"
    if fault:
        return fault.hint or "make it a regular file that this user can read"
    if named := _NAMED.search(text):
        return f"unset {named[1]}, or make the file"
    files = " and ".join(config.files)
    return f"set it right in {files or 'the configuration'}"


def _interpreters(
    view: RootView, found: Survey, layouts: list[Layout], *, is_explicit: bool
) -> Iterator[Problem]:
    """Yield the Lua versions that have no interpreter."""
    missing = [it.lua_version for it in layouts if not has_interpreter(view, it.lua_version)]
    if is_explicit:
        for version in missing:
            text = f"Lua {version} is not installed"
            yield Problem("interpreter", text, f"install the package lua{version}", version)
    elif missing and found.rocks:
        text = "no Lua interpreter is installed"
        yield Problem("interpreter", text, "install one, such as the package lua5.4")


def _tools(view: RootView) -> Iterator[Problem]:
    """Yield a problem if LuaRocks is not installed; its configuration stays when it is removed."""
    if not has_config_directory(view.root):
        text = f"LuaRocks is not installed: {DIRECTORY} does not exist"
        yield Problem("luarocks", text, "install the package luarocks")
    elif not has_luarocks(view):
        text = "LuaRocks is not installed: there is no program luarocks"
        yield Problem("luarocks", text, "install the package luarocks")


def _trees(system: System, would_change: Callable[[System], list[Change]]) -> Iterator[Problem]:
    """Yield every finding of verify, for all trees of the configuration."""
    try:
        findings = verify(system, would_change, is_every=True).findings
    except DistrorocksError as error:
        text = "; ".join(filter(None, (error.brief, error.detail)))
        topic = "ledger" if isinstance(error, LedgerError) else "tree"
        yield Problem(topic, text, error.hint or "see the output of `distrorocks refresh`")
        return
    for finding in findings:
        if finding.kind == INTERRUPTED:  # told by what is left in trees
            continue
        topic = "manifest" if finding.kind in _OF_MANIFESTS else "tree"
        text = f"{finding.place}: {finding.kind} ({finding.found})"
        yield Problem(topic, text, finding.hint)


def _rocks(system: System, lua_versions: Sequence[str]) -> Iterator[Problem]:
    """Yield every finding of check."""
    for checked in check(system.root, lua_versions=lua_versions).versions:
        for it in checked.findings:
            text = f"{it.rock} in {it.rock.layout.root} {it.summary}: {it.reason}"
            yield Problem("rocks", text, it.hint, checked.lua_version)


def _left(system: System, found: Survey, lua_versions: Sequence[str]) -> Iterator[Problem]:
    """Yield what runs left in the trees of the configuration, for all Lua versions."""
    view = RootView(system.root)
    packaged = {path for package in found.packages for path in package.files}
    with Jail() as jail:
        for version in lua_versions:
            library_dir = library_dir_of(found.layouts[version])
            trees = look(view, version, jail, library_dir=library_dir).trees
            yield from every_leftover(view, trees, packaged)


def _access(view: RootView, layouts: list[Layout]) -> Iterator[Problem]:
    """Yield directories that users cannot read or root cannot write."""
    reported = set()
    for layout in layouts:
        closed = closed_to_others(view, layout.manifest)
        if closed and closed not in reported:
            reported.add(closed)
            text = f"{closed} is not readable by all users, so their luarocks sees no rocks there"
            yield Problem("permissions", text, f"chmod o+rX {closed}")
    for directory in ("/usr", "/var/lib"):
        if is_read_only(view, directory):
            text = f"{directory} is mounted read-only, so refresh cannot write there"
            yield Problem(
                "permissions",
                text,
                "refresh where it is writable (when building the image, or in a snapshot)",
            )


def _packages(found: Survey, layout: Layout) -> Iterator[Problem]:
    """Yield a problem if a Lua version has modules, but no published rocks."""
    rocks = [rock for rock in found.rocks if rock.lua_version == layout.lua_version]
    if rocks and all(rock.why_not for rock in rocks):
        yield unpublished_problem(layout.lua_version, len({rock.package.name for rock in rocks}))


def _has_rocks(found: Survey, layout: Layout) -> bool:
    """Return whether packages provide rocks for a Lua version, published by us or shipped."""
    if any(not it.why_not and it.lua_version == layout.lua_version for it in found.rocks):
        return True
    return any(path.startswith(f"{layout.rocks_dir}/") for path in found.shipped_metadata)


def _locks(view: RootView, roots: set[str]) -> Iterator[Problem]:
    """Yield stale locks left by killed programs."""
    for root in sorted(roots):
        path = f"{root}/{LOCK_NAME}"
        holder = stale_lock(view, path)
        if holder:
            text = f"{path} was left behind by {holder}; LuaRocks 3.9 and later wait for it"
            yield Problem("lock", text, f"rm {path}")

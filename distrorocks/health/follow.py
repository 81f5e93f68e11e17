"""Trace a module or rock from its package to LuaRocks, up to the step that fails."""

from __future__ import annotations

from collections.abc import Mapping

from distrorocks.families.known import FAMILIES
from distrorocks.families.package import Unkept
from distrorocks.health.diagnosis import Problem
from distrorocks.health.doctor import examined, read_setting
from distrorocks.health.promises import missing_modules, unkept_promises
from distrorocks.health.which import Answer, Provider, which
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.tree_index import TreeIndex
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.manifest_reader import read_index
from distrorocks.trees.layout import DISTRO_ROOT, Layout
from distrorocks.values import NamedTuple
from distrorocks.world.load_order import Load, agreeing
from distrorocks.world.provided import ProvidedRock
from distrorocks.world.rock_files import packaged_modules
from distrorocks.world.survey import Survey, System, survey


class Step(NamedTuple):
    """One step of a trace; ``hint`` is "" if and only if the step succeeds."""

    name: str
    text: str
    hint: str = ""


class Trace(NamedTuple):
    """The steps for one Lua version; only the last one may have failed."""

    lua_version: str
    steps: tuple[Step, ...]

    @property
    def lost(self) -> Step | None:
        """The step that failed, or None."""
        last = self.steps[-1]
        return last if last.hint else None


class Sighting(NamedTuple):
    """What is known of a module or rock for one Lua version; unknown texts are "".

    ``elsewhere`` are other Lua versions that have it; ``why_not`` is why its package is not
    published. ``listed`` says whether the manifest lists the rock, ``lists_modules`` whether it
    lists any of its modules, ``lists_module`` whether it lists this one. ``loads`` is what each
    way to start Lua loads, ``own`` the package's file; if that is missing, ``reinstall`` says how
    to restore it. ``other`` describes a rock in another tree if no package has it, and
    ``other_hint`` says what makes that rock known. ``gone`` is the file that a rock should have for
    the module where Lua loads none. ``stopped`` is why LuaRocks' loader fails, ""
    if it works.
    """

    lua_version: str
    name: str
    package: str = ""
    rock: str = ""
    why_not: str = ""
    metadata: str = ""
    has_metadata: bool = False
    manifest: str = ""
    listed: bool = False
    lists_modules: bool = True
    lists_module: bool = True
    problems: tuple[Problem, ...] = ()
    own: str = ""
    reinstall: str = ""
    loads: tuple[Load, ...] = ()
    other: str = ""
    other_hint: str = ""
    gone: str = ""
    stopped: str = ""
    elsewhere: tuple[str, ...] = ()


def trace(seen: Sighting) -> Trace:
    """Return the trace of a module or rock, up to the first failing step."""
    steps: list[Step] = []
    for step in _steps(seen):
        steps.append(step)
        if step.hint:
            break
    return Trace(seen.lua_version, tuple(steps))


def _steps(seen: Sighting) -> list[Step]:
    """Return all steps, each judged independently."""
    refresh = "distrorocks refresh"
    if not seen.package:
        return [_without_package(seen), *_loader(seen)]
    if seen.reinstall:
        text = f"the package {seen.package} has it, but its file {seen.own} is missing"
        return [Step("package", text, seen.reinstall)]
    published = Step("rock", f"it belongs to the rock {seen.rock}")
    if seen.why_not:
        published = Step(
            "rock",
            f"not published: {seen.why_not}",
            "see `distrorocks scan`; override it in /etc/distrorocks/names.toml",
        )
    metadata = Step("metadata", seen.metadata)
    if not seen.has_metadata:
        metadata = Step("metadata", f"{seen.metadata} does not exist", refresh)
    manifest = Step("manifest", f"{seen.manifest} lists it")
    if not seen.listed:
        manifest = Step("manifest", f"{seen.manifest} does not list {seen.rock}", refresh)
    steps = [Step("package", f"the package {seen.package} has it"), published, metadata, manifest]
    steps += [Step("configuration", it.text, it.hint) for it in seen.problems]
    if not seen.problems:
        steps.append(Step("configuration", "LuaRocks sees the tree"))
    return [*steps, *_loader(seen), *_file(seen)]


def _loader(seen: Sighting) -> list[Step]:
    """Return the step that fails where LuaRocks' loader finds nothing at all, if it does."""
    if not seen.stopped:
        return []
    text = f"luarocks.loader fails for every module: {seen.stopped}"
    return [Step("loader", text, "`distrorocks doctor` names the command that mends it")]


def _file(seen: Sighting) -> list[Step]:
    """Return the step that checks that Lua loads the package's file, if there is one."""
    if not seen.own:
        return [_gone(seen)] if seen.gone else []
    if not seen.lists_modules:
        text = f"the manifest lists no modules of {seen.rock} (minimal mode)"
        return [Step("module", text, "distrorocks refresh --mode complete")]
    if not seen.lists_module:
        text = f"{seen.own} is outside the tree's directories, so the manifest does not list it"
        return [Step("module", text, "plain require finds it, but LuaRocks' loader does not")]
    if seen.loads and all(each.path == seen.own for each in seen.loads):
        return [Step("module", f"Lua loads {seen.own}")]
    text = "; ".join(
        f"{path or 'no file'} is loaded by {', '.join(ways)}" for path, ways in agreeing(seen.loads)
    )
    hint = f"run `distrorocks which {seen.name}` to see where each file comes from"
    return [Step("module", f"{text}; the package's is {seen.own}", hint)]


def _gone(seen: Sighting) -> Step:
    """Return the step that fails where a rock's file for the module is not there to be read."""
    why = "which a manifest lists, is missing or closed to this user"
    text = f"Lua loads no file for it: {seen.gone}, {why}"
    return Step("module", text, "`distrorocks doctor` says what restores it")


def _without_package(seen: Sighting) -> Step:
    """Return the step for a name that no package has."""
    if seen.gone and not seen.other:
        return _gone(seen)
    if seen.other:
        return Step("rock", f"no package has it; {seen.other}", seen.other_hint)
    text = f"no package and no tree has {seen.name} for Lua {seen.lua_version}"
    if seen.elsewhere:
        text += f", but for Lua {', '.join(seen.elsewhere)}"
        hint = "use that Lua version, or install the rock with luarocks for this one"
    else:
        hint = (
            f"search for its package (apt search, dnf search), or run `luarocks search {seen.name}`"
        )
    return Step("package", text, hint)


def follow(system: System, name: str, *, is_explicit: bool = False) -> list[Trace]:
    """Return the traces of the module, rock or package called ``name``, by Lua version.

    Unless the user named the Lua versions (``is_explicit``), those without that name are omitted
    if any other has it.
    """
    found, view = survey(system._replace(lua_versions=LUA_VERSIONS)), RootView(system.root)
    wanted = {it: layout for it, layout in found.layouts.items() if it in system.lua_versions}
    layouts = examined(found._replace(layouts=wanted), view, is_explicit=is_explicit)
    answers, _ = which(system.root, [name])
    known = {it.lua_version: it for it in answers if it.is_found}
    gone = {it.lua_version: it.providers[0] for it in answers if not it.is_found}
    has_it = {version for version in found.layouts if _offers(found, name, version)}
    has_it |= known.keys()
    unkept = unkept_promises(found, view, [layout.lua_version for layout in layouts])
    lost = {file.lua_version: each for each, file in missing_modules(unkept) if file.module == name}
    has_it |= lost.keys()
    with Jail() as jail:
        seen = [
            _missing(layout.lua_version, name, lost[layout.lua_version])
            if layout.lua_version in lost and layout.lua_version not in known
            else _sighting(system.root, found, layout, name, known.get(layout.lua_version), jail)
            for layout in layouts
        ]
        kept = [it for it in seen if is_explicit or it.lua_version in has_it] or seen
    complete = (
        it._replace(elsewhere=tuple(sorted(has_it - {it.lua_version})), gone=_lacking(it, gone))
        for it in kept
    )
    return list(map(trace, complete))


def _lacking(seen: Sighting, gone: Mapping[str, Provider]) -> str:
    """Return the missing file of a module that Lua loads from nowhere, "" for none.

    What the tree of packages lists of a package that was removed is only stale.
    """
    found = gone.get(seen.lua_version)
    if not found or (not seen.package and found.tree and found.tree.layout.root == DISTRO_ROOT):
        return ""
    return found.placed.path


def _offers(found: Survey, name: str, lua_version: str) -> list[tuple[str, ProvidedRock]]:
    """Return the packages that have the named module, or whose rock or own name matches.

    Each is (path, rock), published rocks first; the path is "" for a whole rock.
    """
    rocks = sorted(
        (it for it in found.rocks if it.lua_version == lua_version), key=lambda it: bool(it.why_not)
    )
    offers: list[tuple[str, ProvidedRock]] = []
    for rock in rocks:
        own = {*rock.lua.values(), *rock.lib.values(), *rock.outside}
        paths = [path for _, path in packaged_modules([rock.package], lua_version, {name})]
        offers += [(path, rock) for path in paths if path in own]
        if name in (rock.name.rock, rock.package.name):
            offers.append(("", rock))
    return sorted(offers, key=lambda offer: (bool(offer[1].why_not), not offer[0]))


def _missing(lua_version: str, name: str, lost: Unkept) -> Sighting:
    """Return what is known of a module whose file is missing, and which nothing else has."""
    hint = FAMILIES[lost.family].reinstall_hint(lost.package)
    return Sighting(lua_version, name, package=lost.package, own=lost.path, reinstall=hint)


def _sighting(
    root: str, found: Survey, layout: Layout, name: str, answer: Answer | None, jail: Jail
) -> Sighting:
    """Return what is known of a name for one Lua version."""
    version = layout.lua_version
    first = answer.providers[0] if answer else None
    offers = _offers(found, name, version)
    if not offers:
        other = _elsewhere(first)
        hint = first.unread.hint if first and first.unread and first.unread.is_consulted else ""
        return Sighting(version, name, other=other, other_hint=hint, stopped=_stopped(answer))
    path, rock = offers[0]
    view = RootView(root)
    index = read_index(view, layout).contents
    name_version, why_not = rock.rock, rock.why_not
    indexed = _indexed(index, name)
    if why_not and indexed and layout.rock_manifest(*indexed) in found.shipped_metadata:
        name_version, why_not = indexed, ""
    metadata = layout.rock_manifest(*name_version)
    listed = index.installed(*name_version)
    modules = listed.modules if listed else {}
    return Sighting(
        version,
        name,
        package=rock.package.name,
        rock=" ".join(name_version),
        why_not=why_not,
        metadata=metadata,
        has_metadata=view.find(metadata) is not None,
        manifest=layout.manifest,
        listed=listed is not None,
        lists_modules=bool(modules),
        lists_module=name in modules or f"{name}.init" in modules,
        problems=read_setting(root, layout, jail).hiding,
        own=path,
        loads=answer.loads if answer else (),
        stopped=_stopped(answer),
    )


def _indexed(index: TreeIndex, name: str) -> tuple[str, str] | None:
    """Return the (name, version) of the rock with that module or name, None if there is none."""
    for module in (name, f"{name}.init"):
        for found in index.modules.get(module, ()):
            return found
    for rock in index.rocks.get(name, ()):
        return rock.name, rock.version
    return None


def _stopped(answer: Answer | None) -> str:
    return answer.stopped if answer else ""


def _elsewhere(provider: Provider | None) -> str:
    """Return a description of where a module without a package is, "" if it does not exist."""
    if provider is None or not provider.placed.is_there:
        return ""
    rock = provider.rock
    if provider.unread:
        return f"{provider.placed.path} is in {provider.unread}"
    return (
        f"{provider.placed.path} belongs to {f'{rock.name} {rock.version}' if rock else 'no rock'}"
    )

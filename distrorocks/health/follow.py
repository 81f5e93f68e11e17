"""Follow one module or rock from its package to LuaRocks, for each Lua version.

The way of one module or rock to LuaRocks, step by step, up to where it is lost.
"""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.health.diagnosis import Problem
from distrorocks.health.doctor import examined, read_setting
from distrorocks.health.which import Answer, Provider, which
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.tree_index import TreeIndex
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.manifest_reader import read_index
from distrorocks.trees.layout import Layout
from distrorocks.world.provided import ProvidedRock
from distrorocks.world.rock_files import packaged_modules
from distrorocks.world.survey import Survey, System, survey


class Step(NamedTuple):
    """One step on the way; ``hint`` is "" exactly where the step is reached."""

    name: str
    told: str
    hint: str = ""


class Trace(NamedTuple):
    """The steps for one Lua version; all but the last are reached, and the last too if all is."""

    lua_version: str
    steps: tuple[Step, ...]

    @property
    def lost(self) -> Step | None:
        """The step at which it is lost, or None."""
        last = self.steps[-1]
        return last if last.hint else None


class Sighting(NamedTuple):
    """What is known of one module or rock for one Lua version, "" where there is nothing.

    ``elsewhere`` are the Lua versions that have it, ``why_not`` why its package is not published.
    ``listed`` tells whether the manifest has the rock, ``lists_modules`` whether it says any
    module of it, ``lists_module`` whether this one.
    ``loaded`` is the file that wins, ``own`` the package's; ``other`` tells of a rock in another
    tree, where no package has it.
    """

    lua_version: str
    word: str
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
    loaded: str = ""
    other: str = ""
    elsewhere: tuple[str, ...] = ()


def trace(seen: Sighting) -> Trace:
    """Return the way of a module or rock, from its package to LuaRocks."""
    steps: list[Step] = []
    for step in _steps(seen):
        steps.append(step)
        if step.hint:
            break
    return Trace(seen.lua_version, tuple(steps))


def _steps(seen: Sighting) -> list[Step]:
    """Return all steps as if each could be reached alone."""
    refresh = "distrorocks refresh"
    if not seen.package:
        return [_without_package(seen)]
    published = Step("rock", f"it is the rock {seen.rock}")
    if seen.why_not:
        published = Step(
            "rock",
            f"not published: {seen.why_not}",
            "distrorocks scan tells more; /etc/distrorocks/names.toml has the last word",
        )
    metadata = Step("metadata", seen.metadata)
    if not seen.has_metadata:
        metadata = Step("metadata", f"{seen.metadata} is not there", refresh)
    manifest = Step("manifest", f"{seen.manifest} lists it")
    if not seen.listed:
        manifest = Step("manifest", f"{seen.manifest} does not list {seen.rock}", refresh)
    steps = [Step("package", f"the package {seen.package} has it"), published, metadata, manifest]
    steps += [Step("configuration", it.told, it.hint) for it in seen.problems]
    if not seen.problems:
        steps.append(Step("configuration", "LuaRocks looks there"))
    return [*steps, *_file(seen)]


def _file(seen: Sighting) -> list[Step]:
    """Return whether the module that is loaded is the package's."""
    if not seen.own:
        return []
    if not seen.lists_modules:
        told = f"the manifest names no modules of {seen.rock}, as in a minimal tree"
        return [Step("module", told, "distrorocks refresh --mode complete")]
    if not seen.lists_module:
        told = f"{seen.own} lies outside the tree's directories, so the manifest does not name it"
        return [Step("module", told, "require finds it all the same; LuaRocks' loader does not")]
    if seen.loaded != seen.own:
        told = f"{seen.loaded or 'no file'} is loaded, not the package's {seen.own}"
        return [Step("module", told, f"distrorocks which {seen.word} tells whose it is")]
    return [Step("module", f"{seen.own} is what is loaded")]


def _without_package(seen: Sighting) -> Step:
    """Return what is told of what no package has."""
    if seen.other:
        return Step("rock", f"no package has it; {seen.other}")
    told = f"no package and no tree has {seen.word} for Lua {seen.lua_version}"
    if seen.elsewhere:
        told += f", but for Lua {', '.join(seen.elsewhere)}"
        hint = "use that Lua version, or luarocks install for this one"
    else:
        hint = f"look for its package (apt search, dnf search), or luarocks search {seen.word}"
    return Step("package", told, hint)


def follow(system: System, word: str, *, asked: bool = False) -> list[Trace]:
    """Return the way of the module, rock or package that ``word`` names, by Lua version.

    A Lua version that was not ``asked`` for and has nothing of that name is left out, unless
    none has it.
    """
    found, view = survey(system._replace(lua_versions=LUA_VERSIONS)), RootView(system.root)
    wanted = {it: layout for it, layout in found.layouts.items() if it in system.lua_versions}
    layouts = examined(found._replace(layouts=wanted), view, asked=asked)
    answers, _ = which(system.root, [word])
    known = {it.lua_version: it for it in answers if it.providers[0].placed.is_there}
    has_it = {version for version in found.layouts if _offers(found, word, version)} | set(known)
    with Jail() as jail:
        seen = [
            _sighting(system.root, found, layout, word, known.get(layout.lua_version), jail)
            for layout in layouts
        ]
        told = [it for it in seen if asked or it.lua_version in has_it] or seen
    return [trace(it._replace(elsewhere=tuple(sorted(has_it - {it.lua_version})))) for it in told]


def _offers(found: Survey, word: str, lua_version: str) -> list[tuple[str, ProvidedRock]]:
    """Return the packages that have a module, or are a rock or package, of that name.

    Each comes with the rock that it is, published ones first; the path is "" for a whole rock.
    """
    rocks = sorted(
        (it for it in found.rocks if it.lua_version == lua_version), key=lambda it: bool(it.why_not)
    )
    offers: list[tuple[str, ProvidedRock]] = []
    for rock in rocks:
        own = {*rock.lua.values(), *rock.lib.values(), *rock.outside}
        paths = [path for _, path in packaged_modules([rock.package], lua_version, {word})]
        offers += [(path, rock) for path in paths if path in own]
        if word in (rock.name.rock, rock.package.name):
            offers.append(("", rock))
    return sorted(offers, key=lambda offer: (bool(offer[1].why_not), not offer[0]))


def _sighting(
    root: str, found: Survey, layout: Layout, word: str, answer: Answer | None, jail: Jail
) -> Sighting:
    """Return what is known of a word for one Lua version."""
    version = layout.lua_version
    first = answer.providers[0] if answer else None
    offers = _offers(found, word, version)
    if not offers:
        return Sighting(version, word, other=_elsewhere(first))
    path, rock = offers[0]
    view = RootView(root)
    index = read_index(view, layout).contents
    name_version, why_not = rock.rock, rock.why_not
    indexed = _indexed(index, word)
    if why_not and indexed and layout.rock_manifest(*indexed) in found.shipped_metadata:
        name_version, why_not = indexed, ""
    metadata = layout.rock_manifest(*name_version)
    listed = index.installed(*name_version)
    modules = listed.modules if listed else {}
    return Sighting(
        version,
        word,
        package=rock.package.name,
        rock=" ".join(name_version),
        why_not=why_not,
        metadata=metadata,
        has_metadata=view.find(metadata) is not None,
        manifest=layout.manifest,
        listed=listed is not None,
        lists_modules=bool(modules),
        lists_module=word in modules or f"{word}.init" in modules,
        problems=read_setting(root, layout, jail).problems,
        own=path,
        loaded=first.placed.path if first and first.placed.is_there else "",
    )


def _indexed(index: TreeIndex, word: str) -> tuple[str, str] | None:
    """Return the rock of a tree that has a module of that name, or is called so."""
    for module in (word, f"{word}.init"):
        for found in index.modules.get(module, ()):
            return found
    for rock in index.rocks.get(word, ()):
        return rock.name, rock.version
    return None


def _elsewhere(provider: Provider | None) -> str:
    """Return where a module is that no package has, "" where it is nowhere."""
    if provider is None or not provider.placed.is_there:
        return ""
    rock = provider.rock
    return f"{provider.placed.path} is of {f'{rock.name} {rock.version}' if rock else 'no rock'}"

"""Follow one module or rock from its package to LuaRocks, for each Lua version."""

from __future__ import annotations

from distrorocks.jobs.doctor import examined, read_setting
from distrorocks.jobs.placed import packaged_modules
from distrorocks.jobs.survey import Survey, System, survey
from distrorocks.jobs.which import Answer, Provider, which
from distrorocks.plan.provide import ProvidedRock
from distrorocks.plan.trail import Sighting, Trail, trail
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.tree_index import TreeIndex
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.manifest_reader import read_index
from distrorocks.trees.layout import Layout


def follow(system: System, word: str, *, asked: bool = False) -> list[Trail]:
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
    return [trail(it._replace(elsewhere=tuple(sorted(has_it - {it.lua_version})))) for it in told]


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

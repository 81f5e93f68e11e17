"""The way of one module or rock to LuaRocks, step by step, up to where it is lost."""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.plan.diagnosis import Problem


class Step(NamedTuple):
    """One step on the way; ``hint`` is "" exactly where the step is reached."""

    name: str
    told: str
    hint: str = ""


class Trail(NamedTuple):
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


def trail(seen: Sighting) -> Trail:
    """Return the way of a module or rock, from its package to LuaRocks."""
    steps: list[Step] = []
    for step in _steps(seen):
        steps.append(step)
        if step.hint:
            break
    return Trail(seen.lua_version, tuple(steps))


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

"""Plans for the tests, made from the resolver's small universes."""

from __future__ import annotations

from typing import Any

from distrorocks.install.steps import Circumstances, RockPlan, rock_plan
from distrorocks.resolve.candidate import Origin
from distrorocks.resolve.dependents import NeedyRock
from tests.resolve.world import World


def planned(world: World, *roots: str, target: str = "/usr/local", **more: Any) -> RockPlan:
    """Return the plan for needs given as texts, over all that a universe has."""
    solution = world.solve(*roots)
    known = {name: world.listed.get(name, []) for name in solution.chosen}
    return rock_plan(solution, Circumstances(target, rocks=needy(world), known=known, **more))


def needy(world: World) -> list[NeedyRock]:
    """Return the installed rocks of a universe with what they need."""
    return [
        NeedyRock(each, tuple(world.needs[each]))
        for candidates in world.listed.values()
        for each in candidates
        if each.origin is Origin.INSTALLED
    ]


def told(plan: RockPlan) -> list[str]:
    """Return the steps in short."""
    return [f"{type(step).__name__} {step.candidate}" for step in plan.steps]


def mixed() -> World:
    """Return a universe of all kinds: app needs what is here, what apt has, and what is far."""
    return (
        World()
        .provided("lua 5.4-1")
        .server("app 1.0-1", "lua >= 5.1", "lpeg >= 1.0", "luasocket", "leaf ~> 2")
        .installed("lpeg 1.0.2-1", "lua", tree="/usr")
        .distro("luasocket 3.0-1", "lua")
        .server("leaf 2.1-1", "lua", "lpeg")
    )

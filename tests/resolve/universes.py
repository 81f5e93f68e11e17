"""Random small universes: cycles, pins, provided names, several trees, broken rocks, namespaces."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from distrorocks.resolve.candidate import Need, Origin
from distrorocks.resolve.preference import Preference
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version
from tests.resolve.world import SERVER, World

VERSIONS = ["0.9-1", "1.0rc1-1", "1.0-1", "1.0-2", "1.0.0-1", "1.1-1", "2.0-1", "2.1-1", "scm-1"]
BOUNDS = ["0.9", "1.0", "1.0-1", "1.1", "2", "2.0", "2.1"]
OPERATORS = ["==", "~=", "<", ">", "<=", ">=", "~>", ">=", "~>", "<"]
PLACES = [
    (Origin.SERVER, SERVER),
    (Origin.SERVER, SERVER),
    (Origin.SERVER, "https://mirror.example"),
    (Origin.INSTALLED, "/usr/local"),
    (Origin.INSTALLED, "/home/me/.luarocks"),
    (Origin.DISTRO, "lua-rock"),
]


class _SpacedWorld(World):
    """A world whose needs name namespaces often."""


class Question(NamedTuple):
    """A universe and what is asked of it."""

    world: World
    roots: list[Need]
    preference: Preference
    pins: dict[str, Version]


def question(random: Random) -> Question:
    """Return a random question; in one of eight, needs name namespaces often."""
    world = _SpacedWorld() if random.random() < 0.125 else World()
    names = [chr(ord("a") + number) for number in range(random.randint(1, 7))]
    density = random.choice([0.5, 1.0, 1.5])
    if random.random() < 0.6:
        world.provided(random.choice(["lua 5.1-1", "lua 5.4-1"]))
    for name in names:
        for version in random.sample(
            VERSIONS, min(len(VERSIONS), 1 + int(random.expovariate(0.4)))
        ):
            for _ in range(random.choice([1, 1, 1, 2, 3])):
                place = random.choice(PLACES)
                _add(world, random, names, f"{name} {version}", density, *place)
    if isinstance(world, _SpacedWorld) or random.random() < 0.2:
        for _ in range(random.randint(3, 6)):
            rock = f"{random.choice('xy')}/{random.choice(names)} {random.choice(VERSIONS)}"
            _add(world, random, names, rock, density, *random.choice(PLACES))
    roots = [_need(world, random, names) for _ in range(random.randint(1, 3))]
    pins = {}
    if random.random() < 0.2:
        for name in random.sample([*names, "lua"], random.randint(1, min(2, len(names)))):
            pins[name] = Version.parse(random.choice(VERSIONS))
    preference = random.choice(list(Preference))
    needs = [Need(Dependency.parse(root)) for root in roots]
    if random.random() < 0.15:
        needs.append(Need(Dependency.parse(_need(world, random, names)), is_apart=True))
    return Question(world, needs, preference, pins)


def _add(
    world: World,
    random: Random,
    names: list[str],
    rock: str,
    density: float,
    origin: Origin,
    place: str,
) -> None:
    count = min(4, int(random.expovariate(1 / density)))
    needs = [_need(world, random, names) for _ in range(count)]
    needs = [f"!{need}" if random.random() < 0.1 else need for need in needs]
    candidate = world.add(rock, *needs, origin=origin, place=place)
    if random.random() < 0.05:
        world.broken[candidate] = "its rockspec is a picture of a cat"


def _need(world: World, random: Random, names: list[str]) -> str:
    if isinstance(world, _SpacedWorld) and random.random() < 0.25:
        return f"{random.choice('xy')}/{random.choice(names)}"
    chance = random.random()
    if chance < 0.07:
        return random.choice(["lua >= 5.1", "lua >= 5.1, < 5.4", "lua ~> 5.4", "lua", "x/lua"])
    if chance < 0.085:
        return f"missing{random.choice(['', ' >= 1'])}"
    name = random.choice(names)
    if chance < 0.1:
        name = f"{random.choice('xy')}/{name}"
    if random.random() < 0.3:
        return name
    count = random.choice([1, 1, 1, 2])
    bounds = [f"{random.choice(OPERATORS)} {random.choice(BOUNDS)}" for _ in range(count)]
    return f"{name} {', '.join(bounds)}"

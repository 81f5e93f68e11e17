"""What LuaRocks calls missing and what distrorocks does are the same, by mode, tree and place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from distrorocks.trees.deps_mode import DepsMode
from integration.machines.machine import Machine
from integration.machines.roots import RootError, base
from integration.oracles.mode_worlds import (
    CONFIG,
    CONFIGS,
    LUA,
    PLACES,
    PROBE,
    TREES,
    Asked,
    config_text,
    luarocks_says,
    lyings,
    questions,
    we_say,
    write_world,
)

OLD, NEW = "trixie", "sid"  # LuaRocks 3.8, LuaRocks 3.11
UNLISTED = {
    config: [f"{TREES}/{place}" for place in (*PLACES, "new") if place not in listed]
    for config, listed in CONFIGS.items()
}


class Difference(NamedTuple):
    """A verdict that differs on purpose: where LuaRocks misses, or meets, what we do not."""

    reason: str
    suites: tuple[str, ...]
    luarocks_misses: bool
    covers: Callable[[Asked, str], bool]


def is_unlisted(asked: Asked) -> bool:
    """Return whether the configuration does not list the tree that was asked for."""
    return asked.tree in UNLISTED[asked.config]


DIFFERENCES = (
    Difference(
        "order sees no tree where the target is not listed; here the target is the first tree",
        (OLD, NEW),
        True,
        lambda asked, _: asked.mode == "order" and is_unlisted(asked),
    ),
    Difference(
        "3.8 does not look into an unlisted target under all, newer ones do",
        (OLD,),
        True,
        lambda asked, _: asked.mode == "all" and is_unlisted(asked),
    ),
    Difference(
        "3.8 takes a dependency's name as it is written, newer ones in lower case",
        (OLD,),
        True,
        lambda _, need: need == "in-udso",
    ),
    Difference(
        "a rock file that lies in a tree is no installed rock",
        (OLD, NEW),
        False,
        lambda _, need: need == "packed >= 1.0",
    ),
)


@pytest.fixture(scope="module", params=[OLD, NEW])
def world(request: pytest.FixtureRequest) -> Iterator[tuple[str, Machine]]:
    """A suite with the four trees and the probe; sid is skipped where it is not served."""
    suite: str = request.param
    try:
        layer = base(suite)
    except RootError as refusal:
        if suite == OLD:
            raise
        pytest.skip(f"the mirror does not serve {suite} now: {refusal}")
    with layer.clone() as machine:
        write_world(machine)
        yield suite, machine


def test_each_verdict_is_that_of_luarocks(world: tuple[str, Machine]) -> None:
    """In thousands of situations; each deliberate difference is listed, and is needed."""
    suite, machine = world
    asked = questions()
    theirs, ours = luarocks_says(machine, asked), we_say(machine, asked)
    unexplained, needed = [], set()
    for one in asked:
        for need in theirs[one] ^ ours[one]:
            luarocks_misses = need in theirs[one]
            reasons = {
                it.reason
                for it in DIFFERENCES
                if suite in it.suites
                and it.luarocks_misses == luarocks_misses
                and it.covers(one, need)
            }
            needed |= reasons
            if not reasons:
                unexplained.append((*one, need, "LuaRocks" if luarocks_misses else "distrorocks"))
    assert unexplained == []
    assert needed == {it.reason for it in DIFFERENCES if suite in it.suites}
    situations = len(asked) * len(list(lyings()))
    print(f"{suite}: {situations} situations, {sum(map(len, theirs.values()))} missing")
    assert situations > 3000


def test_none_looks_at_nothing(world: tuple[str, Machine]) -> None:
    """With ``none`` a rock that lacks everything is installed, into any tree."""
    _, machine = world
    assert not DepsMode.NONE.resolves
    machine.write(CONFIG, config_text("page"))
    for tree in ("user", f"{TREES}/other"):
        words = f"cd {PROBE} && luarocks --lua-version={LUA} make --deps-mode=none --tree={tree}"
        told = machine.run("sh", "-c", words).out
        assert "Could not satisfy" not in told
        assert "probe 1.0-1 is now installed" in told

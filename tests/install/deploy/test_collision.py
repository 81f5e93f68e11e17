"""Modules and commands that several rocks have are told, with the one that is found."""

from __future__ import annotations

from distrorocks.install.deploy.collision import (
    Collision,
    Neighbour,
    collisions_around,
    collisions_of,
)
from tests.install.deploy.model import built

A, B, C = ("a", "1.0-1"), ("b", "1.0-1"), ("c", "1.0-1")


def test_what_a_new_rock_shares_is_told() -> None:
    """With each other rock, once for two new ones; versions of one rock do not collide."""
    item = ("module", "m")
    owners = {item: [A, B, C], ("command", "x"): [B, ("b", "0.9-1")]}
    assert list(collisions_of(owners, {B})) == [Collision(item, B, A, A), Collision(item, B, C, A)]
    assert list(collisions_of(owners, {A, B})) == [
        Collision(item, A, B, A),
        Collision(item, A, C, A),
        Collision(item, B, C, A),
    ]
    assert not list(collisions_of(owners, set()))


def test_what_other_trees_and_packages_have_is_told() -> None:
    """Whichever place is searched first wins; the same rock elsewhere is no collision."""
    rock = built("a", "1.0-1", ("lua/m.lua", "bin/tool"))
    found = collisions_around(
        [rock],
        [
            Neighbour(("lua-m", "3"), "package lua-m", frozenset({"m"}), is_before=True),
            Neighbour(("z", "1.0-1"), "/usr/local", frozenset({"m"}), frozenset({"tool"})),
            Neighbour(("a", "0.9-1"), "/usr/local", frozenset({"m"})),
        ],
    )
    assert [str(each) for each in found] == [
        "command tool of a 1.0-1 is also one of z 1.0-1 in /usr/local: that of a 1.0-1 is found",
        "module m of a 1.0-1 is also one of lua-m 3 in package lua-m: that of lua-m 3 is found",
        "module m of a 1.0-1 is also one of z 1.0-1 in /usr/local: that of a 1.0-1 is found",
    ]

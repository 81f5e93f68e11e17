"""Modules and commands that several rocks have are told, with the one that is found."""

from __future__ import annotations

from distrorocks.install.deploy.collision import (
    Collision,
    collisions_of,
    told_collisions,
)

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


def test_what_two_rocks_share_is_one_line() -> None:
    """Some names, how many more, and which rock's are found; what was announced is left out."""
    names = ["m.init", "n", "o", "p", "q"]
    found = [Collision(("module", name), B, A, A) for name in names]
    found.append(Collision(("command", "tool"), B, A, B))
    assert list(told_collisions(found, {("module", "m")})) == [
        "b 1.0-1 brings the modules n, o, p and 1 more, also in a 1.0-1: what a 1.0-1 has is found",
        "b 1.0-1 brings the command tool, also in a 1.0-1: what b 1.0-1 has is found",
    ]
    assert not list(told_collisions(found[:1], {("module", "m")}))

"""An installed rock has a place and a name."""

from __future__ import annotations

from distrorocks.rocks.version import Version
from distrorocks.trees.deployed_rock import DeployedRock
from distrorocks.trees.layout import tree_layout


def test_a_rock_is_named_with_its_namespace_and_version() -> None:
    """Without a namespace by its plain name; its rockspec is where the tree has it."""
    rock = DeployedRock("a", Version.parse("1.0-1"), tree_layout("/t", "5.4"))
    assert str(rock) == "a 1.0-1"
    assert str(rock._replace(namespace="me")) == "me/a 1.0-1"
    assert rock.rockspec == "/t/lib/luarocks/rocks-5.4/a/1.0-1/a-1.0-1.rockspec"

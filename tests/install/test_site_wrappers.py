"""Wrappers of commands are made of what the configuration of their site says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from distrorocks.install.deploy.wrapper import WrapperSettings
from distrorocks.install.site_wrappers import wrapper_settings
from distrorocks.system.lua.jail import Jail
from distrorocks.world.site import site
from tests.install.asking import Place


@pytest.mark.parametrize(
    ("config", "changed"),
    [
        ("", {}),
        ('variables = { LUA = "/opt/lua" }', {"lua": "/opt/lua"}),
        ('variables = { CC = "cc" }', {}),
        ('sysconfdir = "/opt/etc"', {"sysconfdir": "/opt/etc"}),
        ("sysconfdir = 1", {}),
        ("wrap_bin_scripts = true", {"is_wrapped": True}),
        ("wrap_bin_scripts = false", {"is_wrapped": False}),
        ('wrap_bin_scripts = "no"', {}),
    ],
)
def test_wrappers_are_made_of_the_configuration(
    tmp_path: Path, config: str, changed: dict[str, Any]
) -> None:
    """What it does not set, or sets to another type, is as in LuaRocks; trees are those in use."""
    place = Place(tmp_path)
    place.configure(f'rocks_trees = {{ "/one", "/two" }}\n{config}\n')
    with Jail() as jail:
        here = site(place.site_request(mode="all"), jail)
    usual = WrapperSettings("lua5.4", "/etc/luarocks", tuple(here.layouts), None)
    assert [each.root for each in usual.trees] == ["/two", "/one"]
    assert wrapper_settings(here) == usual._replace(**changed)

"""Root runs no Lua of other users."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.build.check_require import check_require, lua_program
from distrorocks.packaging.build.staged_files import staged_paths
from tests.packaging.build.test_stage import make
from tests.packaging.foreign import link, made_hers
from tests.system.trees.planting import by_root

MODULE = "/usr/share/lua/5.4/foo.lua"

pytestmark = [by_root, pytest.mark.skipif(not lua_program("5.4"), reason="there is no Lua 5.4")]


def hers_whole(destination: Path) -> None:
    """Have all be another user's."""
    made_hers(destination)


def open_directory(destination: Path) -> None:
    """Have everybody write the modules' directory."""
    (destination / MODULE[1:]).parent.chmod(0o777)


def her_module(destination: Path) -> None:
    """Have one file be another user's, as tar makes it."""
    made_hers(destination / MODULE[1:])


def her_link(destination: Path) -> None:
    """Have a module be another user's link to a file of hers."""
    (destination / MODULE[1:]).rename(destination.parent / "hers.lua")
    made_hers(destination.parent / "hers.lua")
    link(destination / MODULE[1:], destination.parent / "hers.lua")


@pytest.mark.parametrize("prepare", [hers_whole, open_directory, her_module, her_link])
def test_root_runs_no_lua_of_another_user(prepare: Callable[[Path], None], tmp_path: Path) -> None:
    """A module that another user can write is not loaded, and the error says why."""
    mark = tmp_path / "mark"
    destination = make(tmp_path, {MODULE: f"io.open('{mark}', 'w'):close()"})
    prepare(destination)
    with pytest.raises(DistrorocksError, match="root runs no Lua that others can write") as caught:
        check_require([MODULE], destination=str(destination), lua_versions=["5.4"])
    assert caught.value.hint
    assert not mark.exists()


def test_root_runs_its_own_lua(tmp_path: Path) -> None:
    """Modules of root's alone are loaded as before, whoever owns the package's other files."""
    destination = make(tmp_path, {MODULE: "return 1", "/usr/lib/foo/state": ""})
    made_hers(destination / "usr/lib/foo")
    os.symlink("foo.lua", (destination / MODULE[1:]).with_name("bar.lua"))
    done = check_require(
        staged_paths(str(destination)), destination=str(destination), lua_versions=["5.4"]
    )
    assert [each.fault for each in done] == ["", ""]

"""Search paths become commands of a shell, and say what LuaRocks would say."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from distrorocks.configure.search_path import Paths, SearchPaths, exports, search_paths
from distrorocks.trees.target import User, Wish
from distrorocks.world.site import SiteRequest

EMPTY = Paths("", "", "")


def test_a_shell_reads_back_what_is_exported() -> None:
    """Quotation marks and dollar signs among them; PATH only if it is asked for."""
    paths = SearchPaths("5.4", EMPTY, Paths("/it's/?.lua", "/$HOME/?.so", "/bin"))
    lines = list(exports(paths, {"LUA_CPATH_5_4": ""}, with_bin=False))
    shown = 'printf "%s|" "$LUA_PATH" "$LUA_CPATH_5_4"'
    script = "\n".join([*lines, shown])
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True, env={})
    assert done.stdout == "/it's/?.lua|/$HOME/?.so|"
    assert list(exports(paths, {}, with_bin=True))[2:] == ["export PATH='/bin'"]


@pytest.mark.parametrize(
    ("is_appended", "programs", "last"),
    [
        (False, "ROOT/t/bin:/root/.luarocks/bin:/usr/local/bin:/bin", "/?/init.lua"),
        (True, "/bin:ROOT/t/bin:/root/.luarocks/bin:/usr/local/bin", "/t/share/lua/5.4"),
    ],
)
def test_a_chosen_tree_comes_before_the_others(
    tmp_path: Path, programs: str, last: str, *, is_appended: bool
) -> None:
    """Also where it is not configured; all trees before or behind what is set."""
    request = SiteRequest(User("/root"), Wish(f"{tmp_path}/t"), "5.4", str(tmp_path))
    found = search_paths(request, {"PATH": "/bin"}, is_appended=is_appended)
    assert found.trees.lua.startswith(f"{tmp_path}/t/share/lua/5.4/?.lua;")
    assert found.exported.programs == programs.replace("ROOT", str(tmp_path))
    assert last in found.exported.lua

"""Random trees, rocks and variables: the reports name the files that real interpreters load."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from integration.machines.machine import INSIDE, Machine
from integration.machines.roots import with_packages
from integration.oracles import load_orders

PACKAGES = ("lua5.1", "lua5.4", "luajit", "luarocks")
SCRIPT, LIBRARIES = "/srv/load_orders.py", "/srv/libraries"
SEEDS = 40


@pytest.mark.parametrize("first", range(0, 4 * SEEDS, SEEDS))
def test_which_says_what_lua_loads_in_any_situation(first: int, tmp_path: Path) -> None:
    """For every way to start Lua, whatever trees there are and whatever the variables say."""
    with with_packages("bookworm", PACKAGES).clone() as machine:
        found = answers(machine, first, tmp_path)
    assert found["wrong"] == []
    assert found["compared"] >= 2 * SEEDS


def answers(machine: Machine, first: int, folder: Path) -> dict[str, Any]:
    """Return what the script finds in a machine; its libraries are compiled outside."""
    load_orders.make_libraries(folder)
    machine.run("mkdir", "-p", LIBRARIES)
    for name in load_orders.LIBRARIES:
        place = machine.path(f"{LIBRARIES}/{name}")
        place.write_bytes((folder / name).read_bytes())
    machine.write(SCRIPT, Path(load_orders.__file__).read_text(encoding="utf-8"))
    machine.distrorocks_inside("config", "lua_version")  # which copies it into the machine
    command = ("env", f"PYTHONPATH={INSIDE}", "python3", "-B", SCRIPT)
    done = machine.run(*command, str(first), str(first + SEEDS), LIBRARIES, status=None)
    found: dict[str, Any] = json.loads(done.out)
    return found

"""What LuaRocks by itself makes of a source rock: the measure of what a package can hold."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from integration.machines.machine import Machine

PLACE = "/srv/by-luarocks"
TREE = f"{PLACE}/tree"
SECONDS = "120"


def versions_built(machine: Machine, rock: Path, versions: Iterable[str]) -> tuple[str, ...]:
    """Return the Lua versions, of those asked for, for which LuaRocks builds a source rock.

    It builds with the libraries and the headers of the machine, and looks at no dependency. That
    what it built can be loaded is not said.
    """
    return tuple(version for version in versions if _is_built(machine, rock, version))


def _is_built(machine: Machine, rock: Path, version: str) -> bool:
    """Return whether LuaRocks builds a rock for one Lua version."""
    place = machine.path(PLACE)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    shutil.copy(rock, place)
    luarocks = ("luarocks", f"--lua-version={version}", f"--tree={TREE}")
    build = (*luarocks, "build", "--deps-mode=none", f"{PLACE}/{rock.name}")
    return machine.run("timeout", SECONDS, *build, status=None).status == 0

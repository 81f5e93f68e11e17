"""Whether the C modules of a package can be loaded by the Lua that they are for."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from integration.machine import Machine, run

PLACE = "/srv/loading"
_MODULE = re.compile(r"/lua/(?P<version>5\.[1-9])/.+\.so\Z")
_TRIAL = """local _, why, when = package.loadlib(arg[1], "luaopen_nothing")
if when == "open" then print(why) end
"""


def not_loading(machine: Machine, packages: Iterable[Path]) -> tuple[str, ...]:
    """Return a line for each C module in Debian packages that its Lua's loader refuses.

    The module is bound to its libraries and to Lua at once, none of its code for Lua runs.
    """
    place = machine.path(PLACE)
    shutil.rmtree(place, ignore_errors=True)
    for package in packages:
        run("dpkg-deb", "--extract", package, place)
    machine.write(f"{PLACE}/trial.lua", _TRIAL)
    refused = []
    for path in sorted(place.rglob("*.so")):
        inside = f"/{path.relative_to(machine.root)}"
        if path.is_file() and (found := _MODULE.search(inside)):
            lua = f"lua{found['version']}"
            said = machine.run(lua, f"{PLACE}/trial.lua", inside, status=None)
            if said.out or said.err:
                why = (said.out or said.err).strip().rpartition(": ")[2]
                refused.append(f"{path.name} does not load in Lua {found['version']}: {why}")
    return tuple(refused)

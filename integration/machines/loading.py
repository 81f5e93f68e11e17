"""Whether the modules that stand in a folder can be loaded by the Lua that they are for."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from integration.machines.machine import Machine, run
from integration.machines.roots import LUA_VERSIONS

PLACE = "/srv/loading"
_MODULE = re.compile(r"/lua/(?P<version>5\.[1-9])/(?P<name>.+)\.(?P<kind>so|lua)\Z")
_FOR_ONE = re.compile(r"5[._]?[1-9]")  # a file for one Lua, chosen where the code runs
# C is bound to its libraries and to Lua at once. Lua is compiled, and run by itself as far as it
# gets, with something in the place of modules that are not there: what counts is the call of a
# function that only older Luas have.
_TRIAL = """
local path, kind, name, top = arg[1], arg[2], arg[3], arg[4]
local pcall = pcall -- some modules replace it
if kind == "so" then
   local _, why, when = package.loadlib(path, "luaopen_nothing")
   if when == "open" then print((why:gsub(".*: ", ""))) end
   os.exit(true)
end
local chunk, why = loadfile(path)
if not chunk then print((why:gsub("^.-:%d+: ", ""))) os.exit(true) end
arg = {}
package.path = top .. "/?.lua;" .. top .. "/?/init.lua;" .. package.path
local anything = setmetatable({}, {
   __index = function(self) return self end,
   __call = function(self) return self end,
})
local find = require
function require(wanted)
   local is_there, found = pcall(find, wanted)
   return is_there and found or anything
end
local _, fault = pcall(chunk, name)
local gone = type(fault) == "string" and fault:match("attempt to call .- '([%a_]+)'")
if gone then -- it may be another name of the function
   local text = io.open(path):read("*a")
   gone = text:match("local%s+" .. gone .. "%s*=%s*([sg]etfenv)") or gone
end
if gone == "module" or gone == "setfenv" or gone == "getfenv" then
   io.stdout:write("it calls ", gone, "\\n")
end
os.exit(true)
"""


def not_loading(machine: Machine, packages: Iterable[Path]) -> tuple[str, ...]:
    """Return a line for each module in Debian packages that its Lua cannot load."""
    place = machine.path(PLACE)
    shutil.rmtree(place, ignore_errors=True)
    for package in packages:
        run("dpkg-deb", "--extract", package, place)
    return tuple(refused(machine, place)) if place.exists() else ()


def refused(machine: Machine, folder: Path) -> Iterator[str]:
    """Yield a line for each module below a folder of a machine that its Lua cannot load.

    What a module needs beside Lua's own functions and its libraries is not looked at.
    """
    machine.write("/srv/trial.lua", _TRIAL)
    for path in sorted(folder.rglob("*")):
        inside = f"/{path.relative_to(machine.root)}"
        found = _MODULE.search(inside)
        if not found or not path.is_file() or _FOR_ONE.search(path.name):
            continue
        top = inside[: found.start("name") - 1]
        words = ("/srv/trial.lua", inside, found["kind"], found["name"], top)
        done = machine.run("timeout", "10", f"lua{found['version']}", *words, status=None)
        why = done.lines[-1] if done.lines else ""
        is_telling = found["kind"] == "so" or _is_telling(why)
        if why and is_telling and not _is_no_lua(machine, inside, found["kind"]):
            yield f"{path.name} does not load in Lua {found['version']}: {why}"


def _is_no_lua(machine: Machine, inside: str, kind: str) -> bool:
    """Return whether no Lua at all compiles a file: then it is a template, say, and no module."""
    machine.write("/srv/compile.lua", "os.exit(loadfile(arg[1]) and 0 or 1)")
    luas = [f"lua{version}" for version in LUA_VERSIONS["bookworm"]]
    words = ("/srv/compile.lua", inside)
    return kind == "lua" and all(machine.run(lua, *words, status=None).status for lua in luas)


def _is_telling(why: str) -> bool:
    """Return whether a line is of the trial, not of a module that prints."""
    return why.startswith("it calls ") or " near " in why or "expected" in why

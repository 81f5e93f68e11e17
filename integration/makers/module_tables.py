"""Make the shipped tables of what Debian's modules define when they are required.

    python -m integration.makers.module_tables SUITE...

Each module of each package is required by each Lua in a process of its own, where all of these
packages are installed. For each suite it writes data/module_tables/SUITE.tsv: a module, the Luas
that load it, the globals that it sets in any of them, and the fields of the table that it returns,
each that is no function with its type. What differs between Luas has ``any``; a table that computes
its fields ends with ``*``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from distrorocks.families.package_names import parse_package_modules
from distrorocks.system.files.shipped_files import read_shipped
from integration.machines.machine import Machine
from integration.machines.roots import LUA_VERSIONS, with_every_lua_package

DATA = Path(__file__).parent.parent.parent / "distrorocks" / "data"
HEAD = """\
# A module, the Luas that load it, globals that it sets, and fields of its table; a colon and a type
# for no function. Made by integration/makers/module_tables.py, from the packages of Debian {}.
"""
MOST_FIELDS = 200
PROBE = "/srv/probe.lua"
_TEXT = """\
local before = {}
for name in pairs(_G) do before[name] = true end
local result = require(arg[1])
local globals, fields = {}, {}
for name in pairs(_G) do
  if not before[name] then globals[#globals + 1] = tostring(name) end
end
if type(result) == "table" then
  for name, value in pairs(result) do
    if type(name) == "string" then
      fields[#fields + 1] = type(value) == "function" and name or name .. ":" .. type(value)
    end
  end
  local meta = getmetatable(result)
  if meta and (type(meta) ~= "table" or meta.__index) then fields[#fields + 1] = "*" end
end
print("\\n" .. "FOUND\\t" .. table.concat(globals, " ") .. "\\t" .. table.concat(fields, " "))
"""
_PLAIN = re.compile(r"[A-Za-z_]\w*(?::\w+)?|\*")
_FOUND = "FOUND\t"


class Seen(NamedTuple):
    """What one Lua says of a module: the globals that it sets, and the fields of its table."""

    lua: str
    globals: str
    fields: str


def observed(machine: Machine, module: str, luas: Iterable[str]) -> Iterator[Seen]:
    """Yield what each Lua that loads a module says of it."""
    for lua in luas:
        done = machine.run("timeout", "20", f"lua{lua}", PROBE, module, status=None)
        line = next((it for it in done.lines if it.startswith(_FOUND)), "")
        if done.status == 0 and line:
            _, set_by, having = line.split("\t")
            yield Seen(lua, set_by, having)


def together(all_of: Iterable[Seen]) -> str:
    """Return what the Luas say together."""
    luas: list[str] = []
    globals_set: set[str] = set()
    fields: dict[str, str] = {}
    for seen in all_of:
        luas.append(seen.lua)
        globals_set.update(filter(_PLAIN.fullmatch, seen.globals.split()))
        plain = filter(_PLAIN.fullmatch, seen.fields.split())
        for name, _, kind in (it.partition(":") for it in plain):
            fields[name] = kind if fields.get(name, kind) == kind else "any"
    if len(fields) > MOST_FIELDS:  # those of a library, made by a program
        fields = {"*": ""}
    words = (f"{name}:{kind}" if kind else name for name, kind in sorted(fields.items()))
    return "\t".join((" ".join(luas), " ".join(sorted(globals_set)), " ".join(words)))


def table_of(suite: str) -> str:
    """Return the table of a suite."""
    packages = parse_package_modules(read_shipped("package_modules/debian.tsv"))
    seen: dict[str, tuple[Seen, ...]] = {}
    for layer in with_every_lua_package(suite):
        with layer.clone() as machine:
            machine.write(PROBE, _TEXT)
            for package in sorted(packages.keys() & machine.packages()):
                for module in packages[package]:
                    found = tuple(observed(machine, module, LUA_VERSIONS[suite]))
                    seen[module] = max(found, seen.get(module, ()), key=len)
    lines = (f"{module}\t{together(seen[module])}\n" for module in sorted(seen))
    return HEAD.format(suite) + "".join(lines)


def main(words: Sequence[str]) -> int:
    """Write the tables of suites."""
    for suite in words:
        place = DATA / "module_tables" / f"{suite}.tsv"
        place.parent.mkdir(exist_ok=True)
        place.write_text(table_of(suite))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

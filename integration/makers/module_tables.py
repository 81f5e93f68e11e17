"""Make the shipped table of what Debian's modules define when they are required.

    python -m integration.makers.module_tables [SUITE]

Each module of each package is required by each Lua of its own process, in a clean root. It writes
data/module_tables.tsv: a module, the globals that it sets in any Lua, and the fields of the table
that it returns, each that is no function with its type. What differs between Luas has ``any``; a
table that computes its fields ends with ``*``. Modules that no Lua loads alone are left out.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from distrorocks.families.package_names import parse_package_modules
from distrorocks.system.files.shipped_files import read_shipped
from integration.machines.clean_roots import bare_root, installed
from integration.machines.machine import CommandError, Machine
from integration.machines.roots import LUA_VERSIONS

DATA = Path(__file__).parent.parent.parent / "distrorocks" / "data"
HEAD = """\
# A module, globals that it sets, and fields of its table; a colon and a type for no function.
# Made by integration/makers/module_tables.py, from the packages of Debian 13.
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


def observed(machine: Machine, module: str, luas: Iterable[str]) -> Iterator[Sequence[str]]:
    """Yield the globals and the fields of a module in each Lua that loads it."""
    for lua in luas:
        done = machine.run("timeout", "20", f"lua{lua}", PROBE, module, status=None)
        line = next((it for it in done.lines if it.startswith(_FOUND)), "")
        if done.status == 0 and line:
            yield line.split("\t")[1:]


def together(all_of: Iterable[Sequence[str]]) -> str:
    """Return what the Luas say together, "" if none loads the module."""
    globals_set: set[str] = set()
    fields: dict[str, str] = {}
    seen = False
    for set_by, having in all_of:
        seen = True
        globals_set.update(filter(_PLAIN.fullmatch, set_by.split()))
        for name, _, kind in (it.partition(":") for it in having.split() if _PLAIN.fullmatch(it)):
            fields[name] = kind if fields.get(name, kind) == kind else "any"
    if len(fields) > MOST_FIELDS:  # those of a library, made by a program
        fields = {"*": ""}
    words = (f"{name}:{kind}" if kind else name for name, kind in sorted(fields.items()))
    return f"{' '.join(sorted(globals_set))}\t{' '.join(words)}" if seen else ""


def main(words: Sequence[str]) -> int:
    """Write the table of a suite."""
    suite = words[0] if words else "trixie"
    packages = parse_package_modules(read_shipped("package_modules/debian.tsv"))
    luas = LUA_VERSIONS[suite]
    lines = {}
    for package, modules in sorted(packages.items()):
        with bare_root(suite).clone() as machine:
            try:
                installed(machine, "install", *(f"lua{it}" for it in luas), package)
            except CommandError:
                print(f"{package}: not installed", file=sys.stderr)
                continue
            machine.write(PROBE, _TEXT)
            for module in sorted(modules):
                if found := together(observed(machine, module, luas)):
                    lines[module] = f"{module}\t{found}\n"
    DATA.joinpath("module_tables.tsv").write_text(HEAD + "".join(lines[it] for it in sorted(lines)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

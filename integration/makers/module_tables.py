"""Make the shipped tables of what Debian's modules define when they are required.

    python -m integration.makers.module_tables SUITE...

Each module of each package is required by each Lua in a process of its own, in a clean root. For
each suite it writes data/module_tables/SUITE.tsv: a module, the Luas that load it, the globals that
it sets in any of them, and the fields of the table that it returns, each that is no function with
its type. What differs between Luas has ``any``; a table that computes its fields ends with ``*``.
What a package recommends is there for modules that do not load without.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from distrorocks.families.package_names import parse_package_modules
from distrorocks.system.files.shipped_files import read_shipped
from integration.machines.clean_roots import KEPT, bare_root, installed
from integration.machines.machine import CommandError, Machine
from integration.machines.roots import LUA_VERSIONS

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


def seen_of(
    machine: Machine, package: str, modules: Sequence[str], luas: Sequence[str]
) -> dict[str, tuple[Seen, ...]]:
    """Return what the Luas say of each module of a package that is installed."""
    found = {module: tuple(observed(machine, module, luas)) for module in modules}
    most = max(map(len, found.values()), default=0)
    left = [module for module, seen in found.items() if len(seen) < most or not seen]
    shown = machine.run("dpkg-query", "-W", "-f", "${Recommends}", package).out
    names = [re.split(r"[ (|]", each.strip())[0] for each in shown.split(",") if each.strip()]
    if left and names:
        for name in names:
            with suppress(CommandError):
                installed(machine, "install", name)
        found |= {module: tuple(observed(machine, module, luas)) for module in left}
    return found


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
    luas = LUA_VERSIONS[suite]
    bare = bare_root(suite)
    programs = frozenset(f"lua{lua}" for lua in luas)
    lines: dict[str, str] = {}
    for package, modules in sorted(packages.items()):
        with KEPT.machine(bare, programs) as machine:
            try:
                installed(machine, "install", package)
            except CommandError:
                print(f"{package}: not installed", file=sys.stderr)
                continue
            machine.write(PROBE, _TEXT)
            for module, seen in seen_of(machine, package, sorted(modules), luas).items():
                if seen or module not in lines:
                    lines[module] = f"{module}\t{together(seen)}\n"
    return HEAD.format(suite) + "".join(lines[it] for it in sorted(lines))


def main(words: Sequence[str]) -> int:
    """Write the tables of suites."""
    for suite in words:
        place = DATA / "module_tables" / f"{suite}.tsv"
        place.parent.mkdir(exist_ok=True)
        place.write_text(table_of(suite))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

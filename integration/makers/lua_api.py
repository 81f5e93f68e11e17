"""``python -m integration.makers.lua_api``: which names of Lua's C API each Lua version has.

Reads the headers of scratch Debians, those of Lua 5.5 in sid, and writes
``distrorocks/data/lua_api.tsv``: every name with the versions that declare it and those in which it
is a macro.
What a header has only for who asks with ``LUA_COMPAT_...`` counts as not there: modules are built
without.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from integration.machines.machine import Machine
from integration.machines.source_packages import build_root

VERSIONS = {"bookworm": ("5.1", "5.2", "5.3", "5.4"), "sid": ("5.5",)}
TABLE = Path(__file__).parent.parent.parent / "distrorocks/data/lua_api.tsv"
HEAD = """# The names of Lua's C API, as code without LUA_COMPAT_... sees them: the versions that
# have a name, and those in which it is a macro. Made by integration/makers/lua_api.py from the
# headers of Debian 12, for Lua 5.5 of sid.
"""
_NAME = re.compile(r"\b(?:lua|luaL|LUA|LUAL|LUAI)_[A-Za-z]\w*")
_MACRO = re.compile(r"#define (\w+)")


def declared(machine: Machine, version: str) -> tuple[set[str], set[str]]:
    """Return what the headers of a version declare, and which names are macros."""
    source = "#include <lua.h>\n#include <lauxlib.h>\n#include <lualib.h>\n"
    machine.write("/srv/api.c", source)
    words = ("gcc", "-E", f"-I/usr/include/lua{version}", "/srv/api.c")
    text = "\n".join(line for line in machine.run(*words).lines if not line.startswith("#"))
    macros = set(_MACRO.findall(machine.run(*words, "-dM").out))
    macros = {name for name in macros if _NAME.fullmatch(name)}
    return set(_NAME.findall(text)) | macros, macros


def main() -> int:
    """Write the table."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for suite, versions in VERSIONS.items():
        with build_root(suite).clone() as machine:
            found |= {version: declared(machine, version) for version in versions}
    names = sorted(set().union(*(every for every, _ in found.values())))
    rows = []
    for name in names:
        have = [version for version in found if name in found[version][0]]
        macro = [version for version in found if name in found[version][1]]
        rows.append(f"{name}\t{' '.join(have)}\t{' '.join(macro)}\n")
    TABLE.write_text(HEAD + "".join(rows))
    print(f"{len(rows)} names")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Lua modules in C, compiled in scratch roots as builders do, usually or oddly, and their rocks."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from integration.machines.machine import Machine
from integration.machines.roots import Layer, with_packages

COMPILERS = ("gcc", "libc6-dev", "musl-tools")
_HEAD = """
#include <lua.h>
#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
"""
_OPEN = "int luaopen_{name}(lua_State *L) {{ lua_pushnumber(L, {value}); return 1; }}\n"


class Module(NamedTuple):
    """How a module is compiled: what it calls, C before that, the compiler's flags."""

    value: str = "1"
    before: str = ""
    flags: Sequence[str] = ()
    compiler: str = "gcc"


MODULES: Mapping[str, Module] = {
    "usual": Module('(double) strlen(getenv("PATH"))'),
    "number": Module('(double) strtol(getenv("PATH"), NULL, 10)', "#define _GNU_SOURCE 1\n"),
    "power": Module("pow(lua_gettop(L), 0.5)", flags=("-lm",)),
    "random": Module("(double) arc4random()"),
    "borrowed": Module("pow(lua_gettop(L), 0.5)"),
    "stack": Module(flags=("-Wl,-z,execstack",)),
    "silent": Module(before='__asm__(".section .data");\n', flags=("-Wa,--noexecstack",)),
    "text": Module("(double) *where", "static int it; int *where = &it;\n"),
    "closed": Module(flags=("-Wl,-z,nodlopen",)),
    "dangling": Module("nobody_has_this()", "double nobody_has_this(void);\n"),
    "lost": Module("gone()", "double gone(void);\n", ("-L/srv/c", "-Wl,--no-as-needed", "-lgone")),
    "program": Module(before="int main(void) { return 0; }\n", flags=("-pie", "-Wl,-E")),
    "fortified": Module(
        '(double) snprintf(text, lua_gettop(L), "%d", 1)',
        "static char text[9];\n",
        ("-O2", "-D_FORTIFY_SOURCE=2"),
    ),
    "musl": Module('(double) strlen(getenv("PATH"))', compiler="musl-gcc"),
    "muslmath": Module("pow(lua_gettop(L), 0.5)", compiler="musl-gcc", flags=("-lm",)),
}


def compilers(suite: str) -> Layer:
    """Return a root of a suite with gcc and musl-gcc."""
    return with_packages(suite, COMPILERS)


def built_rocks(machine: Machine, lua_versions: Sequence[str], folder: Path) -> Iterator[Path]:
    """Compile all modules for each Lua, and yield their rocks, in a folder for each Lua."""
    machine.write("/srv/c/gone.c", "double gone(void) { return 1; }\n")
    machine.run("gcc", "-shared", "-o", "/srv/c/libgone.so", "/srv/c/gone.c")
    for lua in lua_versions:
        (folder / lua).mkdir(parents=True, exist_ok=True)
        for name, module in MODULES.items():
            content = compiled(machine, name, module, lua)
            yield packed(folder / lua, name, {f"lib/{name}.so": content})


def compiled(machine: Machine, name: str, module: Module, lua: str) -> bytes:
    """Return the shared library of a module."""
    opening = _OPEN.format(name=name, value=module.value)
    machine.write(f"/srv/c/{name}.c", f"{module.before}{_HEAD}{opening}")
    place = f"/srv/c/{name}.so"
    includes = [f"-I/usr/include/lua{lua}", "-idirafter", "/usr/include/x86_64-linux-gnu"]
    includes.append("-Wno-implicit-function-declaration")
    kind = () if "-pie" in module.flags else ("-shared",)
    more = ("-Wl,--unresolved-symbols=ignore-all",) if "-pie" in module.flags else ()
    words = [module.compiler, *kind, "-fPIC", *includes, *more, "-o", place, f"/srv/c/{name}.c"]
    machine.run(*words, *module.flags)
    content = machine.path(place).read_bytes()
    return without_stack(content) if name == "silent" else content


def without_stack(content: bytes) -> bytes:
    """Return a library whose header of the stack is of a type that no loader knows."""
    start = int.from_bytes(content[32:40], "little")
    count = int.from_bytes(content[56:58], "little")
    changed = bytearray(content)
    for at in range(start, start + 56 * count, 56):
        if changed[at : at + 4] == (0x6474E551).to_bytes(4, "little"):
            changed[at : at + 4] = (0x6FFFFFF0).to_bytes(4, "little")
    return bytes(changed)


def packed(
    folder: Path, name: str, files: Mapping[str, bytes], *, arch: str = "linux-x86_64"
) -> Path:
    """Write a binary rock with these files, of version 1.0-1."""
    rockspec = (
        f'package = "{name}"\nversion = "1.0-1"\nsource = {{ url = "file:///nowhere" }}\n'
        'build = { type = "none" }\n'
    )
    path = folder / f"{name}-1.0-1.{arch}.rock"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}-1.0-1.rockspec", rockspec)
        for inside, content in files.items():
            archive.writestr(inside, content)
    return path


# One process for a rock. The loader says whether it opens the file; a name that no module has
# keeps the module's own code from running.
_TRIAL = """
for at = 1, #arg do
   local _, why, when = package.loadlib(arg[at], "luaopen_nothing_at_all")
   io.stdout:write("@", when == "open" and "no" or "ok", "\\t", arg[at], "\\t")
   io.stdout:write((tostring(why):gsub("%s+", " ")), "\\n")
   io.stdout:flush()
end
os.exit(true)
"""
_SAID = re.compile(r"^@(ok|no)\t/srv/trial/([0-9]+)/([^\t]*)\t(.*)$", re.MULTILINE)


def really_loaded(
    machine: Machine, rocks: Sequence[Path], lua_version: str
) -> dict[tuple[Path, str], str]:
    """Return why a machine's Lua does not open each file in ``lib`` of rocks, "" if it does."""
    place = machine.path("/srv/trial")
    lines = []
    for number, rock in enumerate(rocks):
        with zipfile.ZipFile(rock) as archive:
            files = [x for x in archive.namelist() if x.startswith("lib/") and x[-1] != "/"]
            for file in files:
                archive.extract(file, place / str(number))
        inside = " ".join(f"/srv/trial/{number}/{file}" for file in files)
        lines.append(f"lua{lua_version} /srv/trial.lua {inside}" if files else "true")
    machine.write("/srv/trial.lua", _TRIAL)
    machine.write("/srv/trial.sh", "\n".join([*lines, "exit 0\n"]))
    said = machine.run("sh", "/srv/trial.sh").out
    machine.run("rm", "-rf", "/srv/trial")
    return {
        (rocks[int(number)], file): "" if word == "ok" else why or "?"
        for word, number, file, why in _SAID.findall(said)
    }

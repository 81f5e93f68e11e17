"""The test suite of a project: its type, what it needs, and the command that runs it.

The rules are LuaRocks' (``luarocks.test``): type ``busted`` runs that rock's command, type
``command`` a Lua script or a shell command. Nothing is read or run here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from distrorocks.errors import NegativeError, UsageError
from distrorocks.install.build.variables import shell_quoted
from distrorocks.lua.value import LuaTable, sequence
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.quotation import quoted
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.system.processes.command import PATH
from distrorocks.trees.layout import Layout
from distrorocks.trees.search_path import variable
from distrorocks.values import NamedTuple

BUSTED, COMMAND = "busted", "command"
TYPES = (BUSTED, COMMAND)
MARKS = {".busted": BUSTED, "test.lua": COMMAND}
"""The files by which the type of a suite is known, in LuaRocks' order."""


class NoSuiteError(NegativeError):
    """A project has no test suite that can be run."""


class Suite(NamedTuple):
    """A test suite.

    ``script`` is a Lua file, ``command`` a text for the shell, and ``executable`` the program that
    the rockspec names instead of busted's; those of another type are "". ``flags`` come before the
    arguments of the user.
    """

    kind: str
    script: str = ""
    command: str = ""
    executable: str = ""
    flags: tuple[str, ...] = ()


def suite_of(rockspec: Rockspec, *, kind: str, names: Collection[str]) -> Suite:
    """Return the suite of a project.

    ``kind`` is the type that the user names, "" for that of the rockspec; ``names`` are the files
    of the project's directory. Raise ``UsageError`` for a type that is not known, ``NoSuiteError``
    if there is no suite.
    """
    value = rockspec.table.get("test")
    table: LuaTable = value if isinstance(value, dict) else {}
    kind = kind or _kind(table, names)
    if not kind:
        raise NoSuiteError(
            f"{rockspec.name} {rockspec.version} has no test suite that can be found",
            hint="set test.type in the rockspec, or pass --test-type",
        )
    if kind not in TYPES:
        raise UsageError(
            f"the test type {quoted(kind)} is not known", hint=f"known are {', '.join(TYPES)}"
        )
    listed = table.get("flags")
    flags = sequence(listed) if isinstance(listed, dict) else []
    texts = tuple(each for each in flags if isinstance(each, str))
    if kind == BUSTED:
        return Suite(kind, executable=_text(table, "busted_executable"), flags=texts)
    script, command = _text(table, "script"), _text(table, "command")
    if not (script or command):
        script = "test.lua"
    return Suite(kind, script, "" if script else command, flags=texts)


def _kind(table: LuaTable, names: Collection[str]) -> str:
    """Return the type that a ``test`` table has, or else the one that the files show, or ""."""
    named = table.get("type")
    if isinstance(named, str):
        return named
    if _text(table, "script") or _text(table, "command"):
        return COMMAND
    return next((kind for mark, kind in MARKS.items() if mark in names), "")


def dependencies_of(rockspec: Rockspec, suite: Suite) -> tuple[Dependency, ...]:
    """Return what has to be installed before a suite runs, each dependency once."""
    needed = [
        *rockspec.dependencies,
        *rockspec.build_dependencies,
        *rockspec.test_dependencies,
    ]
    has_busted = any(each.rock_name == BUSTED for each in needed)
    if suite.kind == BUSTED and not suite.executable and not has_busted:
        needed.append(Dependency.parse(BUSTED))
    return tuple(dict.fromkeys(needed))


def is_lua_script(start: bytes) -> bool:
    """Return whether a file begins with a ``#!`` line for Lua, of whatever version.

    Debian's busted starts ``lua``, which need not be the Lua whose modules are looked for; the
    command of an installed rock is a shell script that starts the right one.
    """
    words = start.split(b"\n", 1)[0].removeprefix(b"#!").split()
    is_script = start.startswith(b"#!") and bool(words)
    return is_script and words[-1].rpartition(b"/")[2].startswith(b"lua")


def command_of(
    suite: Suite, arguments: Sequence[str], *, lua: str, busted: str = ""
) -> tuple[str, ...]:
    """Return the words that run a suite; ``lua`` is the interpreter.

    ``busted`` is the path of that command if it is a Lua script: then the interpreter runs it.
    """
    words = (*suite.flags, *arguments)
    if suite.kind == BUSTED:
        by_lua = (lua, busted) if busted else (BUSTED,)
        return (*((suite.executable,) if suite.executable else by_lua), *words)
    if suite.script:
        return (lua, suite.script, *words)
    return ("/bin/sh", "-c", " ".join([suite.command, *map(shell_quoted, words)]))


def environment_of(
    layouts: Sequence[Layout], lua_version: str, environ: Mapping[str, str]
) -> dict[str, str]:
    """Return the environment of a suite: that of the user, where the trees are found first.

    An own ``LUA_PATH`` of the user stays behind them; without one Lua's default follows.
    """
    templates = {
        "LUA_PATH": [f"{it.lua_dir}/{end}" for it in layouts for end in ("?.lua", "?/init.lua")],
        "LUA_CPATH": [f"{it.lib_dir}/?.so" for it in layouts],
    }
    found = dict(environ)
    for name, paths in templates.items():
        own = variable(name, lua_version, environ)
        found[own] = ";".join([*paths, environ.get(own, ";")])
    found["PATH"] = ":".join([*(it.bin_dir for it in layouts), environ.get("PATH") or PATH])
    return found


def _text(table: LuaTable, key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""

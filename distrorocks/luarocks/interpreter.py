"""The interpreters of a root: which one ``luarocks`` runs with, and where each finds modules."""

from __future__ import annotations

import re
from itertools import islice

from distrorocks.errors import DistrorocksError
from distrorocks.families.distribution import Distribution
from distrorocks.patterns import regex
from distrorocks.rocks.lua_version import LUA_VERSIONS, LuaVersion
from distrorocks.system.files.bounded_file import read_bounded
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.program import find_program
from distrorocks.system.processes.command import PATH, run
from distrorocks.values import NamedTuple

_LIMIT = 256 * 1024
_LINES = 10  # as in Debian's lua-any
_INTERPRETER = regex(rb"\blua-?(5)\.?([0-9])\b")
_VERSIONS = regex(rb"--[ \t]*lua-versions[ \t]*:([^\n]*)", re.IGNORECASE)
_SECONDS = 20
_MOST_OUTPUT = 64 * 1024
_QUESTION = "io.write(package.path, '\\n', package.cpath, '\\n')"
_WITHOUT_LOCAL = frozenset({"fedora", "rhel", "centos", "suse", "opensuse", "arch", "altlinux"})
"""Distributions whose Lua is built with the prefix /usr, so it does not look into /usr/local."""


class Interpreter(NamedTuple):
    """An interpreter and its built-in search paths, as in ``package.path`` and ``package.cpath``.

    ``is_asked`` says whether the program itself printed them; else they are those of the
    distribution's packages.
    """

    name: str
    lua_version: str
    path: str
    cpath: str
    is_asked: bool = False


def interpreters(
    view: RootView, lua_version: str, distribution: Distribution, library_dir: str
) -> tuple[Interpreter, ...]:
    """Return the interpreters for a Lua version: PUC Lua first, for 5.1 also LuaJIT.

    Programs of this system are asked; those of another root are not run. Without any, the answer
    is what the distribution's package would look like.
    """
    found = []
    for name, program in _programs(view, lua_version).items():
        built_in = _asked(program) if view.root == "/" else None
        if built_in:
            found.append(Interpreter(name, lua_version, *built_in, is_asked=True))
        else:
            is_jit = name == "luajit"
            found.append(_by_table(name, lua_version, distribution, library_dir, is_jit=is_jit))
    return tuple(found) or (
        _by_table(f"lua{lua_version}", lua_version, distribution, library_dir, is_jit=False),
    )


def _programs(view: RootView, lua_version: str) -> dict[str, str]:
    """Return the path of each interpreter by name."""
    found = {}
    main = find_program(view, lua_version, PATH).get("LUA")
    if main:
        found[main.rpartition("/")[2]] = main
    if lua_version == "5.1" and "luajit" not in found:
        for directory in PATH.split(":"):
            other = view.find(f"{directory}/luajit")
            if other and other.is_file and other.status.st_mode & 0o111:
                found["luajit"] = f"{directory}/luajit"
                break
    return found


def _asked(program: str) -> tuple[str, str] | None:
    """Return the built-in search paths that a program prints without Lua's variables, or None."""
    try:
        answer = run((program, "-e", _QUESTION), timeout=_SECONDS, most_output=_MOST_OUTPUT)
    except DistrorocksError:
        return None
    lines = answer.stdout.decode("utf-8", "surrogateescape").split("\n")
    return (lines[0], lines[1]) if answer.status == 0 and len(lines) == 3 else None


def _by_table(
    name: str, lua_version: str, distribution: Distribution, library_dir: str, *, is_jit: bool
) -> Interpreter:
    """Return an interpreter with the search paths that the distribution's package builds in.

    Debian's and Alpine's look into /usr/local, then into /usr; those of Fedora, openSUSE, Arch and
    ALT into /usr only. Lua 5.1 looks into the working directory first, later versions last
    (luaconf.h of each version, with the patches of the packages).
    """
    ids = {distribution.id, *distribution.id_like}
    is_local = not any(each.partition("-")[0] in _WITHOUT_LOCAL for each in ids)
    tail, local, lib_dir = f"lua/{lua_version}", "/usr/local", f"/usr/{library_dir}"
    roots = [f"{local}/share/{tail}"] if is_local else []
    if is_local and not is_jit:
        roots.append(f"{local}/lib/{tail}")
    roots.append(f"/usr/share/{tail}")
    if not is_local and not is_jit:
        roots.append(f"{lib_dir}/{tail}")
    lua = [f"{root}/{file}" for root in roots for file in ("?.lua", "?/init.lua")]
    libraries = [f"{local}/lib"] if is_local else []
    libraries += [lib_dir, "/usr/lib"] if is_local and not is_jit else [lib_dir]
    c = [f"{directory}/{tail}/?.so" for directory in dict.fromkeys(libraries)]
    c.append(f"{libraries[0]}/{tail}/loadall.so")
    if lua_version == "5.1":
        lua, c = ["./?.lua", *lua], ["./?.so", *c]
    else:
        lua, c = [*lua, "./?.lua"], [*c, "./?.so"]
    if lua_version not in ("5.1", "5.2"):
        lua.append("./?/init.lua")
    return Interpreter(name, lua_version, ";".join(lua), ";".join(c))


def luarocks_versions(view: RootView, path: str) -> tuple[LuaVersion, ...]:
    """Return the versions for the first ``luarocks`` on a ``PATH``, in its order of preference.

    Debian's lists them in a comment (``lua-any``, package lua5.x); one that LuaRocks itself
    installed names its interpreter in the first line. Return () if unknown.
    """
    for directory in filter(None, path.split(":")):
        found = view.find(f"{directory}/luarocks")
        if not found or not found.is_file or not found.status.st_mode & 0o111:
            continue
        if is_ourselves(found.path):
            continue
        try:
            lines = islice(read_bounded(view.host_path(found.path), _LIMIT).split(b"\n"), _LINES)
        except DistrorocksError:
            return ()
        return _told(list(lines))
    return ()


def is_ourselves(path: str) -> bool:
    """Return whether a program, by its path without links, is distrorocks under another name."""
    return path.rpartition("/")[2] == "distrorocks"


def _told(lines: list[bytes]) -> tuple[LuaVersion, ...]:
    if not lines[0].startswith(b"#!"):
        return ()
    named = _INTERPRETER.search(lines[0])
    texts = [b"%s.%s" % named.groups()] if named else []
    if b"lua-any" in lines[0]:
        listed = next(filter(None, map(_VERSIONS.match, lines)), None)
        texts = listed[1].split() if listed else []
    return tuple(
        LuaVersion(version)
        for version in (text.decode("ascii", "replace") for text in texts)
        if version in LUA_VERSIONS
    )

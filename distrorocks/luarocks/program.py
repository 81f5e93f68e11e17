"""The luarocks program for a Lua version, and its capabilities."""

from __future__ import annotations

import os

from distrorocks.errors import DistrorocksError
from distrorocks.luarocks.interpreter import is_ourselves
from distrorocks.patterns import regex
from distrorocks.rocks.version import Version
from distrorocks.system.files.bounded_file import open_regular
from distrorocks.system.processes.command import find_program, run
from distrorocks.values import NamedTuple

_VERSION = regex(rb"([0-9]+\.[0-9]+\.[0-9]+)")
_ANY_LUA = b"lua-any"
_MOST_BYTES = 1 << 30
_STRICT = """
local file, out, err = getmetatable(io.stdout).__index, io.stdout, io.stderr
for _, name in ipairs({"write", "flush", "close"}) do
   local call = file[name]
   local function checked(done, why, code, ...)
      if done == nil and why ~= "exit" and why ~= "signal" and type(code) == "number" then
         error("a file could not be written: " .. tostring(why), 0)
      end
      return done, why, code, ...
   end
   file[name] = function(self, ...)
      if self == out or self == err then return call(self, ...) end
      return checked(call(self, ...))
   end
end
"""
"""Lua code that raises an error for each failed file write, which LuaRocks ignores."""


class NoLuaRocks(DistrorocksError):  # noqa: N818 - names what is missing
    """No installed luarocks runs for the Lua version."""


class LuaRocksProgram(NamedTuple):
    """A luarocks that works; ``words`` are the first arguments of its command line."""

    words: tuple[str, ...]
    version: Version

    @property
    def strict_words(self) -> tuple[str, ...]:
        """The first arguments of a command line that detects failed file writes.

        A luarocks that is not started by its interpreter cannot do so.
        """
        interpreter, *rest = self.words
        is_script = bool(rest) and not rest[0].startswith("-")
        return (interpreter, "-e", _STRICT, *rest) if is_script else self.words


def find_luarocks(lua_version: str, environment: dict[str, str]) -> LuaRocksProgram:
    """Return the luarocks for one Lua version, or raise ``NoLuaRocks``.

    LuaRocks loads modules from configured trees even to state its version, so ``environment`` is
    that of ``luarocks_environment`` with ``run_config``.
    """
    tried = []
    for words in _candidates(lua_version, environment["PATH"]):
        command = (*words, f"--lua-version={lua_version}")
        try:
            answer = run((*command, "--version"), timeout=60, environment=environment)
        except DistrorocksError as error:
            tried.append(error.brief)
            continue
        found = _VERSION.search(answer.stdout)
        if answer.status == 0 and found:
            return LuaRocksProgram(command, Version.parse(found[1].decode()))
        said = (answer.stderr or answer.stdout).decode("utf-8", "replace").strip().splitlines()
        tried.append(f"{' '.join(command)}: {said[-1] if said else f'status {answer.status}'}")
    raise NoLuaRocks(
        f"no luarocks runs for Lua {lua_version}",
        detail="\n".join(tried),
        hint=f"install the packages of luarocks and of Lua {lua_version}",
    )


def likely_words(lua_version: str, path: str) -> tuple[str, ...]:
    """Return the first words of the command line that most likely runs luarocks, () without any.

    Nothing is started.
    """
    return next(iter(_candidates(lua_version, path)), ())


def _candidates(lua_version: str, path: str) -> list[tuple[str, ...]]:
    """Return the command lines to try for luarocks, best first.

    Debian's ``luarocks`` runs under any Lua; its ``luarocks-5.x`` splits arguments at spaces, so
    the interpreter is named instead.
    """
    plain = _find("luarocks", path)
    lua = find_program(f"lua{lua_version}", path)
    own = _find(f"luarocks-{lua_version}", path)
    found: list[tuple[str, ...]] = []
    if plain and lua and _runs_under_any_lua(plain):
        found.append((lua, plain))
    found += [(each,) for each in (own, plain) if each]
    return found


def _find(name: str, path: str) -> str | None:
    """Return the first program of that name on a ``PATH`` that is LuaRocks and no link to us."""
    found = (find_program(name, directory) for directory in path.split(":"))
    return next((it for it in found if it and not is_ourselves(os.path.realpath(it))), None)


def _runs_under_any_lua(path: str) -> bool:
    with open_regular(path, _MOST_BYTES) as file:
        return _ANY_LUA in file.read(200).split(b"\n")[0]

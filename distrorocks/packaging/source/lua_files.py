"""The Lua files of a rock's modules among its sources, and what they say."""

from __future__ import annotations

from collections.abc import Mapping

from distrorocks.lua.value import as_table
from distrorocks.packaging.code.library_openers import unopened
from distrorocks.packaging.code.lua_code import LuaCode
from distrorocks.packaging.code.lua_file import read_file
from distrorocks.packaging.code.lua_globals import quoted_words
from distrorocks.packaging.code.module_files import module_paths
from distrorocks.packaging.code.optional_modules import optional_modules
from distrorocks.packaging.code.script_modules import required_alone
from distrorocks.packaging.code.usage_text import usage_of
from distrorocks.packaging.source.declared import command_files
from distrorocks.rocks.rockspec import Rockspec


class LuaFiles:
    """The modules in Lua that a rock installs, each with its file, and the rock's commands."""

    def __init__(
        self,
        rockspec: Rockspec,
        modules: tuple[str, ...],
        files: tuple[str, ...],
        texts: Mapping[str, str],
    ) -> None:
        """Take the declared modules of a rockspec, and the files and texts of the sources."""
        build = as_table(rockspec.table.get("build"))
        paths = module_paths(build, modules, files)
        self.paths = {it: path for it, path in paths.items() if it in (modules or paths)}
        self._rockspec, self._modules, self._texts = rockspec, modules, texts
        self._commands = command_files(rockspec)
        self._programs = {*self._commands.values()}

    def code(self) -> LuaCode:
        """Return the code of the modules."""
        scripts = (self._texts[it] for it in sorted(self._programs) if it in self._texts)
        return LuaCode(
            self._own_texts(),
            tuple(dict.fromkeys((*self._modules, *self.paths))),
            frozenset(it for it, path in self.paths.items() if path in self._programs),
            frozenset().union(*map(required_alone, scripts)),
        )

    def unopened(self) -> dict[str, str]:
        """Return the modules in C that nothing opens; one in Lua of the same name comes first."""
        found = unopened(self._rockspec, self._texts)
        return {module: why for module, why in found.items() if module not in self.paths}

    def optional(self) -> frozenset[str]:
        """Return the files of modules that the rock can do without."""
        words = {module: read_file(text).words for module, text in self._own_texts().items()}
        return frozenset(self.paths[module] for module in optional_modules(words))

    def named(self) -> frozenset[str] | None:
        """Return what modules and commands name as text, None if not all of them can be read."""
        wanted = {*self.paths.values(), *self._programs}
        if not self.paths or not wanted <= self._texts.keys():
            return None
        return frozenset().union(*(quoted_words(self._texts[path]) for path in wanted))

    def commands_requires(self) -> dict[str, tuple[str, ...]]:
        """Return the commands in Lua, each with the modules that it requires as it starts."""
        return {
            name: read_file(self._texts[path]).needs.requires
            for name, path in sorted(self._commands.items())
            if path in self._texts
        }

    def usages(self) -> dict[str, str]:
        """Return the commands that tell their use, each with what it says."""
        found = {
            name: usage_of(name, self._texts[path])
            for name, path in self._commands.items()
            if path in self._texts
        }
        return {name: text for name, text in sorted(found.items()) if text}

    def _own_texts(self) -> dict[str, str]:
        there = ((it, path) for it, path in self.paths.items() if path in self._texts)
        return {module: self._texts[path] for module, path in there}

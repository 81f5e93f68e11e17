"""The code of a rock's modules in Lua, and what they need where certain packages are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from distrorocks.packaging.code.lua_file import LoadNeeds
from distrorocks.packaging.code.module_loading import load_needs
from distrorocks.packaging.code.module_tables import NO_TABLES, ModuleTables
from distrorocks.values import NamedTuple


class LuaCode(NamedTuple):
    """The texts of a rock's modules in Lua, and the names of all of its modules.

    ``programs`` are the modules whose files are commands as well, ``started`` those that a command
    only has to require, ``broken`` those that one Lua refuses as no Lua, with its message.
    """

    texts: Mapping[str, str] = MappingProxyType({})
    modules: tuple[str, ...] = ()
    programs: frozenset[str] = frozenset()
    started: frozenset[str] = frozenset()
    broken: Mapping[str, str] = MappingProxyType({})

    def needs(self, packaged: ModuleTables = NO_TABLES) -> dict[str, LoadNeeds]:
        """Return what each module needs as soon as it is loaded, beside ``packaged`` modules.

        A file that one Lua refuses may be for others, where its syntax tells of them.
        """
        known = packaged.of_others((*self.modules, *self.texts))
        found = load_needs(self.texts, self.programs, self.started, known)
        for module, why in self.broken.items():
            if not found[module].unfit:
                found[module] = found[module]._replace(fault=f"is no Lua: {why}", after="")
        return found

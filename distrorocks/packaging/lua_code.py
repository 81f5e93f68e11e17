"""Which Lua versions a rock's own code rules out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from distrorocks.build.module_sources import module_sources
from distrorocks.code.c_luas import c_unfit
from distrorocks.code.lua_api import LuaApi
from distrorocks.code.lua_luas import lua_unfit
from distrorocks.rocks.rockspec import Rockspec

VERSIONS = ("5.1", "5.2", "5.3", "5.4")
_NO_MODULE = re.compile(r"(?:\A|/)(?:tests?|specs?|examples?|samples?|docs?|bench(?:marks?)?)/")


def unfit_versions(rockspec: Rockspec, texts: Mapping[str, str], api: LuaApi) -> dict[str, str]:
    """Return the Lua versions that a rock's sources are not for, each with the evidence.

    Where every version is ruled out, the reading is not to be trusted, and none is returned.
    """
    named = module_sources(rockspec)
    lua = {path: text for path, text in texts.items() if path.endswith(".lua")}
    if any(path in lua for path in named):
        lua = {path: lua[path] for path in named if path in lua}
    else:
        lua = {path: text for path, text in lua.items() if not _NO_MODULE.search(path)}
    unfit = {**lua_unfit(lua, VERSIONS), **c_unfit(texts, named, api, VERSIONS)}
    return dict(sorted(unfit.items())) if len(unfit) < len(VERSIONS) else {}

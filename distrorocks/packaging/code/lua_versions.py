"""Which Lua versions the code of a rock rules out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from distrorocks.externals.needs import module_sources
from distrorocks.packaging.code.c_evidence import unfit_for_c
from distrorocks.packaging.code.lua_api import LuaApi
from distrorocks.packaging.code.lua_evidence import unfit_for_lua
from distrorocks.rocks.rockspec import Rockspec

VERSIONS = ("5.1", "5.2", "5.3", "5.4")
_NO_MODULE = re.compile(
    r"(?:\A|/)(?:(?:bin|tests?|specs?|examples?|samples?|docs?|bench(?:marks?)?)/|tests?[._-])"
)


def unfit_versions(
    rockspec: Rockspec, texts: Mapping[str, str], api: LuaApi, *, is_compiled: bool | None
) -> dict[str, str]:
    """Return the Lua versions that a rock's sources do not support, each with the evidence.

    C code is read unless ``is_compiled`` is False. If every version is ruled out, the evidence is
    not reliable: return none.
    """
    named = [path for path in module_sources(rockspec) if path in texts]
    if named:
        lua = {path: texts[path] for path in named if path.endswith(".lua")}
        unfit = unfit_for_lua(lua, VERSIONS)
        if len(lua) < len(named):
            unfit |= unfit_for_c(texts, named, api, VERSIONS)
    else:
        lua = {path: texts[path] for path in texts if _is_module(path)}
        unfit = unfit_for_lua(lua, VERSIONS)
        if is_compiled is not False:
            unfit |= unfit_for_c(texts, (), api, VERSIONS)
    return dict(sorted(unfit.items())) if len(unfit) < len(VERSIONS) else {}


def evidence_against(version: str, unfit: Mapping[str, str]) -> str:
    """Return the evidence against a version, "" if there is none.

    A version newer than those examined counts as the newest of them.
    """
    return unfit.get(min(version, VERSIONS[-1]), "")


def _is_module(path: str) -> bool:
    """Return whether a path may be a module, if the rockspec names no file that exists."""
    return path.endswith(".lua") and not _NO_MODULE.search(path)

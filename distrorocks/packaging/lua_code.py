"""Up to which Lua a rock's C code can be compiled, by the parts of Lua's API that it uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

_ONLY_5_1 = (
    "luaL_reg|LUA_ENVIRONINDEX|LUA_GLOBALSINDEX|lua_setfenv|lua_getfenv|luaL_typerror|luaL_getn"
)
_UNTIL_5_2 = "luaL_register|luaL_openlib|lua_objlen|lua_strlen|lua_equal|lua_lessthan|lua_cpcall"
_GONE = tuple(
    (version, re.compile(rf"\b(?:{words})\b"))
    for version, words in (("5.1", _ONLY_5_1), ("5.2", _UNTIL_5_2))
)
_CARES = re.compile(r"\bLUA_VERSION_NUM\b|\bcompat-5\.3|\bLUA_51\b|\bluaL_setfuncs\b")
_C_FILE = re.compile(r"\.(?:c|h|cc|cpp|hpp)\Z")


class NewestLua(NamedTuple):
    """The newest Lua that code is for, "" where nothing speaks against any, and the evidence."""

    version: str = ""
    evidence: str = ""


def newest_lua(texts: Mapping[str, str]) -> NewestLua:
    """Return the newest Lua for which sources compile.

    Code that looks at Lua's version anywhere, or has what newer Luas brought, is for all.
    """
    code = {path: text for path, text in texts.items() if _C_FILE.search(path)}
    if any(_CARES.search(text) for text in code.values()):
        return NewestLua()
    for version, gone in _GONE:
        for path, text in sorted(code.items()):
            if found := gone.search(text):
                line = text.count("\n", 0, found.start()) + 1
                return NewestLua(
                    version, f"{path}:{line} uses {found[0]}, gone after Lua {version}"
                )
    return NewestLua()

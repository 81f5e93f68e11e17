"""Which code is for LuaJIT, as that of OpenResty is: its modules are those of Lua 5.1.

LuaJIT has syntax of Lua 5.2, such as ``goto``, and what no other Lua has: ``ffi``, and as part of
OpenResty the global ``ngx``. https://luajit.org/extensions.html
"""

from __future__ import annotations

from distrorocks.packaging.code.optional_modules import named_modules

LUAJIT_TREE = "5.1"
LUAJIT_MODULES = ("ffi", "jit")
_GUARDS = frozenset(("and", "or", "then", "==", "~=", ")"))


def luajit_word(words: list[str]) -> str:
    """Return what a file asks LuaJIT for and cannot do without, "" if nothing.

    A file that asks whether there is an ``ngx`` can do without.
    """
    for each in named_modules(words):
        if each.module in LUAJIT_MODULES and not each.is_optional:
            return each.module
    places = [
        at for at, word in enumerate(words) if word == "ngx" and words[at - 1] not in (".", ":")
    ]
    uses = [at for at in places if words[at + 1] == "."]
    is_asked = any(words[at + 1] in _GUARDS for at in places)
    return "ngx" if uses and not is_asked else ""

"""Which shared libraries below Lua's directories are no modules, by their content.

Lua loads ``a/b.so`` for the module a.b and calls its function ``luaopen_a_b``; of a name with a
hyphen it takes the part before the hyphen, and 5.1 the part after it (Lua manual, package.loaders,
package.searchers). A rock may install other libraries there: those that its modules load by
themselves, or prebuilt ones of other systems.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ELF = b"\x7fELF"
_SYSTEM = slice(4, 6)  # width and byte order
_MACHINE = slice(18, 20)
_OPENER = re.compile(rb"(?<![A-Za-z0-9_])luaopen_([A-Za-z0-9_]+)\0")
# Lua's own, in a library that has a Lua in it.
_OF_LUA = frozenset(
    b"base bit bit32 coroutine debug ffi io jit math os package string string_buffer table"
    b" utf8".split()
)


def no_module(module: str, content: bytes, program: bytes) -> str:
    """Return why a library is no module of the Lua that ``program`` is, "" if it may be one.

    ``content`` is the library, of ``program`` the beginning is enough. A library with functions
    that open other modules may be one: whether Lua takes it is for Lua to say.
    """
    if not content.startswith(_ELF):
        return "it is no shared library of this system"
    is_known = program.startswith(_ELF) and len(program) >= _MACHINE.stop
    if is_known and any(content[it] != program[it] for it in (_SYSTEM, _MACHINE)):
        return "it is a shared library of another machine"
    if {*_OPENER.findall(content)} - _OF_LUA:
        return ""
    functions = " or ".join(_functions(module))
    return f"it has no function {functions}"


def _functions(module: str) -> Iterator[str]:
    """Yield the names of the functions that may open a module."""
    before, hyphen, after = module.partition("-")
    for name in (before, after) if hyphen else (module,):
        if name:
            yield f"luaopen_{re.sub(r'[.]', '_', name)}"

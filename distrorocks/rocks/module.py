"""A module's name: what ``require`` calls the file that a rock deployed.

The rule is LuaRocks' own (``luarocks.core.path``).
"""

from __future__ import annotations

EXTENSIONS = (".lua", ".so")


def module_name(path: str) -> str:
    """Return the module that the file at ``path``, below ``lua`` or ``lib``, is.

    ``socket/core.so`` is ``socket.core``, ``pl/init.lua`` is ``pl.init``. A file with any other
    ending keeps it, its slashes too: ``a/b/data.txt``. Dots at either end are dropped.
    """
    for extension in EXTENSIONS:
        if path.endswith(extension):
            path = path[: -len(extension)].replace("/", ".")
            break
    return path.strip(".")

"""Module names: the name under which ``require`` finds a deployed file.

The rule is LuaRocks' own (``luarocks.core.path``).
"""

from __future__ import annotations

EXTENSIONS = (".lua", ".so")


def module_name(path: str) -> str:
    """Return the module name of the file at ``path``, relative to ``lua`` or ``lib``.

    ``socket/core.so`` is ``socket.core``, ``pl/init.lua`` is ``pl.init``. A file with any other
    extension keeps it and its slashes: ``a/b/data.txt``. Leading and trailing dots are dropped.
    """
    for extension in EXTENSIONS:
        if path.endswith(extension):
            path = path[: -len(extension)].replace("/", ".")
            break
    return path.strip(".")

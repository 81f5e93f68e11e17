"""What a rock needs from outside LuaRocks: what it says, else the libraries its modules link."""

from __future__ import annotations

import re

from distrorocks.build.module_sources import declared_values, sources_of, texts_of
from distrorocks.lua.value import to_bytes
from distrorocks.rocks.external_dependency import ExternalDependency
from distrorocks.rocks.rockspec import Rockspec

_NO_WORD = re.compile(rb"[^A-Za-z0-9]")
_COMPILED = re.compile(r"\.(?:c|cpp|cc|cxx|c\+\+|m|o)\Z")


def external_needs(rockspec: Rockspec) -> tuple[ExternalDependency, ...]:
    """Return the external dependencies of a rock, by name.

    A rockspec without ``external_dependencies`` needs the libraries that its modules link.
    """
    if "external_dependencies" in rockspec.table:
        return rockspec.external_dependencies
    libraries = {variable_word(name): name for name in linked_libraries(rockspec)}
    return tuple(ExternalDependency(word, library=name) for word, name in sorted(libraries.items()))


def linked_libraries(rockspec: Rockspec) -> tuple[str, ...]:
    """Return the ``libraries`` of all modules, sorted, each once."""
    return tuple(
        sorted(
            {
                library
                for module in declared_values(rockspec)
                if isinstance(module, dict)
                for library in texts_of(module.get("libraries"))
            }
        )
    )


def variable_word(library: str) -> str:
    """Return the word that LuaRocks makes variables of: ``stdc++`` gives ``STDCPP``."""
    upper = to_bytes(library).upper().replace(b"+", b"P")
    return _NO_WORD.sub(b"_", upper).decode("ascii")


def needs_lua_headers(rockspec: Rockspec) -> bool:
    """Return whether building compiles against Lua.

    ``builtin`` does where a module has C sources or none are listed; ``none`` never does; of the
    others nobody knows, and LuaRocks asks for the headers.
    """
    build = rockspec.table.get("build")
    kind = build.get("type", "builtin") if isinstance(build, dict) else "builtin"
    if kind == "none":
        return False
    if kind not in ("builtin", "module"):
        return True
    return any(
        _COMPILED.search(source)
        for module in declared_values(rockspec)
        for source in sources_of(module)
    )

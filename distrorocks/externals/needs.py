"""The external dependencies of a rock, declared or from the libraries that its modules link."""

from __future__ import annotations

from collections.abc import Iterator

from distrorocks.lua.value import LuaTable, LuaValue, sequence, to_bytes
from distrorocks.patterns import regex
from distrorocks.rocks.dependency import ExternalDependency
from distrorocks.rocks.rockspec import Rockspec


def module_sources(rockspec: Rockspec) -> tuple[str, ...]:
    """Return the paths of the modules' source files, as written in the rockspec.

    They come from ``build.modules`` and ``build.install.lua``, sorted and without duplicates.
    """
    build = rockspec.table.get("build")
    install = build.get("install") if isinstance(build, dict) else None
    plain = install.get("lua") if isinstance(install, dict) else None
    named = {path for module in declared_values(rockspec) for path in sources_of(module)}
    if isinstance(plain, dict):
        named |= {path for path in plain.values() if isinstance(path, str)}
    return tuple(sorted({path.removeprefix("./") for path in named}))


def declared_values(rockspec: Rockspec) -> Iterator[LuaValue]:
    """Yield the values of ``build.modules``."""
    build = rockspec.table.get("build")
    modules = build.get("modules") if isinstance(build, dict) else None
    if isinstance(modules, dict):
        yield from modules.values()


def sources_of(module: LuaValue) -> Iterator[str]:
    """Yield the sources of one module, in any of its notations."""
    if isinstance(module, str):
        yield module
    elif isinstance(module, dict):
        yield from texts_of(module)
        yield from texts_of(module.get("sources"))


def texts_of(value: LuaValue | LuaTable) -> list[str]:
    """Return the texts of a list, or a text alone."""
    values = sequence(value) if isinstance(value, dict) else [value]
    return [each for each in values if isinstance(each, str)]


_NO_WORD = regex(rb"[^A-Za-z0-9]")
_COMPILED = regex(r"\.(?:c|cpp|cc|cxx|c\+\+|m|o)\Z")


def external_needs(rockspec: Rockspec) -> tuple[ExternalDependency, ...]:
    """Return the external dependencies of a rock, by name.

    Without ``external_dependencies`` they are the libraries that its modules link.
    """
    if "external_dependencies" in rockspec.table:
        return rockspec.external_dependencies
    libraries = {variable_word(name): name for name in linked_libraries(rockspec)}
    return tuple(ExternalDependency(word, library=name) for word, name in sorted(libraries.items()))


def linked_libraries(rockspec: Rockspec) -> tuple[str, ...]:
    """Return the ``libraries`` of all modules, sorted and without duplicates."""
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
    """Return the prefix of a library's variables in LuaRocks: ``stdc++`` gives ``STDCPP``."""
    upper = to_bytes(library).upper().replace(b"+", b"P")
    return _NO_WORD.sub(b"_", upper).decode("ascii")


def needs_lua_headers(rockspec: Rockspec) -> bool:
    """Return whether building compiles against Lua.

    ``builtin`` does if a module has C sources or none are listed; ``none`` never does; for other
    build types it is unknown, and LuaRocks requires the headers.
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

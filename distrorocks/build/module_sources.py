"""The sources of the modules that a rockspec declares."""

from __future__ import annotations

from collections.abc import Iterator

from distrorocks.lua.value import LuaTable, LuaValue, sequence
from distrorocks.rocks.rockspec import Rockspec


def module_sources(rockspec: Rockspec) -> tuple[str, ...]:
    """Return the paths of the files that modules are made of, as the rockspec names them.

    These are of ``build.modules`` and of ``build.install.lua``; sorted, each once.
    """
    build = rockspec.table.get("build")
    install = build.get("install") if isinstance(build, dict) else None
    plain = install.get("lua") if isinstance(install, dict) else None
    named = {path for module in declared_values(rockspec) for path in sources_of(module)}
    if isinstance(plain, dict):
        named |= {path for path in plain.values() if isinstance(path, str)}
    return tuple(sorted(path.removeprefix("./") for path in named))


def declared_values(rockspec: Rockspec) -> Iterator[LuaValue]:
    """Yield the values of ``build.modules``."""
    build = rockspec.table.get("build")
    modules = build.get("modules") if isinstance(build, dict) else None
    if isinstance(modules, dict):
        yield from modules.values()


def sources_of(module: LuaValue) -> Iterator[str]:
    """Yield the sources of one module, however they are written."""
    if isinstance(module, str):
        yield module
    elif isinstance(module, dict):
        yield from texts_of(module)
        yield from texts_of(module.get("sources"))


def texts_of(value: LuaValue | LuaTable) -> list[str]:
    """Return the texts of a list, or a text alone."""
    values = sequence(value) if isinstance(value, dict) else [value]
    return [each for each in values if isinstance(each, str)]

"""External dependencies of a rock: a C library, its header, or a program."""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.lua.value import LuaTable, LuaValue


class ExternalDependency(NamedTuple):
    """One entry of a rockspec's ``external_dependencies``.

    ``name`` is the prefix of variables such as ``NAME_DIR``. ``header``, ``library`` and
    ``program`` are file names as written, or None if the rockspec has none.
    """

    name: str
    header: str | None = None
    library: str | None = None
    program: str | None = None

    @classmethod
    def from_table(cls, name: str, table: LuaTable) -> ExternalDependency:
        """Convert the entry ``name`` of a checked rockspec."""
        return cls(
            name,
            _text(table.get("header")),
            _text(table.get("library")),
            _text(table.get("program")),
        )

    def to_table(self) -> LuaTable:
        """Return the entry's table, without absent keys."""
        pairs = (("header", self.header), ("library", self.library), ("program", self.program))
        return {key: text for key, text in pairs if text is not None}


def external_dependencies(table: LuaTable) -> tuple[ExternalDependency, ...]:
    """Return the entries of an ``external_dependencies`` table after overrides, by name."""
    return tuple(
        ExternalDependency.from_table(name, entry)
        for name, entry in sorted(table.items(), key=lambda item: str(item[0]))
        if isinstance(name, str) and isinstance(entry, dict)
    )


def _text(value: LuaValue) -> str | None:
    return value if isinstance(value, str) else None

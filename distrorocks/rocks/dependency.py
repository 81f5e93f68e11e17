"""Dependencies: as rockspecs write them, as manifests store them, and external ones.

The grammar is that of LuaRocks (``luarocks.queries``). An external dependency is a C library, its
header, or a program.
"""

from __future__ import annotations

import re
from functools import lru_cache

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable, LuaValue, sequence, table_of
from distrorocks.patterns import regex
from distrorocks.rocks.constraint import (
    OPERATORS,
    Constraint,
    ConstraintError,
    parse_constraints,
    satisfies,
)
from distrorocks.rocks.name import lower
from distrorocks.rocks.quotation import marked, quoted
from distrorocks.rocks.version import Version
from distrorocks.values import NamedTuple

_DEPENDENCY = regex(r"\s*([A-Za-z0-9.\-_]*/?[A-Za-z0-9][A-Za-z0-9.\-_]*)\s*([^/]*)", re.ASCII)


class DependencyError(DistrorocksError):
    """LuaRocks does not accept the text as a dependency; ``luarocks`` is its message."""

    def __init__(self, brief: str, *, detail: str, hint: str, luarocks: str) -> None:
        super().__init__(brief, detail=detail, hint=hint)
        self.luarocks = luarocks


class Dependency(NamedTuple):
    """A rock's name as written, its namespace, and the constraints on its version."""

    name: str
    namespace: str | None
    constraints: tuple[Constraint, ...]

    @staticmethod
    @lru_cache(maxsize=1 << 16)
    def parse(text: str) -> Dependency:
        """Parse a dependency such as ``"lua >= 5.1, < 5.5"``.

        Text after a second ``/`` is dropped, as in LuaRocks. Raise ``DependencyError`` if it does
        not start with a name or has an invalid constraint.
        """
        found = _DEPENDENCY.match(text)
        if not found:
            raise DependencyError(
                f"{quoted(text)} does not begin with the name of a rock",
                detail="",
                hint="write 'name', 'name >= 1.0' or 'namespace/name ~> 1.0'",
                luarocks=f"failed to extract dependency name from '{text}'",
            )
        try:
            constraints = parse_constraints(found[2])
        except ConstraintError as error:
            raise _refusal(text, found.start(2), error) from error
        namespace, slash, name = found[1].partition("/")
        if slash and namespace:
            return Dependency(name, namespace, constraints)
        return Dependency(found[1], None, constraints)

    @property
    def rock_name(self) -> str:
        """The name in lower case, as in trees."""
        return lower(self.name)

    def satisfied_by(self, version: Version) -> bool:
        """Return whether ``version`` satisfies all constraints."""
        return satisfies(version, self.constraints)

    def to_table(self) -> LuaTable:
        """Return the table for the direct dependencies in a tree's manifest.

        Its keys are ``constraints``, ``name`` and, where there is one, ``namespace``. Each
        constraint has ``op``, ``version`` (the slots at 1, 2 ..., ``string``, ``revision`` where
        there is one) and ``no_upgrade`` where it is true.
        """
        table: LuaTable = {
            "constraints": table_of([_constraint_table(each) for each in self.constraints]),
            "name": self.name,
        }
        if self.namespace is not None:
            table["namespace"] = self.namespace
        return table

    def __str__(self) -> str:
        name = f"{self.namespace}/{self.name}" if self.namespace else self.name
        if not self.constraints:
            return name
        return f"{name} {', '.join(map(str, self.constraints))}"


def version_table(version: Version) -> LuaTable:
    """Return the version's table in manifests: slots at 1, 2 ..., ``revision``, ``string``."""
    table = table_of(version.parts)
    table["string"] = version.string
    if version.revision is not None:
        table["revision"] = version.revision
    return table


def _constraint_table(constraint: Constraint) -> LuaTable:
    table: LuaTable = {"op": constraint.operator, "version": version_table(constraint.version)}
    if constraint.no_upgrade:
        table["no_upgrade"] = True
    return table


def _refusal(text: str, offset: int, error: ConstraintError) -> DependencyError:
    """Return a constraint's error as an error of the whole dependency."""
    return DependencyError(
        error.brief,
        detail=marked(text, offset + error.position),
        hint=error.hint,
        luarocks=error.luarocks,
    )


class DependencyTableError(DistrorocksError):
    """A table is not a dependency; the brief names the field by its dotted path."""


def dependency_of(value: LuaValue, place: str) -> Dependency:
    """Convert a table to a dependency, or raise ``DependencyTableError``.

    A constraint's version is parsed from its ``string``; the slots beside it are redundant.
    """
    table = value if isinstance(value, dict) else {}
    name, namespace, constraints = map(table.get, ("name", "namespace", "constraints"))
    if not isinstance(name, str) or not isinstance(constraints, dict):
        raise DependencyTableError(f"{place} has no name or no constraints")
    if namespace is not None and not isinstance(namespace, str):
        raise DependencyTableError(f"{place}.namespace is not a string")
    return Dependency(
        name,
        namespace,
        tuple(
            _constraint(each, f"{place}.constraints[{number}]")
            for number, each in enumerate(sequence(constraints), start=1)
        ),
    )


def _constraint(value: LuaValue, place: str) -> Constraint:
    table = value if isinstance(value, dict) else {}
    operator, version = table.get("op"), table.get("version")
    text = version.get("string") if isinstance(version, dict) else None
    if operator not in OPERATORS.values() or not isinstance(text, str):
        raise DependencyTableError(f"{place} has no operator or no version")
    return Constraint(str(operator), Version.parse(text), table.get("no_upgrade") is True)


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

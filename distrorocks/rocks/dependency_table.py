"""A dependency as a tree's manifest holds it: read back from the table that LuaRocks wrote."""

from __future__ import annotations

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaValue, sequence
from distrorocks.rocks.constraint import OPERATORS, Constraint
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version


class DependencyTableError(DistrorocksError):
    """A table that is no dependency; the brief names the place by a dotted path."""


def dependency_of(value: LuaValue, place: str) -> Dependency:
    """Return the dependency that a table is; raise ``DependencyTableError``.

    A constraint's version is what its ``string`` spells; the slots beside it say the same.
    """
    table = value if isinstance(value, dict) else {}
    name, namespace, constraints = map(table.get, ("name", "namespace", "constraints"))
    if not isinstance(name, str) or not isinstance(constraints, dict):
        raise DependencyTableError(f"{place} has no name or no constraints")
    if namespace is not None and not isinstance(namespace, str):
        raise DependencyTableError(f"{place}.namespace is no text")
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

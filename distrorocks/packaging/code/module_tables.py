"""What packaged modules define when they are required, from a shipped table.

A rock's code may be older than the package that it gets: it uses a global that the module set once,
or calls a field that is gone, or that is no function any more.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.code.lua_tokens import UNSURE, depths_of
from distrorocks.packaging.code.shared_tables import TableField, tables_of
from distrorocks.system.files.shipped_files import read_shipped
from distrorocks.values import NamedTuple

_OPEN = "*"
_CALLABLE = frozenset(("", "any", "table", "userdata"))


class ModuleTable(NamedTuple):
    """The globals that a module sets, and the fields of what it returns with their types.

    The type is "" for functions and ``any`` where Luas differ. ``is_open`` is whether the table
    may have other fields.
    """

    globals: frozenset[str] = frozenset()
    fields: Mapping[str, str] = MappingProxyType({})
    is_open: bool = False

    def fault_of_call(self, name: str) -> str:
        """Return why a field cannot be called, "" if it may be."""
        if name not in self.fields:
            return "" if self.is_open or not self.fields else "is not there"
        kind = self.fields[name]
        return "" if kind in _CALLABLE else f"is a {kind}"


def parse_module_tables(text: str) -> dict[str, ModuleTable]:
    """Parse the table: a module, the globals that it sets and its fields on each line.

    Raise ``DistrorocksError`` for any other line.
    """
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != 3:
            raise DistrorocksError(f"invalid line in the table of modules: {line!r}")
        words = columns[2].split()
        fields = dict(word.partition(":")[::2] for word in words if word != _OPEN)
        found[columns[0]] = ModuleTable(frozenset(columns[1].split()), fields, _OPEN in words)
    return found


@cache
def read_module_tables() -> Mapping[str, ModuleTable]:
    """Return the shipped table."""
    return MappingProxyType(parse_module_tables(read_shipped("module_tables.tsv")))


def of_others(known: Mapping[str, ModuleTable], modules: Iterable[str]) -> dict[str, ModuleTable]:
    """Return what is known of packages' modules, but for those that a rock may bring itself.

    Its ``modules`` are, and what is below the same name, such as a part in C.
    """
    roots = {module.partition(".")[0] for module in modules}
    return {it: each for it, each in known.items() if it.partition(".")[0] not in roots}


def globals_of(modules: Iterable[str], known: Mapping[str, ModuleTable]) -> frozenset[str]:
    """Return the globals that modules set, all of which are known."""
    return frozenset().union(*(known[module].globals for module in modules))


def failing_call(
    words: list[str], known: Mapping[str, ModuleTable], given: Container[TableField]
) -> str:
    """Return what fails of the calls that a file does when it is loaded, "" if nothing.

    It calls a field of a packaged module that is none, or no function. ``given`` are the fields
    that the rock itself sets.
    """
    tables = {name: module for name, module in tables_of(words).items() if module in known}
    if not tables or "type" in words:
        return ""  # it may ask what the field is
    for field in _called(words, tables):
        fault = known[field.module].fault_of_call(field.name)
        if fault and field not in given:
            return f"calls {field}, which {fault} in Debian 13's package"
    return ""


def _called(words: list[str], tables: Mapping[str, str]) -> Iterator[TableField]:
    """Yield the fields of modules that a file calls outside of any block, by its variables."""
    for at, (word, depth) in enumerate(zip(words, depths_of(words), strict=True)):
        if depth or word not in tables or words[at - 1] in UNSURE or words[at + 1] != ".":
            continue
        if words[at + 3][:1] in ("(", "'", '"'):
            yield TableField(tables[word], words[at + 2])

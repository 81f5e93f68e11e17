"""What packaged modules define when they are required, from shipped tables for Debian's releases.

A rock's code may be older than the package that it gets: it uses a global that the module set once,
or calls a field that is gone, or that is no function any more.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType

from distrorocks.packaging.code.lua_tokens import UNSURE, depths_of
from distrorocks.packaging.code.shared_tables import TableField, tables_of
from distrorocks.system.files.shipped_files import has_shipped, read_shipped, table_rows
from distrorocks.values import NamedTuple

USUAL = "trixie"
_OPEN = "*"
_CALLABLE = frozenset(("", "any", "table", "userdata"))


class ModuleTable(NamedTuple):
    """The Lua versions that load a module, the globals that it sets, and its fields by type.

    The fields are those of what it returns; the type is "" for functions and ``any`` where Luas
    differ. ``is_open`` is whether the table may have other fields.
    """

    luas: tuple[str, ...] = ()
    globals: frozenset[str] = frozenset()
    fields: Mapping[str, str] = MappingProxyType({})
    is_open: bool = False

    def fault_of_call(self, name: str) -> str:
        """Return why a field cannot be called, "" if it may be."""
        if name not in self.fields:
            return "" if self.is_open or not self.fields else "is not there"
        kind = self.fields[name]
        return "" if kind in _CALLABLE else f"is a {kind}"


class ModuleTables(NamedTuple):
    """What is known of a release's packages, each by module; those that no Lua loads as well."""

    release: str = ""
    modules: Mapping[str, ModuleTable] = MappingProxyType({})

    def not_loading(self, module: str, luas: Iterable[str]) -> str:
        """Return the first Lua that does not load a module from its package, "" if all do."""
        known = self.modules.get(module)
        return next((lua for lua in luas if lua not in known.luas), "") if known else ""

    def of_others(self, modules: Iterable[str]) -> dict[str, ModuleTable]:
        """Return what Luas load from packages, but for what a rock may bring itself.

        Its ``modules`` are, and what is below the same name, such as a part in C.
        """
        roots = {module.partition(".")[0] for module in modules}
        loaded = ((module, known) for module, known in self.modules.items() if known.luas)
        return {it: known for it, known in loaded if it.partition(".")[0] not in roots}


NO_TABLES = ModuleTables()


def parse_module_tables(text: str) -> dict[str, ModuleTable]:
    """Parse a table: a module, its Luas, the globals that it sets and its fields on each line.

    Raise ``DistrorocksError`` for any other line.
    """
    found = {}
    for module, luas, set_by, having in table_rows(text, 4, "modules"):
        words = having.split()
        fields = dict(word.partition(":")[::2] for word in words if word != _OPEN)
        found[module] = ModuleTable(
            tuple(luas.split()), frozenset(set_by.split()), fields, _OPEN in words
        )
    return found


@cache
def read_module_tables(release: str) -> ModuleTables:
    """Return the shipped table of a release of Debian, that of ``USUAL`` where there is none.

    Of modules that the release's table lacks, since their package could not be installed when it
    was made, those are known that no Lua loads in ``USUAL``.
    """
    place = "module_tables/{}.tsv"
    known = release if has_shipped(place.format(release)) else USUAL
    modules = parse_module_tables(read_shipped(place.format(known)))
    usual = parse_module_tables(read_shipped(place.format(USUAL))) if known != USUAL else {}
    unloaded = {module: each for module, each in usual.items() if not each.luas}
    return ModuleTables(known, MappingProxyType(unloaded | modules))


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
            return f"calls {field}, which {fault} in Debian's package"
    return ""


def _called(words: list[str], tables: Mapping[str, str]) -> Iterator[TableField]:
    """Yield the fields of modules that a file calls outside of any block, by its variables."""
    for at, (word, depth) in enumerate(zip(words, depths_of(words), strict=True)):
        if depth or word not in tables or words[at - 1] in UNSURE or words[at + 1] != ".":
            continue
        if words[at + 3][:1] in ("(", "'", '"'):
            yield TableField(tables[word], words[at + 2])

"""The names tables, from /etc/distrorocks/names.toml and from what distrorocks ships."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache

from distrorocks.families.distribution import Distribution
from distrorocks.families.known import FAMILIES
from distrorocks.families.name_entry import NameEntry, NamesError, parse_names
from distrorocks.families.names import NameTable
from distrorocks.families.rock_modules import RockModules, parse_rock_versions
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.shipped_files import has_shipped, read_shipped
from distrorocks.system.files.toml_text import TomlError, parse_toml
from distrorocks.system.files.trust import read_steering

NAMES_FILE = "/etc/distrorocks/names.toml"
LIMIT = 1 << 20


def map_of(distribution: Distribution, family: str) -> str:
    """Return the distribution whose shipped map holds for a family's packages on this system.

    The system's own id comes first, then those it is like (Ubuntu is like Debian). Packages of a
    foreign family, such as rpm's on Debian, follow their family's first distribution.
    """
    known = FAMILIES[family]
    for written in (distribution.id, *distribution.id_like):
        name = known.aliases.get(written, written)
        for form in (name, name.partition("-")[0]):  # such as opensuse-microos
            if form in known.distributions:
                return form
    return known.distributions[0]


def read_name_table(root: str, distribution: Distribution, *, guess: bool = False) -> NameTable:
    """Return the table for the system in ``root``.

    The administrator's file may be absent; raises NamesError if it cannot be read as one, and
    UntrustedError where root would believe what another user can write. Shipped
    tables are read when they are first needed.
    """

    @cache
    def shipped(family: str) -> Mapping[str, NameEntry]:
        return read_shipped_names(map_of(distribution, family))

    return NameTable(
        administrator=read_administrator_names(root),
        shipped=shipped,
        rock_modules=read_rock_modules,
        rock_versions=parse_rock_versions(read_shipped("rock_versions.tsv")),
        guess=guess,
    )


def read_table_of(
    distribution: str, family: str, rock_versions: Mapping[str, tuple[str, ...]]
) -> NameTable:
    """Return the table of a distribution other than this system's, with published rock versions.

    ``distribution`` is an id of os-release, or "" for the family's first. What this system's
    administrator says is not asked. Raise NamesError if the family has no such distribution.
    """
    known = FAMILIES[family]
    if distribution and known.aliases.get(distribution, distribution) not in known.distributions:
        raise NamesError(
            f"the lists are not of {distribution}",
            detail=f"they are of a distribution of the family {family}",
            hint=f"name one of {', '.join((*known.distributions, *known.aliases))}",
        )
    name = map_of(Distribution(distribution), family)
    shipped = parse_rock_versions(read_shipped("rock_versions.tsv"))
    return NameTable(
        administrator={},
        shipped=lambda _: read_shipped_names(name),
        rock_modules=read_rock_modules,
        rock_versions={**shipped, **rock_versions},
    )


def read_administrator_names(root: str) -> Mapping[str, NameEntry]:
    """Return what /etc/distrorocks/names.toml in ``root`` says, {} if there is none."""
    path = f"{root.rstrip('/')}{NAMES_FILE}"
    try:
        text = read_steering(root, NAMES_FILE, LIMIT)
    except FileReadError as fault:
        if fault.is_missing:
            return {}
        hint = fault.hint or "make it a regular file, or remove it"
        raise NamesError(f"{path} cannot be read", detail=fault.brief, hint=hint) from None
    try:
        return parse_names(parse_toml(text), file_name=path)
    except TomlError as fault:
        raise NamesError(
            f"{path} is not TOML", detail=fault.brief, hint="see https://toml.io for its form"
        ) from fault


def read_shipped_names(distribution: str) -> Mapping[str, NameEntry]:
    """Return the shipped map of a distribution, {} if there is none."""
    name = f"names/{distribution}.tsv"
    return ShippedNames(read_shipped(name), name) if has_shipped(name) else {}


class ShippedNames(Mapping[str, NameEntry]):
    """A shipped map by package: each line has a package, a tab, and its entry as JSON.

    Only entries that are asked for are parsed: a trigger asks for those of a package or two, and
    Python's parser of TOML alone takes longer to import than all of its other work on names.
    """

    def __init__(self, text: str, file_name: str) -> None:
        """Take the text of a table; lines that begin with # are comments."""
        lines = (line.partition("\t") for line in text.splitlines() if not line.startswith("#"))
        self._texts = {package: entry for package, _, entry in lines}
        self._file_name = file_name
        self._parsed: dict[str, NameEntry] = {}

    def __getitem__(self, package: str) -> NameEntry:
        """Return the entry of a package; raise ``KeyError`` if it has none."""
        if package not in self._parsed:
            table = {package: json.loads(self._texts[package])}
            self._parsed |= parse_names(table, file_name=self._file_name)
        return self._parsed[package]

    def __contains__(self, package: object) -> bool:
        """Return whether a package has an entry."""
        return package in self._texts

    def __iter__(self) -> Iterator[str]:
        """Yield the packages in the order of the table."""
        return iter(self._texts)

    def __len__(self) -> int:
        """Return the number of packages."""
        return len(self._texts)


@cache
def read_rock_modules() -> RockModules:
    """Return the shipped table of rocks' modules, read at most once."""
    return RockModules(read_shipped("rock_modules.tsv"))

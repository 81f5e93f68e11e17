"""The names tables, from /etc/distrorocks/names.toml and from what distrorocks ships."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from distrorocks.families.distribution import Distribution
from distrorocks.families.known import FAMILIES
from distrorocks.families.name_entry import NameEntry, NamesError, parse_names
from distrorocks.families.names import NameTable
from distrorocks.families.rock_modules import RockModules, parse_rock_modules, parse_rock_versions
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


def read_administrator_names(root: str) -> Mapping[str, NameEntry]:
    """Return what /etc/distrorocks/names.toml in ``root`` says, {} if there is none."""
    path = f"{root.rstrip('/')}{NAMES_FILE}"
    try:
        text = read_steering(root, NAMES_FILE, LIMIT)
    except FileReadError as fault:
        if fault.is_missing:
            return {}
        raise NamesError(f"{path} cannot be read", detail=fault.brief) from None
    try:
        return parse_names(parse_toml(text), file_name=path)
    except TomlError as fault:
        raise NamesError(
            f"{path} is not TOML", detail=fault.brief, hint="see https://toml.io for its form"
        ) from fault


def read_shipped_names(distribution: str) -> Mapping[str, NameEntry]:
    """Return the shipped map of a distribution, {} if there is none."""
    name = f"names/{distribution}.toml"
    if not has_shipped(name):
        return {}
    return parse_names(parse_toml(read_shipped(name).encode()), file_name=name)


@cache
def read_rock_modules() -> RockModules:
    """Return the shipped table of rocks' modules, read at most once."""
    return parse_rock_modules(read_shipped("rock_modules.tsv"))

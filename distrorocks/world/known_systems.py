"""The systems whose libraries distrorocks knows from the tables that it ships."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from distrorocks.binaries.target_system import System, parse_lacking, parse_system
from distrorocks.errors import UsageError
from distrorocks.families.distribution import Distribution
from distrorocks.rocks.quotation import quoted
from distrorocks.system.files.shipped_files import read_shipped

SYSTEMS = (
    "debian:12",
    "debian:13",
    "debian:sid",
    "fedora:41",
    "fedora:42",
    "alpine:3.21",
    "alpine:3.22",
)
"""The tables in ``data/systems``, in the order in which they are listed."""

_MEASURED = SYSTEMS[:3]  # whose libraries were there when the tables were made


def named_systems(names: Sequence[str]) -> list[System]:
    """Return systems by name; raise ``UsageError`` for one that no table is about."""
    for name in names:
        if name not in SYSTEMS:
            raise UsageError(
                f"no table is about the system {quoted(name)}",
                hint=f"known are {', '.join(SYSTEMS)}",
            )
    return [known_system(name) for name in dict.fromkeys(names)]


@cache
def known_system(name: str) -> System:
    """Return the system of a table, by one of the names in ``SYSTEMS``."""
    musl = [line for line in read_shipped("systems/musl.txt").split() if not line.startswith("#")]
    system = parse_system(read_shipped(f"systems/{name.replace(':', '-')}.tsv"), musl)
    if name not in _MEASURED:
        return system
    return system._replace(lacking=parse_lacking(read_shipped("systems/young_symbols.tsv"), name))


def system_of(distribution: Distribution) -> System | None:
    """Return the system of the table that is about a distribution, or None.

    A release counts by two numbers at most; Debian without a number is sid.
    """
    version = ".".join(distribution.version.split(".")[:2])
    if distribution.id == "debian" and not version:
        version = "sid"
    name = f"{distribution.id}:{version}"
    return known_system(name) if name in SYSTEMS else None

"""The families there are: a line each, and its package is imported when it is first asked.

Start-up is most of what a hook costs, so nothing of rpm is imported where dpkg alone is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from distrorocks.system.files.root_path import RootView

if TYPE_CHECKING:
    from distrorocks.families.family import Family

PLACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "deb": ("/var/lib/dpkg/status",),
        "rpm": ("/usr/lib/sysimage/rpm", "/var/lib/rpm"),
        "apk": ("/lib/apk/db/installed",),
        "pacman": ("/var/lib/pacman/local",),
    }
)
"""Without one of these places no root has a database of the family, by the family's name."""


class _Families(Mapping[str, "Family"]):
    """The families by name, in the order in which they count."""

    def __getitem__(self, name: str) -> Family:
        if name not in PLACES:
            raise KeyError(name)
        found: Family = import_module(f"distrorocks.families.{name}.family").FAMILY
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)


FAMILIES: Mapping[str, Family] = _Families()


def installed_families(root: str) -> tuple[str, ...]:
    """Return the families whose package database stands in ``root``."""
    view = RootView(root)
    return tuple(
        name
        for name, places in PLACES.items()
        if any(map(view.find, places)) and FAMILIES[name].is_present(root)
    )


def families_of(root: str) -> tuple[Family, ...]:
    """Return the families to ask about a root: the first known where no database stands."""
    present = installed_families(root)
    return tuple(FAMILIES[name] for name in present) or (leading_family(present),)


def leading_family(present: Sequence[str]) -> Family:
    """Return the first of the families of a system; the first known where it has none."""
    return FAMILIES[next(iter(present or PLACES))]


def no_database(root: str) -> str:
    """Return the report that no package database stands in ``root``."""
    *names, last = PLACES
    return f"{root} has no package database that is known ({', '.join(names)} or {last})"

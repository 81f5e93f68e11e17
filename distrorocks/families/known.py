"""The supported families: a line each; a family's package is imported on first use.

Start-up is most of what a hook costs, so nothing of rpm is imported where only dpkg is present.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType

from distrorocks.system.files.root_path import RootView
from distrorocks.values import TYPE_CHECKING

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
"""The paths of each family's package database, by the family's name."""


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
    """Return the families whose package database exists in ``root``."""
    view = RootView(root)
    return tuple(
        name
        for name, places in PLACES.items()
        if any(map(view.find, places)) and FAMILIES[name].is_present(root)
    )


def families_of(root: str) -> tuple[Family, ...]:
    """Return the families of a root, or the first supported one if it has no database."""
    present = installed_families(root)
    return tuple(FAMILIES[name] for name in present) or (leading_family(present),)


def leading_family(present: Sequence[str]) -> Family:
    """Return the first of the families of a system, or the first supported one."""
    return FAMILIES[next(iter(present or PLACES))]


def no_database(root: str) -> str:
    """Return the message that ``root`` has no package database."""
    *names, last = PLACES
    return f"{root} has no package database of a known family ({', '.join(names)} or {last})"

"""What a root's package databases report: packages with Lua files, architectures, licences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from distrorocks.families.known import FAMILIES, installed_families
from distrorocks.families.package import Package
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import overload

    from distrorocks.families import family
    from distrorocks.system.files.cache import Cache


class Installed(NamedTuple):
    """``native`` are the architectures of this root; ``library_dir`` is ``lib``, ``lib64`` or
    Debian's ``lib/<triplet>``, below ``/usr``."""

    packages: tuple[Package, ...]
    native: frozenset[str]
    library_dir: str
    families: tuple[str, ...]
    warnings: tuple[str, ...]


def read_installed(root: str, cache: Cache | None = None) -> Installed:
    """Return the packages with Lua files of every package database in ``root``.

    Packages that ``cache`` holds are not read again. Of several databases, one without Lua
    packages does not determine the architecture.
    """
    families = installed_families(root)
    found = [FAMILIES[name].read_installed(root, cache) for name in families]
    relevant = [each for each in found if each.packages] or found
    library_dirs = [each.library_dir for each in relevant if each.library_dir]
    # The first family takes precedence, so its packages come last, as in a map by path.
    found.reverse()
    return Installed(
        tuple(package for each in found for package in each.packages),
        frozenset().union(*(each.native for each in relevant)),
        library_dirs[0] if library_dirs else "lib",
        families,
        tuple(text for each in found for text in each.warnings),
    )


class Databases:
    """The package databases of one root. The packages are read when they are first looked at.

    Most installations need none of them, and reading dpkg's lists takes tens of milliseconds.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self.packages: Sequence[Package] = _Unread(lambda: self._installed.packages)

    @cached_property
    def families(self) -> tuple[str, ...]:
        """The families with a database, in the order in which they count."""
        return installed_families(self._root)

    @cached_property
    def library_dir(self) -> str:
        """The directory of C modules below ``/usr``, as ``Installed`` has it."""
        if len(self.families) == 1:
            below = FAMILIES[self.families[0]].multiarch(self._root)
            if below:
                return f"lib/{below}"
        return self._installed.library_dir

    @cached_property
    def _installed(self) -> Installed:
        return read_installed(self._root)


class _Unread(Sequence[Package]):
    """Packages that are read when they are first looked at."""

    def __init__(self, read: Callable[[], Sequence[Package]]) -> None:
        self._read = read

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, place: int) -> Package: ...
        @overload
        def __getitem__(self, place: slice) -> Sequence[Package]: ...

    def __getitem__(self, place: int | slice) -> Package | Sequence[Package]:
        return self._read()[place]

    def __len__(self) -> int:
        return len(self._read())


class Licenses:
    """Licences of the packages of one root, from each package's family, read on demand."""

    def __init__(self, root: str, cache: Cache) -> None:
        self._root = root
        self._cache = cache
        self._by_family: dict[str, family.Licenses] = {}

    def of(self, package: Package) -> str:
        """Return a package's licence, or "" if it is unknown."""
        known = self._by_family.get(package.family)
        if known is None:
            known = FAMILIES[package.family].licenses(self._root, self._cache)
            self._by_family[package.family] = known
        return known.of(package.name, package.license)

    @property
    def warnings(self) -> list[str]:
        """What could not be read so far."""
        return [text for each in self._by_family.values() for text in each.warnings]

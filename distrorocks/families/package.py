"""What the readers of a family return: packages, their files, and which files have changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from distrorocks.patterns import regex
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any


class Package(NamedTuple):
    """One package as its database describes it; every path is absolute within its root.

    ``version`` is whole, with epoch and revision. ``relations`` has one Depends or Requires entry
    each, as written. ``lua_versions`` are those that the package itself names, if any.
    ``files`` are the paths that matter here and exist, links followed for the test. ``recorded``
    has the recorded MD5 of those among them that have not changed since.
    """

    family: str
    name: str
    version: str
    architecture: str
    source: str = ""
    summary: str = ""
    description: str = ""
    homepage: str = ""
    license: str = ""
    relations: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    lua_versions: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    recorded: Mapping[str, str] = MappingProxyType({})

    @property
    def plain(self) -> tuple[Any, ...]:
        """The same as a plain tuple of plain values."""
        return (*self[:-1], dict(self.recorded))


class Packages(NamedTuple):
    """Packages in the order of name and architecture, and what could not be read of others."""

    packages: tuple[Package, ...]
    warnings: tuple[str, ...] = ()


class InstalledPackages(NamedTuple):
    """The packages with Lua files of one database, in the order of name and architecture.

    ``native`` are the architectures whose modules this root's Lua loads. ``library_dir`` is where
    the tree's C modules lie below ``/usr``, such as ``lib64``; "" if nothing tells.
    """

    packages: tuple[Package, ...]
    warnings: tuple[str, ...] = ()
    native: frozenset[str] = frozenset()
    library_dir: str = ""


class Unkept(NamedTuple):
    """A package's module that is not as its package has it.

    ``expected`` is the digest that the database recorded, "" for a link; ``found`` is the digest
    now, "" for no file. ``algorithm`` is how both were made.
    """

    package: str
    path: str
    expected: str
    found: str
    family: str = "deb"
    algorithm: str = "MD5"


class Indexed(NamedTuple):
    """One file of a package, by a package database or an index; the path is absolute."""

    path: str
    package: str


class Listings(NamedTuple):
    """The files of Lua of packages that could be installed, by package.

    ``source`` names the lists in a report. ``versions`` has upstream versions of packages as far
    as the lists tell them.
    """

    source: str = ""
    files: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    versions: Mapping[str, str] = MappingProxyType({})
    warnings: tuple[str, ...] = ()


def shortest_first(files: Iterable[Indexed]) -> tuple[Indexed, ...]:
    """Return each file once, sorted by the length of its path, then by its name."""
    return tuple(sorted(set(files), key=lambda file: (len(file.path), file)))


_OF_BUILDS = (
    *("/usr/include/", "/usr/lib", "/usr/bin/", "/lib", "/bin/", "/include/"),
    "/usr/share/pkgconfig/",
)
_CMAKE = regex(r"/usr/share/(?:[^/]+/)?cmake/")


def is_wanted_file(path: str, ends: Iterable[str]) -> bool:
    """Return whether an absolute path is where builds look, and ends as ``has_end`` says."""
    is_looked_at = path.startswith(_OF_BUILDS) or _CMAKE.match(path) is not None
    return is_looked_at and has_end(path, ends)


def has_end(path: str, ends: Iterable[str]) -> bool:
    """Return whether a path ends with one of ``ends``, or contains one with a final dot."""
    return any(path.endswith(end) or (end.endswith(".") and end in path) for end in ends)

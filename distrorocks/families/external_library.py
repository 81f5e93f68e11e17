"""Libraries from outside LuaRocks, and the packages that have what building against them needs.

The shipped table of libraries from outside LuaRocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TypeVar

from distrorocks.patterns import regex
from distrorocks.system.files.shipped_files import read_shipped
from distrorocks.values import NamedTuple

_INCLUDE = "/usr/include"
_HAS_CAPABILITIES = frozenset({"fedora", "opensuse"})
_Value = TypeVar("_Value")
_STEM = regex(r"lib(?P<stem>.+?)\.(?:so|a|dylib)(?:\..*)?", re.DOTALL)


class ExternalLibrary(NamedTuple):
    """One library with what it is known by.

    ``headers`` are paths below /usr/include, ``x/*`` for all in a directory; ``libraries`` are
    words as for ``-l``; ``pkg_config`` are names of ``.pc`` files. ``packages`` has, by
    distribution, the package for building. ``evidence`` says how far that is known to hold.
    """

    name: str
    headers: tuple[str, ...]
    libraries: tuple[str, ...]
    programs: tuple[str, ...]
    pkg_config: tuple[str, ...]
    packages: Mapping[str, str]
    evidence: str


class Brought(NamedTuple):
    """A library that contains the requested file.

    ``directory`` is the include directory that a compiler needs to find the header by the name
    that was asked for, "" where its default does.
    """

    library: ExternalLibrary
    directory: str = ""


class ExternalLibraries:
    """A table of libraries by header, library and program."""

    def __init__(self, libraries: Iterable[ExternalLibrary]) -> None:
        self.all = tuple(libraries)
        self._by_library = _first((word, one) for one in self.all for word in one.libraries)
        self._by_pkg_config = _first((word, one) for one in self.all for word in one.pkg_config)
        self._by_name = _first((one.name, one) for one in self.all)
        self._by_program = _first((word, one) for one in self.all for word in one.programs)
        self._by_header = _first((path, one) for one in self.all for path in one.headers)
        self._by_end = _first(_ends(self.all))

    def with_header(self, header: str) -> Brought | None:
        """Return the library with a header, by its path or the end of its path, if one is known.

        ``libpq-fe.h`` is found as ``postgresql/libpq-fe.h``, in a directory of its own then.
        """
        directory, _, _ = header.rpartition("/")
        for name in (header, *_wildcards(directory)):
            if name in self._by_header:
                return Brought(self._by_header[name])
        for name in (header, f"{directory}/*"):
            if name in self._by_end:
                path, library = self._by_end[name]
                return Brought(library, f"{_INCLUDE}/{path.removesuffix(name).rstrip('/')}")
        return None

    def with_library(self, name: str) -> Brought | None:
        """Return the library that ``name`` is, a word as for ``-l`` or a file's name."""
        library = self._by_library.get(library_word(name))
        return Brought(library) if library else None

    def with_pkg_config(self, name: str) -> Brought | None:
        """Return the library that pkg-config knows by a name."""
        library = self._by_pkg_config.get(name)
        return Brought(library) if library else None

    def named(self, name: str) -> Brought | None:
        """Return the library of a name, as CMake has it: ``ZLIB``, ``Libuv``, ``OpenSSL``."""
        word = name.lower()
        library = self._by_name.get(word) or self._by_name.get(f"lib{word}")
        return Brought(library) if library else self.with_library(word)

    def packages_in(self, distribution: str) -> frozenset[str]:
        """Return the packages of a distribution that have what building needs."""
        return frozenset(
            one.packages[distribution] for one in self.all if distribution in one.packages
        )

    def with_program(self, name: str) -> Brought | None:
        """Return the library that has a program."""
        library = self._by_program.get(name)
        return Brought(library) if library else None


def library_word(name: str) -> str:
    """Return the word as for ``-l`` of a library, which may be given by the name of its file."""
    found = _STEM.fullmatch(name)
    return found["stem"] if found else name


def parse_external_libraries(text: str) -> ExternalLibraries:
    """Return the table from lines of columns parted by tabs; the last comment names the columns."""
    columns: list[str] = []
    libraries = []
    for line in text.splitlines():
        if line.startswith("#"):
            columns = line[1:].split("\t")
        elif line:
            row = dict(zip(columns, line.split("\t"), strict=True))
            libraries.append(_library(row))
    return ExternalLibraries(libraries)


def _library(row: dict[str, str]) -> ExternalLibrary:
    """Return one row as a library; what its own columns do not take are distributions."""
    words = {key: () if text == "-" else tuple(text.split()) for key, text in row.items()}
    own = ("name", "headers", "libraries", "programs", "pkg_config", "evidence")
    packages = {key: text for key, text in row.items() if key not in own and text != "-"}
    return ExternalLibrary(
        row["name"],
        words["headers"],
        words["libraries"],
        words["programs"],
        words["pkg_config"],
        packages,
        row["evidence"],
    )


def _wildcards(directory: str) -> Iterator[str]:
    """Yield ``a/b/*`` and ``a/*`` for ``a/b``."""
    while directory:
        yield f"{directory}/*"
        directory = directory.rpartition("/")[0]


def _ends(
    libraries: Iterable[ExternalLibrary],
) -> Iterator[tuple[str, tuple[str, ExternalLibrary]]]:
    """Yield every shorter end of a header's path, with the path: of ``a/b/c``, ``b/c`` and ``c``.

    ``*`` alone is no end.
    """
    for library in libraries:
        for path in library.headers:
            _, slash, end = path.partition("/")
            while slash and end != "*":
                yield end, (path, library)
                _, slash, end = end.partition("/")


def _first(pairs: Iterable[tuple[str, _Value]]) -> dict[str, _Value]:
    """Return key -> the value that came first."""
    found: dict[str, _Value] = {}
    for key, value in pairs:
        found.setdefault(key, value)
    return found


TABLE = "external_libraries.tsv"


@cache
def read_external_libraries() -> ExternalLibraries:
    """Return the table, read at most once."""
    return parse_external_libraries(read_shipped(TABLE))


def development_package(library: ExternalLibrary, distribution: str) -> str:
    """Return the package that has what building against a library needs, "" if it is not known.

    RPM's distributions also install ``pkgconfig(NAME)``, whatever the package is called.
    """
    if distribution in library.packages:
        return library.packages[distribution]
    if distribution in _HAS_CAPABILITIES and library.pkg_config:
        return f"pkgconfig({library.pkg_config[0]})"
    return ""

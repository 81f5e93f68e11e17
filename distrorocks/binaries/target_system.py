"""A system that binaries may be loaded on: its libraries with their versions, its loader, its Luas.

One that is observed is complete: a library that is not among its libraries is missing. Of a system
in a table, only the libraries that the table lists are known, and their symbols are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from distrorocks.binaries.elf_file import Machine, Symbol
from distrorocks.errors import DistrorocksError
from distrorocks.values import NamedTuple

GLIBC, MUSL = "glibc", "musl"
_MUSL_OWN = frozenset(f"lib{name}" for name in ("c", "pthread", "rt", "m", "dl", "util", "xnet"))


class TableError(DistrorocksError):
    """A table of a system is not in the form that it must have."""


class Library(NamedTuple):
    """A library by its soname, and the package that has it, "" if unknown.

    ``versions`` are those of its symbols. ``symbols`` None means that they are not known.
    ``fault`` says why the loader refuses the file, if it does.
    """

    soname: str
    package: str = ""
    versions: frozenset[str] = frozenset()
    symbols: frozenset[Symbol] | None = None
    needed: tuple[str, ...] = ()
    fault: str = ""


class LuaHere(NamedTuple):
    """A Lua of a system; ``library`` is the soname of its liblua, "" if there is none.

    ``is_shared`` says whether the program itself is linked to that library.
    """

    package: str
    library: str = ""
    library_package: str = ""
    is_shared: bool = False


class System(NamedTuple):
    """A system; ``scope`` has the symbols of its Lua program and of that program's libraries.

    ``scope`` None means that they are not known. ``luas`` are the Luas of a table by LuaRocks'
    version, and ``luajit``. ``lacking`` are symbols that libraries of a table lack, though newer
    or older releases have them; ``usual`` are names that every libc has; ``packages`` have
    libraries that may be missing. ``source`` says where the facts of a table are from.
    """

    name: str
    libc: str
    libc_version: str
    machine: Machine | None = None
    libraries: Mapping[str, Library] = MappingProxyType({})
    is_complete: bool = False
    luas: Mapping[str, LuaHere] = MappingProxyType({})
    scope: frozenset[Symbol] | None = None
    lacking: Mapping[str, frozenset[str]] = MappingProxyType({})
    usual: frozenset[str] = frozenset()
    packages: Mapping[str, str] = MappingProxyType({})
    source: tuple[str, ...] = ()

    def library(self, soname: str) -> Library | None:
        """Return a library; musl's loader answers for the names of the parts of a libc itself."""
        if self.libc == MUSL and soname.partition(".")[0] in _MUSL_OWN:
            return self.libraries.get(MUSL)
        return self.libraries.get(soname)

    @property
    def is_stack_fixed(self) -> bool:
        """Whether the loader refuses libraries that want an executable stack: glibc from 2.41."""
        numbers = tuple(int(each) for each in self.libc_version.split(".") if each.isdigit())
        return self.libc == GLIBC and numbers >= (2, 41)


def parse_system(text: str, musl_symbols: Iterable[str] = ()) -> System:
    """Return the system of a table of tab-separated lines; raise ``TableError``.

    ``musl_symbols`` are all that musl has, and so names that every libc has.
    Lines begin with ``system NAME``, ``source TEXT``, ``machine PROCESSOR BITS``, ``libc KIND
    VERSION``, ``lua VERSION PACKAGE [LIBRARY PACKAGE shared|static]`` and ``library SONAME PACKAGE
    [VERSIONS]``, with a comma between versions.
    """
    found: dict[str, list[list[str]]] = {}
    for kind, *fields in _rows(text):
        found.setdefault(kind, []).append(fields)
    try:
        (name,), (libc, version) = found["system"][0], found["libc"][0]
        processor, bits = found["machine"][0]
        machine = Machine(processor, int(bits), is_little=True)
        libraries = {each[0]: _library(*each) for each in found.get("library", ())}
        luas = {lua: _lua(*rest) for lua, *rest in found.get("lua", ())}
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise TableError("a table of a system is damaged", detail=str(error)) from None
    usual = frozenset(musl_symbols)
    if libc == MUSL:
        libraries[MUSL] = Library(MUSL, MUSL, symbols=frozenset(map(Symbol, usual)))
    source = tuple(each[0] for each in found.get("source", ()))
    return System(name, libc, version, machine, libraries, luas=luas, usual=usual, source=source)


def parse_lacking(text: str, system: str) -> dict[str, frozenset[str]]:
    """Return what libraries of a system lack, from lines of a library, a symbol and systems."""
    found: dict[str, set[str]] = {}
    for library, symbol, systems in _rows(text):
        if system not in systems.split():
            found.setdefault(library, set()).add(symbol)
    return {library: frozenset(symbols) for library, symbols in found.items()}


def _rows(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def _library(soname: str, package: str, versions: str = "") -> Library:
    return Library(soname, package, frozenset(filter(None, versions.split(","))))


def _lua(package: str, library: str = "", library_package: str = "", how: str = "") -> LuaHere:
    return LuaHere(package, library, library_package, how == "shared")

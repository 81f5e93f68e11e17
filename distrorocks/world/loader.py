"""What the loader of a root would find: a system observed for the files of a rock.

The libraries that the files need, directly or not, are searched where the loader does, and read.
Nothing is run, and no variable of the environment counts (ld.so(8); musl's dynlink.c).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from distrorocks.binaries.elf_file import ElfFile, Machine, Symbol, read_elf
from distrorocks.binaries.elf_image import ElfError, is_elf
from distrorocks.binaries.symbol_version import numbers_of
from distrorocks.binaries.target_system import GLIBC, MUSL, Library, System
from distrorocks.families.distribution import read_distribution
from distrorocks.luarocks.probe import RootProbe
from distrorocks.system.files.bounded_file import FileReadError, read_bounded
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.program import find_program
from distrorocks.system.processes.command import PATH
from distrorocks.values import NamedTuple
from distrorocks.world.known_systems import system_of

LIBRARY_LIMIT = 256 << 20
MOST_LIBRARIES = 2000

HERE = "this system"
_SHELL = "/bin/sh"
_CONFIGURATION = "/etc/ld.so.conf"
_MOST_INCLUDED = 100
_USUAL = ("/lib64", "/usr/lib64", "/lib", "/usr/lib")
_MUSL_USUAL = ("/lib", "/usr/local/lib", "/usr/lib")
_ORIGINS = ("$ORIGIN", "${ORIGIN}")


class _Read(NamedTuple):
    """A file that was read: its path in the root, and what it is or why it is refused."""

    path: str
    file: ElfFile | None
    fault: str = ""


class Loader:
    """The libraries of a root, each read at most once, for the program of one Lua version."""

    def __init__(self, root: str, lua_version: str) -> None:
        self.root = root
        self._view = RootView(root)
        self._probe = RootProbe(root)
        self._known = system_of(read_distribution(root))
        known = self._known.libraries.values() if self._known else ()
        self._packages = {each.soname: each.package for each in known}
        self._files: dict[str, _Read] = {}
        self._libraries: dict[str, Library] = {}
        program = find_program(self._view, lua_version, PATH).get("LUA", "")
        self._program = self._opened(program) if program else None
        self._has_program = self._program is not None
        self._start = self._program or self._opened(_SHELL)
        self.is_jit = bool(
            self._program and any(s.name.startswith("luaJIT_") for s in self._program.defined)
        )

    @property
    def machine(self) -> Machine | None:
        """The machine of the programs, None if none can be read."""
        return self._start.machine if self._start else None

    @property
    def libc(self) -> str:
        """``glibc`` or ``musl``, by the loader that the program names."""
        return MUSL if self._start and "musl" in self._start.interpreter else GLIBC

    def system(self, files: Iterable[ElfFile]) -> System:
        """Return the system with all libraries that files need, directly or not."""
        if self._start:
            self._follow(self._start, "")
        for file in files:
            self._follow(file, "")
        scope: frozenset[Symbol] | None = None
        if self._program is not None:
            scope = self._program.defined.union(*self._symbols(self._program))
        libc = self._libraries.get("libc.so.6")
        numbers = numbers_of(libc.versions, "GLIBC") if libc and self.libc == GLIBC else ()
        return System(
            HERE if self.root == "/" else f"the system in {self.root}",
            self.libc,
            ".".join(map(str, numbers)),
            self.machine,
            dict(self._libraries),
            is_complete=True,
            luas=self._known.luas if self._known else {},
            scope=scope,
            packages=self._packages,
        )

    def _symbols(self, program: ElfFile) -> Iterator[frozenset[Symbol]]:
        """Yield the symbols of all libraries of a program."""
        waiting, seen = list(program.needed), set()
        while waiting:
            soname = waiting.pop()
            library = self._libraries.get(MUSL if self._is_musl_own(soname) else soname)
            if soname in seen or library is None:
                continue
            seen.add(soname)
            waiting += library.needed
            yield library.symbols or frozenset()

    def _follow(self, file: ElfFile, origin: str) -> None:
        """Find and read the libraries that a file needs; ``origin`` is its directory."""
        waiting = [(soname, file, origin) for soname in file.needed]
        while waiting:
            soname, needing, directory = waiting.pop(0)
            key = MUSL if self._is_musl_own(soname) else soname
            if key in self._libraries or len(self._libraries) >= MOST_LIBRARIES:
                continue
            found = self._found(soname, needing, directory)
            if found is None:
                continue
            package = self._packages.get(soname, "")
            if found.file is None:
                self._libraries[key] = Library(soname, package, fault=found.fault)
                continue
            library = found.file
            self._libraries[key] = Library(
                soname, package, frozenset(library.defines), library.defined, library.needed
            )
            above = posixpath.dirname(found.path)
            waiting += [(each, library, above) for each in library.needed]

    def _is_musl_own(self, soname: str) -> bool:
        empty = System("", self.libc, "", libraries={MUSL: Library(MUSL)})
        return self.libc == MUSL and empty.library(soname) is not None

    def _found(self, soname: str, needing: ElfFile, origin: str) -> _Read | None:
        """Return the file that the loader takes for a soname, None if it finds none."""
        if self._is_musl_own(soname):
            loader = self._start.interpreter if self._start else ""
            return self._read(loader)
        if "/" in soname:
            return self._read(soname) if soname.startswith("/") else None
        fault: _Read | None = None
        for directory in (*self._own_directories(needing, origin), *self._directories()):
            if soname not in self._probe.names(directory):
                continue
            found = self._read(f"{directory}/{soname}")
            if found is None or (found.file and found.file.machine != needing.machine):
                continue  # the loader passes over files for other machines
            if found.file or self.libc == GLIBC:
                return found
            fault = fault or found
        return fault

    def _own_directories(self, file: ElfFile, origin: str) -> Iterator[str]:
        for each in file.runpath:
            for mark in _ORIGINS:
                if each.startswith(mark) and origin:
                    yield posixpath.normpath(origin + each.removeprefix(mark))
            if each.startswith("/"):
                yield each.rstrip("/")

    def _directories(self) -> list[str]:
        """Return the directories of the loader's configuration, and its usual ones."""
        if self.libc == MUSL:
            processor = self.machine.processor if self.machine else ""
            text = self._probe.text(f"/etc/ld-musl-{processor}.path")
            if text is not None:
                return [
                    each.strip() for each in text.replace(":", "\n").split("\n") if each.strip()
                ]
            return list(_MUSL_USUAL)
        return list(dict.fromkeys((*self._configured(), *_USUAL)))

    def _configured(self) -> Iterator[str]:
        """Yield the directories of ld.so.conf; only files in one directory are included."""
        waiting, left = [_CONFIGURATION], _MOST_INCLUDED
        while waiting and left:
            left -= 1
            for line in (self._probe.text(waiting.pop(0)) or "").splitlines():
                words = line.partition("#")[0].split()
                if words[:1] == ["include"] and len(words) > 1:
                    directory, _, pattern = posixpath.join("/etc", words[1]).rpartition("/")
                    names = sorted(self._probe.names(directory))
                    waiting += [f"{directory}/{x}" for x in names if fnmatchcase(x, pattern)]
                elif words and words[0].startswith("/"):
                    yield words[0].rstrip("/")

    def _read(self, path: str) -> _Read | None:
        """Return a file, following links; None if there is none."""
        found = self._view.find(path)
        if found is None or not found.is_file:
            return None
        if found.path not in self._files:
            self._files[found.path] = self._fresh(found.path)
        return self._files[found.path]

    def _fresh(self, path: str) -> _Read:
        try:
            content = read_bounded(self._view.host_path(path), LIBRARY_LIMIT, follow=False)
            if not is_elf(content):
                return _Read(path, None, f"is no library, but another file: {path}")
            return _Read(path, read_elf(content))
        except (FileReadError, ElfError) as error:
            return _Read(path, None, f"cannot be loaded: {error.brief}")

    def _opened(self, path: str) -> ElfFile | None:
        found = self._read(path)
        return found.file if found else None

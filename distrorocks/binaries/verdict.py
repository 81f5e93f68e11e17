"""Whether the compiled files of a rock would load on a system, and why not. Pure decisions.

The rules are those of the loaders, which bind every symbol when Lua opens a module
(``RTLD_NOW``): glibc's ``dl-load.c``, ``dl-version.c``, ``dl-lookup.c`` and ``dl-open.c``, musl's
``dynlink.c``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from distrorocks.binaries.elf_file import ElfFile, Symbol
from distrorocks.binaries.lua_abi import LuaSymbols, is_lua, lua_fault, lua_name
from distrorocks.binaries.rock_needs import RockNeeds, entry_points
from distrorocks.binaries.target_system import GLIBC, MUSL, Library, System
from distrorocks.values import NamedTuple

LOADS, FAILS, UNKNOWN = "loads", "fails", "unknown"
_MOST_SHOWN = 3
_ORIGINS = ("$ORIGIN", "${ORIGIN}")
_PROGRAMS = "bin/"
_VERSIONED = ("GLIBC_", "GCC_", "GLIBCXX_")


class Finding(NamedTuple):
    """A reason about one file; ``is_sure`` is false for what a table does not say."""

    path: str
    text: str
    is_sure: bool = True

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


class Verdict(NamedTuple):
    """Whether a rock loads on a system with a Lua, with the reasons why not.

    ``packages`` have the libraries that it needs, as far as known. ``notes`` do not stop it.
    """

    system: str
    lua: str
    findings: tuple[Finding, ...] = ()
    packages: tuple[str, ...] = ()
    notes: tuple[Finding, ...] = ()

    @property
    def state(self) -> str:
        """``loads``, ``fails`` or ``unknown``."""
        if any(each.is_sure for each in self.findings):
            return FAILS
        return UNKNOWN if self.findings else LOADS


def judge(needs: RockNeeds, system: System, lua: str, lua_symbols: LuaSymbols) -> Verdict:
    """Return whether a rock loads on a system with a Lua: ``5.1`` to ``5.5``, or ``luajit``."""
    findings: list[Finding] = []
    packages: dict[str, None] = {}
    notes: list[Finding] = []
    for path, file in sorted(needs.files.items()):
        case = _Case(needs, path, file, system)
        sure = [Finding(path, text) for text in case.faults(lua, lua_symbols)]
        findings += sure
        if not sure:
            findings += [Finding(path, text, is_sure=False) for text in case.doubts()]
        packages |= dict.fromkeys(case.packages())
        notes += [Finding(path, text) for text in case.notes()]
    return Verdict(system.name, lua, tuple(findings), tuple(sorted(packages)), tuple(notes))


class _Case:
    """One file on one system."""

    def __init__(self, needs: RockNeeds, path: str, file: ElfFile, system: System) -> None:
        self._needs, self._path, self._file, self._system = needs, path, file, system
        self._missing: dict[str, str] = {}
        self._found: dict[str, Library] = {}
        self._follow()

    def _follow(self) -> None:
        """Find all libraries that the file needs, directly or not."""
        waiting = [(soname, "") for soname in self._file.needed if not self._is_own(soname)]
        while waiting:
            soname, whose = waiting.pop(0)
            if soname in self._found or soname in self._missing:
                continue
            library = self._system.library(soname)
            if library is None:
                self._missing[soname] = whose
                continue
            self._found[soname] = library
            waiting += [(each, soname) for each in library.needed]

    def _is_own(self, soname: str) -> bool:
        """Return whether the file finds a library among the files of its own rock."""
        here = posixpath.dirname(self._path)
        for each in self._file.runpath:
            for origin in _ORIGINS:
                if each.startswith(origin):
                    below = posixpath.join(here, each.removeprefix(origin).lstrip("/"), soname)
                    if posixpath.normpath(below) in self._needs.files:
                        return True
        return False

    def faults(self, lua: str, lua_symbols: LuaSymbols) -> Iterator[str]:
        """Yield why the loader refuses the file, or Lua the module."""
        file, system = self._file, self._system
        if system.machine is not None and file.machine != system.machine:
            yield f"it is built for {file.machine}, and {system.name} is {system.machine}"
            return
        if foreign := self._foreign():
            yield foreign
            return
        yield from self._wrong_kind()
        if file.stack != "plain" and system.is_stack_fixed:
            yield f"it wants an executable stack, which glibc {system.libc_version} refuses"
        if system.is_complete:
            yield from map(self._told_missing, self._missing.items())
        yield from (f"{each.soname} {each.fault}" for each in self._found.values() if each.fault)
        yield from self._wanting()
        yield from self._unresolved()
        yield from self._too_young()
        if fault := lua_fault(file, lua, lua_symbols):
            yield fault

    def doubts(self) -> Iterator[str]:
        """Yield what a table does not say."""
        system = self._system
        if system.is_complete:
            return
        yield from (f"whether {system.name} has {soname} is not known" for soname in self._missing)
        if self._missing or not all(map(_is_known, self._found.values())):
            return
        names = [each.name for each in self._file.undefined if not each.version]
        names = [each for each in names if not is_lua(each) and each not in system.usual]
        if names:
            yield f"it does not say which library has {_listed(names)}"

    def packages(self) -> Iterator[str]:
        """Yield the packages of the libraries that the file itself needs."""
        for soname in self._file.needed:
            library = self._found.get(soname)
            if library is not None and library.package:
                yield library.package

    def notes(self) -> Iterator[str]:
        """Yield what is unusual, but does not stop the loader."""
        file = self._file
        if file.has_text_relocations:
            yield "it has text relocations, which SELinux and hardened kernels refuse"
        if file.stack != "plain" and not self._system.is_stack_fixed:
            yield "it wants an executable stack, which glibc from 2.41 on refuses"
        for each in file.runpath:
            if not each.startswith(_ORIGINS):
                yield f"it looks for libraries in {each}, a directory of the machine that built it"
        if not self._path.startswith(_PROGRAMS) and not entry_points(file):
            yield "it opens no module: it has no function luaopen_..."

    def _foreign(self) -> str:
        """Return why the libc is another one than the file was built for, if that stops it."""
        own = libc_of(self._file)
        system = self._system
        if own == MUSL and system.libc == GLIBC:
            return f"it is built for musl, and {system.name} has glibc"
        if own == GLIBC and system.libc == MUSL:
            lacking = [each for each in self._file.undefined if self._lacks(each)]
            if lacking or self._missing:
                names = [each.name for each in lacking] + list(self._missing)
                return (
                    f"it is built for glibc, and {system.name} has musl, which lacks "
                    f"{_listed(names)}"
                )
        return ""

    def _lacks(self, symbol: Symbol) -> bool:
        """Return whether musl and all libraries lack a symbol of glibc; musl ignores versions."""
        libraries = self._found.values()
        if not symbol.version.startswith("GLIBC_") or any(x.symbols is None for x in libraries):
            return False
        return not any(Symbol(symbol.name) in (each.symbols or ()) for each in libraries)

    def _wrong_kind(self) -> Iterator[str]:
        """Yield why the file cannot be opened, whatever it needs."""
        if self._path.startswith(_PROGRAMS):
            return
        if self._file.kind != "dyn":
            yield "it is not a shared library"
        elif self._system.libc == GLIBC and self._file.is_program:
            yield "it is a program, which cannot be opened as a module"
        elif self._system.libc == GLIBC and self._file.cannot_be_opened:
            yield "it is marked as not to be opened by programs (-z nodlopen)"

    def _told_missing(self, item: tuple[str, str]) -> str:
        soname, whose = item
        needed = f", which {whose} needs," if whose else ""
        package = self._system.packages.get(soname)
        return f"{soname}{needed} is missing{f'; the package {package} has it' if package else ''}"

    def _wanting(self) -> Iterator[str]:
        """Yield the libraries that are too old: they lack a version of their symbols.

        One without any versions is not refused (``_dl_check_map_versions``); musl checks none.
        """
        for soname, versions in self._lacking().items():
            package = self._found[soname].package
            of = f" of the package {package}" if package else ""
            yield f"{soname}{of} lacks {_listed(versions)}"

    def _lacking(self) -> dict[str, list[str]]:
        """Return the versions that libraries lack."""
        lacking: dict[str, list[str]] = {}
        if self._system.libc != GLIBC:
            return lacking
        for each in self._file.versions:
            library = self._found.get(each.library)
            if library is None or not library.versions or each.is_weak:
                continue
            if each.version not in library.versions:
                lacking.setdefault(each.library, []).append(each.version)
        return lacking

    def _unresolved(self) -> Iterator[str]:
        """Yield the symbols that nothing has, where all of the file's libraries are known."""
        libraries = list(self._found.values())
        scope = self._system.scope
        if scope is None or self._missing or any(each.symbols is None for each in libraries):
            return
        own = [file.defined for file in self._needs.files.values() if file is not self._file]
        every = [scope, *(each.symbols or frozenset() for each in libraries), *own]
        bare = [each for each in libraries if not each.versions]
        told = {version for versions in self._lacking().values() for version in versions}
        names = []
        for symbol in self._file.undefined:
            if is_lua(symbol.name) or symbol.version in told:
                continue
            wanted = symbol if self._system.libc == GLIBC else Symbol(symbol.name)
            if any(wanted in each for each in every):
                continue
            if any(Symbol(symbol.name) in (each.symbols or ()) for each in bare):
                continue
            names.append(str(symbol))
        if names:
            yield f"nothing here has {_listed(names)}"

    def _too_young(self) -> Iterator[str]:
        """Yield the symbols that a table says its libraries lack."""
        wanted = {each.name for each in self._file.undefined if not each.version}
        for soname in self._found:
            if names := sorted(wanted & self._system.lacking.get(soname, frozenset())):
                package = self._found[soname].package
                yield f"{soname} of the package {package} lacks {_listed(names)}"


def _is_known(library: Library) -> bool:
    """Return whether a library has no symbol that is used without a version, but usual ones.

    All of glibc's and gcc's symbols have versions, and all of musl's are usual.
    """
    has_versions = any(each.startswith(_VERSIONED) for each in library.versions)
    return has_versions or library.soname == MUSL


def libc_of(file: ElfFile) -> str:
    """Return the libc that a file was built for, "" if it needs none."""
    if any(each.version.startswith("GLIBC_") for each in file.versions):
        return GLIBC
    for soname in file.needed:
        if soname == "libc.so.6":
            return GLIBC
        if soname.startswith("libc.musl-") or soname == "libc.so":
            return MUSL
    return MUSL if "ld-musl" in file.interpreter else ""


def told(verdict: Verdict) -> str:
    """Return a verdict in one line."""
    where = f"{verdict.system} with {lua_name(verdict.lua)}"
    if not verdict.findings:
        return f"loads on {where}"
    word = "does not load on" if verdict.state == FAILS else "may load on"
    first = next((x for x in verdict.findings if x.is_sure), verdict.findings[0])
    more = len(verdict.findings) - 1
    return f"{word} {where}: {first}{f' (and {more} more)' if more else ''}"


def _listed(names: list[str]) -> str:
    names = list(dict.fromkeys(names))
    more = len(names) - _MOST_SHOWN
    return ", ".join(names[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")

"""``python -m integration.makers.system_tables``: the libraries of systems, and Lua's symbols.

Reads scratch roots of Debian with every Lua package, and what other distributions' own files say,
and writes ``distrorocks/data/systems`` and ``distrorocks/data/lua_symbols.tsv``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from distrorocks.binaries.elf_file import ElfFile, read_elf
from distrorocks.binaries.elf_image import ElfError
from integration.machines.roots import LUA_VERSIONS, with_every_lua_package, with_packages
from integration.makers.other_systems import OTHERS, Other

DATA = Path(__file__).parent.parent.parent / "distrorocks/data"
TRIPLET = "x86_64-linux-gnu"
NAMES = {"bookworm": "debian:12", "trixie": "debian:13", "sid": "debian:sid"}
_SONAME = re.compile(r"[A-Za-z0-9_.+-]+\.so(?:\.[A-Za-z0-9_.]+)?|ld-linux[-A-Za-z0-9_.]+")
_LUA = re.compile(r"(?:lua|luaL|luaJIT|luaopen)_\w+")
_HEAD = """# Libraries of a system, with the versions of their symbols (binaries/target_system.py).
# Made by integration/makers/system_tables.py.
"""
_LUA_HEAD = """# The symbols of Lua's C API that the interpreters of Debian have, and the Luas that
# have them. Made by integration/makers/system_tables.py.
"""
_YOUNG_HEAD = """# Symbols that not every release of a library has: library, symbol, the systems
# whose library has it. Of libraries without versions that Lua modules of Debian need.
# Made by integration/makers/system_tables.py.
"""
_MUSL_HEAD = "# The symbols of musl {version}, by Debian's package. Made by the same.\n"


class Root(NamedTuple):
    """A Debian root with its libraries by soname, and the packages of all files by name."""

    folder: Path
    libraries: Mapping[str, ElfFile]
    owners: Mapping[str, str]


def read_root(folder: Path) -> Root:
    """Return the libraries of a root."""
    found: dict[str, ElfFile] = {}
    places = (folder / f"usr/lib/{TRIPLET}", folder / f"lib/{TRIPLET}", folder / "lib64")
    for place in places:
        for path in sorted(place.glob("*")) if place.is_dir() else ():
            target = _inside(folder, path)
            if target is None or not _SONAME.fullmatch(path.name):
                continue
            try:
                file = read_elf(target.read_bytes())
            except ElfError:
                continue
            if file.kind == "dyn" and file.soname == path.name:
                found.setdefault(file.soname, file)
    owners: dict[str, str] = {}
    for listed in (folder / "var/lib/dpkg/info").glob("*.list"):
        package = listed.name.removesuffix(".list").partition(":")[0]
        for line in listed.read_text().splitlines():
            if TRIPLET in line or "/lib64/" in line:
                owners.setdefault(line.rpartition("/")[2], package)
    return Root(folder, found, owners)


def _inside(folder: Path, path: Path) -> Path | None:
    """Return the file that a path of a root leads to, in its own directory or the one of libc."""
    for _ in range(5):
        if not path.is_symlink():
            return path if path.is_file() else None
        target = path.readlink()
        path = folder / str(target).lstrip("/") if target.is_absolute() else path.parent / target
    return None


def rows_of(root: Root) -> Iterator[str]:
    """Yield the line of each library of a root whose package is known."""
    for soname, file in sorted(root.libraries.items()):
        if package := root.owners.get(soname):
            yield f"library\t{soname}\t{package}\t{','.join(sorted(file.defines))}".rstrip()


def lua_rows(root: Root, luas: Iterable[str]) -> Iterator[str]:
    """Yield the line of each Lua of a root."""
    for lua in luas:
        name = "luajit" if lua == "luajit" else f"lua{lua}"
        program = _inside(root.folder, root.folder / "usr/bin" / name)
        if program is None:
            continue
        soname = "libluajit-5.1.so.2" if lua == "luajit" else f"liblua{lua}.so.0"
        library = root.owners.get(soname, "")
        needed = read_elf(program.read_bytes()).needed
        how = "shared" if soname in needed else "static"
        yield "\t".join([f"lua\t{lua}\t{name}", *([soname, library, how] if library else [])])


def debian_table(suite: str, root: Root) -> str:
    """Return the table of a Debian suite."""
    libc = root.libraries["libc.so.6"].defines
    newest = max(
        tuple(map(int, x[6:].split("."))) for x in libc if re.fullmatch(r"GLIBC_[\d.]+", x)
    )
    lines = [
        f"system\t{NAMES[suite]}",
        f"source\tthe files of a Debian {suite} root with every Lua package",
        "machine\tx86_64\t64",
        f"libc\tglibc\t{'.'.join(map(str, newest))}",
        *lua_rows(root, (*LUA_VERSIONS[suite], "luajit")),
        *rows_of(root),
    ]
    return _HEAD + "\n".join(lines) + "\n"


def other_table(other: Other, roots: Mapping[str, Root]) -> str:
    """Return the table of a system that no root is there for."""
    lines = [f"system\t{other.name}", *(f"source\t{each}" for each in other.sources)]
    lines += ["machine\tx86_64\t64", f"libc\t{other.libc}\t{other.libc_version}"]
    lines += ["\t".join(("lua", *each)) for each in other.luas]
    for soname, package in sorted(other.libraries.items()):
        file = roots[other.versions_of].libraries.get(soname)
        defines = sorted(filter(other.has_version, file.defines)) if file else []
        lines.append(f"library\t{soname}\t{package}\t{','.join(defines)}".rstrip())
    return _HEAD + "\n".join(lines) + "\n"


def symbols_of_luas(roots: Mapping[str, Root]) -> str:
    """Return the table of Lua's symbols by the interpreters of the roots."""
    found: dict[str, set[str]] = {}
    wanted = [("bookworm", lua) for lua in ("5.1", "5.2", "5.3", "5.4", "luajit")]
    for suite, lua in (*wanted, ("sid", "5.5")):
        name = "luajit" if lua == "luajit" else f"lua{lua}"
        program = _inside(roots[suite].folder, roots[suite].folder / "usr/bin" / name)
        assert program
        for symbol in read_elf(program.read_bytes()).defined:
            if _LUA.fullmatch(symbol.name):
                found.setdefault(symbol.name, set()).add(lua)
    rows = (f"{name}\t{' '.join(sorted(luas))}\n" for name, luas in sorted(found.items()))
    return _LUA_HEAD + "".join(rows)


def young_symbols(roots: Mapping[str, Root]) -> str:
    """Return the table of symbols that libraries without versions of them do not always have."""
    wanted: set[str] = set()
    for root in roots.values():
        for path in (root.folder / f"usr/lib/{TRIPLET}/lua").rglob("*.so"):
            target = _inside(root.folder, path)
            wanted.update(read_elf(target.read_bytes()).needed if target else ())
    lines = []
    for soname in sorted(wanted):
        files = {s: root.libraries[soname] for s, root in roots.items() if soname in root.libraries}
        if len(files) < 2 or any(file.defines for file in files.values()):
            continue
        having: dict[str, list[str]] = {}
        for suite, file in files.items():
            for symbol in {each.name for each in file.defined}:
                having.setdefault(symbol, []).append(NAMES[suite])
        for symbol, systems in sorted(having.items()):
            if len(systems) < len(files):
                lines.append(f"{soname}\t{symbol}\t{' '.join(systems)}\n")
    return _YOUNG_HEAD + "".join(lines)


def musl_symbols() -> str:
    """Return the names that musl has."""
    with with_packages("trixie", ("musl",)).clone() as machine:
        loader = machine.path(f"/lib/{TRIPLET.replace('gnu', 'musl')}/libc.so")
        if not loader.exists():
            loader = machine.path("/usr/lib/x86_64-linux-musl/libc.so")
        names = sorted({each.name for each in read_elf(loader.read_bytes()).defined})
        version = machine.run("dpkg-query", "-W", "-f", "${Version}", "musl").out.partition("-")[0]
    return _MUSL_HEAD.format(version=version) + "\n".join(names) + "\n"


def main() -> int:
    """Write all tables."""
    layers = {suite: with_every_lua_package(suite)[0].folders[-1] for suite in NAMES}
    write(layers)
    (DATA / "systems/musl.txt").write_text(musl_symbols())
    return 0


def write(folders: Mapping[str, Path]) -> None:
    """Write the tables of the roots in folders, by suite, and those that follow from them."""
    roots = {suite: read_root(folder) for suite, folder in folders.items()}
    for suite, root in roots.items():
        name = NAMES[suite].replace(":", "-")
        (DATA / f"systems/{name}.tsv").write_text(debian_table(suite, root))
    for other in OTHERS:
        name = other.name.replace(":", "-")
        (DATA / f"systems/{name}.tsv").write_text(other_table(other, roots))
    (DATA / "lua_symbols.tsv").write_text(symbols_of_luas(roots))
    (DATA / "systems/young_symbols.tsv").write_text(young_symbols(roots))


if __name__ == "__main__":
    sys.exit(main())

"""A rock to be packed: its files, the arch in its name, and the archive. Pure decisions.

Whether a rock is built for one machine is decided by what its files are: any ELF file among those
that are deployed makes it a binary rock of that file's processor. LuaRocks asks whether there is a
``lib`` directory, and newer ones pack a program as ``all``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.luarocks.host_cpu import elf_cpu
from distrorocks.rocks.quotation import plain
from distrorocks.servers.choice import file_name
from distrorocks.servers.rock_check import FetchedRock, check_rock_file
from distrorocks.servers.server_manifest import ALL
from distrorocks.system.files.archive_member import MOST_UNPACKED
from distrorocks.system.files.zip_archive import ZippedFile, zip_of
from distrorocks.system.lua.jail import Jail
from distrorocks.values import NamedTuple

_DEPLOYED = ("lua/", "lib/", "bin/")
_PROGRAMS = ("lib/", "bin/")


class PackError(DistrorocksError):
    """No valid rock can be made."""


class RockFiles(NamedTuple):
    """The files of a rock by path from its top; ``origin`` is where they come from.

    ``lua_version`` is "" for a rock of sources.
    """

    name: str
    version: str
    files: Mapping[str, bytes]
    origin: str
    lua_version: str = ""


class Room:
    """What is left of the bytes that one rock may have."""

    def __init__(self) -> None:
        self._left = MOST_UNPACKED

    def take(self, content: bytes) -> bytes:
        """Return a file's content; raise ``PackError`` if the rock becomes too large."""
        self._left -= len(content)
        if self._left < 0:
            raise PackError(f"it has more than {MOST_UNPACKED} bytes")
        return content


class PackedFile(NamedTuple):
    """A rock file to be written, for one Lua version, and where its content comes from."""

    file_name: str
    content: bytes
    origin: str
    lua_version: str


def packed(rock: RockFiles, jail: Jail, *, own_arch: str) -> PackedFile:
    """Return the rock's file; raise ``PackError`` if it would not be a rock that can be installed.

    The files decide its arch; ``own_arch`` is that of this machine, for compiled files that do not
    name a processor.
    """
    content = zip_of(
        {path: ZippedFile(text, path.startswith(_PROGRAMS)) for path, text in rock.files.items()}
    )
    arch = arch_of(rock, own_arch)
    made = FetchedRock(rock.name, rock.version, arch, content, rock.origin)
    return checked(made, jail, lua_version=rock.lua_version)


def checked(rock: FetchedRock, jail: Jail, *, lua_version: str = "") -> PackedFile:
    """Return the file of a rock; raise ``PackError`` if it cannot be installed."""
    try:
        check_rock_file(rock, jail)
    except DistrorocksError as error:
        brief = error.brief.partition(" is refused: ")[2] or error.brief
        raise PackError(
            f"{plain(f'{rock.name} {rock.version}')} of {plain(rock.place)} cannot be packed: "
            f"{brief}",
            detail=error.detail,
        ) from None
    name = file_name(rock.name, rock.version, rock.arch)
    return PackedFile(name, rock.content, rock.place, lua_version)


def arch_of(rock: RockFiles, own_arch: str) -> str:
    """Return ``all``, or LuaRocks' name of the system and processor that the rock is built for."""
    deployed = {path: text for path, text in rock.files.items() if path.startswith(_DEPLOYED)}
    cpus: dict[str, str] = {}
    for path, text in sorted(deployed.items()):
        cpu = elf_cpu(text[:64])
        if cpu is not None:
            cpus.setdefault(cpu, path)
    if len(cpus) > 1:
        told = ", ".join(f"{plain(path)} ({cpu})" for cpu, path in cpus.items())
        raise PackError(f"{rock.name} {rock.version} has files of several processors: {told}")
    if cpus:
        return f"linux-{next(iter(cpus))}"
    return own_arch if any(path.startswith("lib/") for path in deployed) else ALL


def without_doubles(files: Iterable[PackedFile]) -> tuple[list[PackedFile], list[str]]:
    """Return the files with one of each name for a Lua version, and why others are left out."""
    found: dict[tuple[str, str], PackedFile] = {}
    left_out = []
    for file in files:
        first = found.setdefault((file.lua_version, file.file_name), file)
        if file.content != first.content:
            left_out.append(
                f"{plain(file.origin)} is not packed: {plain(first.origin)} gives another "
                f"{plain(file.file_name)}"
            )
    return list(found.values()), left_out


class Placed(NamedTuple):
    """A file below the folder to write to."""

    path: str
    file: PackedFile


def placed(files: Sequence[PackedFile]) -> list[Placed]:
    """Return where each file goes: side by side, or in a folder for each Lua version.

    A rock's file name does not tell its Lua version. So where the files for several versions are
    not the same, each version has a folder, which is a rocks server for that version.
    """
    versions = dict.fromkeys(file.lua_version for file in files)
    sides = [
        {file.file_name: file.content for file in files if file.lua_version == version}
        for version in versions
    ]
    if all(side == sides[0] for side in sides):
        return [Placed(name, file) for name, file in _by_name(files).items()]
    return [Placed(f"{file.lua_version}/{file.file_name}", file) for file in files]


def _by_name(files: Iterable[PackedFile]) -> dict[str, PackedFile]:
    found: dict[str, PackedFile] = {}
    for file in files:
        found.setdefault(file.file_name, file)
    return found

"""The compiled files of a rock file in memory, and the symbols of the Luas that they are for."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

from distrorocks.binaries.elf_file import ElfFile, read_elf
from distrorocks.binaries.elf_image import ElfError, is_elf
from distrorocks.binaries.lua_abi import LuaSymbols, parse_lua_symbols
from distrorocks.binaries.rock_needs import MOST_FILES, RockNeeds
from distrorocks.rocks.quotation import quoted
from distrorocks.system.files.archive_member import ArchiveError, Kind
from distrorocks.system.files.shipped_files import read_shipped
from distrorocks.system.files.strict_zip import ZipEntry, content_of, read_zip

MOST_SYMBOLS = 500_000
DEPLOYED = ("lua/", "lib/", "bin/")


def rock_needs(rock: str, content: bytes) -> RockNeeds:
    """Return what the compiled files of a rock need, of those that are deployed.

    ``rock`` is its file's name. Raise ``ArchiveError`` for an archive, and ``ElfError`` for a
    compiled file, that is damaged or hostile.
    """
    files: dict[str, ElfFile] = {}
    left = MOST_SYMBOLS
    for entry in read_zip(content):
        path = entry.member.path
        if entry.member.kind is not Kind.FILE or not path.startswith(DEPLOYED):
            continue
        text = _compiled(content, entry)
        if not text:
            continue
        if len(files) == MOST_FILES:
            raise ArchiveError(f"it has more than {MOST_FILES} compiled files")
        try:
            files[path] = read_elf(text)
        except ElfError as error:
            raise ElfError(f"its compiled file {quoted(path)} is refused: {error.brief}") from None
        left -= len(files[path].undefined) + len(files[path].defined)
        if left < 0:
            raise ArchiveError(f"its compiled files have more than {MOST_SYMBOLS} symbols")
    return RockNeeds(rock, sha256(content).hexdigest(), files)


def _compiled(content: bytes, entry: ZipEntry) -> bytes:
    """Return the content of a member if it is an ELF file, else b""."""
    pieces = content_of(content, entry)
    first = next(pieces, b"")
    return b"".join((first, *pieces)) if is_elf(first) else b""


@cache
def lua_symbols() -> LuaSymbols:
    """Return the symbols that each Lua has for modules."""
    return parse_lua_symbols(read_shipped("lua_symbols.tsv"))

"""What an ELF file needs and has, as the loader sees it (gABI; glibc's and musl's dynlink)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from distrorocks.binaries.elf_image import ElfError, Image
from distrorocks.binaries.lua_constants import X86, lua_numbers, lua_registries
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

MOST_SYMBOLS = 200_000
MOST_VERSIONS = 10_000

_WEAK_NEED = 2
_BASE = 1  # the version that is the library's own name
_TEXT_RELOCATIONS, _STATIC_TLS = 0x4, 0x10  # DT_FLAGS
_NO_OPEN, _PROGRAM = 0x40, 0x08000000  # DT_FLAGS_1
_EXECUTABLE = 1
_GLOBAL, _WEAK, _UNIQUE = 1, 2, 10
_HIDDEN, _INDEX = 0x8000, 0x7FFF
_SYMBOL = {True: "IBBHQQ", False: "IIIBBH"}


class Machine(NamedTuple):
    """The processor that a file is for: ELF's name in lower case, as ``x86_64``; word size."""

    processor: str
    bits: int
    is_little: bool

    def __str__(self) -> str:
        """Return the name, with what is unusual about it."""
        ends = "" if self.is_little else ", big-endian"
        return f"{self.processor} ({self.bits}-bit{ends})"


class Symbol(NamedTuple):
    """A symbol with its version, "" if it has none."""

    name: str
    version: str = ""

    def __str__(self) -> str:
        return f"{self.name}@{self.version}" if self.version else self.name


class NeededVersion(NamedTuple):
    """A version that a library must have, such as GLIBC_2.38 of libc.so.6."""

    library: str
    version: str
    is_weak: bool = False


class ElfFile(NamedTuple):
    """What one file needs and has.

    ``kind`` is ELF's name of the type, such as ``dyn``. ``runpath`` is DT_RUNPATH, else DT_RPATH.
    ``needed`` are sonames in order; ``undefined`` the symbols that some other file must have, weak
    ones aside; ``defined`` those for others; ``defines`` versions. ``stack`` is "executable",
    "unsaid" (no PT_GNU_STACK) or "plain". ``lua_numbers`` are the Lua versions whose
    LUA_VERSION_NUM is among the constants; ``lua_registries`` are the first versions of those whose
    LUA_REGISTRYINDEX is in the code, which is known of x86 only.
    """

    kind: str
    machine: Machine
    interpreter: str = ""
    soname: str = ""
    needed: tuple[str, ...] = ()
    runpath: tuple[str, ...] = ()
    has_rpath: bool = False
    versions: tuple[NeededVersion, ...] = ()
    defines: tuple[str, ...] = ()
    undefined: tuple[Symbol, ...] = ()
    defined: frozenset[Symbol] = frozenset()
    stack: str = "plain"
    has_text_relocations: bool = False
    has_static_tls: bool = False
    is_program: bool = False
    cannot_be_opened: bool = False
    lua_numbers: tuple[str, ...] = ()
    lua_registries: tuple[str, ...] = ()


def read_elf(content: bytes) -> ElfFile:
    """Return what an ELF file needs and has.

    Raise ``ElfError`` for a damaged or hostile file, ``MissingLibraryError`` without pyelftools.
    """
    image = Image(content)
    found = ElfFile(
        _lower(image.header["e_type"], "ET_"),
        Machine(
            _lower(image.header["e_machine"], "EM_"), image.elf.elfclass, image.elf.little_endian
        ),
        _interpreter(image),
        stack=_stack(image),
    )
    single, several = _dynamic(image)
    if "DT_STRTAB" not in single:
        return found
    image.use_strings(single["DT_STRTAB"], single.get("DT_STRSZ", 0))
    flags, more = single.get("DT_FLAGS", 0), single.get("DT_FLAGS_1", 0)
    runpath = single.get("DT_RUNPATH", single.get("DT_RPATH"))
    needed, names = _needed_versions(image, single)
    defines, own = _own_versions(image, single)
    undefined, defined = _symbols(image, single, {**own, **names})
    return found._replace(
        soname=image.name(single["DT_SONAME"]) if "DT_SONAME" in single else "",
        needed=tuple(dict.fromkeys(map(image.name, several.get("DT_NEEDED", ())))),
        runpath=tuple(filter(None, image.name(runpath).split(":"))) if runpath is not None else (),
        has_rpath="DT_RPATH" in single and "DT_RUNPATH" not in single,
        versions=needed,
        defines=defines,
        undefined=undefined,
        defined=defined,
        has_text_relocations="DT_TEXTREL" in single or bool(flags & _TEXT_RELOCATIONS),
        has_static_tls=bool(flags & _STATIC_TLS),
        is_program=bool(more & _PROGRAM),
        cannot_be_opened=bool(more & _NO_OPEN),
        lua_numbers=lua_numbers(image),
        lua_registries=lua_registries(image) if found.machine.processor in X86 else (),
    )


def _lower(value: Any, prefix: str) -> str:
    return value.removeprefix(prefix).lower() if isinstance(value, str) else f"unknown-{value}"


def _interpreter(image: Image) -> str:
    """Return the loader that a program names."""
    found = image.segment("PT_INTERP")
    if found is None:
        return ""
    text = image.part(found["p_offset"], min(found["p_filesz"], 256))
    return text.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _stack(image: Image) -> str:
    found = image.segment("PT_GNU_STACK")
    if found is None:
        return "unsaid"
    return "executable" if found["p_flags"] & _EXECUTABLE else "plain"


def _dynamic(image: Image) -> tuple[dict[str, int], dict[str, list[int]]]:
    """Return the last value of each tag of the dynamic segment, and all values."""
    several: dict[str, list[int]] = {}
    for tag, value in image.tags():
        if isinstance(tag, str):
            several.setdefault(tag, []).append(value)
    return {tag: values[-1] for tag, values in several.items()}, several


def _needed_versions(
    image: Image, tags: dict[str, int]
) -> tuple[tuple[NeededVersion, ...], dict[int, str]]:
    """Return the versions that libraries must have, and their names by index."""
    found: list[NeededVersion] = []
    names: dict[int, str] = {}
    forms = image.structs.Elf_Verneed, image.structs.Elf_Vernaux
    for need, more in _chained(image, tags, "DT_VERNEED", *forms):
        library = image.name(need["vn_file"])
        for each in more:
            version = image.name(each["vna_name"])
            found.append(NeededVersion(library, version, bool(each["vna_flags"] & _WEAK_NEED)))
            names[each["vna_other"] & _INDEX] = version
    return tuple(found), names


def _own_versions(image: Image, tags: dict[str, int]) -> tuple[tuple[str, ...], dict[int, str]]:
    """Return the versions that a library has, and their names by index."""
    names: dict[int, str] = {}
    forms = image.structs.Elf_Verdef, image.structs.Elf_Verdaux
    for define, more in _chained(image, tags, "DT_VERDEF", *forms):
        first = next(more, None)
        if first is not None and not define["vd_flags"] & _BASE:
            names[define["vd_ndx"] & _INDEX] = image.name(first["vda_name"])
    return tuple(dict.fromkeys(names.values())), names


def _chained(
    image: Image, tags: dict[str, int], tag: str, form: Any, inner_form: Any
) -> Iterator[tuple[Any, Iterator[Any]]]:
    """Yield the records of a table of versions, each with those that belong to it."""
    if tag not in tags:
        return
    kind = "vn" if tag == "DT_VERNEED" else "vd"
    at, left = image.offset(tags[tag]), [MOST_VERSIONS]
    for _ in range(min(tags.get(f"{tag}NUM", 0), MOST_VERSIONS + 1)):
        record = image.record(form, at)
        inner = _linked(image, inner_form, at + record[f"{kind}_aux"], record[f"{kind}_cnt"], left)
        yield record, inner
        step = record[f"{kind}_next"]
        if not step:
            return
        at += step
        _count(left)


def _linked(image: Image, form: Any, at: int, count: int, left: list[int]) -> Iterator[Any]:
    """Yield the records of one entry, each of which says where the next one is."""
    for _ in range(count):
        record = image.record(form, at)
        yield record
        step = record["vna_next"] if "vna_next" in record else record["vda_next"]
        if not step:
            return
        at += step
        _count(left)


def _count(left: list[int]) -> None:
    left[0] -= 1
    if left[0] < 0:
        raise ElfError(f"it has more than {MOST_VERSIONS} versions of symbols")


def _symbols(
    image: Image, tags: dict[str, int], versions: dict[int, str]
) -> tuple[tuple[Symbol, ...], frozenset[Symbol]]:
    """Return the symbols that others must have, and those for others.

    A symbol of a version counts by its name too, as it does for files without versions.
    """
    if "DT_SYMTAB" not in tags:
        return (), frozenset()
    count = _symbol_count(image, tags)
    form = struct.Struct(f"{image.order}{_SYMBOL[image.is_wide]}")
    start = image.offset(tags["DT_SYMTAB"])
    table = image.part(start, form.size * count)
    indexes: tuple[int, ...] = ()
    if "DT_VERSYM" in tags:
        indexes = image.numbers("H", tags["DT_VERSYM"], count)
    undefined: dict[Symbol, None] = {}
    defined: set[Symbol] = set()
    for number, fields in enumerate(form.iter_unpack(table)):
        name, info, place = (
            (fields[0], fields[1], fields[3])
            if image.is_wide
            else (fields[0], fields[3], fields[5])
        )
        binding = info >> 4
        if number == 0 or not name or binding not in (_GLOBAL, _WEAK, _UNIQUE):
            continue
        if not place and binding == _WEAK:
            continue
        index = indexes[number] & _INDEX if indexes else 0
        symbol = Symbol(image.name(name), versions.get(index, "") if index > 1 else "")
        if place:
            defined.update((symbol, Symbol(symbol.name)))
        else:
            undefined[symbol] = None
    return tuple(undefined), frozenset(defined)


def _symbol_count(image: Image, tags: dict[str, int]) -> int:
    """Return how many symbols there are, which only the hash tables say."""
    if "DT_HASH" in tags:
        count = image.numbers("I", tags["DT_HASH"], 2)[1]
    elif "DT_GNU_HASH" in tags:
        count = _hashed_count(image, tags["DT_GNU_HASH"])
    else:
        return 0
    if count > MOST_SYMBOLS:
        raise ElfError(f"it has more than {MOST_SYMBOLS} symbols")
    return count


def _hashed_count(image: Image, address: int) -> int:
    """Return the number of symbols by a GNU hash table: the last chain ends with the last one."""
    buckets, first, words, _ = image.numbers("I", address, 4)
    if buckets > MOST_SYMBOLS:
        raise ElfError(f"it has more than {MOST_SYMBOLS} symbols")
    start = address + 16 + words * (8 if image.is_wide else 4)
    last = max(image.numbers("I", start, buckets)) if buckets else 0
    if last < first:
        return first
    chain = start + 4 * buckets
    at = chain + 4 * (last - first)
    room = min(image.room(at) // 4, MOST_SYMBOLS + 1)
    for step, value in enumerate(image.numbers("I", at, room)):
        if value & 1:
            return last + step + 1
    raise ElfError("its table of symbols has no end")

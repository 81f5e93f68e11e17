"""ELF files for tests, written byte by byte: shared libraries as linkers make them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

_LOAD, _DYNAMIC, _INTERP, _STACK = 1, 2, 3, 0x6474E551
_TAGS = {"needed": 1, "soname": 14, "rpath": 15, "runpath": 29}
_HASH, _STRTAB, _SYMTAB, _STRSZ, _SYMENT = 4, 5, 6, 10, 11
_GNU_HASH = 0x6FFFFEF5
_FLAGS, _FLAGS_1, _TEXTREL = 30, 0x6FFFFFFB, 22
_VERSYM, _VERDEF, _VERDEFNUM = 0x6FFFFFF0, 0x6FFFFFFC, 0x6FFFFFFD
_VERNEED, _VERNEEDNUM = 0x6FFFFFFE, 0x6FFFFFFF


class Elf(NamedTuple):
    """A library to be written: names, and what a linker would say of them.

    ``undefined`` and ``defined`` are names, or ``name@VERSION``; ``versions`` says which library
    must have a version. ``stack`` is "plain", "executable" or "unsaid". ``order`` is struct's
    letter for little or big endian; ``hashed`` says which hash tables there are, "sysv" or "gnu".
    """

    soname: str = ""
    needed: Sequence[str] = ()
    undefined: Sequence[str] = ()
    defined: Sequence[str] = ()
    versions: Sequence[tuple[str, str]] = ()
    defines: Sequence[str] = ()
    runpath: str = ""
    rpath: str = ""
    stack: str = "plain"
    flags: int = 0
    flags_1: int = 0
    has_text_relocations: bool = False
    machine: int = 62
    kind: int = 3
    constants: bytes = b""
    code: bytes = b""
    interpreter: str = ""
    is_wide: bool = True
    order: str = "<"
    hashed: Sequence[str] = ("sysv",)
    binding: int = 1
    need_flags: int = 0
    define_flags: int = 0


def module(name: str, *undefined: str, glibc: str = "2.2.5", **more: Any) -> bytes:
    """Return a Lua module that needs glibc, and symbols of Lua."""
    version = f"GLIBC_{glibc}"
    return elf(
        Elf(
            needed=("libc.so.6",),
            undefined=(f"malloc@{version}", *undefined),
            defined=(f"luaopen_{name}",),
            versions=(("libc.so.6", version),),
        )._replace(**more)
    )


def elf(what: Elf) -> bytes:
    """Return the bytes of a file. Addresses are offsets; one segment has all but the code."""
    strings, form = _Strings(), what.order
    header_size, segment_size = (64, 56) if what.is_wide else (52, 32)
    indexes = {each: number for number, each in enumerate((*what.defines, *_own(what)), start=2)}
    symbols, versym = _symbols(what, strings, indexes)
    verneed = _verneed(what, strings, indexes)
    verdef = _verdef(what, strings, indexes)
    texts = [("soname", what.soname), ("rpath", what.rpath), ("runpath", what.runpath)]
    texts = [*(("needed", each) for each in what.needed), *(each for each in texts if each[1])]
    named = [(_TAGS[tag], strings.add(text)) for tag, text in texts]
    symbol_size = 24 if what.is_wide else 16
    count = len(symbols) // symbol_size
    parts = {
        "interp": what.interpreter.encode() + b"\0",
        "hash": struct.pack(f"{form}3I", 1, count, 0) + bytes(4 * count),
        "gnu_hash": _gnu_hash(what),
        "symbols": symbols,
        "versym": versym,
        "verneed": verneed,
        "verdef": verdef,
        "strings": bytes(strings.text),
        "constants": what.constants,
    }
    at, places = header_size + segment_size * 5, {}
    for name, text in parts.items():
        at = -(-at // 8) * 8
        places[name] = at
        at += len(text)
    tags = [
        *named,
        *([(_HASH, places["hash"])] if "sysv" in what.hashed else []),
        *([(_GNU_HASH, places["gnu_hash"])] if "gnu" in what.hashed else []),
        (_SYMTAB, places["symbols"]),
        (_STRTAB, places["strings"]),
        (_STRSZ, len(strings.text)),
        (_SYMENT, symbol_size),
        (_VERSYM, places["versym"]),
        *([(_VERNEED, places["verneed"]), (_VERNEEDNUM, len(_files(what)))] if verneed else []),
        *([(_VERDEF, places["verdef"]), (_VERDEFNUM, len(what.defines))] if verdef else []),
        *([(_FLAGS, what.flags)] if what.flags else []),
        *([(_FLAGS_1, what.flags_1)] if what.flags_1 else []),
        *([(_TEXTREL, 0)] if what.has_text_relocations else []),
        (0, 0),
    ]
    dynamic = b"".join(struct.pack(f"{form}2{_word(what)}", *tag) for tag in tags)
    start = -(-at // 8) * 8
    end = start + len(dynamic)
    flags = {"plain": 6, "executable": 7}
    headers = [
        _segment(what, _LOAD, 6, 0, end),
        _segment(what, _LOAD, 5, end, len(what.code)),
        _segment(what, _DYNAMIC, 6, start, len(dynamic)),
    ]
    if what.stack in flags:
        headers.append(_segment(what, _STACK, flags[what.stack], 0, 0))
    if what.interpreter:
        headers.append(_segment(what, _INTERP, 4, places["interp"], len(parts["interp"])))
    content = bytearray(end)
    content[:header_size] = (
        b"\x7fELF"
        + bytes((1 + what.is_wide, 1 if form == "<" else 2, 1))
        + bytes(9)
        + struct.pack(
            f"{form}2HI3{_word(what)}I6H",
            *(what.kind, what.machine, 1, 0, header_size, 0, 0),
            *(header_size, segment_size, len(headers), 64, 0, 0),
        )
    )
    content[header_size : header_size + segment_size * len(headers)] = b"".join(headers)
    for name, text in parts.items():
        content[places[name] : places[name] + len(text)] = text
    content[start:end] = dynamic
    return bytes(content) + what.code


class _Strings:
    """A table of strings."""

    def __init__(self) -> None:
        self.text = bytearray(b"\0")

    def add(self, name: str) -> int:
        """Return the offset of a name."""
        self.text += name.encode() + b"\0"
        return len(self.text) - len(name.encode()) - 1


def _word(what: Elf) -> str:
    """Return struct's letter of an address."""
    return "Q" if what.is_wide else "I"


def _gnu_hash(what: Elf) -> bytes:
    """Return a table of one bucket and a filter of two words; what is defined comes last."""
    first = 1 + len(what.undefined)
    head = struct.pack(f"{what.order}4I", 1, first, 2, 0)
    chain = [2 * number for number in range(1, len(what.defined) + 1)]
    if chain:
        chain[-1] |= 1
    words = [first if chain else 0, *chain]
    bloom = bytes(16 if what.is_wide else 8)
    return head + bloom + struct.pack(f"{what.order}{len(words)}I", *words)


def _own(what: Elf) -> list[str]:
    return [version for _, version in what.versions]


def _files(what: Elf) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for library, version in what.versions:
        found.setdefault(library, []).append(version)
    return found


def _symbols(what: Elf, strings: _Strings, indexes: dict[str, int]) -> tuple[bytes, bytes]:
    symbols, versym = bytes(24 if what.is_wide else 16), struct.pack(f"{what.order}H", 0)
    info = what.binding << 4 | 2
    for names, place in ((what.undefined, 0), (what.defined, 1)):
        for each in names:
            name, _, version = each.partition("@")
            if what.is_wide:
                form, fields = "IBBHQQ", (strings.add(name), info, 0, place, 0, 0)
            else:
                form, fields = "IIIBBH", (strings.add(name), 0, 0, info, 0, place)
            symbols += struct.pack(f"{what.order}{form}", *fields)
            versym += struct.pack(f"{what.order}H", indexes.get(version, 1))
    return symbols, versym


def _verneed(what: Elf, strings: _Strings, indexes: dict[str, int]) -> bytes:
    text = b""
    files = _files(what)
    for number, (library, versions) in enumerate(files.items(), start=1):
        size = 16 + 16 * len(versions)
        following = size if number < len(files) else 0
        text += struct.pack(
            f"{what.order}2H3I", 1, len(versions), strings.add(library), 16, following
        )
        for place, version in enumerate(versions, start=1):
            step = 16 if place < len(versions) else 0
            fields = (0, what.need_flags, indexes[version], strings.add(version), step)
            text += struct.pack(f"{what.order}I2H2I", *fields)
    return text


def _verdef(what: Elf, strings: _Strings, indexes: dict[str, int]) -> bytes:
    text = b""
    for number, version in enumerate(what.defines, start=1):
        step = 28 if number < len(what.defines) else 0
        text += struct.pack(
            f"{what.order}4H3I", 1, what.define_flags, indexes[version], 1, 0, 20, step
        )
        text += struct.pack(f"{what.order}2I", strings.add(version), 0)
    return text


def _segment(what: Elf, kind: int, flags: int, at: int, size: int) -> bytes:
    if what.is_wide:
        return struct.pack(f"{what.order}2I6Q", kind, flags, at, at, at, size, size, 8)
    return struct.pack(f"{what.order}8I", kind, at, at, at, size, size, flags, 4)


def write_root(root: Path, *, glibc: Sequence[str] = ("2.2.5", "2.36"), lua: str = "5.4") -> Path:
    """Write glibc, a Lua and the loader's configuration of a Debian 12 root; return the root."""
    versions = [f"GLIBC_{each}" for each in glibc]
    libc = Elf(
        soname="libc.so.6",
        defined=tuple(f"malloc@{each}" for each in versions),
        defines=tuple(versions),
    )
    program = Elf(
        needed=("libc.so.6",),
        defined=("lua_pushnil", "readline"),
        interpreter="/lib64/ld-linux-x86-64.so.2",
        flags_1=0x08000000,
    )
    write(root, "/usr/lib/x86_64-linux-gnu/libc.so.6", elf(libc))
    write(root, f"/usr/bin/lua{lua}", elf(program)).chmod(0o755)
    write(root, "/etc/os-release", b'ID=debian\nVERSION_ID="12"\n')
    write(root, "/etc/ld.so.conf", b"include ld.so.conf.d/*.conf\n")
    write(root, "/etc/ld.so.conf.d/a.conf", b"# usual\n/usr/lib/x86_64-linux-gnu\n")
    return root


def write(root: Path, path: str, content: bytes) -> Path:
    """Write a file of a root, with the directories above it."""
    place = root / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return place


def rock(files: Mapping[str, bytes], name: str = "foo", *, needs: str = "") -> bytes:
    """Return a binary rock of version 1.0-1 with these files."""
    rockspec = (
        f'package = "{name}"\nversion = "1.0-1"\nsource = {{ url = "https://x.example/x.tgz" }}\n'
        f'dependencies = {{ {needs} }}\nbuild = {{ type = "builtin", modules = {{}} }}\n'
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(f"{name}-1.0-1.rockspec", rockspec)
        for path, content in files.items():
            archive.writestr(path, content)
    return stream.getvalue()

"""Compiled files among the sources are known by their first bytes."""

from __future__ import annotations

import pytest

from distrorocks.packaging.source.prebuilt import is_compiled, may_be_compiled


@pytest.mark.parametrize(
    ("path", "is_candidate"),
    [
        ("lib.so", True),
        ("src/libfoo.so.1.2", True),
        ("foo.DLL", True),
        ("bin/foo", True),
        ("foo.luac", True),
        ("foo.lua", False),
        ("foo.so.c", False),
        ("doc/foo.png", False),
        ("tests/data/foo.so", False),
        ("src/spec/foo", False),
        ("attest/foo.so", True),
        *((f"a.{each}", True) for each in ("dylib", "bundle", "pyd", "exe", "com", "lib", "a")),
        *((f"a.{each}", True) for each in ("o", "obj", "class", "jar", "wasm")),
        *((f"{each}/a.so", False) for each in ("t", "test", "tests", "spec", "specs")),
        *((f"x/{each}/a.so", False) for each in ("testdata", "fixture", "fixtures", "Test")),
    ],
)
def test_names_say_which_files_are_looked_at(path: str, is_candidate: bool) -> None:
    """Those without an ending too; what tests read is not what a package has."""
    assert may_be_compiled(path) is is_candidate


@pytest.mark.parametrize(
    ("path", "beginning", "is_binary"),
    [
        ("a.so", b"\x7fELF\x02\x01\x01\0", True),
        ("a.dll", b"MZ\x90\0\x03", True),
        ("a.dylib", b"\xcf\xfa\xed\xfe\x07\0", True),
        ("a.a", b"!<arch>\n/    ", True),
        ("a.luac", b"\x1bLua\x51\0", True),
        ("a.jar", b"PK\x03\x04", True),
        ("a.luac", b"\x1bLJ\x02\0", True),
        ("a.class", b"\xca\xfe\xba\xbe\0", True),
        ("a.wasm", b"\0asm\1", True),
        ("a.o", b"L\x01\0", True),
        ("a.obj", b"d\x86\0", True),
        ("a", b"\xfe\xed\xfa\xce\0", True),
        ("a", b"\xfe\xed\xfa\xcf\0", True),
        ("a", b"\xce\xfa\xed\xfe\0", True),
        ("a.png", b"\x89PNG\0", False),
        ("a.zip", b"PK\x03\x04\0", False),
        ("README", b"MZ is the beginning of a program", False),
        ("a.so", b"/* GNU ld script */ INPUT(b.so)", False),
        ("a.o", b"", False),
    ],
)
def test_first_bytes_say_what_is_compiled(path: str, beginning: bytes, is_binary: bool) -> None:
    """Text is not, whatever its name: a linker's script, a README."""
    assert is_compiled(path, beginning) is is_binary

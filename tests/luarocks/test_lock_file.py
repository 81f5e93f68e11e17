"""A luarocks.lock is read as pins, or refused with its place."""

from __future__ import annotations

import pytest

from distrorocks.lua.read import parse_returned
from distrorocks.lua.scan import LuaSyntaxError, NotLiteral
from distrorocks.luarocks.pins_file import LockFile, LockFileError
from distrorocks.rocks.version import Version

WRITTEN = b"""return {
   build_dependencies = {
      ["luarocks-build-rust"] = "0.2-1"
   },
   dependencies = {
      a = "1.0-1",
      ["jane/b"] = "2.0-1",
      lua = "5.3-1"
   },
}
"""


def test_what_luarocks_writes_is_read() -> None:
    """Each kind of need has its pins, with and without a namespace; Lua itself is none."""
    lock = LockFile.parse(WRITTEN)
    assert lock.dependencies == {"a": Version.parse("1.0-1"), "jane/b": Version.parse("2.0-1")}
    assert lock.build_dependencies == {"luarocks-build-rust": Version.parse("0.2-1")}
    assert lock.test_dependencies == {}


def test_an_empty_lock_file_pins_nothing() -> None:
    """A table without any of the three keys is a lock file."""
    assert LockFile.parse(b"return {}") == LockFile()


@pytest.mark.parametrize(
    ("text", "brief"),
    [
        (b"", "it does not return a table"),
        (b"dependencies = {}", "it does not return a table"),
        (b"return 1", "it does not return a table"),
        (b"return { dependencies = 1 }", "dependencies is not a table"),
        (b"return { dependencies = { 'a' } }", "dependencies has '1', which is not a rock name"),
        (b"return { dependencies = { a = 1 } }", "dependencies.a is not a version"),
        (b"return { dependencies = { a = ' ' } }", "dependencies.a is not a version"),
        (b"return { dependencies = { ['../a'] = '1' } }", "'../a', which is not a rock name"),
        (b"return { dependencies = { ['a\\27[2J'] = '1' } }", "which is not a rock name"),
        (b"return os.execute('reboot')", "indexing a value that is not a table"),
        (b"return {", "line 1"),
        (b"\x1bLua", "compiled Lua"),
    ],
)
def test_what_is_no_lock_file_is_refused_with_its_place(text: bytes, brief: str) -> None:
    """The error says what is wrong and where, without a stray character, and what to do."""
    with pytest.raises(LockFileError) as caught:
        LockFile.parse(text)
    assert brief in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert caught.value.hint


def test_the_first_value_that_is_returned_counts() -> None:
    """A chunk's value is what its first live ``return`` gives; a chunk may return nothing."""
    assert parse_returned(b"local a = 1\nif a == 2 then return 2 end\nreturn a, 3") == 1
    assert parse_returned(b"do return 'x' end\nreturn 'y'") == "x"
    assert parse_returned(b"return") is None
    assert parse_returned(b"a = 1") is None
    with pytest.raises(NotLiteral):
        parse_returned(b"return f()")


def test_a_returned_value_cannot_grow_past_all_reason() -> None:
    """A value that is small as a text and huge as a tree is refused, returned or not."""
    text = b"local a = {}\na[1] = 'x'\n" + b"a = {a, a, a, a, a, a, a, a, a, a}\n" * 12
    with pytest.raises(LuaSyntaxError):
        parse_returned(text + b"return a")

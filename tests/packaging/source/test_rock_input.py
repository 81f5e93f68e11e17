"""A rock to be packaged, read from its file."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from distrorocks.packaging.source.facts import FLAT
from distrorocks.packaging.source.rock_input import read_rock_input
from distrorocks.system.lua.jail import Jail

SPEC = """package = "foo"
version = "1-1"
source = { url = "https://example.org/foo-1.zip"%s }
build = { type = "builtin", modules = { foo = "foo.lua" } }
"""


def source_rock(folder: Path, names: list[str], named: str = "", text: bytes = b"return {}") -> str:
    """Write a source rock whose archive has some files, and return its path."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        for name in names:
            archive.writestr(name, text)
    path = folder / "foo-1-1.src.rock"
    with zipfile.ZipFile(path, "w") as rock:
        rock.writestr("foo-1-1.rockspec", SPEC % (f', dir = "{named}"' if named else ""))
        rock.writestr("foo-1.zip", inner.getvalue())
    return str(path)


@pytest.mark.parametrize(
    ("names", "named", "top", "below"),
    [
        (["foo-1/foo.lua"], "", "foo-1", ""),
        (["foo-1/src/foo.lua"], "foo-1/src", "foo-1", "src"),
        (["foo.lua"], "", FLAT, ""),
        (["foo-1/foo.lua", "README"], "", FLAT, "foo-1"),
        (["a/foo.lua", "b/bar.lua"], "a", FLAT, "a"),
        (["a/b/foo.lua", "b/bar.lua"], "a/b", FLAT, "a/b"),
    ],
)
def test_the_build_directory_is_that_of_luarocks(
    tmp_path: Path, names: list[str], named: str, top: str, below: str
) -> None:
    """It is source.dir, else the only directory of the archive; files are relative to it."""
    with Jail() as jail:
        facts = read_rock_input(source_rock(tmp_path, names, named), jail=jail).facts
    assert (facts.top, facts.below) == (top, below)
    assert "foo.lua" in facts.files


@pytest.mark.parametrize("is_ours", [False, True])
def test_packaging_that_was_scaffolded_among_sources_states_nothing(
    tmp_path: Path, is_ours: bool
) -> None:
    """What upstream packaged itself is as good as any other of its files."""
    (tmp_path / "debian").mkdir()
    (tmp_path / "foo-1-1.rockspec").write_text(SPEC % "")
    notice = "Files: *\nCopyright: 2011 Ann Author\nLicense: Expat\n"
    (tmp_path / "debian/copyright").write_text(notice)
    if is_ours:
        (tmp_path / "debian/.distrorocks-deb").touch()
    with Jail() as jail:
        facts = read_rock_input(str(tmp_path), jail=jail).facts
    assert "debian/copyright" in facts.files
    assert ("2011 Ann Author" in str(facts)) is not is_ours


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (b"return {}", ""),
        (b"\n\nlocal t or {}", "is no Lua: line 3: "),
        (b"#!/usr/bin/lua\nreturn {}", ""),
        (b"x = nil + 1 -- is not run", ""),
        (b"return '\\d'", ""),
        (b"return caf\xe9 -- end", "is no Lua: line 1: "),
        (b"return 'caf\xe9' -- end", ""),
        (b"return " + b"1," * 40_000, ""),
    ],
)
def test_a_module_that_is_no_lua_is_found(tmp_path: Path, text: bytes, fault: str) -> None:
    """It is compiled and not run; what only some Luas refuse, or is not read whole, may be Lua."""
    with Jail() as jail:
        facts = read_rock_input(source_rock(tmp_path, ["foo.lua"], text=text), jail=jail).facts
    found = facts.lua_code.needs()["foo"].fault
    assert found.startswith(fault) if fault else not found


def test_without_a_lua_nothing_is_said_of_syntax(tmp_path: Path) -> None:
    """A rockspec of plain data can be packaged where no Lua is installed."""
    with Jail(backends=()) as jail:
        path = source_rock(tmp_path, ["foo.lua"], text=b"local t or {}")
        assert read_rock_input(path, jail=jail).facts.lua_code.broken == {}

"""Lint gives LuaRocks' verdict on a file, and every reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.packaging.lint import lint

SOUND = """
package = "foo"
version = "1.0-1"
source = { url = "https://example.org/foo-1.0.tar.gz" }
description = { summary = "s", homepage = "https://example.org", license = "MIT" }
dependencies = { "lua >= 5.1" }
build = { type = "builtin", modules = {} }
"""


def written(folder: Path, text: str, name: str = "foo-1.0-1.rockspec") -> str:
    """Return the path of a new file that holds ``text``."""
    path = folder / name
    path.write_text(text)
    return str(path)


def test_a_valid_rockspec_has_no_findings(tmp_path: Path) -> None:
    """A valid rockspec has neither faults nor warnings."""
    report = lint(written(tmp_path, SOUND), jail=None)
    assert (report.faults, report.warnings) == ((), ())


def test_a_warning_is_no_fault(tmp_path: Path) -> None:
    """Warnings are reported separately, so that the result stays that of LuaRocks."""
    report = lint(written(tmp_path, SOUND + "source.md5 = 'x'"), jail=None)
    assert report.faults == ()
    assert [warning.path for warning in report.warnings] == ["source.md5"]


@pytest.mark.parametrize("line", ["description = nil", "description.license = nil"])
def test_a_missing_licence_is_a_fault(tmp_path: Path, line: str) -> None:
    """It is one in ``luarocks lint`` too, which crashes without a description."""
    report = lint(written(tmp_path, SOUND + line), jail=None)
    assert [fault.path for fault in report.faults] == ["description.license"]


def test_faults_of_the_file_name_are_reported_too(tmp_path: Path) -> None:
    """Faults of the file name are reported together with those of the content."""
    report = lint(written(tmp_path, SOUND + "other = 1", "bar-1.0-1.rockspec"), jail=None)
    assert [fault.path for fault in report.faults] == ["other", ""]


def test_a_name_that_luarocks_would_download_is_a_fault(tmp_path: Path) -> None:
    """Only what ends in .rockspec is a file to ``luarocks lint``."""
    report = lint(written(tmp_path, SOUND, "foo.lua"), jail=None)
    assert "does not end in .rockspec" in report.faults[-1].rule
    report = lint(written(tmp_path, "PK\x03\x04", "foo-1.0-1.src.rock"), jail=None)
    assert report.faults[-1].fix == "`distrorocks unpack` takes the rockspec out of a rock"


@pytest.mark.parametrize(
    "content", [b"package = = 1", b"\x1bLua", b"\x00\xff\xfe", b"\xef\xbb\xbfx=1"]
)
def test_a_file_that_is_no_lua_is_one_fault(tmp_path: Path, content: bytes) -> None:
    """Its report is about the file as a whole."""
    path = tmp_path / "foo-1.0-1.rockspec"
    path.write_bytes(content)
    (fault,) = lint(str(path), jail=None).faults
    assert fault.path == ""
    assert fault.rule


def test_an_unreadable_file_has_one_fault(tmp_path: Path) -> None:
    """A missing file and a directory are reported like any other fault."""
    (tmp_path / "dir-1.0-1.rockspec").mkdir()
    for name, word in (("none-1.0-1.rockspec", "No such file"), ("dir-1.0-1.rockspec", "regular")):
        (fault,) = lint(str(tmp_path / name), jail=None).faults
        assert word in fault.rule

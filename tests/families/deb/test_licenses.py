"""Licences of packages, read once each."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.families.deb import copyright_file as licenses
from distrorocks.families.deb.copyright_file import Licenses


def test_what_a_package_declares_needs_no_file(tmp_path: Path) -> None:
    """rpm packages say their licence themselves."""
    assert Licenses(str(tmp_path)).of("lua-foo", "MIT") == "MIT"


def test_each_copyright_file_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with rocks for four Luas is asked for four times."""
    asked: list[str] = []

    def read(_: str, package: str) -> str:
        asked.append(package)
        return "Expat"

    monkeypatch.setattr(licenses, "read_license", read)
    known = Licenses("/")
    assert [known.of("lua-foo", "") for _ in range(4)] == ["Expat"] * 4
    assert asked == ["lua-foo"]
    assert known.warnings == []


def test_a_missing_library_is_told_with_a_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """The licences are left out, and one warning says of how many packages."""
    monkeypatch.setattr(licenses, "read_license", lambda *_: None)
    known = Licenses("/")
    assert [known.of(name, "") for name in ("a", "b", "a")] == ["", "", ""]
    (warning,) = known.warnings
    assert "2 packages" in warning

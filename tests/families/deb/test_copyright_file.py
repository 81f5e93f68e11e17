"""A package's licence out of its copyright file."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest

from distrorocks.families.deb import copyright_file as licenses
from distrorocks.families.deb.copyright_file import Licenses, read_license
from distrorocks.system.files.cache import Cache

FORMAT = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"


def write(root: Path, text: str, package: str = "lua-x") -> str:
    """Write a copyright file and return the root."""
    place = root / f"usr/share/doc/{package}"
    place.mkdir(parents=True, exist_ok=True)
    (place / "copyright").write_text(text)
    return str(root)


@pytest.mark.parametrize(
    ("text", "license_name"),
    [
        (FORMAT + "\nFiles: *\nCopyright: A\nLicense: Expat\n Long text.\n", "Expat"),
        (
            FORMAT + "\nFiles: debian/*\nCopyright: B\nLicense: GPL-2+\n\n"
            "Files: *\nCopyright: A\nLicense: MIT or BSD-3-clause\n",
            "MIT or BSD-3-clause",
        ),
        (FORMAT + "License: Zlib\n\nFiles: a.c\nCopyright: A\nLicense: Expat\n", "Zlib"),
        (
            FORMAT + "\nFiles: a.c\nCopyright: A\nLicense: Expat\n\n"
            "Files: b.c\nCopyright: A\nLicense: BSD-2-clause\n\n"
            "Files: debian/*\nCopyright: A\nLicense: GPL-2+\n",
            "Expat and BSD-2-clause",
        ),
        ("This is LPeg, under the MIT licence.\n", ""),
        (FORMAT + "\nFiles: *\nno field\n", ""),
        (FORMAT, ""),
        ("", ""),
    ],
)
def test_the_licence_of_the_whole_package_is_named(
    tmp_path: Path, text: str, license_name: str
) -> None:
    """Files: * first, then the header, then all; free text and broken files name none."""
    assert read_license(write(tmp_path, text), "lua-x") == license_name


def test_a_missing_file_names_no_licence(tmp_path: Path) -> None:
    """Nothing is there to say."""
    assert read_license(str(tmp_path), "lua-x") == ""


def test_without_python_debian_it_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None says that the library is missing, not the licence."""
    real = builtins.__import__

    def refusing(name: str, *arguments: Any) -> Any:
        if name.partition(".")[0] == "debian":
            raise ImportError(name)
        return real(name, *arguments)

    root = write(tmp_path, FORMAT + "\nFiles: *\nCopyright: A\nLicense: Expat\n")
    monkeypatch.setattr(builtins, "__import__", refusing)
    assert read_license(root, "lua-x") is None


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


def test_what_could_not_be_read_is_read_again_in_the_next_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The file is the same; the library may work by then, as after a package's configuration."""
    first, read = Cache(), iter([None, "Expat"])
    monkeypatch.setattr(licenses, "read_license", lambda *_: next(read))
    assert Licenses("/", first).of("lua-foo", "") == ""
    second = Cache(first.pieces)
    assert Licenses("/", second).of("lua-foo", "") == "Expat"
    assert Licenses("/", Cache(second.pieces)).of("lua-foo", "") == "Expat"

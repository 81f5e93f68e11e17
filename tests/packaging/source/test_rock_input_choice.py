"""Rocks as people name them: which rockspec is meant, and what cannot be one."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.source import archive as source_archive
from distrorocks.packaging.source.rock_input import read_rock_input
from distrorocks.system.lua.jail import Jail

SPEC = """package = "{name}"
version = "{version}"
source = {{ url = "https://example.org/foo.tar.gz" }}
build = {{ type = "builtin", modules = {{ foo = "foo.lua" }} }}
"""


def put(folder: Path, *names: str) -> None:
    """Write rockspecs below a folder."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        rock, _, version = path.stem.partition("-")
        path.write_text(SPEC.format(name=rock, version=version))


def version_of(path: Path, version: str = "") -> str:
    """Return the version of the rock that is meant."""
    with Jail() as jail:
        return read_rock_input(str(path), version, jail=jail).facts.version


def test_the_rockspec_at_the_top_takes_precedence(tmp_path: Path) -> None:
    """It is preferred to older ones in a directory, and releases to development versions."""
    put(tmp_path, "foo-2.0-1.rockspec", "foo-scm-1.rockspec", "rockspecs/foo-1.0-1.rockspec")
    assert version_of(tmp_path) == "2.0-1"
    assert version_of(tmp_path, "1.0") == "1.0-1"
    put(tmp_path, "foo-3.0-1.rockspec")
    with pytest.raises(DistrorocksError, match="several rockspecs"):
        version_of(tmp_path)


def test_a_directory_without_the_rockspec_says_what_it_has(tmp_path: Path) -> None:
    """Without any, a version would not help; of another version, those that are there are named."""
    with pytest.raises(DistrorocksError, match="has no rockspec") as none:
        version_of(tmp_path)
    assert "write-rockspec" in str(none.value.hint)
    assert not none.value.detail
    put(tmp_path, "foo-2.0-1.rockspec")
    with pytest.raises(DistrorocksError, match=r"has no rockspec of 9\.9") as other:
        version_of(tmp_path, "9.9")
    assert other.value.detail == "found: foo-2.0-1.rockspec"


def test_a_damaged_rock_is_named_once(tmp_path: Path) -> None:
    """Only of an archive in it both names are said."""
    path = tmp_path / "foo-1.0-1.src.rock"
    path.write_bytes(b"x")
    with pytest.raises(DistrorocksError) as outer:
        version_of(path)
    assert outer.value.brief == f"{path} is a damaged archive"
    with zipfile.ZipFile(path, "w") as rock:
        rock.writestr("foo-1.0-1.rockspec", SPEC.format(name="foo", version="1.0-1"))
        rock.writestr("foo.tar.gz", b"x")
    with pytest.raises(DistrorocksError) as inner:
        version_of(path)
    assert inner.value.brief == f"{path}: foo.tar.gz is a damaged archive"


def test_a_copy_of_a_rockspec_is_ignored(tmp_path: Path) -> None:
    """Packaging in the sources has a copy beside the spec file, which is no second rockspec."""
    put(tmp_path, "rockspecs/foo-1.0-1.rockspec", "rockspecs/foo-0.9-1.rockspec")
    put(tmp_path, "foo-1.0-1.rockspec")
    assert version_of(tmp_path, "1.0-1") == "1.0-1"


def packed(folder: Path, name: str, *members: str, content: bytes = b"") -> Path:
    """Return the path of a packed rock that has rockspecs and other files."""
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            rock, _, version = member.removesuffix(".rockspec").partition("-")
            text = SPEC.format(name=rock, version=version).encode()
            archive.writestr(member, text if member.endswith(".rockspec") else content)
    return path


def test_of_two_rockspecs_in_a_rock_its_own_is_used(tmp_path: Path) -> None:
    """The one named after the rock is used; if there is none, the rock is refused."""
    two = ("aaa-1.0-1.rockspec", "foo-2.0-1.rockspec")
    assert version_of(packed(tmp_path, "foo-2.0-1.src.rock", *two)) == "2.0-1"
    with pytest.raises(DistrorocksError, match="several rockspecs"):
        version_of(packed(tmp_path, "other.src.rock", *two))
    with pytest.raises(DistrorocksError, match="no rockspec"):
        version_of(packed(tmp_path, "none.src.rock", "x/foo-1.0-1.rockspec"))


def test_a_rock_that_unpacks_to_too_much_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error has the rock, the limit, and what to do."""
    monkeypatch.setattr(source_archive, "MOST_BYTES", 1 << 20)
    path = packed(tmp_path, "foo-1.0-1.src.rock", "foo-1.0-1.rockspec", "x", content=bytes(2 << 20))
    with pytest.raises(DistrorocksError) as caught:
        version_of(path)
    assert str(path) in caught.value.brief
    assert "1048576 bytes" in caught.value.brief
    assert caught.value.hint

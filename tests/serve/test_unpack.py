"""Rocks are unpacked in a directory of their own, completely or not at all."""

from __future__ import annotations

import os
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.serve.unpack import read_rock_at, unpack
from tests.package_files import tar

ROCKSPEC = 'package = "foo" version = "1.0-1" source = {{ {} }} build = {{ type = "none" }}'
ARCHIVE = tar({"/foo-1.0/foo.lua": b"return 1", "/foo-1.0/latest": "foo.lua"})


def write_rock(path: Path, source: str, files: dict[str, bytes]) -> Path:
    """Write a rock with a rockspec."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("foo-1.0-1.rockspec", ROCKSPEC.format(source))
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def source_rock(tmp_path: Path, source: str = 'url = "x/foo-1.0.tar"') -> Path:
    """Write a rock of sources."""
    return write_rock(tmp_path / "foo-1.0-1.src.rock", source, {"foo-1.0.tar": ARCHIVE})


def listed(directory: Path) -> list[str]:
    """Return the paths of all files and links below a directory."""
    return sorted(str(it.relative_to(directory)) for it in directory.rglob("*") if not it.is_dir())


def test_a_rock_of_sources_is_ready_to_make(tmp_path: Path) -> None:
    """Its archive is unpacked, and the rockspec copied into its directory."""
    done = unpack(read_rock_at(str(source_rock(tmp_path))), str(tmp_path))
    assert done == ("foo-1.0-1", "foo-1.0")
    top = tmp_path / "foo-1.0-1"
    inner = ["foo-1.0-1.rockspec", "foo.lua", "latest"]
    outer = ["foo-1.0-1.rockspec", "foo-1.0.tar"]
    assert listed(top) == sorted([*outer, *(f"foo-1.0/{name}" for name in inner)])
    assert os.readlink(top / "foo-1.0/latest") == "foo.lua"


def test_a_rockspec_is_unpacked_with_its_sources(tmp_path: Path) -> None:
    """They are looked for beside it."""
    (tmp_path / "foo-1.0.tar").write_bytes(ARCHIVE)
    path = tmp_path / "foo-1.0-1.rockspec"
    path.write_text(ROCKSPEC.format('url = "foo-1.0.tar"'))
    assert unpack(read_rock_at(str(path)), str(tmp_path)).sources == "foo-1.0"
    assert (tmp_path / "foo-1.0-1/foo-1.0/foo.lua").read_bytes() == b"return 1"


def test_the_only_directory_is_that_of_the_sources(tmp_path: Path) -> None:
    """Where the rockspec names none, as in newer versions of LuaRocks."""
    path = write_rock(tmp_path / "foo-1.0-1.src.rock", 'url = "x/v1.tar"', {"v1.tar": ARCHIVE})
    assert unpack(read_rock_at(str(path)), str(tmp_path)).sources == "foo-1.0"


def test_a_built_rock_is_unpacked_with_its_modes(tmp_path: Path) -> None:
    """Programs and libraries can be run, the rest is only read."""
    path = write_rock(
        tmp_path / "foo-1.0-1.all.rock", 'url = "x"', {"bin/t": b"x", "lua/foo.lua": b"y"}
    )
    assert unpack(read_rock_at(str(path)), str(tmp_path)).sources == ""
    modes = {
        name: (tmp_path / "foo-1.0-1" / name).stat().st_mode & 0o777
        for name in ("bin/t", "lua/foo.lua")
    }
    assert modes == {"bin/t": 0o755, "lua/foo.lua": 0o644}


def test_a_directory_that_exists_needs_force(tmp_path: Path) -> None:
    """With it, files are replaced and others stay."""
    rock = read_rock_at(str(source_rock(tmp_path)))
    (tmp_path / "foo-1.0-1").mkdir()
    (tmp_path / "foo-1.0-1/mine").write_text("kept")
    with pytest.raises(DistrorocksError, match=r"^Directory foo-1\.0-1 already exists\."):
        unpack(rock, str(tmp_path))
    for _ in range(2):
        unpack(rock, str(tmp_path), is_forced=True)
    assert os.readlink(tmp_path / "foo-1.0-1/foo-1.0/latest") == "foo.lua"
    assert "mine" in listed(tmp_path / "foo-1.0-1")


def test_force_follows_no_link(tmp_path: Path) -> None:
    """A link in the place of a directory of the rock is an error, and nothing is behind it."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "foo-1.0-1").mkdir()
    (tmp_path / "foo-1.0-1/foo-1.0").symlink_to("../elsewhere")
    with pytest.raises(DistrorocksError, match="it is a link"):
        unpack(read_rock_at(str(source_rock(tmp_path))), str(tmp_path), is_forced=True)
    assert listed(tmp_path / "elsewhere") == []


@pytest.mark.parametrize(
    ("source", "files", "why"),
    [
        ('url = "x/a.tar"', {"a.tar": tar({"/../x": b""})}, "leads out"),
        ('url = "x/a.tar"', {"a.tar": tar({"/a/l": "/etc"})}, "points outside"),
        ('url = "x/a.tar", dir = "../.."', {"a.tar": ARCHIVE}, "leads out"),
        ('url = "x/a.tar", dir = "b"', {"a.tar": ARCHIVE}, "no folder b"),
        ('url = "x/a.tar"', {"a.tar": tar({"/a.tar": b""})}, "0 folders"),
        ('url = "x/a.tar"', {"../x": b""}, "leads out"),
        (
            'url = "x/a.tar"',
            {"a.tar": tar({}, [tarfile.TarInfo("./d")]) + b"more" * 128},
            "extra data",
        ),
    ],
)
def test_a_hostile_rock_leaves_nothing(
    source: str, files: dict[str, bytes], why: str, tmp_path: Path
) -> None:
    """It is refused before the directory is made."""
    path = write_rock(tmp_path / "foo-1.0-1.src.rock", source, files)
    with pytest.raises(DistrorocksError, match=why):
        unpack(read_rock_at(str(path)), str(tmp_path))
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


PATCH = """--- a/foo.lua
+++ b/foo.lua
@@ -1 +1 @@
-return 1
\\ No newline at end of file
+return 2
"""


def test_patches_are_applied(tmp_path: Path) -> None:
    """What is unpacked is what LuaRocks builds."""
    path = tmp_path / "foo-1.0-1.src.rock"
    text = f"""package = "foo" version = "1.0-1" source = {{ url = "x/foo-1.0.tar" }}
    build = {{ type = "none", patches = {{ p = [[{PATCH}]] }} }}"""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("foo-1.0-1.rockspec", text)
        archive.writestr("foo-1.0.tar", ARCHIVE)
    unpack(read_rock_at(str(path)), str(tmp_path))
    assert (tmp_path / "foo-1.0-1/foo-1.0/foo.lua").read_text() == "return 2\n"


def test_the_rockspec_of_a_rock_stays(tmp_path: Path) -> None:
    """Neither a patch nor an archive takes it away, or puts another in its place."""
    path = tmp_path / "foo-1.0-1.src.rock"
    patch = "--- a/foo-1.0-1.rockspec\n+++ /dev/null\n@@ -1 +0,0 @@\n-return 1\n"
    text = f"""rockspec_format = "3.0" package = "foo" version = "1.0-1"
    source = {{ url = "x/foo-1.0.tar", dir = "." }}
    build = {{ type = "none", patches = {{ p = [[{patch}]] }} }}"""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("foo-1.0-1.rockspec", text)
        archive.writestr("foo-1.0.tar", tar({"/foo-1.0-1.rockspec": b"return 1\n"}))
    assert unpack(read_rock_at(str(path)), str(tmp_path)).sources == "."
    assert (tmp_path / "foo-1.0-1/foo-1.0-1.rockspec").read_text() == text


def test_a_repository_is_unpacked(tmp_path: Path) -> None:
    """A rockspec whose sources are in a repository gives a folder with them, ready to make."""
    code = tmp_path / "code"
    code.mkdir()
    (code / "foo.lua").write_text("return 1")
    for words in (
        ("init", "-q"),
        ("add", "."),
        ("-c", "user.name=a", "-c", "user.email=b", "commit", "-qm", "c"),
    ):
        subprocess.run(["git", "-C", str(code), *words], check=True)
    path = tmp_path / "foo-1.0-1.rockspec"
    path.write_text(ROCKSPEC.format(f'url = "git+file://{code}"'))
    assert unpack(read_rock_at(str(path)), str(tmp_path)).sources == "code"
    assert listed(tmp_path / "foo-1.0-1") == [
        "code/foo-1.0-1.rockspec",
        "code/foo.lua",
    ]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://unreachable.invalid/foo.tar", "--offline fetches nothing"),
        ("git+https://unreachable.invalid/foo", "nothing is fetched"),
    ],
)
def test_offline_no_sources_are_fetched(url: str, why: str, tmp_path: Path) -> None:
    """Neither an archive nor a repository."""
    path = tmp_path / "foo-1.0-1.rockspec"
    path.write_text(ROCKSPEC.format(f'url = "{url}"'))
    with pytest.raises(DistrorocksError, match=why):
        unpack(read_rock_at(str(path)), str(tmp_path), is_offline=True)


@pytest.mark.parametrize("name", ["foo.rock", "foo-1.rockspec", "foo-1.0.src.rock"])
def test_other_names_are_no_rocks(name: str, tmp_path: Path) -> None:
    """LuaRocks derives the rock from the name of the file."""
    with pytest.raises(DistrorocksError, match="does not seem to be a valid filename"):
        read_rock_at(str(tmp_path / name))

"""The built rock while it is made: plain names, two modes, bounds."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from distrorocks.install.build import rock_folder
from distrorocks.install.build.request import BuildError
from distrorocks.install.build.rock_folder import Relocation, RockFolder
from distrorocks.install.build.rock_path import inner_path
from distrorocks.rocks.rock_manifest import RockManifest


def test_the_mode_of_a_module_is_that_of_its_kind(tmp_path: Path) -> None:
    """Lua files are never executable and C modules always, as after LuaRocks deploys them."""
    with RockFolder(str(tmp_path)) as rock:
        for path in ("lua/a", "lib/b", "bin/c", "etc/d"):
            rock.add(path, b"", is_executable=True)
            rock.add(f"{path}2", b"", is_executable=False)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*/*")}
    executable = {name for name, mode in modes.items() if mode == 0o755}
    assert executable == {"b", "b2", "c", "d"}
    assert {mode for name, mode in modes.items() if name not in executable} == {0o644}


def test_a_rock_starts_empty(tmp_path: Path) -> None:
    """What others put there would become part of it."""
    (tmp_path / "x").touch()
    with pytest.raises(BuildError, match="it is not empty"):
        RockFolder(str(tmp_path))
    with pytest.raises(BuildError, match="cannot make a rock"):
        RockFolder(str(tmp_path / "none"))


@pytest.mark.parametrize("path", ["../x", "a/../x", "/x", "a//x", "a/", "", ".", "a/."])
def test_a_name_that_is_not_plain_is_refused(tmp_path: Path, path: str) -> None:
    """Nothing is written outside the rock, or anywhere else."""
    with RockFolder(str(tmp_path)) as rock, pytest.raises(BuildError, match="its name is no name"):
        rock.add(path, b"x", is_executable=False)
    assert not [each for each in tmp_path.rglob("*") if each.is_file()]


def test_texts_name_the_directory_that_the_rock_will_have(tmp_path: Path) -> None:
    """Not the private one of the build; what is no text stays as it is, and is told."""
    with RockFolder(str(tmp_path), Relocation("/tmp/x/output", "/usr/r/1")) as rock:
        rock.add("conf/a", b"d=/tmp/x/output/conf\n", is_executable=False)
        rock.add("lib/b", b"\0/tmp/x/output/lib\0", is_executable=False)
        rock.add("lua/c", b"return 1", is_executable=False)
        rock.add("lua/d", b"/tmp/x/output", is_executable=False)
        rock.add("lua/d", b"later", is_executable=False)
        made = rock.made
    assert (tmp_path / "conf/a").read_bytes() == b"d=/usr/r/1/conf\n"
    assert (tmp_path / "lib/b").read_bytes() == b"\0/tmp/x/output/lib\0"
    assert made.files["conf/a"] == hashlib.md5(b"d=/usr/r/1/conf\n").hexdigest()
    assert (made.bound, made.astray) == (("conf/a",), ("lib/b",))
    assert sorted(made.files) == ["conf/a", "lib/b", "lua/c", "lua/d"]


def test_the_directory_of_a_rock_may_have_bytes_that_are_no_text(tmp_path: Path) -> None:
    """A tree may be below a directory whose name is Latin-1."""
    with RockFolder(str(tmp_path), Relocation("/tmp/x", "/home/andr\udce9/r")) as rock:
        rock.add("conf", b"d=/tmp/x", is_executable=False)
    assert (tmp_path / "conf").read_bytes() == b"d=/home/andr\xe9/r"


@pytest.mark.parametrize("relocation", [None, Relocation("/tmp/x", "")])
def test_without_a_final_directory_nothing_is_changed(
    tmp_path: Path, relocation: Relocation | None
) -> None:
    """The rock is as the build left it."""
    with RockFolder(str(tmp_path), relocation) as rock:
        rock.add("a", b"/tmp/x", is_executable=False)
        assert rock.made == ({"a": hashlib.md5(b"/tmp/x").hexdigest()}, (), ())
    assert (tmp_path / "a").read_bytes() == b"/tmp/x"


def test_a_path_is_a_file_or_a_directory(tmp_path: Path) -> None:
    """The second of two that disagree is refused."""
    with RockFolder(str(tmp_path)) as rock:
        rock.add("a/b", b"", is_executable=False)
        for path in ("a", "a/b/c"):
            with pytest.raises(BuildError, match="as a file and as a directory"):
                rock.add(path, b"", is_executable=False)


def test_a_rock_has_the_bounds_of_an_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files and directories are counted, and the bytes that a file has in the end."""
    monkeypatch.setattr(rock_folder, "MOST_UNPACKED", 10)
    with RockFolder(str(tmp_path)) as rock:
        for _ in range(3):
            rock.add("a", b"12345", is_executable=False)
        rock.add("b", b"12345", is_executable=False)
        with pytest.raises(BuildError, match="more than"):
            rock.add("c", b"1", is_executable=False)
    monkeypatch.setattr(rock_folder, "MOST_MEMBERS", 2)
    (tmp_path / "second").mkdir()
    with RockFolder(str(tmp_path / "second")) as rock:
        rock.add("a/b", b"", is_executable=False)
        with pytest.raises(BuildError, match="more than"):
            rock.add_directory("c")


_NAMES = st.sampled_from(["a", "b.lua", "end", "x-y", "é"])
_PATHS = st.lists(_NAMES, min_size=1, max_size=3).map("/".join)


@given(st.lists(st.tuples(_PATHS, st.binary(max_size=3)), max_size=8))
def test_the_manifest_lists_what_is_there(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[str, bytes]]
) -> None:
    """Read again, it has exactly the files on disk, with their digests."""
    folder = tmp_path_factory.mktemp("rock")
    with RockFolder(str(folder)) as rock:
        for path, content in files:
            with contextlib.suppress(BuildError):  # a file and a directory of one name
                rock.add(path, content, is_executable=False)
        listed = RockManifest.parse(rock.manifest())
        assert listed.rest == rock.digests
    on_disk = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert on_disk == set(rock.digests)


@given(st.text(alphabet="a./\0", max_size=8))
def test_an_inner_path_stays_inside(path: str) -> None:
    """It is relative, without empty parts, '.' and '..', and again the same."""
    inner = inner_path(path)
    if inner is None:
        assert ".." in path or "\0" in path
    else:
        assert not {"", ".", ".."} & set(inner.split("/")) or inner == ""
        assert inner_path(inner) == inner

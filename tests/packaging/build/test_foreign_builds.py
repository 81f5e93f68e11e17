"""Root builds in directories of other users: nothing outside of them is read or written."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import Chunk
from distrorocks.packaging.build.staged_files import files_below, staged_content, staged_text
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.system.files.root_path import Found, RootView
from tests.packaging.build.test_stage import BUILT, ROCKSPEC, files, make, staged
from tests.packaging.foreign import SECRET, hidden, link, made_hers, nested, remove_nested, texts
from tests.system.trees.planting import by_root, watched

MODULE = "/usr/share/lua/5.4/foo.lua"
PAGE = "/usr/lib/luarocks/rocks-5.4/foo/scm-1/page.html"


@by_root
def test_a_rockspec_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes its place after the check is not what is staged."""
    destination = make(tmp_path, BUILT)
    rockspec = tmp_path / "foo-scm-1.rockspec"
    secret = hidden(tmp_path / "secret", f"{ROCKSPEC}-- {SECRET}\n")
    real = Rockspec.from_chunk

    def swapped(chunk: Chunk) -> Rockspec:
        if not rockspec.is_symlink():
            rockspec.unlink()
            link(rockspec, secret)
        return real(chunk)

    monkeypatch.setattr(Rockspec, "from_chunk", swapped)
    staged(destination, version="scm-1")
    assert rockspec.is_symlink()
    assert not any(SECRET.encode() in text for text in texts(destination).values())


@by_root
@pytest.mark.parametrize("read", [staged_content, staged_text])
def test_a_directory_swapped_for_a_link_shows_nothing(
    read: Callable[[str, str], bytes | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A staged file is read below the staging folder, whatever happens after it was found."""
    destination = make(tmp_path, {MODULE: "return 1"})
    hidden(tmp_path / "roots/foo.lua")
    directory = (destination / MODULE[1:]).parent
    real = RootView.find

    def swapped(view: RootView, path: str) -> Found | None:
        found = real(view, path)
        if not directory.is_symlink():
            directory.rename(tmp_path / "aside")
            link(directory, tmp_path / "roots")
        return found

    monkeypatch.setattr(RootView, "find", swapped)
    found = None
    with suppress(DistrorocksError):
        found = read(str(destination), MODULE)
    assert found in (None, b"return 1")


@by_root
@pytest.mark.parametrize("read", [staged_content, staged_text])
def test_a_hard_link_to_a_file_of_root_shows_nothing(
    read: Callable[[str, str], bytes | None], tmp_path: Path
) -> None:
    """What only root can read is not staged by another name; what all can read may have several."""
    destination = make(tmp_path, {"/usr/share/lua/5.4/bar.lua": "return 1"})
    place = destination / MODULE[1:]
    place.hardlink_to(hidden(tmp_path / "secret"))
    with pytest.raises(DistrorocksError, match="has another hard link"):
        read(str(destination), MODULE)
    place.unlink()
    place.hardlink_to(place.with_name("bar.lua"))
    assert read(str(destination), MODULE) == b"return 1"


def test_no_file_is_listed_behind_a_link(tmp_path: Path) -> None:
    """A link in the staging folder has no files below it, nor in a folder that is named."""
    destination = make(tmp_path, {"/usr/share/lua/5.4/a.lua": "", "/usr/lib": f"-> {tmp_path}"})
    assert files_below(str(destination), "/usr") == ["/usr/lib", "/usr/share/lua/5.4/a.lua"]
    assert files_below(str(destination), "/usr/lib") == []
    assert files_below(str(destination), "/usr/lib/staged") == []


@by_root
def test_a_staging_folder_is_not_reached_by_a_link_of_another_user(tmp_path: Path) -> None:
    """Who names such a link does not stage into what it leads to."""
    roots = make(tmp_path, BUILT)
    (tmp_path / "hers").mkdir()
    link(tmp_path / "hers/staged", roots)
    before = watched(roots)
    rockspec = str(tmp_path / "foo-scm-1.rockspec")
    assert main(["stage", str(tmp_path / "hers/staged"), "--rockspec", rockspec]) != 0
    assert watched(roots) == before


@by_root
def test_a_build_in_another_user_s_directory_works(tmp_path: Path) -> None:
    """With sudo in one's home all is as in one's own build, and nothing is refused."""
    (tmp_path / "hers").mkdir()
    hers = make(tmp_path / "hers", {**BUILT, PAGE: "<p>"})
    made_hers(tmp_path / "hers")
    (tmp_path / "own").mkdir()
    own = make(tmp_path / "own", {**BUILT, PAGE: "<p>"})
    assert staged(hers).steps == staged(own).steps
    assert files(hers) == files(own)


def test_directories_without_end_are_one_error(tmp_path: Path) -> None:
    """Staged directories are entered to a depth that no rock has."""
    top = tmp_path / "usr"
    top.mkdir()
    deepest = nested(top, 1100)
    (deepest / "x").touch()
    try:
        with pytest.raises(DistrorocksError, match="more than 200 nested directories"):
            files_below(str(tmp_path), "/usr")
    finally:
        remove_nested(top, deepest)

"""Root packages where others can write: refused, and never led elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.scaffold import folder as packaging_folder
from distrorocks.packaging.scaffold.folder import FileChange, PackagingFile, apply_changes
from distrorocks.system.processes.interruption import interruptible
from distrorocks.system.trees.tree_rights import ForeignTreeError
from tests.packaging.foreign import link, made_hers
from tests.system.trees.planting import by_root, watched

CHANGE = FileChange("debian/source/format", None, PackagingFile(b"new\n"), "")


def hers(place: Path) -> None:
    """Have the folder be another user's."""
    made_hers(place)


def sticky(place: Path) -> None:
    """Have the folder be like /tmp."""
    place.chmod(0o1777)


def hers_inside(place: Path) -> None:
    """Have a directory in the folder be another user's."""
    (place / "debian").mkdir()
    made_hers(place / "debian")


def open_inside(place: Path) -> None:
    """Have a directory in the folder be one that all can write."""
    (place / "debian/source").mkdir(parents=True)
    (place / "debian/source").chmod(0o777)


@by_root
@pytest.mark.parametrize("prepare", [hers, sticky, hers_inside, open_inside])
def test_root_packages_nothing_where_others_write(
    prepare: Callable[[Path], None], tmp_path: Path
) -> None:
    """Nothing is written, and the error says how to go on."""
    place = tmp_path / "out"
    place.mkdir()
    prepare(place)
    before = watched(place)
    with pytest.raises(ForeignTreeError, match="root does not write") as caught:
        apply_changes(str(place), [CHANGE])
    assert caught.value.hint
    assert watched(place) == before


@by_root
def test_root_makes_no_folder_in_one_of_another_user(tmp_path: Path) -> None:
    """A folder that is missing there is not made, either."""
    made_hers(tmp_path)
    with pytest.raises(ForeignTreeError, match="root does not write"):
        apply_changes(str(tmp_path / "a/b"), [CHANGE])
    assert not list(tmp_path.iterdir())


@by_root
def test_root_makes_a_folder_of_its_own_in_one_like_tmp(tmp_path: Path) -> None:
    """Nobody can replace a folder that root has made there."""
    tmp_path.chmod(0o1777)
    apply_changes(str(tmp_path / "a/b"), [CHANGE])
    assert (tmp_path / "a/b/debian/source/format").read_text() == "new\n"


@pytest.mark.parametrize("swapped", ["debian", "debian/source"])
def test_a_directory_swapped_for_a_link_leads_nowhere(
    swapped: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is made and written after the check stays in the folder."""
    place, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    (place / "debian/source").mkdir(parents=True)
    elsewhere.mkdir()
    before = watched(elsewhere)

    def late() -> AbstractContextManager[None]:
        (place / swapped).rename(tmp_path / "aside")
        (place / swapped).symlink_to(elsewhere)
        return interruptible()

    monkeypatch.setattr(packaging_folder, "interruptible", late)
    with suppress(DistrorocksError):
        apply_changes(str(place), [CHANGE])
    assert (place / swapped).is_symlink()
    assert watched(elsewhere) == before


@by_root
def test_a_way_by_a_link_of_another_user_is_refused(tmp_path: Path) -> None:
    """Nothing is read or written where another user's link leads."""
    (tmp_path / "roots").mkdir()
    (tmp_path / "hers").mkdir()
    link(tmp_path / "hers/out", tmp_path / "roots")
    with pytest.raises(DistrorocksError, match="a link of another user"):
        apply_changes(str(tmp_path / "hers/out"), [CHANGE])
    assert not list((tmp_path / "roots").iterdir())

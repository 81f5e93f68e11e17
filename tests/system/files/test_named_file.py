"""Root follows no link of another user to a file that it is told to read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from distrorocks.packaging.lint import lint
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_file import plain_path, read_named
from distrorocks.system.files.root_path import RootView
from distrorocks.system.files.trust import UntrustedError
from tests.system.trees.planting import MALLORY, as_user, by_root
from tests.system.trees.racing import scratch

pytestmark = by_root
SECRET = "root:$6$of-root-only:19000"  # noqa: S105 - no password of anybody


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a directory of another user, beside a file that only root can read."""
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "secret").chmod(0o600)
    (tmp_path / "hers").mkdir()
    (tmp_path / "hers/honest-1-1.rockspec").write_text("honest")
    for each in (tmp_path / "hers", tmp_path / "hers/honest-1-1.rockspec"):
        os.chown(each, MALLORY, MALLORY)
    return tmp_path / "hers"


def link(path: Path, target: str, *, owner: int = MALLORY) -> None:
    """Make a link of a user's."""
    path.symlink_to(target)
    os.lchown(path, owner, owner)


def by_name(place: Path) -> Path:
    """Have the file be a link."""
    link(place / "foo-1-1.rockspec", "../secret")
    return place / "foo-1-1.rockspec"


def by_directory(place: Path) -> Path:
    """Have a directory on the way be a link."""
    (place.parent / "foo-1-1.rockspec").write_text(SECRET)
    link(place / "way", "..")
    return place / "way/foo-1-1.rockspec"


def by_two_links(place: Path) -> Path:
    """Have a link of root's lead over a link of hers."""
    link(place / "next", "../secret")
    link(place.parent / "foo-1-1.rockspec", "hers/next", owner=0)
    return place.parent / "foo-1-1.rockspec"


WAYS = {"name": by_name, "directory": by_directory, "two links": by_two_links}


@pytest.mark.parametrize("plant", WAYS.values(), ids=WAYS)
def test_lint_quotes_nothing_behind_a_link_of_another_user(
    place: Path, plant: Callable[[Path], Path]
) -> None:
    """The report names the link and its owner, and says what to do."""
    report = lint(str(plant(place)), jail=None)
    told = " ".join(f"{fault.rule} {fault.fix}" for fault in report.faults)
    assert "root:" not in told
    assert f"is a link of another user (number {MALLORY})" in told
    assert "name the file that it leads to" in told


@pytest.mark.parametrize("plant", WAYS.values(), ids=WAYS)
def test_no_reader_of_named_files_follows_it(place: Path, plant: Callable[[Path], Path]) -> None:
    """Relative paths and paths of another root neither."""
    path = plant(place)
    with pytest.raises(UntrustedError):
        read_named(str(path), 1000)
    inside = f"/{path.relative_to(place.parent)}"
    with pytest.raises(UntrustedError):
        read_named(inside, 1000, root=str(place.parent))
    with pytest.raises(UntrustedError):
        plain_path(RootView(str(place.parent)), inside)


def test_honest_files_and_links_of_root_are_read(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in a directory of another user, relative, and over ``..``."""
    link(place.parent / "way", "hers", owner=0)
    link(place.parent / "spec", "way/honest-1-1.rockspec", owner=0)
    monkeypatch.chdir(place)
    for path in (
        f"{place}/honest-1-1.rockspec",
        "honest-1-1.rockspec",
        "../spec",
        "../way/../spec",
    ):
        assert read_named(path, 100) == b"honest"
    assert read_named("/spec", 100, root=str(place.parent)) == b"honest"
    assert plain_path(RootView(str(place.parent)), "/way") == "/hers"
    with pytest.raises(FileReadError, match="it is a link"):
        read_named("/spec", 100, root=str(place.parent), follow=False)


@pytest.mark.parametrize("name", ["none", "secret/x", "", "hers", "x\0y"])
def test_what_is_no_file_is_an_error(place: Path, name: str) -> None:
    """As for every other reader, and with the path that was asked for."""
    with pytest.raises(FileReadError, match=r"^cannot read ") as caught:
        read_named(f"{place.parent}/{name}", 100)
    assert caught.value.is_missing == (name in ("none", "secret/x"))
    assert str(place.parent) in caught.value.brief


def test_users_follow_links_with_their_own_rights() -> None:
    """What they may read anyway no link can show them more of."""
    with scratch() as above:
        (above / "x").write_text("told")
        link(above / "a", "x")
        link(above / "b", "/x")

        def look() -> None:
            assert read_named(str(above / "a"), 100) == b"told"
            assert read_named("/b", 100, root=str(above)) == b"told"
            assert plain_path(RootView(str(above)), "/b") == "/x"

        as_user(NOT_MALLORY, look)


NOT_MALLORY = MALLORY + 1

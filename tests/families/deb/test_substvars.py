"""Substitution variables of a build: nothing of root's is shown, nothing elsewhere is written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.families.deb.substvars import add_substvars
from distrorocks.system.files.trust import UntrustedError
from tests.packaging.foreign import SECRET, hidden, link, made_hers, texts
from tests.system.trees.planting import MALLORY, by_root

ADDED = {"lua:Versions": "5.4"}


@by_root
def test_a_link_of_another_user_shows_nothing(tmp_path: Path) -> None:
    """Root makes no readable copy of a file that another user's link leads to."""
    secret = hidden(tmp_path / "secret")
    (tmp_path / "hers").mkdir()
    link(tmp_path / "hers/substvars", secret)
    with pytest.raises(DistrorocksError, match="it is a link"):
        add_substvars(str(tmp_path / "hers/substvars"), ADDED)
    assert texts(tmp_path / "hers") == {}
    assert secret.read_text() == SECRET


@by_root
def test_a_directory_behind_a_link_of_another_user_is_not_written(tmp_path: Path) -> None:
    """Root writes into no directory that another user's link leads to."""
    (tmp_path / "roots").mkdir()
    (tmp_path / "hers").mkdir()
    link(tmp_path / "hers/debian", tmp_path / "roots")
    with pytest.raises(UntrustedError, match="a link of another user"):
        add_substvars(str(tmp_path / "hers/debian/substvars"), ADDED)
    assert texts(tmp_path / "roots") == {}


@by_root
def test_a_build_in_another_user_s_directory_works(tmp_path: Path) -> None:
    """With sudo the file stays its owner's."""
    (tmp_path / "debian").mkdir()
    (tmp_path / "debian/substvars").write_text("misc:Depends=\n")
    made_hers(tmp_path / "debian")
    add_substvars(str(tmp_path / "debian/substvars"), ADDED)
    assert (tmp_path / "debian/substvars").read_text() == "misc:Depends=\nlua:Versions=5.4\n"
    assert (tmp_path / "debian/substvars").stat().st_uid == MALLORY


def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    """What only its owner can read stays so, and a new file can be read by all."""
    file = tmp_path / "substvars"
    add_substvars(str(file), ADDED)
    assert file.stat().st_mode & 0o777 == 0o644
    file.chmod(0o600)
    add_substvars(str(file), {"lua:Depends": "lua5.4"})
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text() == "lua:Versions=5.4\nlua:Depends=lua5.4\n"


def test_a_file_of_this_directory_needs_no_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name alone is a file of the working directory, as everywhere."""
    monkeypatch.chdir(tmp_path)
    add_substvars("substvars", ADDED)
    assert os.listdir() == ["substvars"]

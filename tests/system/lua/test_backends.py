"""Root loads no code that others could have put there."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from distrorocks.system.lua.jail import PROGRAMS, is_guarded, present_backends

SOMEBODY = 12345

by_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


@pytest.fixture
def lupa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder named lupa, the first that Python finds."""
    tmp_path.chmod(0o755)
    folder = tmp_path / "packages" / "lupa"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "lua54.abi3.so").touch()
    monkeypatch.delitem(sys.modules, "lupa", raising=False)
    monkeypatch.syspath_prepend(folder.parent)
    return folder


def offered() -> list[str]:
    """Return the directories in which lupa is offered."""
    return [what for kind, what in present_backends() if kind == "lupa"]


def test_lupa_is_offered_before_the_programs(lupa: Path) -> None:
    """Each by its whole path."""
    kinds = [kind for kind, _ in present_backends()]
    assert offered() == [str(lupa.parent)]
    assert kinds == sorted(kinds)
    assert all(what in PROGRAMS for kind, what in present_backends() if kind == "program")


def test_lupa_without_a_lua_that_can_be_limited_is_not_offered(lupa: Path) -> None:
    """As Debian's, which has LuaJIT alone."""
    (lupa / "lua54.abi3.so").rename(lupa / "luajit21.abi3.so")
    assert offered() == []


@by_root
@pytest.mark.parametrize("place", [".", "..", "../..", "__init__.py", "lua54.abi3.so"])
def test_root_loads_no_lupa_that_all_may_write(lupa: Path, place: str) -> None:
    """Not its files, not its folder, and not a folder above."""
    target = (lupa / place).resolve()
    target.chmod(target.stat().st_mode | 0o002)
    assert offered() == []


@by_root
@pytest.mark.parametrize("place", [".", "..", "../..", "__init__.py", "lua54.abi3.so"])
def test_root_loads_no_lupa_that_a_group_may_write(lupa: Path, place: str) -> None:
    """A group of others counts as somebody else; root's own group does not."""
    target = (lupa / place).resolve()
    target.chmod(target.stat().st_mode | 0o020)
    assert offered() == [str(lupa.parent)]
    os.chown(target, 0, SOMEBODY)
    assert offered() == []


@by_root
@pytest.mark.parametrize("place", [".", "..", "../..", "__init__.py", "lua54.abi3.so"])
def test_root_loads_no_lupa_of_somebody_else(lupa: Path, place: str) -> None:
    """Whoever owns a file or folder can change what is in it."""
    os.chown(lupa / place, SOMEBODY, SOMEBODY)
    assert offered() == []


@by_root
def test_others_load_what_they_like(lupa: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is not root has chosen the Python path for themselves."""
    os.chown(lupa, SOMEBODY, SOMEBODY)
    monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY)
    assert offered() == [str(lupa.parent)]


def test_a_folder_for_all_may_be_above_what_is_ours(tmp_path: Path) -> None:
    """In /tmp everyone removes only what is their own."""
    shared, ours = tmp_path / "shared", tmp_path / "shared" / "ours"
    ours.mkdir(parents=True)
    shared.chmod(0o1777)
    assert is_guarded(str(ours))
    shared.chmod(0o777)
    assert not is_guarded(str(ours))


def test_a_link_is_as_guarded_as_what_it_leads_to(tmp_path: Path) -> None:
    """And one that leads nowhere is not guarded at all."""
    target, link = tmp_path / "target", tmp_path / "link"
    link.symlink_to(target)
    assert not is_guarded(str(link))
    target.touch()
    assert is_guarded(str(link))
    target.chmod(0o666)
    assert not is_guarded(str(link))

"""Interpreters, hooks, locks and permissions are seen as they are in a root."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from distrorocks.luarocks.surroundings import (
    closed_to_others,
    has_interpreter,
    hooked_families,
    is_read_only,
    lua_variables,
    stale_lock,
)
from distrorocks.system.files.lock_holder import this_holder
from distrorocks.system.files.root_path import RootView


@pytest.fixture
def view(tmp_path: Path) -> RootView:
    """Return an empty root with a directory for programs."""
    (tmp_path / "usr/bin").mkdir(parents=True)
    return RootView(str(tmp_path))


@pytest.mark.parametrize(
    ("program", "version"),
    [("lua5.4", "5.4"), ("lua-5.4", "5.4"), ("lua54", "5.4"), ("luajit", "5.1"), ("lua5.1", "5.1")],
)
def test_an_interpreter_is_known_by_its_name(view: RootView, program: str, version: str) -> None:
    """Debian's, Fedora's and Arch's names count; LuaJIT is a Lua 5.1."""
    assert not has_interpreter(view, version)
    Path(view.root, "usr/bin", program).touch()
    assert has_interpreter(RootView(view.root), version)
    assert not has_interpreter(RootView(view.root), "5.3")


def test_hooks_are_those_that_dpkg_knows(view: RootView) -> None:
    """An rpm database that is none, and other families, have none."""
    info = Path(view.root, "var/lib/dpkg/info")
    info.mkdir(parents=True)
    assert hooked_families(view.root, ("deb", "rpm", "apk")) == ()
    (info / "distrorocks-hooks.triggers").touch()
    assert hooked_families(view.root, ("deb", "rpm", "apk")) == ("deb",)


def test_a_lock_is_stale_when_its_holder_is_gone(view: RootView) -> None:
    """A living holder's is not, nor a fresh one of LuaRocks."""
    place = Path(view.root, "usr/lockfile.lfs")
    assert stale_lock(view, "/usr/lockfile.lfs") == ""
    place.symlink_to(f"distrorocks-{os.getpid()}")
    assert stale_lock(view, "/usr/lockfile.lfs") == ""
    place.unlink()
    place.symlink_to("distrorocks-99999999999999999999")
    assert "which is gone" in stale_lock(view, "/usr/lockfile.lfs")
    place.unlink()
    place.touch()
    assert stale_lock(view, "/usr/lockfile.lfs") == ""
    os.utime(place, (0, 0))
    assert stale_lock(view, "/usr/lockfile.lfs").startswith("a program ")


def test_a_killed_run_of_ours_is_known_at_once_by_all_that_its_lock_records(view: RootView) -> None:
    """A lock of a run at work is not stale, nor one of another machine, until an hour has passed;
    links on the way to it are followed within the root."""
    Path(view.root, "srv/tree").mkdir(parents=True)
    Path(view.root, "usr/local").symlink_to("/srv/tree")
    place, lock = Path(view.root, "srv/tree/lockfile.lfs"), "/usr/local/lockfile.lfs"
    holder = this_holder(has_flock=True)
    for living in (holder, holder._replace(process=2**31 - 1, boot="x", node="another")):
        place.unlink(missing_ok=True)
        place.symlink_to(str(living))
        assert stale_lock(view, lock) == ""
    for dead in (holder._replace(process=2**31 - 1), holder._replace(began="1")):
        place.unlink()
        place.symlink_to(str(dead))
        assert stale_lock(view, lock) == f"process {dead.process}, which is gone"


def test_what_is_closed_to_others_is_the_first_place_on_the_way(view: RootView) -> None:
    """What is not there is not closed."""
    file = Path(view.root, "usr/bin/x")
    assert closed_to_others(view, "/usr/bin/x/y") is None
    file.touch(mode=0o644)
    assert closed_to_others(view, "/usr/bin/x") is None
    file.chmod(0o600)
    assert closed_to_others(view, "/usr/bin/x") == "/usr/bin/x"
    file.parent.chmod(0o700)
    assert closed_to_others(RootView(view.root), "/usr/bin/x") == "/usr/bin"


def test_a_directory_that_can_be_written_is_not_read_only(view: RootView) -> None:
    """Nor is one that is not there."""
    assert not is_read_only(view, "/usr")
    assert not is_read_only(view, "/nowhere")


def test_only_the_running_system_has_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Versioned names count; similar ones do not."""
    for name in [name for name in os.environ if name.startswith("LUA")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LUA_PATH_5_4", "x")
    monkeypatch.setenv("LUA_INIT", "y")
    monkeypatch.setenv("LUA_PATHS", "z")
    assert lua_variables("/") == {"LUA_PATH_5_4": "x", "LUA_INIT": "y"}
    assert lua_variables("/some/root") == {}


def test_a_lock_whose_number_is_none_has_no_living_holder(view: RootView) -> None:
    """A digit that is no decimal one, or more of them than Python reads, is nobody's number."""
    place = Path(view.root, "usr/lockfile.lfs")
    place.symlink_to("distrorocks-\u00b2")
    assert stale_lock(view, "/usr/lockfile.lfs") == ""
    place.unlink()
    place.symlink_to(f"distrorocks-{'9' * 4080}")
    assert "which is gone" in stale_lock(view, "/usr/lockfile.lfs")

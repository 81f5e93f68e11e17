"""One configuration file is read without being run, and replaced whole."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from distrorocks.luarocks.config_file import home, read_system_config, write_config
from distrorocks.system.files.atomic_file import WriteError
from distrorocks.system.files.trust import UntrustedError
from tests.luarocks.test_config import put
from tests.system.trees.planting import as_user, by_root


def test_the_strict_parser_alone_reads_the_systems_file(tmp_path: Path) -> None:
    """A file is read with its ``home``; one that computes has a fault with its line."""
    put(tmp_path / "etc/luarocks", 'x = home.."/y"')
    chunk = read_system_config(str(tmp_path), "5.3").chunk
    assert chunk is not None
    assert chunk.globals["x"] == "/root/y"
    put(tmp_path / "etc/luarocks", "x = os_getenv('Y')")
    file = read_system_config(str(tmp_path), "5.3")
    assert file.chunk is None
    assert "config-5.3.lua:1" in str(file.fault)
    missing = read_system_config(str(tmp_path), "5.4")
    assert (missing.text, missing.chunk, missing.fault) == (None, None, None)


@by_root
def test_the_home_of_a_user_without_home_is_that_of_the_passwd_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Never that of root; who has no entry there has no home."""
    monkeypatch.delenv("HOME")
    assert home("/") == "/root"

    def look() -> None:
        assert home("/") == pwd.getpwuid(os.geteuid()).pw_dir
        assert home("/srv") == "/root"

    as_user(pwd.getpwnam("nobody").pw_uid, look)
    as_user(54_321, lambda: _none(home("/")))


def _none(found: str) -> None:
    assert found == "/nonexistent"


def test_nothing_is_written_where_there_is_no_directory(tmp_path: Path) -> None:
    """A root without LuaRocks' configuration directory is left alone."""
    with pytest.raises(WriteError):
        write_config(str(tmp_path), "/etc/luarocks/config-5.3.lua", b"")
    assert not list(tmp_path.iterdir())


def test_directories_above_are_made_where_they_are_wanted(tmp_path: Path) -> None:
    """A user's first setting makes ``~/.luarocks``; links in the root stay in it."""
    (tmp_path / "root").mkdir()
    (tmp_path / "root/home").symlink_to("/srv")
    (tmp_path / "root/srv").mkdir()
    write_config(str(tmp_path / "root"), "/home/me/.luarocks/c.lua", b"x = 1", make_directory=True)
    assert (tmp_path / "root/srv/me/.luarocks/c.lua").read_bytes() == b"x = 1"
    (tmp_path / "root/srv/file").write_text("")
    with pytest.raises(WriteError, match="cannot"):
        write_config(str(tmp_path / "root"), "/srv/file/c.lua", b"", make_directory=True)


def test_mode_and_owner_of_a_file_stay(tmp_path: Path) -> None:
    """What is replaced keeps what the administrator gave it."""
    put(tmp_path / "etc/luarocks", "x = 1").chmod(0o640)
    write_config(str(tmp_path), "/etc/luarocks/config-5.3.lua", b"x = 2")
    path = tmp_path / "etc/luarocks/config-5.3.lua"
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"x = 2", 0o640)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("name", ["config-5.3.lua", "default-lua-version.lua"])
@pytest.mark.parametrize("is_of_directory", [True, False])
def test_root_writes_through_no_link_of_another_user(
    tmp_path: Path, name: str, is_of_directory: bool
) -> None:
    """Neither over the file that it leads to, nor a new one in the directory."""
    root = tmp_path / "root"
    (root / "home/me").mkdir(parents=True)
    (root / "etc").mkdir()
    (root / "etc/shadow").write_text("precious")
    (root / "home/me").chmod(0o755)
    link = root / "home/me/.luarocks"
    if not is_of_directory:
        link.mkdir()
        link /= name
    link.symlink_to("/etc" if is_of_directory else "/etc/shadow")
    for place in {link, link.parent, root / "home/me"}:
        os.chown(place, 4321, 4321, follow_symlinks=False)
    with pytest.raises(UntrustedError):
        write_config(str(root), f"/home/me/.luarocks/{name}", b"x = 1", make_directory=True)
    assert [path.name for path in (root / "etc").iterdir()] == ["shadow"]
    assert (root / "etc/shadow").read_text() == "precious"

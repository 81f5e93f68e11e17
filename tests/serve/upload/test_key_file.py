"""The key of an account is kept as LuaRocks keeps it, and for its server only."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from distrorocks.config.configuration import Configuration, Place, Places
from distrorocks.errors import DistrorocksError
from distrorocks.serve.upload.key_file import KeptKey, is_open, key_path, read_key, write_key

THEIRS = 'key = "abc"\nserver = "https://luarocks.org"\nversion = "1.0.0"\n'


def test_it_stands_beside_the_users_configuration() -> None:
    """A user without a home has nowhere to keep it."""
    place = Place("/home/me/.luarocks/config-5.4.lua")
    config = Configuration({}, places=Places()._replace(user=place))
    assert key_path(config) == "/home/me/.luarocks/upload_config.lua"
    with pytest.raises(DistrorocksError, match="no home directory"):
        key_path(Configuration({}, places=Places()._replace(user=Place(""))))


def test_what_luarocks_keeps_is_read_and_stays(tmp_path: Path) -> None:
    """A new key replaces the old one; other entries, which LuaRocks may need, are kept."""
    path = tmp_path / "luarocks/upload_config.lua"
    assert read_key(str(path)) == KeptKey()
    path.parent.mkdir()
    path.write_text(THEIRS)
    found = read_key(str(path))
    assert found == KeptKey("abc", "https://luarocks.org", {"version": "1.0.0"})
    write_key(str(path), found._replace(key="new"))
    assert path.read_text() == THEIRS.replace("abc", "new")


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    """Whatever the umask; a file that is open to others is recognized."""
    path = tmp_path / "new/upload_config.lua"
    write_key(str(path), KeptKey("abc", "https://x"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert not is_open(str(path))
    path.chmod(0o644)
    assert is_open(str(path))
    assert not is_open(str(tmp_path / "none"))


@pytest.mark.parametrize("text", ["key = os.getenv 'HOME'", "key = ", "return 1 +"])
def test_a_file_that_is_more_than_texts_is_refused(text: str, tmp_path: Path) -> None:
    """Nothing in it is run, and what it says is not shown."""
    path = tmp_path / "upload_config.lua"
    path.write_text(text)
    with pytest.raises(DistrorocksError, match="is not as LuaRocks") as caught:
        read_key(str(path))
    assert "--api-key" in caught.value.hint


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_another_user_can_write_is_refused(tmp_path: Path) -> None:
    """It decides where the next rock goes."""
    path = tmp_path / "upload_config.lua"
    path.write_text(THEIRS)
    os.chown(path, 12345, 12345)
    with pytest.raises(DistrorocksError):
        read_key(str(path))


@pytest.mark.parametrize(
    ("kept", "server", "key"),
    [
        ("https://a", "https://a/", "abc"),
        ("https://a/", "https://a", "abc"),
        ("https://a", "https://b", ""),
        ("", "https://b", "abc"),
    ],
)
def test_a_key_is_for_its_server(kept: str, server: str, key: str) -> None:
    """One that names no server is the user's to judge."""
    assert KeptKey("abc", kept).key_for(server) == key

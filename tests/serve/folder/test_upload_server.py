"""Which server ``add`` and ``remove`` change."""

from __future__ import annotations

import pytest

from distrorocks.errors import UsageError
from distrorocks.lua.value import LuaTable
from distrorocks.serve.folder.upload_server import (
    LocalFolder,
    RemoteFolder,
    UploadServerError,
    upload_server,
)

CONFIG: LuaTable = {
    "upload_server": "main",
    "upload_user": "me",
    "upload_servers": {
        "main": {"rsync": "rocks.example/srv/rocks", "http": "rocks.example/", "sftp": "x/y"},
        "other": {"sftp": "you@rocks.example/srv/./rocks/"},
        "copy": {"scp": "10.0.0.1/~/rocks"},
        "web": {"http": "rocks.example/"},
        "odd": "text",
        "bad": {"rsync": "-oProxyCommand=x/y"},
    },
}
REMOTE = {
    "": RemoteFolder("rsync", "me", "rocks.example", "/srv/rocks"),
    "main": RemoteFolder("rsync", "me", "rocks.example", "/srv/rocks"),
    "other": RemoteFolder("sftp", "you", "rocks.example", "/srv/rocks"),
    "copy": RemoteFolder("scp", "me", "10.0.0.1", "/~/rocks"),
    "rsync://a@host/p": RemoteFolder("rsync", "a", "host", "/p"),
    "sftp://host/p/q": RemoteFolder("sftp", "me", "host", "/p/q"),
}
LOCAL = {
    "folder": "/here/folder",
    "../folder/": "/folder",
    "/srv/rocks": "/srv/rocks",
    "file:///srv/rocks/": "/srv/rocks",
    "unknown": "/here/unknown",
}
WRONG = (
    *("web", "odd", "bad", "http://host/p", "https://host/p", "ftp://host/p", "git://host/p"),
    *("rsync://host", "rsync://-host/p", "rsync://a b@host/p", "scp://host/p;id", "sftp://host/$x"),
    *("rsync://host/a/../../etc", "scp://host/`id`", "sftp://host/a\nrm b", "sftp://host/'"),
    *("scp://-oProxyCommand=id@host/p", "rsync:///p", 'sftp://host/a"b'),
)


@pytest.mark.parametrize(("name", "found"), REMOTE.items())
def test_names_and_addresses_of_other_machines(name: str, found: RemoteFolder) -> None:
    """A key of upload_servers, the configured one without a name, or an address."""
    assert upload_server(name, CONFIG, above="/here") == found


@pytest.mark.parametrize(("name", "path"), LOCAL.items())
def test_folders_of_this_machine(name: str, path: str) -> None:
    """A name that the configuration does not know is a folder."""
    assert upload_server(name, CONFIG, above="/here") == LocalFolder(path)


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_plain_address_is_refused(name: str) -> None:
    """Nothing of it may be an option of ssh, or code for a shell on either side."""
    with pytest.raises(UploadServerError) as caught:
        upload_server(name, CONFIG, above="/here")
    assert caught.value.brief.isprintable()
    assert caught.value.hint


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("http://host/p", "files are not uploaded over http"),
        ("https://host/p", "files are not uploaded over https"),
        ("ftp://host/p", "files are not uploaded over ftp"),
        ("git://host/p", "is not a folder of a server: 'host/p'"),
        ("web", "upload_servers['web'] has no rsync, sftp or scp"),
        ("bad", "upload_servers['bad'].rsync"),
    ],
)
def test_an_error_says_what_is_wrong_with_a_server(name: str, told: str) -> None:
    """What LuaRocks knows and files are not sent over, what is unknown, and which entry it is."""
    with pytest.raises(UploadServerError) as caught:
        upload_server(name, CONFIG, above="/here")
    assert told in caught.value.brief.replace('"', "'")


@pytest.mark.parametrize("config", [{}, {"upload_server": 5}, {"upload_server": ""}])
def test_without_any_server_the_hint_names_both_ways(config: LuaTable) -> None:
    """The option and the key of the configuration."""
    with pytest.raises(UsageError) as caught:
        upload_server("", config, above="/here")
    assert "--server" in caught.value.hint
    assert "upload_server" in caught.value.hint


@pytest.mark.parametrize("user", ["-oX", "a b", "a;b", "a@b"])
def test_a_user_is_a_plain_word(user: str) -> None:
    """Also the one of the configuration, unless the address names another."""
    with pytest.raises(UploadServerError, match="upload_user") as caught:
        upload_server("rsync://host/p", {"upload_user": user}, above="/here")
    assert "USER@HOST" in caught.value.hint
    other = upload_server("rsync://you@host/p", {"upload_user": user}, above="/here")
    assert str(other) == "rsync://you@host/p"


@pytest.mark.parametrize(
    ("user", "is_one"), [("a", True), ("_.-9", True), ("a" * 64, True), ("a" * 65, False)]
)
def test_a_user_has_a_bounded_name(user: str, is_one: bool) -> None:
    """Of 64 characters, in the address or in the configuration."""
    for name, configured in (
        (f"scp://{user}@host/p", ""),
        ("scp://host/p", user),
    ):
        try:
            found = str(upload_server(name, {"upload_user": configured}, above="/here"))
        except UploadServerError:
            found = ""
        assert bool(found) is is_one


def test_without_a_user_ssh_chooses() -> None:
    """As for any ssh command."""
    found = upload_server("scp://host/p", {}, above="/here")
    assert isinstance(found, RemoteFolder)
    assert found.login == "host"
    assert str(found) == "scp://host/p"

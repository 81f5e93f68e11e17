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


@pytest.mark.parametrize("config", [{}, {"upload_server": 5}, {"upload_server": ""}])
def test_without_any_server_the_hint_names_both_ways(config: LuaTable) -> None:
    """The option and the key of the configuration."""
    with pytest.raises(UsageError) as caught:
        upload_server("", config, above="/here")
    assert "--server" in caught.value.hint
    assert "upload_server" in caught.value.hint


@pytest.mark.parametrize("user", ["-oX", "a b", "a;b", "a@b"])
def test_a_user_is_a_plain_word(user: str) -> None:
    """Also the one of the configuration."""
    with pytest.raises(UploadServerError, match="upload_user"):
        upload_server("rsync://host/p", {"upload_user": user}, above="/here")


def test_without_a_user_ssh_chooses() -> None:
    """As for any ssh command."""
    found = upload_server("scp://host/p", {}, above="/here")
    assert isinstance(found, RemoteFolder)
    assert found.login == "host"
    assert str(found) == "scp://host/p"

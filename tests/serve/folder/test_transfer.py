"""The commands by which a server's folder is copied."""

from __future__ import annotations

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.serve.folder.transfer import (
    fetch_command,
    list_command,
    names_listed,
    remove_command,
    upload_commands,
)
from distrorocks.serve.folder.upload_server import PROTOCOLS, RemoteFolder

NAMES = ["new-1-1.rockspec", "manifest-5.4", "manifest"]


def remote(protocol: str) -> RemoteFolder:
    """Return a folder on another machine."""
    return RemoteFolder(protocol, "me", "host", "/srv/rocks")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_manifest_is_alone_in_the_last_command(protocol: str) -> None:
    """So a client never finds it before the files that it lists."""
    first, last = upload_commands(remote(protocol), "/copy", NAMES)
    texts = [" ".join(each.argv) + each.given.decode() for each in (first, last)]
    assert "new-1-1.rockspec" in texts[0]
    assert "manifest-5.4" in texts[0]
    assert "new-1-1" not in texts[1]
    assert "manifest-5.4" not in texts[1]
    assert "manifest" in texts[1]


def test_sftp_names_files_when_all_are_there() -> None:
    """Each is uploaded under another name and renamed, after the last upload."""
    (first, _) = upload_commands(remote("sftp"), "/copy", NAMES)
    words = [line.split()[0] for line in first.given.decode().splitlines()]
    assert words == ["cd", "lcd", "put", "chmod", "put", "chmod", "rename", "rename"]


def test_rsync_removes_what_is_named_and_nothing_else() -> None:
    """All other files are excluded, which protects them from being deleted."""
    argv = remove_command(remote("rsync"), ["a-1-1.rockspec"], "/empty").argv
    assert argv.index("--include=/a-1-1.rockspec") < argv.index("--exclude=*")
    assert argv[-2:] == ("/empty/", "me@host:/srv/rocks/")


def test_scp_cannot_remove() -> None:
    """The hint names what can."""
    with pytest.raises(DistrorocksError, match="scp cannot") as caught:
        remove_command(remote("scp"), ["a-1-1.rockspec"], "/empty")
    assert "sftp" in caught.value.hint


LISTING = """sftp> ls -ln
drwxr-xr-x    2 0        0            4096 Nov 29 01:04 inner
-rw-r--r--    1 0        0             123 Nov 29  2025 a-1-1.rockspec
-rw-r--r--    1 0        0             123 Nov 29 01:04 a b-1-1.rockspec
-rw-r--r--    1 0        0             123 Nov 29 01:04 -x-1-1.rockspec
-rw-r--r--    1 0        0             123 Nov 29 01:04 a;id.rock
-rw-r--r--    1 0        0             123 Nov 29 01:04 .hidden
lrwxrwxrwx    1 0        0               1 Nov 29 01:04 b-1-1.rockspec
-rw-r--r--    1 0        0             123 Nov 29 01:04 index.html
-
"""


def test_only_regular_files_with_plain_names_are_fetched() -> None:
    """sftp reads names as words of its commands; no rock has a name that needs quotes."""
    assert names_listed(LISTING) == ["a-1-1.rockspec", "index.html"]
    assert names_listed("") == []


def test_only_sftp_lists_first() -> None:
    """The others copy a folder as it is."""
    assert [list_command(remote(each)) is None for each in PROTOCOLS] == [True, False, True]
    given = fetch_command(remote("sftp"), "/copy", ["a-1-1.rockspec"]).given.decode()
    assert given == 'cd "/srv/rocks"\nlcd "/copy"\nget -p a-1-1.rockspec\n'

"""The commands by which a server's folder is copied."""

from __future__ import annotations

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.serve.folder.transfer import (
    Transfer,
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


def test_sftp_finds_a_folder_whose_name_is_no_text() -> None:
    """As it is below a home directory whose name is Latin-1."""
    (first, _) = upload_commands(remote("sftp"), "/home/andr\udce9/copy", NAMES)
    assert b'lcd "/home/andr\xe9/copy"\n' in first.given


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


SSH = "ssh -o BatchMode=yes"
PLAIN_SSH = ("-o", "BatchMode=yes")


def test_the_commands_of_rsync() -> None:
    """A copy has the files of the folder and no folder below it, with their times."""
    there = remote("rsync")
    fetch = fetch_command(there, "/copy", ["ignored"])
    assert fetch == Transfer(
        (
            *("rsync", "--dirs", "--times", "--delete", "--exclude=*/", "-e", SSH),
            *("me@host:/srv/rocks/", "/copy/"),
        )
    )
    upload = ("rsync", "--times", "--chmod=F644", "-e", SSH)
    assert upload_commands(there, "/copy", ["a", "b", "manifest"]) == [
        Transfer((*upload, "/copy/a", "/copy/b", "me@host:/srv/rocks/")),
        Transfer((*upload, "/copy/manifest", "me@host:/srv/rocks/")),
    ]
    assert remove_command(there, ["a", "b"], "/empty") == Transfer(
        (
            *("rsync", "--dirs", "--delete", "--include=/a", "--include=/b", "--exclude=*"),
            *("-e", SSH, "/empty/", "me@host:/srv/rocks/"),
        )
    )


def test_the_commands_of_sftp() -> None:
    """They are read from the input, and the first that fails ends them."""
    there = remote("sftp")
    argv = ("sftp", *PLAIN_SSH, "-q", "-b", "-", "me@host")
    assert list_command(there) == Transfer(argv, b'cd "/srv/rocks"\nls -ln\n')
    assert upload_commands(there, "/copy", ["a"]) == [
        Transfer(
            argv,
            b'cd "/srv/rocks"\nlcd "/copy"\nput a .distrorocks-new-a\n'
            b"chmod 644 .distrorocks-new-a\nrename .distrorocks-new-a a\n",
        )
    ]
    assert remove_command(there, ["a", "b"], "/empty") == Transfer(
        argv, b'cd "/srv/rocks"\nrm a\nrm b\n'
    )


def test_the_commands_of_scp() -> None:
    """It copies the folder as it is, with times; without a user ssh chooses one."""
    there = remote("scp")._replace(user="")
    fetch = ("scp", *PLAIN_SSH, "-pr", "host:/srv/rocks/.", "/copy")
    assert fetch_command(there, "/copy", []) == Transfer(fetch)
    assert upload_commands(there, "/copy", ["a", "b"]) == [
        Transfer(("scp", *PLAIN_SSH, "-p", "/copy/a", "/copy/b", "host:/srv/rocks/"))
    ]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nothing_to_upload_is_no_command(protocol: str) -> None:
    """A manifest alone is one."""
    assert upload_commands(remote(protocol), "/copy", []) == []
    assert len(upload_commands(remote(protocol), "/copy", ["manifest"])) == 1


def test_only_sftp_lists_first() -> None:
    """The others copy a folder as it is."""
    assert [list_command(remote(each)) is None for each in PROTOCOLS] == [True, False, True]
    given = fetch_command(remote("sftp"), "/copy", ["a-1-1.rockspec"]).given.decode()
    assert given == 'cd "/srv/rocks"\nlcd "/copy"\nget -p a-1-1.rockspec\n'

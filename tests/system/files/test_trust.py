"""What another user could have written is not believed."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.trust import (
    UntrustedError,
    outsider,
    read_steering,
    read_trusted,
    trusted_path,
)

SOMEBODY = 54321
FILE = "/var/lib/it/file"

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root with one file in it."""
    place = tmp_path / "root"
    (place / "var/lib/it").mkdir(parents=True)
    (place / "var/lib/it/file").write_bytes(b"told")
    for path in (place, *place.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return place


def read(root: Path, path: str = FILE) -> bytes:
    """Return what the file says, if it is believed."""
    return read_trusted(str(root), path, 100)


def replace_by_link(path: Path, target: str) -> None:
    """Put a link where a file or directory is, which moves beside it."""
    path.rename(path.with_name(f"{path.name}.moved"))
    path.symlink_to(target)


def give_acl(path: Path) -> None:
    """Let one user write a file by its access control list (acl(5))."""
    entries = [(1, 6, -1), (2, 6, SOMEBODY), (4, 4, -1), (16, 6, -1), (32, 4, -1)]
    packed = b"".join(
        struct.pack("<HHI", tag, bits, who & 0xFFFFFFFF) for tag, bits, who in entries
    )
    try:
        os.setxattr(path, "system.posix_acl_access", struct.pack("<I", 2) + packed)
    except OSError as error:
        pytest.skip(f"no access control lists here: {error.strerror}")


def sticky_with_a_file_of_somebody(root: Path) -> None:
    """Have somebody's file in a directory like /tmp."""
    (root / "var/lib/it").chmod(0o1777)
    os.chown(root / "var/lib/it/file", SOMEBODY, 0)


def linked_to_somebody(root: Path) -> None:
    """Have a directory on the way be a link to somebody's."""
    replace_by_link(root / "var/lib", "lib.moved")
    os.chown(root / "var/lib.moved", SOMEBODY, 0)


def linked_by_somebody(root: Path) -> None:
    """Have a link on the way that somebody made in a directory like /tmp."""
    (root / "var").chmod(0o1777)
    replace_by_link(root / "var/lib", "lib.moved")
    os.chown(root / "var/lib", SOMEBODY, 0, follow_symlinks=False)


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "a file of somebody": (lambda r: os.chown(r / "var/lib/it/file", SOMEBODY, 0), "user 54321"),
    "a file all can write": (lambda r: (r / "var/lib/it/file").chmod(0o646), "everybody"),
    "a file with an ACL": (lambda r: give_acl(r / "var/lib/it/file"), "access control list"),
    "a directory of somebody": (lambda r: os.chown(r / "var/lib/it", SOMEBODY, 0), "user 54321"),
    "a directory above of somebody": (lambda r: os.chown(r / "var", SOMEBODY, 0), "user 54321"),
    "a directory all can write": (lambda r: (r / "var/lib").chmod(0o777), "everybody"),
    "a root of somebody": (lambda r: os.chown(r, SOMEBODY, 0), "user 54321"),
    "a sticky directory's file of somebody": (sticky_with_a_file_of_somebody, "user 54321"),
    "a link to a directory of somebody": (linked_to_somebody, "user 54321"),
    "a link of somebody": (linked_by_somebody, "user 54321"),
}


@pytest.mark.parametrize(("change", "who"), BAD.values(), ids=BAD)
def test_what_others_can_write_is_not_believed(
    root: Path, change: Callable[[Path], object], who: str
) -> None:
    """The file, each directory on the way, and each link; the error says who."""
    change(root)
    with pytest.raises(UntrustedError, match=f"is not trusted: .*{who}"):
        read(root)


GOOD: dict[str, Callable[[Path], object]] = {
    "as it is": lambda _: None,
    "a sticky directory": lambda r: (r / "var/lib").chmod(0o1777),
    "links above": lambda r: replace_by_link(r / "var/lib", "/var/lib.moved"),
    "a link up and beyond the root": lambda r: replace_by_link(
        r / "var/lib", "../../../../../var/lib.moved"
    ),
    "private": lambda r: (r / "var/lib/it").chmod(0o700),
}


@pytest.mark.parametrize("change", GOOD.values(), ids=GOOD)
def test_what_only_root_can_write_is_believed(root: Path, change: Callable[[Path], object]) -> None:
    """Links among the directories are followed as programs of that root would."""
    change(root)
    assert read(root) == b"told"


class Group(NamedTuple):
    """An entry of the group database."""

    gr_name: str
    gr_gid: int
    gr_mem: list[str]


class User(NamedTuple):
    """An entry of the user database."""

    pw_name: str
    pw_uid: int
    pw_gid: int


def known(monkeypatch: pytest.MonkeyPatch, group: Group, *users: User) -> None:
    """Have the user database know one group and these users only."""
    monkeypatch.setattr("grp.getgrgid", lambda _: group)
    monkeypatch.setattr("pwd.getpwall", lambda: list(users))
    by_number = {each.pw_uid: each for each in users}
    monkeypatch.setattr("pwd.getpwuid", by_number.__getitem__)


ROOT = User("root", 0, 0)
ANNE = User("anne", SOMEBODY, SOMEBODY)


def group(name: str, number: int, *members: str) -> Group:
    """Return a group with these members."""
    return Group(name, number, list(members))


GROUPS: dict[str, tuple[Group, tuple[User, ...], bool]] = {
    "root's own": (group("root", 0), (ROOT,), True),
    "root's own, with root in it": (group("root", 0, "root"), (ROOT,), True),
    "root's, with another member": (group("root", 0, "anne"), (ROOT, ANNE), False),
    "root's, which another user has": (group("root", 0), (ROOT, User("halt", 7, 0)), False),
    "empty, as staff of Debian": (group("staff", 50), (ROOT, ANNE), False),
    "with a member": (group("staff", 50, "anne"), (ROOT, ANNE), False),
    "of another user": (group("anne", SOMEBODY), (ROOT, ANNE), False),
}


@pytest.mark.parametrize(("owner", "users", "is_believed"), GROUPS.values(), ids=GROUPS)
def test_root_believes_no_group_but_its_own(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    owner: Group,
    users: tuple[User, ...],
    is_believed: bool,
) -> None:
    """The user database need not know who has any other group: a service, a set-id program."""
    os.chown(root / "var/lib/it", 0, owner.gr_gid)
    (root / "var/lib/it").chmod(0o2775)
    known(monkeypatch, owner, *users)
    if is_believed:
        assert read(root) == b"told"
    else:
        with pytest.raises(UntrustedError, match=f"the members of group {owner.gr_name}"):
            read(root)


PRIVATE: dict[str, tuple[Group, tuple[User, ...], bool]] = {
    "private": (group("anne", SOMEBODY), (ROOT, ANNE), True),
    "private, with its user in it": (group("anne", SOMEBODY, "anne"), (ROOT, ANNE), True),
    "another name": (group("people", SOMEBODY), (ROOT, ANNE), False),
    "another member": (group("anne", SOMEBODY, "bert"), (ROOT, ANNE), False),
    "another user's too": (
        group("anne", SOMEBODY),
        (ROOT, ANNE, User("bert", 9, SOMEBODY)),
        False,
    ),
    "not the user's first": (group("anne", SOMEBODY), (ROOT, User("anne", SOMEBODY, 100)), False),
    "of a user that nobody knows": (group("anne", SOMEBODY), (ROOT,), False),
}


@pytest.mark.parametrize(("owner", "users", "is_believed"), PRIVATE.values(), ids=PRIVATE)
def test_a_user_believes_root_s_group_and_the_private_one(
    monkeypatch: pytest.MonkeyPatch,
    owner: Group,
    users: tuple[User, ...],
    is_believed: bool,
) -> None:
    """A private group has its user's name, is that user's first one, and nobody else's."""
    monkeypatch.setattr("os.geteuid", lambda: SOMEBODY)
    known(monkeypatch, owner, *users)
    status = os.stat_result((0o40775, 1, 1, 1, SOMEBODY, owner.gr_gid, 0, 0, 0, 0))
    assert (outsider(status, "/") == "") is is_believed


def test_where_an_access_control_list_cannot_be_read_there_may_be_one() -> None:
    """A path too long for the kernel hides none: somebody may stand in it."""
    status = os.stat_result((0o40775, 1, 1, 1, 0, 0, 0, 0, 0, 0))
    assert outsider(status, "/") == ""
    assert "access control list" in outsider(status, "/x" * 4096)


def test_a_group_that_nobody_knows_may_have_members(root: Path) -> None:
    """A number without a name can be anybody's."""
    os.chown(root / "var/lib/it", 0, SOMEBODY)
    (root / "var/lib/it").chmod(0o775)
    with pytest.raises(UntrustedError, match="group 54321"):
        read(root)


def test_a_link_in_the_file_s_place_is_an_error_unless_administrators_make_such(
    root: Path,
) -> None:
    """Records of our own are no links; an administrator's file may be one, held to the same."""
    replace_by_link(root / "var/lib/it/file", "/var/lib/it/file.moved")
    with pytest.raises(FileReadError, match="it is a link"):
        read(root)
    assert read_steering(str(root), FILE, 100) == b"told"
    os.chown(root / "var/lib/it/file.moved", SOMEBODY, 0)
    with pytest.raises(UntrustedError):
        read_steering(str(root), FILE, 100)


@pytest.mark.parametrize("kind", ["fifo", "directory", "loop", "large"])
def test_only_a_regular_file_of_a_bounded_size_is_read(root: Path, kind: str) -> None:
    """Nothing else is waited for."""
    place = root / FILE.lstrip("/")
    place.unlink()
    if kind == "fifo":
        os.mkfifo(place)
    elif kind == "directory":
        place.mkdir()
    elif kind == "loop":
        place.symlink_to("file")
    else:
        place.write_bytes(b"x" * 101)
    with pytest.raises(FileReadError) as caught:
        read_steering(str(root), FILE, 100)
    assert not caught.value.is_missing


@pytest.mark.parametrize("path", ["/var/lib/it/none", "/var/none/file", "/var/lib/it/file/x"])
def test_what_is_not_there_is_missing(root: Path, path: str) -> None:
    """That is no fault."""
    with pytest.raises(FileReadError) as caught:
        read(root, path)
    assert caught.value.is_missing


def test_a_path_is_told_without_links_as_far_as_it_is_there(root: Path) -> None:
    """What is missing keeps its name, and may be made by whoever asked."""
    replace_by_link(root / "var/lib", "/var/lib.moved")
    assert trusted_path(str(root), "/var/lib/it") == "/var/lib.moved/it"
    assert trusted_path(str(root), "/var/lib/new/more") == "/var/lib.moved/new/more"
    (root / "var/dangling").symlink_to("/srv/there")
    assert trusted_path(str(root), "/var/dangling/x") == "/srv/there/x"


def test_a_place_that_everybody_could_take_first_is_refused(root: Path) -> None:
    """Below a directory like /tmp what is missing may be anybody's the next moment."""
    (root / "var").chmod(0o1777)
    with pytest.raises(UntrustedError, match="anyone could create it"):
        trusted_path(str(root), "/var/cache/it")


def test_another_user_s_run_believes_what_it_can_read(root: Path) -> None:
    """Who is not root reads a file of anybody's, as LuaRocks does, but no FIFO."""
    os.chown(root / FILE.lstrip("/"), 4321, 0)
    for directory in [root, *root.parents]:
        if directory.stat().st_mode & 0o777 == 0o700:
            directory.chmod(0o711)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setuid(SOMEBODY)
            status = 0 if read_steering(str(root), FILE, 100) == b"told" else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

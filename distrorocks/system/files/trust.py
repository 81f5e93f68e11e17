"""Trust in files that control a run: none that another user can write is used.

A file is trusted if root or this user owns it, nobody else can write it, and the same holds for
each parent directory up to the root in question. Write permission of a group counts only if it
admits others: root's group and a user's private group do not. In a sticky directory nobody can
replace another user's files, and an access control list (acl(5)) on a group-writable file may admit
anyone.
"""

from __future__ import annotations

import errno
import os
import stat

from distrorocks.errors import DistrorocksError, call_hint
from distrorocks.system.files.bounded_file import FileReadError, read_bounded, read_opened
from distrorocks.system.files.root_path import RootView

_MOST_LINKS = 40  # as Linux: path_resolution(7)
_STEP = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NOCTTY


class UntrustedError(DistrorocksError):
    """Another user can write a file that controls this run.

    ``place`` is the path of that file or directory, ``who`` names who can write it.
    """

    def __init__(self, brief: str, *, hint: str = "", place: str = "", who: str = "") -> None:
        super().__init__(brief, hint=hint)
        self.place = place
        self.who = who


def read_trusted(root: str, path: str, limit: int, *, may_be_link: bool = False) -> bytes:
    """Return the bytes of a file that controls this run; ``path`` is absolute in ``root``.

    Links among its parent directories are resolved as programs in ``root`` would, and must be
    trusted too; the file itself is a regular file of at most ``limit`` bytes. It must not be a link
    unless it ``may_be_link``; then its target must be trusted as well. Raise ``UntrustedError`` if
    another user could have written it, ``FileReadError`` otherwise (``is_missing`` if it does not
    exist).
    """
    shown = f"{root.rstrip('/')}{path}"
    try:
        with Walk(root) as walk:
            file = walk.open_file(path, may_be_link=may_be_link)
            try:
                return read_opened(file, shown, limit)
            finally:
                os.close(file)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileReadError(f"cannot read {shown}: {error.strerror}", is_missing=True) from None
    except OSError as error:
        brief = f"cannot read {shown}: {error.strerror}"
        raise FileReadError(brief, hint=call_hint(error)) from None


def read_steering(root: str, path: str, limit: int) -> bytes:
    """Return the bytes of a file that users write to control a run, as ``read_trusted``.

    Only root checks who can write it: for any other user the file is merely read within the limit.
    """
    if os.geteuid() == 0:
        return read_trusted(root, path, limit, may_be_link=True)
    view = RootView(root)
    found = view.find(path)
    if found is None:
        shown = f"{root.rstrip('/')}{path}"
        raise FileReadError(f"cannot read {shown}: it is not there", is_missing=True)
    return read_bounded(view.host_path(found.path), limit)


def trusted_path(root: str, directory: str) -> str:
    """Return a directory's path in ``root`` with links resolved; it need not exist.

    Raise ``UntrustedError`` if another user could replace it, and ``FileReadError`` if a component
    is not a directory.
    """
    with Walk(root) as walk:
        try:
            walk.enter(directory)
        except FileNotFoundError:
            walk.refuse_sticky()
        except OSError as error:
            brief = f"cannot enter {root.rstrip('/')}{directory}: {error.strerror}"
            raise FileReadError(brief, hint=call_hint(error)) from None
        return walk.path


def trusted_file_path(root: str, path: str) -> str:
    """Return the path in ``root``, with links resolved, of a file to be written.

    The links must be trusted like the directories. Raise as ``trusted_path`` does.
    """
    for _ in range(_MOST_LINKS):
        above, slash, name = path.rpartition("/")
        directory = trusted_path(root, above or slash)
        path = f"{directory.rstrip('/')}/{name}"
        place = f"{root.rstrip('/')}{path}"
        try:
            status = os.lstat(place)
        except OSError:
            return path
        refuse_outsiders(status, place, place)
        if not stat.S_ISLNK(status.st_mode):
            return path
        path = os.path.join(directory, os.readlink(place))
    raise FileReadError(f"cannot enter {root.rstrip('/')}{path}: {os.strerror(errno.ELOOP)}")


def refuse_outsiders(status: os.stat_result, place: str, shown: str) -> None:
    """Raise ``UntrustedError`` if another user can write a file; ``shown`` is for the message."""
    if who := outsider(status, place):
        raise UntrustedError(
            f"{shown} is not trusted: {who} can write it",
            hint="make it root's (or this user's) alone with chown and chmod, or move it away; "
            "its content controls this run",
            place=shown,
            who=who,
        )


def outsider(status: os.stat_result, place: str, *, is_filled: bool = False) -> str:
    """Return who other than root and this user can write a file, or "".

    ``place`` is a path to the file, for its access control list. The sticky bit protects the files
    in a directory, but not if the directory ``is_filled`` by programs that follow links: others
    could create a name first.
    """
    if status.st_uid not in (0, os.geteuid()):
        return f"user {_user(status.st_uid)}"
    mode = status.st_mode
    if stat.S_ISLNK(mode) or (stat.S_ISDIR(mode) and mode & stat.S_ISVTX and not is_filled):
        return ""
    if mode & stat.S_IWOTH:
        return "everybody"
    if mode & stat.S_IWGRP:
        if _has_acl(place):
            return "users named in its access control list"
        if _has_members(status.st_gid):
            return f"the members of group {_group(status.st_gid)}"
    return ""


class Walk:
    """The path from a root to one of its directories, opened and checked one step at a time."""

    def __init__(self, root: str) -> None:
        self._root = root.rstrip("/")
        top = os.open(self._root or "/", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        self._way = [("", top)]
        self._missing: list[str] = []
        self._links = 0

    def __enter__(self) -> Walk:
        self._check(os.fstat(self.here))
        return self

    def __exit__(self, *_: object) -> None:
        for _name, handle in self._way:
            os.close(handle)

    @property
    def here(self) -> int:
        """The descriptor of the current directory."""
        return self._way[-1][1]

    @property
    def path(self) -> str:
        """The path of the current directory in the root, including components that do not exist."""
        return "/" + "/".join([name for name, _ in self._way[1:]] + self._missing)

    def enter(self, path: str) -> None:
        """Go to a directory; raise ``OSError`` if it is missing or not a directory."""
        if path.startswith("/"):
            self._leave(len(self._way))
        pending = _steps(path)[::-1]
        while pending:
            name = pending.pop()
            if name == "..":
                self._leave(1)
                continue
            try:
                target = self._step(name)
            except FileNotFoundError:
                self._missing = [name, *pending[::-1]]
                raise
            if target.startswith("/"):
                self._leave(len(self._way))
            pending += _steps(target)[::-1]

    def open_file(self, path: str, *, may_be_link: bool) -> int:
        """Open a regular file that nobody else can write."""
        name, status = self.find(path, may_be_link=may_be_link)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        return self._opened(name, f"{self._root}{self.path.rstrip('/')}/{name}")

    def find(self, path: str, *, may_be_link: bool) -> tuple[str, os.stat_result]:
        """Go to a file's directory, following links; return its name there and ``lstat`` result."""
        while True:
            directory, slash, name = path.rpartition("/")
            self.enter(directory + slash)
            name = name or "."
            status = os.stat(name, dir_fd=self.here, follow_symlinks=False)
            if not stat.S_ISLNK(status.st_mode):
                return name, status
            self.refuse(status, "", f"{self._root}{self.path.rstrip('/')}/{name}")
            self._links += 1
            if not may_be_link or self._links > _MOST_LINKS:
                raise OSError(errno.ELOOP, "it is a link")
            path = os.readlink(name, dir_fd=self.here)

    def _opened(self, name: str, shown: str) -> int:
        """Open a file of this directory for reading, and check the file that was opened."""
        file = os.open(name, _READ, dir_fd=self.here)
        try:
            refuse_outsiders(os.fstat(file), f"/proc/self/fd/{file}", shown)
        except BaseException:
            os.close(file)
            raise
        return file

    def refuse_sticky(self) -> None:
        """Raise if anyone could create a missing component, as in a directory like /tmp."""
        if os.fstat(self.here).st_mode & stat.S_IWOTH:
            raise UntrustedError(
                f"{self._root}{self.path} is not there, and anyone could create it",
                hint=f"make {self._root}{self.path} as root",
                place=f"{self._root}{self.path}",
                who="everybody",
            )

    def _step(self, name: str) -> str:
        """Enter a directory and return "", or return the target of a link of that name."""
        handle = os.open(name, _STEP, dir_fd=self.here)
        self._way.append((name, handle))
        status = os.fstat(handle)
        self._check(status)
        if stat.S_ISDIR(status.st_mode):
            return ""
        try:
            if not stat.S_ISLNK(status.st_mode):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
            self._links += 1
            if self._links > _MOST_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
            return os.readlink("", dir_fd=handle)
        finally:
            self._leave(1)

    def _check(self, status: os.stat_result) -> None:
        self.refuse(status, f"/proc/self/fd/{self.here}", f"{self._root}{self.path}")

    def refuse(self, status: os.stat_result, place: str, shown: str) -> None:
        """Raise for an untrusted component."""
        refuse_outsiders(status, place, shown)

    def _leave(self, steps: int) -> None:
        """Go up, but never above the root."""
        for _ in range(min(steps, len(self._way) - 1)):
            os.close(self._way.pop()[1])


def _steps(path: str) -> list[str]:
    return [step for step in path.split("/") if step not in ("", ".")]


def _has_acl(place: str) -> bool:
    """Return whether a file has an access control list; True if unknown."""
    try:
        return bool(os.getxattr(place, "system.posix_acl_access"))
    except OSError as error:
        return error.errno not in (errno.ENODATA, errno.EOPNOTSUPP)


def _has_members(group: int) -> bool:
    """Return whether anyone but root and this user may be in a group.

    The user database does not list all: set-group-id programs and services run with groups that
    have no listed members. So only root's group and this user's private group (the user's primary
    group, of the same name) can be without others.
    """
    import grp
    import pwd

    mine = (0, os.geteuid())
    try:
        known = grp.getgrgid(group)
        user = pwd.getpwuid(os.geteuid())
    except KeyError:
        return True
    if group != 0 and (user.pw_gid, user.pw_name) != (group, known.gr_name):
        return True
    users = pwd.getpwall()
    names = {user.pw_name for user in users if user.pw_uid in mine}
    return bool(set(known.gr_mem) - names) or any(
        user.pw_gid == group and user.pw_uid not in mine for user in users
    )


def _user(number: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _group(number: int) -> str:
    import grp

    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)

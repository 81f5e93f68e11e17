"""Whether this user may change a tree: root only root's own trees, users no other user's.

LuaRocks, builds and other programs follow links. A user who can write a directory of a tree can
redirect them anywhere, with the rights of whoever runs them. So root changes no tree that another
user can write; running as the tree's owner is safe.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Iterator

from distrorocks.errors import DeniedError, DistrorocksError
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.trust import UntrustedError, Walk, outsider, trusted_path
from distrorocks.system.trees.tree_place import commands_directory
from distrorocks.trees.layout import Layout

_MOST_TOLD = 10


class ForeignTreeError(DistrorocksError):
    """Another user can write the tree, or owns it; ``reason`` says who can write what."""

    def __init__(self, brief: str, *, detail: str = "", hint: str = "", reason: str = "") -> None:
        super().__init__(brief, detail=detail, hint=hint)
        self.reason = reason or brief


def refuse_foreign(layout: Layout, *, root: str = "/") -> None:
    """Raise ``ForeignTreeError`` unless this user may change a tree of ``root``.

    Every verb that changes a tree calls this before it does anything.
    """
    directories = [layout.root, os.path.dirname(layout.rocks_dir), layout.rocks_dir]
    directories += [layout.lua_dir, layout.lib_dir, commands_directory(layout)]
    inside = root.rstrip("/")
    if os.geteuid() != 0:
        for each in directories:
            _refuse_others(f"{inside}{each}")
        return
    try:
        real = [trusted_path(root, each) for each in directories]
    except UntrustedError as error:
        raise _foreign(layout, inside, error.place, error.who, directories) from None
    with Beneath(root) as below:
        for path, who in (*_filled_by_others(below, real), *_open_to_others(below, real[2:-1])):
            raise _foreign(layout, inside, below.shown(path), who, directories)


def refuse_unwritable(layout: Layout) -> None:
    """Raise ``DistrorocksError`` if this user cannot create files in a tree, or others can.

    Long work asks before it begins. Of a tree that does not exist its nearest parent counts.
    Raise ``UntrustedError`` as whatever reads the journal of the tree afterwards.
    """
    place = layout.rocks_dir
    while not os.path.lexists(place) and place != "/":
        place = os.path.dirname(place)
    if not _is_writable(place):
        another = "name another tree with --tree"
        hint = f"name a tree of your own with --local or --tree, or use sudo: sudo {_words()}"
        if "--local" in sys.argv[1:]:
            hint = another  # with sudo it would be the tree of root
        raise _unwritable(place, another, hint)
    with Walk("/") as walk, contextlib.suppress(OSError):  # what is missing will be made
        walk.enter(os.path.dirname(layout.rocks_dir))


def refuse_unwritable_directory(path: str) -> None:
    """Raise ``DistrorocksError`` if this user cannot create files in a directory."""
    if not _is_writable(path):
        raise _unwritable(path, "run it in another folder", "run it in a folder of your own")


def _is_writable(place: str) -> bool:
    effective = os.access in os.supports_effective_ids
    return os.access(place, os.W_OK | os.X_OK, effective_ids=effective)


def _unwritable(place: str, elsewhere: str, hint: str) -> DistrorocksError:
    """Return the error; ``elsewhere`` is what helps but mounting, ``hint`` is for other causes."""
    with contextlib.suppress(OSError):  # it is not there
        if os.statvfs(place).f_flag & os.ST_RDONLY:
            return DistrorocksError(
                f"{place} is on a file system that is mounted read-only",
                hint=f"mount it writable, or {elsewhere}",
            )
    return DeniedError(f"this user cannot write to {place}", hint=hint)


def foreign_reason(layout: Layout) -> str:
    """Return who else can write what of a tree, if this is root, or "".

    Programs that root runs must not load modules from such a tree.
    """
    if os.geteuid() != 0:
        return ""
    try:
        refuse_foreign(layout)
    except ForeignTreeError as error:
        return error.reason
    return ""


def refuse_foreign_directory(path: str) -> None:
    """Raise ``ForeignTreeError`` if root would write into a directory that others can write."""
    if os.geteuid() != 0:
        return
    try:
        real = trusted_path("/", os.path.abspath(path))
    except UntrustedError as error:
        raise _foreign_directory(path, error.place, error.who) from None
    who = outsider(os.stat(real), real, is_filled=True) if os.path.isdir(real) else ""
    if who:
        raise _foreign_directory(path, real, who)


def _foreign_directory(path: str, place: str, who: str) -> ForeignTreeError:
    return ForeignTreeError(
        f"root does not write where others can write: {who} can write {place}",
        hint=f"run it as its owner: {_as_user(_owner(path), _name(_owner(path)))}"
        if _owner(path)
        else f"make {place} root's alone with chown and chmod",
    )


def _filled_by_others(below: Beneath, real: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the directories in which LuaRocks creates files and others can too, with who can.

    A missing directory counts as its nearest existing parent, where it will be created.
    """
    for path in (real[0], *real[2:]):
        status = below.status(path) if path != "/" else None
        while status is None and path != "/":
            path = os.path.dirname(path)
            status = below.status(path) if path != "/" else None
        if status is not None and (who := outsider(status, below.shown(path), is_filled=True)):
            yield path, who


def _open_to_others(below: Beneath, tops: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the paths in a tree's tops that others can write, with who can.

    Files count, too: LuaRocks runs manifests and modules of the tree, and follows links.
    """
    pending = list(tops)
    while pending:
        path = pending.pop()
        status = below.status(path)
        if status is None:
            continue
        if who := outsider(status, below.shown(path), is_filled=True):
            yield path, who
        if stat.S_ISDIR(status.st_mode):
            pending += [f"{path}/{name}" for name in below.names(path)]


def _refuse_others(path: str) -> None:
    """Raise if a directory belongs to neither this user nor root."""
    try:
        owner = os.stat(path).st_uid
    except OSError:
        return  # missing or inaccessible: whatever needs it reports that
    if owner not in (0, os.geteuid()):
        name = _name(owner)
        raise ForeignTreeError(
            f"{path} belongs to {name or f'user id {owner}'}",
            hint="name a tree of your own with --local or --tree, or let its owner do it:"
            f" {_as_user(owner, name, with_sudo=True)}",
        )


def _foreign(
    layout: Layout, inside: str, place: str, who: str, directories: list[str]
) -> ForeignTreeError:
    """Return the error for root, with a command that works instead."""
    return ForeignTreeError(
        f"root changes no tree that others can write: {who} can write {place}",
        detail=f"  what is put there can lead a program run by root out of {inside}{layout.root}",
        hint=_hint(f"{inside}{layout.root}", place, [f"{inside}{each}" for each in directories]),
        reason=f"{who} can write {place}",
    )


def _hint(root: str, place: str, directories: list[str]) -> str:
    """Return the hint: who should run it, or which modes and owners to change."""
    owner = _owner(root)
    if owner == 0:
        writable, foreign = _to_mend(place, directories)
        mended = [f"chmod go-w {_quoted(*writable)}"] if writable else []
        links = "-h " if any(map(os.path.islink, foreign)) else ""
        mended += [f"chown {links}root {_quoted(*foreign)}"] if foreign else []
        if mended:
            return f"make it root's alone: {' && '.join(mended)}; or name another tree with --tree"
        return f"make {place} as root, or name another tree with --tree"
    name = _name(owner)
    if name and name == os.environ.get("SUDO_USER"):
        return f"it is your own tree, so omit sudo: {_words()}"
    return f"run it as its owner: {_as_user(owner, name)}"


def _to_mend(place: str, directories: list[str]) -> tuple[list[str], list[str]]:
    """Return the parent directories of a tree, and ``place``, that are not safe for root.

    The first list has those with a mode that lets others write, the second those with another
    owner.
    """
    ways = {place}
    for each in directories:
        try:
            real = os.path.realpath(each)
        except OSError:
            continue  # being replaced at this moment
        steps = real.strip("/").split("/")
        ways.update("/" + "/".join(steps[:number]) for number in range(1, len(steps) + 1))
    writable: list[str] = []
    foreign: list[str] = []
    for path in sorted(ways):
        try:
            status = os.lstat(path)
        except OSError:
            continue
        if outsider(status, path, is_filled=path in (place, *directories)):
            (writable if status.st_uid == 0 else foreign).append(path)
    return writable[:_MOST_TOLD], foreign[:_MOST_TOLD]


def _owner(path: str) -> int:
    """Return the owner of a directory, or of its nearest existing parent."""
    while True:
        try:
            return os.stat(path).st_uid
        except OSError:
            if path == "/":
                return 0
            path = os.path.dirname(path)


def _as_user(number: int, name: str, *, with_sudo: bool = False) -> str:
    """Return the command that runs the same as another user."""
    if with_sudo:
        return f"sudo -u {_quoted(name or f'#{number}')} -- {_words()}"
    if name:
        return f"runuser -u {_quoted(name)} -- {_words()}"
    return f"setpriv --reuid={number} --regid={number} --clear-groups -- {_words()}"


def _words() -> str:
    """Return the command line of this run, quoted for a shell."""
    return _quoted("distrorocks", *sys.argv[1:])


def _name(number: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return ""


def _quoted(*words: str) -> str:
    """Return words as a shell reads them back."""
    import shlex  # only hints need it

    return shlex.join(words)

"""The commands that copy a server's folder from and to another machine. Pure decisions.

The manifest is always the last file that is uploaded, and no file is removed before that. ``rsync``
and ``sftp`` give a file its name when all of it is there; ``scp`` cannot do that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.serve.folder.served import MANIFEST
from distrorocks.serve.folder.upload_server import RemoteFolder
from distrorocks.values import NamedTuple

_SSH = ("-o", "BatchMode=yes")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]*")
_NEW = ".distrorocks-new-"
_COLUMNS = 9  # mode, links, owner, group, size, three of the time, name


class Transfer(NamedTuple):
    """A program to run, its arguments, and its input."""

    argv: tuple[str, ...]
    given: bytes = b""


def names_listed(text: str) -> list[str]:
    """Return the names of regular files in a listing that need no quotes on either side."""
    lines = [line.split() for line in text.split("\n") if line.startswith("-")]
    return [words[-1] for words in lines if len(words) == _COLUMNS and _NAME.fullmatch(words[-1])]


def list_command(remote: RemoteFolder) -> Transfer | None:
    """Return the command that lists a folder as ``ls -ln``, None if none is needed."""
    if remote.protocol == "sftp":
        return _sftp(remote, ["ls -ln"])
    return None


def fetch_command(remote: RemoteFolder, folder: str, names: Sequence[str]) -> Transfer:
    """Return the command that copies a server's files to an empty folder or an earlier copy.

    ``names`` are those that ``list_command`` has found.
    """
    if remote.protocol == "rsync":
        words = ("rsync", "--dirs", "--times", "--delete", "--exclude=*/", "-e", _rsync_ssh())
        return Transfer((*words, f"{remote.login}:{remote.path}/", f"{folder}/"))
    if remote.protocol == "sftp":
        return _sftp(remote, [f'lcd "{folder}"', *(f"get -p {name}" for name in names)])
    return Transfer(("scp", *_SSH, "-pr", f"{remote.login}:{remote.path}/.", folder))


def upload_commands(remote: RemoteFolder, folder: str, names: Sequence[str]) -> list[Transfer]:
    """Return the commands that copy files of a folder to the server, the manifest last."""
    phases = [[name for name in names if name != MANIFEST], [n for n in names if n == MANIFEST]]
    return [_upload(remote, folder, phase) for phase in phases if phase]


def _upload(remote: RemoteFolder, folder: str, names: Sequence[str]) -> Transfer:
    paths = [f"{folder}/{name}" for name in names]
    if remote.protocol == "sftp":
        return _sftp(remote, _put_lines(folder, names))
    to = f"{remote.login}:{remote.path}/"
    if remote.protocol == "rsync":
        return Transfer(("rsync", "--times", "--chmod=F644", "-e", _rsync_ssh(), *paths, to))
    return Transfer(("scp", *_SSH, "-p", *paths, to))


def _put_lines(folder: str, names: Iterable[str]) -> list[str]:
    """Return what sftp does for each file: all beside their places first, then the renames."""
    puts, renames = [f'lcd "{folder}"'], []
    for name in names:
        puts += [f"put {name} {_NEW}{name}", f"chmod 644 {_NEW}{name}"]
        renames.append(f"rename {_NEW}{name} {name}")
    return puts + renames


def remove_command(remote: RemoteFolder, names: Sequence[str], empty: str) -> Transfer:
    """Return the command that removes files from the server; ``empty`` is an empty folder here.

    Raise ``DistrorocksError`` for scp.
    """
    if remote.protocol == "sftp":
        return _sftp(remote, [f"rm {name}" for name in names])
    if remote.protocol == "rsync":
        only = (*(f"--include=/{name}" for name in names), "--exclude=*")
        words = ("rsync", "--dirs", "--delete", *only, "-e", _rsync_ssh())
        return Transfer((*words, f"{empty}/", f"{remote.login}:{remote.path}/"))
    raise DistrorocksError(
        f"scp cannot remove files from {remote}",
        hint="name the server's sftp or rsync address in upload_servers",
    )


def _sftp(remote: RemoteFolder, lines: Iterable[str]) -> Transfer:
    """Return sftp with its commands; it ends with an error at the first that fails."""
    text = "".join(f"{line}\n" for line in (f'cd "{remote.path}"', *lines))
    given = text.encode("utf-8", "surrogateescape")
    return Transfer(("sftp", *_SSH, "-q", "-b", "-", remote.login), given)


def _rsync_ssh() -> str:
    return " ".join(("ssh", *_SSH))

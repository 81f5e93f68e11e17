"""Add files to a server on another machine and remove them, as ``luarocks-admin add`` does.

A copy of the server's folder is kept in our own cache directory: it is brought up to date, changed
and published like any folder, and then what is published is uploaded, the manifest last. Two
machines that do so at the same time may lose one's change; the rocks themselves stay.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from hashlib import sha256

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import escaped
from distrorocks.serve.folder.change import (
    Changed,
    NewFile,
    add_to_folder,
    beside,
    doomed_files,
    remove_from_folder,
)
from distrorocks.serve.folder.served import ALL_LUAS, MANIFEST, PAGE, SUMS
from distrorocks.serve.folder.transfer import (
    Transfer,
    fetch_command,
    list_command,
    names_listed,
    remove_command,
    upload_commands,
)
from distrorocks.serve.folder.upload_server import RemoteFolder
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.files.own_cache import own_cache_directory
from distrorocks.system.files.trust import trusted_path
from distrorocks.system.processes.command import find_program, run

SECONDS = 3600.0
"""How long one program may take to copy files."""

_LONGEST_TOLD = 2000
_ENVIRONMENT = ("HOME", "USER", "LOGNAME", "SSH_AUTH_SOCK")

Progress = Callable[[str], None]


class UploadError(DistrorocksError):
    """A program could not copy files from or to a server."""


class RemoteCopy:
    """The copy of one server's folder; unless ``is_fresh``, it is used as the last run left it."""

    def __init__(self, remote: RemoteFolder, progress: Progress, *, is_fresh: bool = True) -> None:
        self._remote = remote
        self._progress = progress
        self._is_fresh = is_fresh
        for program in dict.fromkeys((remote.protocol, "ssh")):
            if find_program(program) is None:
                raise UploadError(
                    f"{program} is not installed, which {remote} needs",
                    hint=f"install {'openssh-client' if program != 'rsync' else program}, "
                    "or name another protocol in upload_servers",
                )

    def add(self, files: Sequence[NewFile]) -> Changed:
        """Add files to the server; raise ``UploadError`` if a program fails."""
        folder = self._fetched()
        changed = add_to_folder(folder, files)
        self._upload(folder, [file.name for file in files])
        return changed

    def remove(self, operands: Sequence[str]) -> Changed:
        """Remove files from the server once no manifest lists them."""
        folder = self._fetched()
        with NamedFolder(folder) as opened:
            doomed = beside(opened, doomed_files(opened, operands))
        empty = _directory("upload-empty")
        removal = remove_command(self._remote, doomed, empty)  # scp is refused before any change
        changed = remove_from_folder(folder, operands)
        self._upload(folder, [])
        self._run(removal)
        return changed

    def refresh(self) -> None:
        """Bring our copy of the server up to date, and change nothing there."""
        self._fetched()

    def _fetched(self) -> str:
        """Return the folder of the copy, brought up to date."""
        key = sha256(os.fsencode(str(self._remote))).hexdigest()[:40]
        folder = _directory(f"upload/{key}")
        if self._is_fresh:
            self._progress(f"fetching {self._remote}")
            listing = list_command(self._remote)
            names = names_listed(self._run(listing)) if listing else []
            if self._remote.protocol != "rsync":
                _empty(folder)
            self._run(fetch_command(self._remote, folder, names))
        return folder

    def _upload(self, folder: str, names: Sequence[str]) -> None:
        """Upload rock files and all that is published."""
        self._progress(f"uploading to {self._remote}")
        with NamedFolder(folder) as opened:
            outputs = [name for name in _OUTPUTS if opened.regular(f"/{name}") is not None]
        for command in upload_commands(self._remote, folder, [*names, *outputs]):
            self._run(command)

    def _run(self, transfer: Transfer) -> str:
        """Run a program and return its output; raise ``UploadError`` with what it printed."""
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        done = run(transfer.argv, timeout=SECONDS, environment=environment, given=transfer.given)
        if done.status != 0:
            told = escaped_lines(done.stderr or done.stdout)
            raise UploadError(
                f"{transfer.argv[0]} failed with status {done.status} for {self._remote}",
                detail=told[-_LONGEST_TOLD:],
                hint=f"try `ssh {self._remote.login}`: it must log in without a question",
            )
        return done.stdout.decode("utf-8", "surrogateescape")


_OUTPUTS = (
    *(PAGE, SUMS, f"{MANIFEST}.json"),
    *(f"{MANIFEST}-{lua}{end}" for end in (".json", ".zip", "") for lua in ALL_LUAS),
    MANIFEST,
)


def escaped_lines(text: bytes) -> str:
    """Return what a program printed, without control characters."""
    lines = text.decode("utf-8", "surrogateescape").strip().split("\n")
    return "\n".join(f"  {escaped(line.rstrip())}" for line in lines if line.strip())


def _directory(name: str) -> str:
    """Return one of our own cache directories, created if necessary."""
    directory = own_cache_directory(name)
    if not directory:
        raise UploadError("there is no place for a copy of the server", hint="set XDG_CACHE_HOME")
    place = trusted_path("/", directory)
    with Beneath("/") as below:
        below.make_directories(place.rpartition("/")[0])
        below.make_directories(place, 0o700)
    return place


def _empty(folder: str) -> None:
    """Remove all files of a folder of ours."""
    with NamedFolder(folder) as opened:
        for name in opened.names(""):
            if opened.regular(f"/{name}") is not None:
                opened.remove_file(f"/{name}")

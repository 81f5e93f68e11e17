"""Detached signatures of rock files, ``FILE.asc``, made and verified by gpg as LuaRocks has it."""

from __future__ import annotations

import os
from collections.abc import Sequence

from distrorocks.errors import DistrorocksError, NegativeError
from distrorocks.rocks.quotation import escaped, plain
from distrorocks.servers.choice import RockFile
from distrorocks.servers.files import ServerFiles, Wanted
from distrorocks.servers.time_limit import ServerError
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_file import read_named
from distrorocks.system.files.scratch import ScratchDirectory
from distrorocks.system.processes.command import Output, run

ENDING = ".asc"

LIMIT = 64 * 1024
"""Bytes of a signature; one by an RSA key of 4096 bits has 900."""

SECONDS = 300.0
"""How long gpg may take, which may ask for a passphrase by a window."""

_START = b"-----BEGIN PGP SIGNATURE-----"
_ENVIRONMENT = ("HOME", "GNUPGHOME", "GPG_TTY", "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR")


class SignatureError(NegativeError):
    """A signature is not that of the file, or nobody whom gpg knows has made it."""


def sign(content: bytes, shown: str) -> bytes:
    """Return the signature of a file by gpg's default key; raise ``DistrorocksError``."""
    done = _gpg(("--armor", "--detach-sign"), content)
    if done.status != 0 or not is_signature(done.stdout):
        raise DistrorocksError(
            f"gpg could not sign {plain(shown)}",
            detail=_told(done),
            hint="`gpg --list-secret-keys` lists your keys; `gpg --detach-sign FILE` tries one",
        )
    return done.stdout


def verify(content: bytes, signature: bytes, shown: str) -> str:
    """Return what gpg says of a good signature; raise ``SignatureError`` for any other.

    As in LuaRocks, a signature is good if its key is in this user's keyring, trusted or not.
    """
    if not is_signature(signature):
        raise SignatureError(f"the signature of {plain(shown)} is none that gpg makes", hint=_HINT)
    with ScratchDirectory() as scratch:
        path = scratch.write("signature.asc", signature)
        done = _gpg(("--verify", path, "-"), content)
    if done.status != 0:
        raise SignatureError(
            f"the signature of {plain(shown)} is not good", detail=_told(done), hint=_HINT
        )
    return _told(done)


def verify_fetched(files: ServerFiles, file: RockFile, content: bytes) -> None:
    """Raise ``SignatureError`` unless a file of a server has a good signature beside it there.

    Raise ``ServerError`` if there is one that cannot be had.
    """
    try:
        signature = files.content(Wanted(file.server, f"{file.file_name}{ENDING}", LIMIT))
    except ServerError as error:
        if not error.is_missing:
            raise
        raise SignatureError(
            f"{plain(file.place)} has no signature: the server has no {file.file_name}{ENDING}",
            hint="ask whoever runs the server, or leave out --verify",
        ) from None
    verify(content, signature, file.place)


def verify_local(path: str, content: bytes) -> None:
    """Raise ``SignatureError`` unless a file of this machine has a good signature beside it.

    Raise ``FileReadError`` if there is one that cannot be read.
    """
    try:
        signature = read_named(f"{path}{ENDING}", LIMIT)
    except FileReadError as error:
        if not error.is_missing:
            raise
        raise SignatureError(
            f"{plain(path)} has no signature: there is no {plain(path)}{ENDING}",
            hint="get it from where the file came from, or leave out --verify",
        ) from None
    verify(content, signature, path)


_HINT = "do not use the file unless you know why; `gpg --import KEY` adds a key that you trust"


def is_signature(content: bytes) -> bool:
    """Return whether a file looks like a detached signature in text."""
    return len(content) <= LIMIT and content.startswith(_START)


def _gpg(words: Sequence[str], content: bytes) -> Output:
    """Run gpg on a content; it asks nothing on a terminal."""
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    words = ("gpg", "--batch", "--no-tty", "--no-auto-key-retrieve", *words)
    return run(words, timeout=SECONDS, environment=environment, given=content)


def _told(done: Output) -> str:
    """Return what gpg printed, without control characters."""
    lines = done.stderr.decode("utf-8", "replace").splitlines()
    return "\n".join(f"  {escaped(line)}" for line in lines if line.strip())

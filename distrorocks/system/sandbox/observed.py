"""What a sandbox depends on, read from the machine: the user, and folders that exist."""

from __future__ import annotations

import contextlib
import os
import pwd
import stat

from distrorocks.system.sandbox.confined import Confined, Identity
from distrorocks.system.sandbox.view import HIDDEN, KEPT, KEPT_FOR_NETWORK, Machine, is_within

_NOBODY = 65534


def own_identity() -> Identity:
    """Return whom commands run as: nobody for root, else the calling user."""
    if os.geteuid() != 0:
        return Identity(os.geteuid(), os.getegid(), is_changed=False)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return Identity(_NOBODY, _NOBODY, is_changed=True)
    return Identity(nobody.pw_uid, nobody.pw_gid, is_changed=True)


def machine_for(command: Confined, identity: Identity) -> Machine:
    """Return the folders that exist and are hidden from a command, or kept for it.

    The home of a user is hidden wherever it is: that of a service is rarely in /home. A folder that
    nobody cannot enter is covered too, so that what the command may use below it can be shown.
    """
    hidden = [os.path.realpath(path) for path in HIDDEN if os.path.isdir(path)]
    if not identity.is_changed:
        hidden += own_homes(identity.user)
    if identity.is_changed:
        hidden += [
            closed
            for path in (*command.writable, *command.readable)
            if (closed := closed_above(path))
            and not any(is_within(closed, each) for each in hidden)
        ]
    wanted = (*KEPT, *(KEPT_FOR_NETWORK if command.is_network_allowed else ()))
    kept = tuple(path for path in wanted if os.path.exists(path))
    return Machine(tuple(dict.fromkeys(hidden)), kept)


def own_homes(user: int) -> list[str]:
    """Return the homes of this user, by the user database and ``HOME``, that belong to the user.

    The rest of a system must stay visible, and it may be "home" to a service: / or /usr/sbin.
    """
    homes = [os.environ.get("HOME", "")]
    with contextlib.suppress(KeyError):
        homes.append(pwd.getpwuid(user).pw_dir)
    real = [os.path.realpath(home) for home in homes if os.path.isabs(home)]
    return [home for home in dict.fromkeys(real) if home != "/" and _is_own(home, user)]


def _is_own(directory: str, user: int) -> bool:
    """Return whether a path is a directory of a user."""
    try:
        status = os.stat(directory)
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == user


def closed_above(path: str) -> str:
    """Return the topmost directory above a path that not everybody can enter, or "".

    A build may have removed directories that it starts in: what is not there is not closed.
    """
    above = ""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        for name in path.strip("/").split("/")[:-1]:
            above += f"/{name}"
            if not os.stat(above).st_mode & stat.S_IXOTH:
                return above
    return ""

"""What a sandbox depends on, read from the machine: the user, and folders that exist."""

from __future__ import annotations

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

    A folder that nobody cannot enter is covered too, so that what the command may use below it can
    be shown.
    """
    hidden = [os.path.realpath(path) for path in HIDDEN if os.path.isdir(path)]
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


def closed_above(path: str) -> str:
    """Return the topmost directory above a path that not everybody can enter, or ""."""
    above = ""
    for name in path.strip("/").split("/")[:-1]:
        above += f"/{name}"
        if not os.stat(above).st_mode & stat.S_IXOTH:
            return above
    return ""

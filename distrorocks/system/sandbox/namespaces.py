"""The command line of util-linux' unshare for a confined command, and the plan of ``enter.py``.

``unshare`` makes the namespaces; ``enter.py`` makes the mounts in them, gives up all rights and
runs the command. Without namespaces ``enter.py`` only gives up the rights that it can.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence

from distrorocks.system.sandbox.confined import Backend, Confined, Identity
from distrorocks.system.sandbox.view import Mount

ENTER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "enter.py")


def unshare_argv(backend: Backend, command: Confined, identity: Identity) -> tuple[str, ...]:
    """Return the arguments of unshare, which runs ``enter.py``."""
    return (
        backend.program,
        *(() if identity.is_changed else ("--user", "--map-root-user")),
        *("--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"),
        *("--ipc", "--uts", "--cgroup"),
        *(() if command.is_network_allowed else ("--net",)),
        "--",
        *plain_argv(backend),
    )


def plain_argv(backend: Backend) -> tuple[str, ...]:
    """Return the arguments that run ``enter.py``, which reads its plan from its input."""
    return (backend.python, "-I", "-S", ENTER)


def plan_of(
    command: Confined,
    mounts: Sequence[Mount],
    identity: Identity,
    root: str,
    system_calls: bytes,
) -> str:
    """Return the plan of ``enter.py`` as JSON.

    ``root`` is an empty private folder that the new root is mounted on, "" without namespaces.
    ``system_calls`` is the filter, empty for none.
    """
    return json.dumps(
        {
            "root": root,
            "mounts": [list(mount) for mount in mounts],
            "loopback": bool(root) and not command.is_network_allowed,
            "become": [identity.user, identity.group] if identity.is_changed else None,
            "inner": None if identity.is_changed or not root else [identity.user, identity.group],
            "processes": command.limits.processes,
            "filter": system_calls.hex(),
            "directory": command.directory,
            "argv": list(command.argv),
            "environment": dict(command.environment),
        }
    )

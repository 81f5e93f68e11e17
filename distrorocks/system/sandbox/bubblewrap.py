"""The command line of bubblewrap for a confined command (bwrap(1)).

bubblewrap sets "no new privileges", so set-user-ID programs have no effect. For a user it makes a
user namespace; for root it keeps the two capabilities that ``setpriv`` needs to become nobody, who
has none.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence

from distrorocks.patterns import regex
from distrorocks.system.sandbox.confined import Backend, Confined, Identity
from distrorocks.system.sandbox.view import Mount
from distrorocks.values import NamedTuple

_NAME = regex("[A-Za-z_][A-Za-z0-9_]*")
_BEGIN = (
    'ulimit -u "$1" 2>/dev/null || ulimit -p "$1" 2>/dev/null; shift; '
    'echo ready; given=$(cat) && eval "$given" && [ "$go" ] || exit 125; unset given go; '
    'exec "$@" </dev/null'
)
"""The shell that begins a command.

The number of processes is set here, since it is counted inside of a user namespace. Its input is
``begin_of``: no program that still has rights gets the environment of the command.
"""


class Held(NamedTuple):
    """Descriptors that bubblewrap gets.

    ``alive`` is open as long as a process of the sandbox is; ``system_calls`` has the filter, None
    where there is none.
    """

    alive: int
    system_calls: int | None


def bubblewrap_argv(
    backend: Backend,
    command: Confined,
    mounts: Sequence[Mount],
    identity: Identity,
    held: Held,
) -> tuple[str, ...]:
    """Return the arguments of bubblewrap."""
    return (
        backend.program,
        *("--die-with-parent", "--unshare-pid", "--unshare-ipc", "--unshare-uts"),
        "--unshare-cgroup-try",
        *(() if command.is_network_allowed else ("--unshare-net",)),
        *_rights(identity),
        *(word for mount in mounts for word in _words(mount)),
        *("--chdir", "/"),
        *("--sync-fd", str(held.alive)),
        *(() if held.system_calls is None else ("--seccomp", str(held.system_calls))),
        "--",
        *_becoming(backend, identity),
        *("/bin/sh", "-c", _BEGIN, "sh", str(command.limits.processes)),
        *command.argv,
    )


def begin_of(command: Confined) -> bytes:
    """Return the script that sets environment and directory; a part of it begins nothing."""
    names = (name for name in sorted(command.environment) if _NAME.fullmatch(name))
    lines = [f"export {name}={shlex.quote(command.environment[name])}" for name in names]
    enter = f"cd {shlex.quote(command.directory)} || exit 126"
    return os.fsencode("\n".join([*lines, enter, "go=1", ""]))


def _rights(identity: Identity) -> tuple[str, ...]:
    """Return the options for capabilities and the user namespace."""
    if identity.is_changed:
        return ("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    return ("--unshare-user", "--cap-drop", "ALL")


def _becoming(backend: Backend, identity: Identity) -> tuple[str, ...]:
    """Return the prefix that makes root become another user."""
    if not identity.is_changed:
        return ()
    user, group = str(identity.user), str(identity.group)
    words = ("--reuid", user, "--regid", group, "--clear-groups", "--inh-caps=-all")
    return (backend.setpriv, *words, "--")


def _words(mount: Mount) -> Iterator[str]:
    """Yield the options for one mount."""
    path = mount.path
    match mount.kind:
        case "read":
            yield from ("--ro-bind", path, path)
        case "write":
            yield from ("--bind", path, path)
        case "empty":
            yield from ("--perms", f"{mount.mode:04o}", "--size", str(mount.size))
            yield from ("--tmpfs", path)
        case "device":
            yield from ("--dev-bind", path, path)
        case "proc":
            yield from ("--proc", path)
        case "link":
            yield from ("--symlink", mount.target, path)
        case "folder":
            yield from ("--perms", f"{mount.mode:04o}", "--dir", path)
        case "seal":
            yield from ("--remount-ro", path)

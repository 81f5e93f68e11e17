"""What a sandbox prevented, as far as the last lines of a failed command show it."""

from __future__ import annotations

import re
import signal

from distrorocks.system.sandbox.choice import SandboxError
from distrorocks.system.sandbox.confined import Confined
from distrorocks.system.sandbox.running import Ended
from distrorocks.values import NamedTuple


class Prevented(NamedTuple):
    """What was prevented, and a hint; ``by_namespaces`` if nothing but those prevents it."""

    what: str
    hint: str
    by_namespaces: bool = False


_NETWORK_HINT = (
    "if you trust this rock, allow it with --build-network, or fetch what it needs beforehand"
)
_OUTSIDE_HINT = "a build may write to its own folder, /tmp and HOME only; report this to its author"
_SANDBOX_HINT = "if you trust this rock, take --build-sandbox off"
_LIMIT_HINT = "this is a limit of docs/limits.md; report it if an honest build needs more"

_NETWORK = Prevented("it used the network, which builds may not", _NETWORK_HINT, True)
_FORKS = (
    r"cannot fork|fork: retry|fork failed|vfork|can't fork|unable to fork"
    r"|resource temporarily unavailable"
)
_MEMORY = (
    r"cannot allocate memory|out of memory|virtual memory exhausted|not enough memory"
    r"|memoryerror|std::bad_alloc"
)
_NAMES = (
    r"name resolution|resolve host|name or service not known|unknown host|EAI_AGAIN"
    r"|network is (unreachable|down)|no address associated"
)
_CONNECTIONS = r"connection refused|cannot assign requested address|could not connect to server"
_RIGHTS = r"operation not permitted|function not implemented"
_FILES = Prevented(
    "it used files that builds cannot use",
    "a build of root runs as nobody, and may write to its own folder, /tmp and HOME only; "
    "report this to its author",
)
_PATTERNS = (
    (_NAMES, _NETWORK),
    (r"read-only file system", Prevented("it wrote outside its folder", _OUTSIDE_HINT, True)),
    (_FORKS, Prevented("it started too many processes", _LIMIT_HINT)),
    (_MEMORY, Prevented("it used too much memory", _LIMIT_HINT)),
    (r"file too large", Prevented("it wrote a file that is too large", _LIMIT_HINT)),
    (r"no space left on device", Prevented("its folder or its /tmp is full", _LIMIT_HINT)),
    (_CONNECTIONS, _NETWORK),
    (_RIGHTS, Prevented("it did what a build has no right to", _SANDBOX_HINT, True)),
    (r"permission denied", _FILES),
)
"""What a line of output tells, the surest signs first; the last line that tells anything counts."""

_SIGNALS = {
    signal.SIGXCPU: Prevented("it took too much processor time", _LIMIT_HINT),
    signal.SIGXFSZ: Prevented("it wrote a file that is too large", _LIMIT_HINT),
}


def prevented(command: Confined, ended: Ended, *, has_namespaces: bool = True) -> Prevented | None:
    """Return what a sandbox prevented in a failed command; None if nothing shows it.

    It is read from messages in English, since builds run with ``LC_ALL=C``: a hint, no proof.
    Without namespaces only limits and the rights of the builds' user are left.
    """
    if ended.stopped:
        return Prevented(ended.stopped, _LIMIT_HINT)
    if ended.status == 0:
        return None
    for number, found in _SIGNALS.items():
        if ended.status == 128 + number:
            return found
    for line in reversed(ended.last_lines):
        for pattern, found in _PATTERNS:
            if found is _NETWORK and command.is_network_allowed:
                continue
            if found.by_namespaces and not has_namespaces:
                continue
            if re.search(pattern, line, re.IGNORECASE):
                return found
    return None


def failure(command: Confined, ended: Ended, log: str) -> SandboxError:
    """Return the error for a failed command whose output is in the file ``log``."""
    name = command.argv[0]
    if not ended.is_entered:
        return SandboxError(
            f"the sandbox for {name} could not be entered",
            detail="\n".join(ended.last_lines),
            hint="take --build-sandbox off if you trust this rock",
        )
    if ended.stopped:
        brief = f"{name} was stopped: {ended.stopped}"
        return SandboxError(brief, detail="\n".join(ended.last_lines), hint=_LIMIT_HINT)
    found = prevented(command, ended)
    why = f": {found.what}" if found else ""
    return SandboxError(
        f"{name} failed with status {ended.status}{why}",
        detail="\n".join(ended.last_lines),
        hint=found.hint if found else f"the whole output is in {log}",
    )

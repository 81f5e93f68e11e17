"""The programs that fetch checkouts: each in a session of its own, bounded, and ended with us.

A program gets the user's home directory, because access is configured there; for root it is root's
own, whatever the environment says. It asks nothing: without a terminal there is nobody to answer.
"""

from __future__ import annotations

import os
import pwd
import threading
import time
from collections.abc import Mapping, Sequence

from distrorocks.sources.checked_folder import MOST_BYTES, size_of
from distrorocks.sources.source import SourceError
from distrorocks.system.processes.command import PATH, CommandError, find_program
from distrorocks.system.processes.logged_command import CommandLog, Logged
from distrorocks.system.processes.session import Session, end

MAX_SECONDS = 1800.0
"""How long one program may take; the largest repositories of rocks take a few minutes."""

_PAUSE = 0.25
_ROOM = 2  # a repository beside its files
_PACKAGES = {"hg": "mercurial", "svn": "subversion"}
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
_PASSED = ("SSH_AUTH_SOCK", "SSL_CERT_FILE", *_PROXIES, *map(str.upper, _PROXIES))
_QUIET = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "/bin/false",
    "SSH_ASKPASS": "/bin/false",
    "GIT_SSH_COMMAND": "ssh -oBatchMode=yes",
    "CVS_RSH": "ssh",
    "HGPLAIN": "1",
}


class Programs:
    """The programs of one fetch, which may run in several threads; ``close`` ends them all."""

    def __init__(self, *, seconds: float = MAX_SECONDS, most_bytes: int = MOST_BYTES) -> None:
        self._seconds = seconds
        self._most_bytes = most_bytes * _ROOM
        self._lock = threading.Lock()
        self._sessions: set[Session] = set()
        self._is_closed = False

    def close(self) -> None:
        """End every program; none is started any more."""
        with self._lock:
            self._is_closed = True
            running = list(self._sessions)
        for session in running:
            end(session)

    def run(
        self, argv: Sequence[str], *, folder: str, what: str, more: Mapping[str, str] | None = None
    ) -> Logged:
        """Run a program in a private folder and return its status and last lines.

        ``more`` are variables of its environment. Raise ``SourceError`` if it is not installed,
        takes too long or fills the folder beyond the limit; ``what`` names the rock.
        """
        if find_program(argv[0]) is None:
            package = _PACKAGES.get(argv[0], argv[0])
            raise SourceError(
                f"the sources of {what} cannot be fetched: {argv[0]} is not installed",
                hint=f"install the package {package}",
            )
        running = _Running(self, folder)
        watch = threading.Thread(target=running.watch, daemon=True)
        log = CommandLog(f"{folder}.log")
        try:
            watch.start()
            environment = {**_environment(), **(more or {})}
            ended = log.run(argv, environment=environment, directory=folder, note=running.begin)
        except CommandError as error:
            raise SourceError(
                f"the sources of {what} cannot be fetched: {error.brief}", detail=error.detail
            ) from None
        finally:
            running.finish()
            watch.join()
            log.close()
            os.unlink(log.path)
        if running.fault:
            raise SourceError(
                f"the sources of {what} cannot be fetched: {argv[0]} {running.fault}",
                detail="\n".join(ended.last_lines),
            )
        return ended

    def add(self, session: Session) -> None:
        """Record a program that is about to start; raise if all is over."""
        with self._lock:
            self.refuse_if_closed()
            self._sessions.add(session)

    def refuse_if_closed(self) -> None:
        """Raise ``CommandError`` if nothing may be started any more."""
        if self._is_closed:
            raise CommandError("the fetch was interrupted")

    def drop(self, session: Session) -> None:
        """Forget a program that has ended."""
        with self._lock:
            self._sessions.discard(session)

    def fault_of(self, folder: str, began: float) -> str:
        """Return which limit a program in ``folder`` has passed, or ""."""
        if time.monotonic() - began > self._seconds:
            return f"took more than {self._seconds:g} seconds"
        log = os.stat(f"{folder}.log").st_size
        if size_of(folder, self._most_bytes) + log >= self._most_bytes:
            return f"wrote more than {self._most_bytes} bytes, or nested folders too deeply"
        return ""


class _Running:
    """One program that runs, and what watches it."""

    def __init__(self, programs: Programs, folder: str) -> None:
        self.fault = ""
        self._programs = programs
        self._folder = folder
        self._session: Session | None = None
        self._ended = threading.Event()

    def begin(self, session: Session) -> None:
        """Note the session before the program starts."""
        self._programs.add(session)
        self._session = session

    def finish(self) -> None:
        """Note that the program has ended."""
        self._ended.set()
        if self._session:
            self._programs.drop(self._session)

    def watch(self) -> None:
        """End the program when it passes a limit."""
        began = time.monotonic()
        while not self._ended.wait(_PAUSE):
            if self._session and (fault := self._fault(began)):
                self.fault = fault
                end(self._session)
                return

    def _fault(self, began: float) -> str:
        """Return which limit has been passed; what cannot be watched must not go on."""
        try:
            return self._programs.fault_of(self._folder, began)
        except Exception as error:
            return f"cannot be watched ({type(error).__name__})"


def _environment() -> dict[str, str]:
    """Return the environment of every program."""
    user = os.geteuid()
    home = os.environ.get("HOME", "/")
    if user == 0:
        home = pwd.getpwuid(0).pw_dir
    passed = {name: os.environ[name] for name in _PASSED if name in os.environ}
    return {"PATH": PATH, "LC_ALL": "C.UTF-8", "HOME": home, **passed, **_QUIET}

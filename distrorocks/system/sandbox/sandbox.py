"""The sandbox that builds run in.

    sandbox = chosen_sandbox("auto")            # or "require", "off"
    print(sandbox.sentence)
    with sandbox, sandbox.handed_over(folder):
        ended = sandbox.run(Confined(("make",), folder, writable=(folder,)), log)
        if ended.status or ended.stopped:
            raise failure(command, ended, log.path)

With bubblewrap or util-linux' unshare a command sees the file system read-only, its own folders
writable, a private /tmp and HOME, empty /home, /root and /run, five devices, no network, and no
other processes. It has no rights, gets none by set-user-ID programs, and none of its processes
outlives it, or us. Root runs it as nobody. docs/sandbox.md has the details.

Without either ("off", or none works) a command still has its limits, no new privileges, a HOME of
its own and, for root, the user nobody without groups; unless it is "off", the filter of system
calls too. What is then NOT protected: it reads whatever nobody (or the calling user) can read,
writes wherever that user can write, uses the network and abstract sockets, and sees other
processes. A build of the calling user can end everything else of that user, distrorocks and the
supervisor of the build too; what the build has started may then go on.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import threading
from collections.abc import Iterator
from time import sleep
from types import MappingProxyType

from distrorocks.system.files.scratch import ScratchDirectory
from distrorocks.system.processes.closing import Closing
from distrorocks.system.processes.command import PATH, find_program
from distrorocks.system.processes.logged_command import CommandLog, ending_with_us
from distrorocks.system.sandbox import handover
from distrorocks.system.sandbox.bubblewrap import Held, begin_of, bubblewrap_argv
from distrorocks.system.sandbox.choice import Choice, Probed, SandboxError, choose
from distrorocks.system.sandbox.confined import Backend, Confined
from distrorocks.system.sandbox.keeping import Keeper
from distrorocks.system.sandbox.namespaces import plain_argv, plan_of, unshare_argv
from distrorocks.system.sandbox.observed import closed_above, machine_for, own_identity
from distrorocks.system.sandbox.running import Ended, Launch, Running
from distrorocks.system.sandbox.system_calls import filter_of
from distrorocks.system.sandbox.view import HOME, TEMPORARY, mounts_of

_MOMENT = 0.002  # seconds
_ENVIRONMENT = MappingProxyType({"PATH": PATH, "LC_ALL": "C.UTF-8", "TZ": "UTC0"})


class Sandbox(Closing):
    """Runs commands with one backend, from several threads too; ``close`` ends all that run.

    ``sentence`` reports which sandbox it is. Without ``is_filtered`` all system calls are allowed.
    Without ``is_kept`` no other process watches over the end of commands: for those that we know.
    """

    def __init__(
        self,
        backend: Backend,
        sentence: str = "",
        *,
        is_filtered: bool = True,
        is_kept: bool = True,
    ) -> None:
        self.backend = backend
        self.sentence = sentence
        self._filter = filter_of(os.uname().machine) if is_filtered else b""
        self._is_kept = is_kept and backend.kind != "none"
        self._is_stopped = False
        self.identity = own_identity()
        self._scratch: ScratchDirectory | None = None
        self._keeper: Keeper | None = None
        self._running: set[Running] = set()
        self._lock = threading.Lock()

    @property
    def has_namespaces(self) -> bool:
        """Whether commands reach their folders by mounts, so that others need not pass to them."""
        return self.backend.kind != "none"

    def close(self) -> None:
        """End all commands, and remove the private folder."""
        self.stop()
        while self._running:
            sleep(_MOMENT)
        if self._keeper is not None:
            self._keeper.close()
            self._keeper = None
        if self._scratch is not None:
            self._scratch.close()
            self._scratch = None

    def stop(self) -> None:
        """Let all commands end soon, and those that are run later at once."""
        with self._lock:
            self._is_stopped = True
            for each in self._running:
                each.stop()

    @contextlib.contextmanager
    def handed_over(self, folder: str) -> Iterator[None]:
        """Let commands write to a folder during the block; for root they run as nobody."""
        with handover.handed_over(folder, self.identity):
            yield

    def run(self, command: Confined, log: CommandLog) -> Ended:
        """Run a command, append its output to a log, and return how it ended.

        Its standard input is empty. No process of it is left. Raise ``SandboxError`` if the user of
        the sandbox cannot enter its folders, ``CommandError`` if the sandbox cannot be started.
        """
        command = self._completed(command)
        running = Running(self._launch(command), self._kept())
        try:
            with self._lock:
                self._running.add(running)
                if self._is_stopped:
                    running.stop()
            return running.wait(log)
        finally:
            running.close()
            with self._lock:
                self._running.discard(running)

    def _completed(self, command: Confined) -> Confined:
        """Return a command with its whole environment and with real paths."""
        home, temporary = (HOME, TEMPORARY)
        if self.backend.kind == "none":
            home = temporary = self._private("home")
        own = {"HOME": home, "TMPDIR": temporary}
        return command._replace(
            directory=os.path.realpath(command.directory),
            writable=tuple(map(os.path.realpath, command.writable)),
            readable=tuple(map(os.path.realpath, command.readable)),
            environment={**_ENVIRONMENT, **command.environment, **own},
        )

    def _launch(self, command: Confined) -> Launch:
        """Return how a command is started with our backend."""
        ways = {"bwrap": self._bubblewrap, "unshare": self._unshare, "none": self._plain}
        return ways[self.backend.kind](command)

    def _bubblewrap(self, command: Confined) -> Launch:
        mounts = mounts_of(command, machine_for(command, self.identity))
        alive, ours = os.pipe()
        calls = _in_memory(self._filter) if self._filter else None
        argv = bubblewrap_argv(self.backend, command, mounts, self.identity, Held(ours, calls))
        held = (ours,) if calls is None else (ours, calls)
        return self._launched(argv, b"", begin_of(command), held, alive, command)

    def _unshare(self, command: Confined) -> Launch:
        mounts = mounts_of(command, machine_for(command, self.identity))
        plan = plan_of(command, mounts, self.identity, self._private("root"), self._filter)
        return self._entered(unshare_argv(self.backend, command, self.identity), plan, command)

    def _plain(self, command: Confined) -> Launch:
        for folder in (command.directory, *command.writable) if self.identity.is_changed else ():
            if closed := closed_above(folder):
                raise SandboxError(
                    f"builds run as nobody, who cannot enter {closed}",
                    hint=f"run `chmod a+x {closed}`, or install the package bubblewrap",
                )
        plan = plan_of(command, (), self.identity, "", self._filter)
        return self._entered(plain_argv(self.backend), plan, command)

    def _entered(self, argv: tuple[str, ...], plan: str, command: Confined) -> Launch:
        alive, ours = os.pipe()
        text = plan.encode("utf-8", "surrogateescape") + b"\n"
        return self._launched(argv, text, b"go\n", (ours,), alive, command)

    def _launched(
        self,
        argv: tuple[str, ...],
        plan: bytes,
        begin: bytes,
        held: tuple[int, ...],
        alive: int,
        command: Confined,
    ) -> Launch:
        # without namespaces the supervisor outlives us: it ends what a signal to it would not
        prefix = () if self.backend.kind == "none" else ending_with_us()
        return Launch(
            argv=(*prefix, *argv),
            plan=plan,
            begin=begin,
            is_supervised=self.backend.kind != "bwrap",
            descriptors=held,
            alive=alive,
            disks=command.writable,
            user=self.identity.user,
            limits=command.limits,
        )

    def _kept(self) -> Keeper | None:
        """Return the keeper; without namespaces the supervisor of a command does its work."""
        with self._lock:
            if self._keeper is None and self._is_kept:
                self._keeper = Keeper(self.backend.python)
            return self._keeper

    def _private(self, name: str) -> str:
        """Return a private folder of this sandbox that its user can enter and write."""
        with self._lock:
            if self._scratch is None:
                self._scratch = ScratchDirectory()
            if not self.has_namespaces:
                self._scratch.let_others_pass()
            return self._scratch.folder(name, self.identity.user, self.identity.group)


def _in_memory(content: bytes) -> int:
    """Return a descriptor that reads ``content`` from its start."""
    opened = os.memfd_create("distrorocks")
    os.write(opened, content)
    os.lseek(opened, 0, os.SEEK_SET)
    return opened


def chosen_sandbox(choice: Choice) -> Sandbox:
    """Return the sandbox for a choice; raise ``SandboxError`` if it requires one and none works."""
    probed: list[Probed] = []
    if choice != "off":
        for kind in ("bwrap", "unshare"):
            probed.append(probe(kind))
            if not probed[-1].fault:
                break
    is_root = os.geteuid() == 0
    chosen = choose(choice, tuple(probed), backend_of("none"), is_root=is_root)
    return Sandbox(chosen.backend, chosen.sentence, is_filtered=choice != "off")


def backend_of(kind: str) -> Backend:
    """Return the programs of a backend, as they are installed."""
    program = "" if kind == "none" else find_program(kind) or ""
    return Backend(kind, program, find_program("setpriv") or "", sys.executable or "python3")


@functools.cache
def probe(kind: str) -> Probed:
    """Try a backend with a command that does nothing; the result is kept for this process."""
    backend = backend_of(kind)
    if not backend.program:
        return Probed(backend, f"{kind} is not installed")
    if kind == "bwrap" and os.geteuid() == 0 and not backend.setpriv:
        return Probed(backend, "setpriv is not installed")
    with ScratchDirectory() as scratch, Sandbox(backend, is_kept=False) as sandbox:
        folder = scratch.folder("probe", sandbox.identity.user, sandbox.identity.group)
        with CommandLog(f"{scratch.path}/log") as log:
            command = Confined(("/bin/sh", "-c", "touch works"), folder, writable=(folder,))
            ended = sandbox.run(command, log)
    if ended.status or not ended.is_entered:
        return Probed(backend, ended.last_lines[-1] if ended.last_lines else "it does not work")
    return Probed(backend, "")

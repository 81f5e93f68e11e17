"""A machine under test: a root folder, and the commands that a person would type on it."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from integration.machines.scratch import CHECKOUT

ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LC_ALL": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
}
INSIDE = "/opt/distrorocks"
RUN_MAIN = "import sys; from distrorocks.cli.main import main; sys.exit(main())"
PASSING_PLACES = ("dev", "proc", "sys", "run", "tmp")


class Outcome(NamedTuple):
    """What a command left: its words, its exit status, its two outputs as text."""

    command: str
    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines of standard output that say something."""
        return [line for line in self.out.splitlines() if line.strip()]


class CommandError(AssertionError):
    """A command ended with another status than the story expects."""

    def __init__(self, outcome: Outcome) -> None:
        tail = f"{outcome.out[-4000:]}\n{outcome.err[-4000:]}".strip()
        super().__init__(f"exit status {outcome.status}: {outcome.command}\n{tail}")
        self.outcome = outcome


def run(*words: str | Path, status: int | None = 0, timeout: int = 1200, **more: str) -> Outcome:
    """Run a command of the host; `status` is the exit status expected, None for any."""
    command = [str(word) for word in words]
    done = subprocess.run(
        command,
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
        cwd=CHECKOUT,
        env={**os.environ, **more},
        timeout=timeout,
    )
    out, err = (os.fsdecode(text) for text in (done.stdout, done.stderr))
    outcome = Outcome(shlex.join(command), done.returncode, out, err)
    if status is not None and done.returncode != status:
        raise CommandError(outcome)
    return outcome


class Machine:
    """A root folder with an operating system in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, inside: str) -> Path:
        """Return where the host sees a path of this machine."""
        return self.root / inside.lstrip("/")

    def write(self, inside: str, text: str) -> Path:
        """Write a text file of this machine, with the folders above it."""
        path = self.path(inside)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def words(self, *words: str, online: bool = False, ends: bool = False) -> list[str]:
        """Return the host's words for a command in this machine.

        A network has to be asked for. What the command leaves running ends with it if it ``ends``.
        """
        alone = [] if online else ["--net"]
        if ends:
            alone += ["--pid", "--fork", "--kill-child", f"--mount-proc={self.path('/proc')}"]
        network = ("unshare", *alone) if alone else ()
        # A shell is the first process there: timeout(1) of Debian sid fails where it is the first.
        words = ("sh", "-c", '"$@"; exit $?', "sh", *words) if ends else words
        environment = [f"{name}={value}" for name, value in ENVIRONMENT.items()]
        return ["env", "-i", *environment, *network, "chroot", str(self.root), *words]

    def run(
        self, *words: str, status: int | None = 0, online: bool = False, ends: bool = False
    ) -> Outcome:
        """Run a command in this machine, as ``words`` says."""
        return run(*self.words(*words, online=online, ends=ends), status=status)

    def distrorocks(self, verb: str, *words: str, status: int | None = 0) -> Outcome:
        """Run this checkout's distrorocks on the host, working in this machine's root."""
        main = (sys.executable, "-c", RUN_MAIN)
        return run(*main, verb, "--root", self.root, *words, status=status)

    def distrorocks_inside(self, *words: str, status: int | None = 0) -> Outcome:
        """Run distrorocks in this machine, with Python's standard library and nothing else."""
        if not self.path(INSIDE).exists():
            ignored = shutil.ignore_patterns("__pycache__")
            place = self.path(INSIDE) / "distrorocks"
            shutil.copytree(CHECKOUT / "distrorocks", place, ignore=ignored)
        program = f"import sys; sys.path.insert(0, {INSIDE!r}); {RUN_MAIN}"
        return self.run("python3", "-I", "-S", "-B", "-c", program, *words, status=status)

    def luarocks(self, lua_version: str, *words: str, status: int | None = 0) -> Outcome:
        """Run the machine's own LuaRocks for one Lua version."""
        return self.run("luarocks", f"--lua-version={lua_version}", *words, status=status)

    def rocks(self, lua_version: str) -> set[tuple[str, str]]:
        """Return the (rock, version) pairs that LuaRocks lists for one Lua version."""
        lines = self.luarocks(lua_version, "list", "--porcelain").lines
        return {(name, version) for name, version, *_ in (line.split("\t") for line in lines)}

    def packages(self) -> set[str]:
        """Return the names of the Debian packages that are installed."""
        shown = self.run("dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\\n").lines
        return {line.split()[1] for line in shown if line.startswith("installed ")}

    def faults(self) -> list[str]:
        """Return what `dpkg --verify` complains of."""
        return self.run("dpkg", "--verify", status=None).lines

    def paths(self, under: str = "/") -> Iterator[Path]:
        """Yield every path below a folder, but for the places where nothing stays."""
        top = self.path(under)
        for folder, folders, files in os.walk(top):
            here = Path(folder)
            if here == self.root:
                folders[:] = [name for name in folders if name not in PASSING_PLACES]
            yield from (here / name for name in (*folders, *files))

    def contents(self, under: str = "/") -> dict[str, str]:
        """Return every path below a folder with what it holds: a digest, a target, or nothing."""
        return {"/" + str(p.relative_to(self.root)): _content(p) for p in self.paths(under)}

    def stamps(self, under: str = "/") -> dict[str, tuple[int, int, int]]:
        """Return every path below a folder with its inode, its size and when it was written."""
        found = ((path, path.lstat()) for path in self.paths(under))
        return {
            "/" + str(path.relative_to(self.root)): (s.st_ino, s.st_size, s.st_mtime_ns)
            for path, s in found
        }


def _content(path: Path) -> str:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return f"-> {os.readlink(path)}"
    if stat.S_ISREG(mode):
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return stat.filemode(mode)

"""kill -9 at random moments of an installation that builds: no process is left, no tree torn.

Three rocks replace three others; the command that builds the first is slow. Every run is a program
of its own, in its own process group, and what it leaves behind becomes a child of this process.
DISTROROCKS_EVERY_FAULT=1 tries five times as many moments. Figures are printed (``-s``).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from distrorocks.serve.make_manifest import make_server_manifests
from integration.faults.choice import is_every
from integration.faults.content import Content, content, difference, renew
from integration.faults.layer import Fault
from integration.faults.orphans import Orphans
from integration.faults.rock_cases import without_times
from integration.machines.machine import run
from integration.machines.scratch import CHECKOUT, live, unmount

LUA = "5.4"
MOMENTS = 300 if is_every() else 60
SLOW = 0.5
"""Seconds that the command takes."""
CACHE = Path("/var/cache")
JOURNAL = f"/lib/luarocks/.distrorocks-deploy-{LUA}"
DEPLOYING = 0.02
"""Seconds from the journal to about the end of a run."""
PROGRAM = "import sys; from distrorocks.cli.main import main; sys.exit(main())"
NEEDS = {"slow": "", "twig": "slow", "branch": "twig"}
BUILD = {
    "slow": f'type = "command", build_command = "sleep {SLOW} && echo built > built.txt", '
    'install_command = "cp built.txt $(PREFIX) && cp slow.lua $(LUADIR)"',
    "twig": 'type = "builtin", modules = { twig = "twig.lua" }',
    "branch": 'type = "none", install = { lua = { "branch.lua" }, '
    'bin = { branch = "branch.lua" } }',
}


def write_server(server: Path) -> None:
    """Make the three rocks in two versions, and a header of Lua."""
    for version in ("1.0", "2.0"):
        for name, need in NEEDS.items():
            source = server / "src" / f"{name}-{version}/{name}.lua"
            source.parent.mkdir(parents=True)
            source.write_text(f"return '{name} {version}'\n")
            quoted = f'"{need} == {version}"' if need else ""
            (server / f"{name}-{version}-1.rockspec").write_text(
                f'package = "{name}"\nversion = "{version}-1"\n'
                f'source = {{ url = "file://{source}", dir = "." }}\n'
                f"dependencies = {{ {quoted} }}\nbuild = {{ {BUILD[name]} }}\n"
            )
    make_server_manifests(str(server))
    (server / "lua.h").write_text("#define LUA_VERSION_NUM 504\n")


class Moment(NamedTuple):
    """So many seconds after the start, or after the run began to change the tree."""

    seconds: float
    is_deploying: bool

    def __str__(self) -> str:
        return f"{self.seconds:.4f} s after the {'journal' if self.is_deploying else 'start'}"


class Killed(NamedTuple):
    """A run in which something was killed: what it left running, and whether it was at work.

    ``status`` is the exit status of distrorocks, ``messages`` what it wrote to standard error.
    """

    left: list[int]
    was_at_work: bool
    status: int
    messages: str


class Place:
    """A server, a tree that is renewed for each run, and a home.

    The folder ``cache``, which has to be mounted over /var/cache, holds the store of built rocks.
    """

    def __init__(self, above: Path) -> None:
        self.server, self.tree, self.template = (above / n for n in ("server", "tree", "template"))
        self.home, self.temporary, self.cache = (above / n for n in ("home", "tmp", "cache"))
        self._orphans = Orphans()
        self.server.mkdir()
        write_server(self.server)
        self.renew()
        self.finish("install", "branch", "1.0")
        renew(self.template, self.tree)
        self.before = content(self.tree, with_times=True)
        self.seconds = min(self._length() for _ in range(3))
        self.after = content(self.tree)

    def _length(self) -> float:
        """Install, and return how many seconds that took."""
        self.renew()
        begun = time.monotonic()
        self.finish("install", "branch", "2.0")
        return time.monotonic() - begun

    def renew(self) -> None:
        """Give the tree the old rocks, and forget what was built and left."""
        renew(self.tree, self.template)
        for each in (self.home, self.temporary):
            shutil.rmtree(each, ignore_errors=True)
            each.mkdir()
        for each in self.cache.iterdir():
            shutil.rmtree(each)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start distrorocks in a process group of its own."""
        more = [f"--tree={self.tree}", f"--lua-version={LUA}", "--yes", "--deps-mode=one"]
        if words[1:]:
            more += [f"--only-server={self.server}", f"LUA_INCDIR={self.server}"]
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *words, *more],
            cwd=CHECKOUT,
            env={"PATH": os.environ["PATH"], "HOME": str(self.home), "TMPDIR": str(self.temporary)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def finish(self, *words: str) -> str:
        """Run distrorocks to its end, which is a good one; return its messages."""
        process = self.start(*words)
        messages = process.communicate()[1]
        assert process.returncode == 0, messages
        return messages

    def killed(self, moment: Moment, victim: Callable[[int], bool]) -> Killed:
        """Start the installation, and at a moment call ``victim`` with its process id.

        That kills something, and returns whether there was something to kill.
        """
        process = self.start("install", "branch", "2.0")
        journal = Path(f"{self.tree}{JOURNAL}")
        while moment.is_deploying and process.poll() is None and not journal.exists():
            time.sleep(0.0002)
        time.sleep(moment.seconds)
        was_at_work = process.poll() is None and victim(process.pid)
        messages = process.communicate()[1]
        return Killed(self._orphans.after(Fault()), was_at_work, process.returncode, messages)

    def state(self) -> str:
        """Return which tree there is: old, new, or with a journal."""
        now = content(self.tree, with_times=True)
        if any(path.startswith(JOURNAL) for path in now):
            return "journal"
        if without_lock(now) == self.before:
            return "old"
        return "new" if without_lock(without_times(now)) == self.after else "torn"


def the_program(process: int) -> bool:
    """Kill distrorocks alone."""
    os.kill(process, signal.SIGKILL)
    return True


def its_group(process: int) -> bool:
    """Kill distrorocks and every process of its group."""
    os.killpg(process, signal.SIGKILL)
    return True


def a_builder(process: int) -> bool:
    """Kill a process that distrorocks started, or one that such a process started."""
    below = list(_children(process))
    for each in below:
        below += _children(each)
    if not below:
        return False
    victim = random.choice(below)  # noqa: S311 - any will do
    with suppress(ProcessLookupError):
        os.kill(victim, signal.SIGKILL)
        return True
    return False


def _children(process: int) -> Iterator[int]:
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            yield from map(int, Path(task, "children").read_text().split())


def without_lock(held: Content) -> Content:
    """Return a state without LuaRocks' lock, which a killed run leaves and the next one takes."""
    return {path: what for path, what in held.items() if path != "/lockfile.lfs"}


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """A place that the user of the sandbox can enter, with a store of built rocks of its own."""
    above = Path(tempfile.mkdtemp(prefix="kills-", dir=live()))
    above.chmod(0o755)
    (above / "cache").mkdir()
    run("mount", "--bind", above / "cache", CACHE)
    try:
        place = Place(above)
        assert place.seconds > SLOW  # nothing was taken from the store
        yield place
    finally:
        unmount(CACHE)
        shutil.rmtree(above)


def moments(seconds: float, seed: str) -> Iterator[Moment]:
    """Yield random moments of a run, every third one while it changes the tree."""
    chance = random.Random(seed)  # noqa: S311 - any moments will do
    for number in range(MOMENTS):
        is_deploying = number % 3 == 0
        yield Moment(chance.uniform(0, DEPLOYING if is_deploying else seconds), is_deploying)


@pytest.mark.parametrize("victim", [the_program, its_group])
def test_a_killed_installation_leaves_no_process_and_no_torn_tree(
    place: Place, victim: Callable[[int], bool]
) -> None:
    """After the kill the tree is old, new or has a journal; the next run makes it new, and leaves
    nothing but the new tree; where a journal was, ``--recover`` gives the old or the new one."""
    found: Counter[str] = Counter()
    problems: list[str] = []
    for number, moment in enumerate(moments(place.seconds, victim.__name__)):
        place.renew()
        killed = place.killed(moment, victim)
        state = place.state()
        found[state if killed.status == -signal.SIGKILL else "too late"] += 1
        if killed.left:
            problems.append(f"{moment}: {len(killed.left)} processes are left")
        if state == "torn":
            problems.append(f"{moment}: {difference(content(place.tree), place.after)}")
        if state == "journal" and number % 2 == 0:
            place.finish("install", "--recover")
            if place.state() not in ("old", "new"):
                problems.append(f"{moment}: {place.state()} after --recover")
        place.finish("install", "branch", "2.0")
        now = content(place.tree)
        if now != place.after:
            problems.append(f"{moment}, next run: {difference(now, place.after)}")
    print(f"\nkills: {victim.__name__}: {dict(found)} of {place.seconds:.2f} s")
    assert problems == []
    assert found["too late"] < MOMENTS / 3
    assert found["old"]
    assert found["journal"]


def test_a_killed_builder_is_a_failed_installation(place: Place) -> None:
    """Then the tree is the old one and the error says so, or the new one with status 0."""
    found: Counter[str] = Counter()
    problems: list[str] = []
    for moment in moments(place.seconds, "builder"):
        place.renew()
        killed = place.killed(moment, a_builder)
        state = place.state()
        found[state if killed.was_at_work else "too late"] += 1
        if killed.left:
            problems.append(f"{moment}: {len(killed.left)} processes are left")
        if state != ("old" if killed.status else "new"):
            how = difference(content(place.tree), place.after)
            problems.append(f"{moment}: status {killed.status}, the tree is {state}: {how}")
        if killed.status and "error: " not in killed.messages:
            problems.append(f"{moment}: {killed.messages}")
    print(f"\nkills: a builder: {dict(found)} of {place.seconds:.2f} s")
    assert problems == []
    assert found["old"]

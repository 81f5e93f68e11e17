"""Faults while a refresh works: what is there is whole, dpkg is content, the next repairs all.

A loss is a manifest that is neither the old nor the new one, a refresh that does not end where an
undisturbed one does, a hook that leaves with another status than 0, or a change that dpkg sees.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from integration.machines.dpkg_packages import downloaded, own, with_files
from integration.machines.machine import Machine, run
from integration.machines.rocks import LEDGERS, TREE
from integration.machines.roots import LUA_VERSIONS, Layer, base

HOOK = "/usr/share/distrorocks/refresh-hook"
CACHE = "/var/cache/distrorocks"
MEMORY = f"{CACHE}/refresh.cache"
INFO = "/var/lib/dpkg/info"
SUITE = "bookworm"
KILLS = 200
SMALL = 16
# What one of the two states lacks: dpkg has no record of these there.
LEAVING = ("lua-say", "lua-penlight", "lua-posix", "lua-cjson", "lua-zlib")

Trees = dict[str, bytes]


class Switching:
    """A machine with two states of dpkg's database, and what its trees hold in each."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.state = 0
        self.settled = [self._settle(), {}]
        self.switch()
        self.settled[1] = self._settle()

    def _settle(self) -> Trees:
        shutil.rmtree(self.machine.path(CACHE), ignore_errors=True)
        self.machine.run(HOOK)
        return trees(self.machine)

    def switch(self) -> Trees:
        """Take some packages' lists out of dpkg's database, or put them back.

        Returns what the trees hold when all is done.
        """
        info, aside = self.machine.path(INFO), self.machine.path("/srv")
        source, target = (aside, info) if self.state else (info, aside)
        self.state = 1 - self.state
        for name in LEAVING:
            for file in (*source.glob(f"{name}.list"), *source.glob(f"{name}:*.list")):
                file.rename(target / file.name)
        return self.settled[self.state]

    def start(self) -> subprocess.Popen[bytes]:
        """Start the hook in the machine, in a group of processes of its own."""
        return start(self.machine)

    def complaints(self) -> list[object]:
        """Return what dpkg and LuaRocks complain of where dpkg has all its records."""
        if self.state:
            self.switch()
            self.machine.run(HOOK)
        return complaints(self.machine)

    def losses(self) -> list[object]:
        """Return what is wrong before and after the next refresh."""
        found: list[object] = []
        olds = [each for state in self.settled for each in manifests(state).items()]
        for path, text in manifests(trees(self.machine)).items():
            if (path, text) not in olds:
                found.append(("not whole", path, text[:80]))
        self.machine.run(HOOK)
        return found + differences(trees(self.machine), self.settled[self.state])


def start(machine: Machine) -> subprocess.Popen[bytes]:
    """Start the hook in a machine, in a group of processes of its own."""
    return subprocess.Popen(
        ["chroot", str(machine.root), HOOK],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def trees(machine: Machine) -> Trees:
    """Return what the files in the trees hold, and the ledger's."""
    found = {}
    for folder, _, names in os.walk(machine.path(TREE)):
        for name in names:
            path = Path(folder) / name
            found[str(path.relative_to(machine.root))] = path.read_bytes()
    for ledger in LEDGERS:
        place = machine.path(ledger)
        found[ledger] = place.read_bytes() if place.exists() else b""
    return found


def manifests(held: Trees) -> Trees:
    """Return the manifests among what trees hold."""
    return {path: text for path, text in held.items() if path.endswith("/manifest")}


def differences(held: Trees, wanted: Trees) -> list[object]:
    """Return the paths that are not as they should be."""
    return [path for path in sorted(held.keys() | wanted) if held.get(path) != wanted.get(path)]


def complaints(machine: Machine) -> list[object]:
    """Return what dpkg says of the packages that have to do with Lua, and what is not configured.

    LuaRocks must be able to read each manifest.
    """
    about = sorted(name for name in machine.packages() if "lua" in name or "distrorocks" in name)
    found: list[object] = [*machine.run("dpkg", "--verify", *about, status=None).lines]
    found += machine.run("dpkg", "--audit").lines
    for version in LUA_VERSIONS[SUITE]:
        if not machine.luarocks(version, "--tree=/usr", "list", "--porcelain").lines:
            found.append(f"LuaRocks lists nothing for Lua {version}")
    return found


def tell(group: str, runs: int, losses: list[object]) -> None:
    """Print the figures of one group, and fail for a loss."""
    print(f"faults: {group}: {runs} runs, {len(losses)} losses")
    assert losses == []


@pytest.fixture(scope="module")
def layer() -> Iterator[Layer]:
    """Debian 12 with the hooks and some thirty Lua packages."""
    with base(SUITE).clone() as machine:
        packages = [*own().glob("distrorocks*.deb"), *downloaded(SUITE).lua]
        for each in packages:
            shutil.copy(each, machine.path("/srv"))
        words = ("install", "-qq", "--yes", "-o", "Dpkg::Options::=--force-unsafe-io")
        machine.run("apt-get", *words, *(f"/srv/{each.name}" for each in packages))
        for each in packages:
            machine.path(f"/srv/{each.name}").unlink()
        yield machine.freeze()


@pytest.fixture
def hooked(layer: Layer) -> Iterator[Machine]:
    """A machine whose trees are up to date."""
    with layer.clone() as machine:
        yield machine


def test_killed_at_two_hundred_points(hooked: Machine) -> None:
    """kill -9 of the hook and all its processes, at random points of runs that have work to do."""
    chance = random.Random(3)  # noqa: S311 - any points will do
    switching, losses = Switching(hooked), list[object]()
    switching.switch()
    begun = time.monotonic()
    switching.start().wait()
    length = time.monotonic() - begun
    killed = 0
    for number in range(KILLS):
        wanted = switching.switch()
        if number % 5 == 0:  # nothing there yet
            for version in LUA_VERSIONS[SUITE]:
                shutil.rmtree(hooked.path(f"{TREE}/rocks-{version}"))
                hooked.path(f"{TREE}/rocks-{version}").mkdir()
            shutil.rmtree(hooked.path(CACHE), ignore_errors=True)
        process = switching.start()
        time.sleep(chance.uniform(0, length))
        killed += process.poll() is None
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        losses += switching.losses()
        assert wanted is switching.settled[switching.state]
    losses += switching.complaints()
    print(f"faults: {killed} of {KILLS} runs were still at work when they were killed")
    assert killed > KILLS / 2
    tell("kill -9", KILLS, losses)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "noise": lambda path: path.write_bytes(os.urandom(path.stat().st_size)),
    "one byte": lambda path: path.write_bytes(b"\0" + path.read_bytes()[1:]),
    "gone": lambda path: path.unlink(),
    "a link to nowhere": lambda path: os.symlink(
        "/none", path.rename(f"{path}.old").parent / path.name
    ),
    "not to be read": lambda path: path.chmod(0),
}
VICTIMS = (
    f"{TREE}/rocks-5.4/*/*/rock_manifest",
    f"{TREE}/rocks-5.3/*/*/*.rockspec",
    f"{TREE}/rocks-5.1/manifest",
    LEDGERS[0],
    LEDGERS[1],
    MEMORY,
    f"{CACHE}/hook.stamp",
)


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_damaged_file_is_made_good_by_the_next_transaction(hooked: Machine, victim: str) -> None:
    """Whatever became of one of our files, the hook succeeds and all is as it should be."""
    switching, losses = Switching(hooked), list[object]()
    for damage in DAMAGE.values():
        place = min(hooked.root.glob(victim.lstrip("/")))
        damage(place)
        wanted = switching.switch()
        told = hooked.run(HOOK)
        losses += [line for line in told.err.splitlines() if "warning" in line]
        losses += [path for path in differences(trees(hooked), wanted) if ".old" not in str(path)]
        for old in place.parent.glob("*.old"):
            old.unlink()
    losses += switching.complaints()
    tell(f"damaged {victim.rpartition('/')[2]}", len(DAMAGE), losses)


def test_a_memory_of_another_state_leads_to_nothing_wrong(hooked: Machine) -> None:
    """Memory and stamp of an earlier state put back, as a restored backup would."""
    switching, losses = Switching(hooked), list[object]()
    old = hooked.path("/srv/old")
    for _ in range(4):
        shutil.copytree(hooked.path(CACHE), old)
        switching.switch()
        hooked.run(HOOK)
        shutil.rmtree(hooked.path(CACHE))
        old.rename(hooked.path(CACHE))
        wanted = switching.switch()
        hooked.run(HOOK)
        losses += differences(trees(hooked), wanted)
    tell("memory of another state", 4, losses)


@pytest.mark.parametrize("size", [SMALL, 64, 128, 256, 512, 1024])
def test_a_disk_that_fills_up_loses_nothing(hooked: Machine, size: int) -> None:
    """A tree on a disk with this many KiB left: old or new, one warning at most, then it heals."""
    switching, losses = Switching(hooked), list[object]()
    tree = hooked.path(f"{TREE}/rocks-5.4")
    aside = hooked.path("/srv/tree")
    switching.switch()
    used = int(run("du", "-sk", tree).out.split()[0])
    shutil.copytree(tree, aside)
    run("mount", "-t", "tmpfs", "-o", f"size={2 * used + size}k,nr_inodes=0", "tmpfs", tree)
    try:
        run("cp", "-a", f"{aside}/.", tree)
        room = shutil.disk_usage(tree).free // 1024 - size
        (tree / "ballast").write_bytes(b"x" * max(0, room) * 1024)
        told = hooked.run(HOOK)
        assert "No space left on device" in told.err or size > SMALL
        losses += [line for line in told.err.splitlines() if "distrorocks" not in line]
        (tree / "ballast").unlink()
        losses += switching.losses()
    finally:
        run("umount", "--lazy", tree)
    tell(f"disk with {size} KiB left", 1, losses)


@pytest.mark.parametrize("place", [f"{TREE}/rocks-5.4", TREE, "/var/lib/distrorocks", "/var/cache"])
def test_a_directory_that_cannot_be_written_to_is_told(hooked: Machine, place: str) -> None:
    """Read-only for root too: the hook leaves with 0, all is old or new, then it heals."""
    switching, losses = Switching(hooked), list[object]()
    switching.switch()
    where = hooked.path(place)
    run("mount", "--bind", where, where)
    try:
        run("mount", "-o", "remount,ro,bind", where)
        told = hooked.run(HOOK)
        if place != "/var/cache":
            assert "Read-only file system" in told.err
            assert len(told.err.splitlines()) == 1
    finally:
        run("umount", "--lazy", where)
    losses += switching.losses()
    tell(f"{place} read-only", 1, losses)


def test_rocks_that_come_and_go_during_the_scan(hooked: Machine) -> None:
    """Foreign rocks and modules vanish while twenty refreshes run: each one succeeds."""
    switching, losses = Switching(hooked), list[object]()
    stop = threading.Event()
    tree = hooked.path(f"{TREE}/rocks-5.4")

    def disturb() -> None:
        chance = random.Random(5)  # noqa: S311 - any order will do
        while not stop.is_set():
            rock = tree / f"guest{chance.randrange(5)}" / "1.0-1"
            rock.mkdir(parents=True, exist_ok=True)
            (rock / "rock_manifest").write_text("rock_manifest = {}\n")
            time.sleep(chance.uniform(0, 0.01))
            shutil.rmtree(rock.parent, ignore_errors=True)

    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        for _ in range(20):
            switching.switch()
            told = hooked.run(HOOK)
            losses += [line for line in told.err.splitlines() if "warning" in line]
    finally:
        stop.set()
        thread.join()
    for guest in tree.glob("guest*"):
        shutil.rmtree(guest)
    hooked.path(f"{CACHE}/hook.stamp").unlink(missing_ok=True)
    hooked.run(HOOK)
    losses += differences(trees(hooked), switching.settled[switching.state])
    tell("rocks vanishing in mid-scan", 20, losses)


def test_names_that_are_not_utf_8(hooked: Machine, tmp_path: Path) -> None:
    """A package with such a module comes and goes, and the manifest has the bytes it was given."""
    name = os.fsdecode(b"/usr/share/lua/5.4/caf\xe9.lua")
    package = with_files(
        "lua-caffeine",
        {name: "return 1\n", "/usr/share/lua/5.4/caffeine.lua": "return 2\n"},
        tmp_path,
    )
    shutil.copy(package, hooked.path("/srv/made.deb"))
    before = trees(hooked)
    hooked.write("/etc/distrorocks/names.toml", '[lua-caffeine]\nrock = "caffeine"\n')
    told = hooked.run("dpkg", "-i", "/srv/made.deb")
    assert "warning: distrorocks" not in told.err
    assert b'["caf\xe9"]' in trees(hooked)[f"{TREE}/rocks-5.4/manifest".lstrip("/")]
    losses = complaints(hooked)
    hooked.run("dpkg", "--purge", "lua-caffeine")
    losses += differences(trees(hooked), before)
    tell("names that are not UTF-8", 2, losses)


def test_twenty_at_once(hooked: Machine) -> None:
    """Twenty refreshes start together after a change, thrice: all leave with 0, all is well."""
    switching, losses = Switching(hooked), list[object]()
    for _ in range(3):
        wanted = switching.switch()
        processes = [switching.start() for _ in range(20)]
        losses += [process.wait() for process in processes if process.wait() != 0]
        losses += differences(trees(hooked), wanted)
    for place in ("usr", "var", "etc"):  # not /proc, where processes come and go
        assert not list(hooked.path(place).rglob(".distrorocks-*"))
    tell("twenty at once", 60, losses)


def test_a_clock_that_goes_backwards(hooked: Machine) -> None:
    """Files from the future, and a database that was written long ago, change nothing."""
    switching, losses = Switching(hooked), list[object]()
    for when in (4_000_000_000, 1_000_000, int(time.time()) - 86_400):
        for top in (TREE, "/var/lib/distrorocks", CACHE, INFO):
            for path in hooked.path(top).rglob("*"):
                os.utime(path, (when, when), follow_symlinks=False)
        wanted = switching.switch()
        os.utime(hooked.path(INFO), (when, when))
        told = hooked.run(HOOK)
        losses += [line for line in told.err.splitlines() if "warning" in line]
        losses += differences(trees(hooked), wanted)
    tell("clock going backwards", 3, losses)

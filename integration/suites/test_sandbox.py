"""Hostile builds in the sandbox: with bubblewrap, with unshare, and what is left with neither.

Each build is contained, and the error names what it tried. Without namespaces the table ``REMAINS``
says what a build of root can still do as nobody, and the suite shows that it is so.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from integration.machines.sandboxed import (
    PYTHON,
    USER,
    Outcome,
    Place,
    place_of,
    processes_with,
)

KINDS = ("bwrap", "unshare")
NOBODY = 65534
OUTSIDE = Path("/var/lib/distrorocks-sandbox-test")
HOME = Path("/home/distrorocks-sandbox-test")
KEY = 0x64726F63
MIB = 1 << 20


class Scene(NamedTuple):
    """What a hostile build finds around it, and how it is told of it."""

    place: Place
    token: str
    victim: int
    port: int
    builder: int

    @property
    def environment(self) -> dict[str, str]:
        """The variables of the build."""
        return {
            "TOKEN": self.token,
            "VICTIM": str(self.victim),
            "PORT": str(self.port),
            "OUTSIDE": str(OUTSIDE),
            "SECRET_HOME": str(HOME),
            "KEY": str(KEY),
        }


class Hostile(NamedTuple):
    """A hostile build: Python or shell, what its error says, and what must hold afterwards."""

    script: str
    said: str
    holds: Callable[[Scene, Outcome], bool]
    limits: Mapping[str, Any] = MappingProxyType({})
    is_shell: bool = False


def nothing_outside(scene: Scene, _: Outcome) -> bool:
    """No file of the build is outside its folder."""
    places = (OUTSIDE, Path("/dev/shm"), Path("/tmp"), Path("/var/tmp"), HOME)
    return not any(scene.token in name for place in places for name in os.listdir(place))


def nothing_told(scene: Scene, _: Outcome) -> bool:
    """The build has not read the secret."""
    return "a secret" not in scene.place.log.read_text()


def nobody_heard(scene: Scene, _: Outcome) -> bool:
    """The build has not reached a socket of this machine."""
    return "reached" not in scene.place.log.read_text()


def victim_lives(scene: Scene, _: Outcome) -> bool:
    """A process of the same user outside is untouched."""
    lines = Path(f"/proc/{scene.victim}/status").read_text()
    is_alive = "State:\tZ" not in lines and "TracerPid:\t0" in lines
    return is_alive and "reached" not in scene.place.log.read_text()


def always(_: Scene, __: Outcome) -> bool:
    """It is enough that the build ended, with no process left."""
    return True


def is_stopped(_: Scene, outcome: Outcome) -> bool:
    """It was the sandbox that ended the build."""
    return bool(outcome.stopped)


def log_is_bounded(scene: Scene, outcome: Outcome) -> bool:
    """The log has no more than the limit."""
    return bool(outcome.stopped) and scene.place.log.stat().st_size <= MIB


def no_set_id(scene: Scene, _: Outcome) -> bool:
    """Root has got no set-ID program of the build; a user keeps what is the user's own."""
    for path in scene.place.folder.iterdir():
        status = path.lstat()
        if status.st_uid != scene.place.user or (status.st_mode & 0o6000 and not scene.place.user):
            return False
    return "root!" not in scene.place.log.read_text()


def no_device(scene: Scene, _: Outcome) -> bool:
    """There is no device in the folder."""
    return not any(path.is_block_device() for path in scene.place.folder.iterdir())


def owners_are_right(scene: Scene, _: Outcome) -> bool:
    """The folder belongs to whom it did, and the file outside still to nobody."""
    inside = {path.lstat().st_uid for path in scene.place.folder.rglob("*")}
    return inside <= {scene.place.user} and (OUTSIDE / "prey/file").stat().st_uid == NOBODY


def names_are_harmless(scene: Scene, outcome: Outcome) -> bool:
    """No control character reaches the terminal, and the owner of every file is right."""
    text = outcome.said.replace("\n", "")
    return text.isprintable() and owners_are_right(scene, outcome)


def no_shared_memory(_: Scene, __: Outcome) -> bool:
    """No System V segment of the build is left on the machine."""
    rows = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    return not any(int(row.split()[0]) & 0xFFFFFFFF == KEY for row in rows)


CONNECT = """
import os, socket, sys
kind, address = {kind}, {address}
s = socket.socket(kind)
s.settimeout(5)
s.connect(address)
print("reached")
"""
SHELL = "/bin/sh"
HOSTILE = {
    "writes outside": Hostile(
        "touch $OUTSIDE/$TOKEN || touch /usr/$TOKEN || exit 1", "outside", nothing_outside, {}, True
    ),
    "reads another user's keys": Hostile(
        "print(open(os.environ['SECRET_HOME'] + '/.ssh/id').read())", "", nothing_told
    ),
    "connects to loopback": Hostile(
        CONNECT.format(kind="socket.AF_INET", address="('127.0.0.1', int(os.environ['PORT']))"),
        "network",
        nobody_heard,
    ),
    "connects outside": Hostile(
        CONNECT.format(kind="socket.AF_INET", address="('192.0.2.1', 80)"), "network", nobody_heard
    ),
    "resolves a name": Hostile(
        "import socket\nsocket.getaddrinfo('example.org', 80)\nprint('reached')",
        "network",
        nobody_heard,
    ),
    "connects to an abstract socket": Hostile(
        CONNECT.format(kind="socket.AF_UNIX", address="'\\0' + os.environ['OUTSIDE']"),
        "network",
        nobody_heard,
    ),
    "forks without end": Hostile(
        "import time\nwhile True:\n  if not os.fork(): time.sleep(999); os._exit(0)",
        "too many processes",
        always,
        {"processes": 150},
    ),
    "fills the disk": Hostile(
        "for n in range(99999): open(f'f{n}', 'wb').write(bytes(4 << 20))",
        "lost more than",
        is_stopped,
        {"disk_bytes": 64 * MIB},
    ),
    "fills the disk with empty files": Hostile(
        "for n in range(9999999): open(f'f{n}', 'wb').close()",
        "lost room for more than",
        is_stopped,
        {"disk_files": 5000},
    ),
    "writes one huge file": Hostile(
        "exec dd if=/dev/zero of=huge bs=1M count=99",
        "too large",
        always,
        {"file_bytes": 8 * MIB},
        True,
    ),
    "fills /tmp": Hostile(
        "exec dd if=/dev/zero of=$TMPDIR/$TOKEN bs=1M count=99",
        "is full",
        nothing_outside,
        {"temporary_bytes": 8 * MIB, "file_bytes": 64 * MIB},
        True,
    ),
    "kills processes": Hostile(
        "kill -9 $VICTIM; kill -9 $PPID; kill -9 1; exit 1", "", victim_lives, {}, True
    ),
    "traces a process": Hostile(
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "if libc.ptrace(16, int(os.environ['VICTIM']), 0, 0): "
        "raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))\nprint('reached')",
        "no right",
        victim_lives,
    ),
    "makes and runs set-ID files": Hostile(
        "cp /bin/sh x; chmod 6755 x; mkdir d; chmod 2777 d; "
        "[ $($OUTSIDE/set-id/id -u) = 0 ] && echo 'root!'; exit 1",
        "",
        no_set_id,
        {},
        True,
    ),
    "makes a device": Hostile("os.mknod('disk', 0o60666, os.makedev(8, 0))", "no right", no_device),
    "leaves a daemon": Hostile(
        "setsid sh -c 'setsid sleep 999 & exit' >/dev/null 2>&1 </dev/null; "
        "setsid sleep 998 >/dev/null 2>&1 & exit 1",
        "",
        always,
        {},
        True,
    ),
    "swaps folders for links": Hostile(
        "mkdir d; touch d/file; ln -s /etc/passwd p; ln -s $OUTSIDE/prey q; "
        "(while :; do mv d e; ln -s $OUTSIDE/prey d; rm d; mv e d; done) & sleep 0.3; exit 1",
        "",
        owners_are_right,
        {},
        True,
    ),
    "lies in file names": Hostile(
        "for name in ('a\\nb', '\\x1b[31mred', '-rf', ' ', '\\u202egpj', b'\\xff', '$(id)'): "
        "open(name, 'w')\nos.mkdir('\\x1b]0;t\\x07')\nprint('\\x1b[2J\\x07lies\\r')\nsys.exit(1)",
        "lies",
        names_are_harmless,
    ),
    "prints without end": Hostile(
        "exec yes", "printed more than", log_is_bounded, {"output_bytes": MIB}, True
    ),
    "mounts": Hostile(
        "mount -t tmpfs none $OUTSIDE; unshare -Urm mount -t tmpfs none $OUTSIDE || exit 1; "
        "echo reached",
        "no right",
        nobody_heard,
        {},
        True,
    ),
    "leaves its root": Hostile(
        "for root in ('/proc/1/root', '/proc/self/root', '/..'):\n"
        "  path = root + os.environ['SECRET_HOME'] + '/.ssh/id'\n"
        "  if os.path.exists(path): print(open(path).read())\n"
        "os.chroot('.')",
        "no right",
        nothing_told,
    ),
    "reads other processes": Hostile(
        "print(open('/proc/' + os.environ['VICTIM'] + '/environ').read())", "", nothing_told
    ),
    "writes shared memory": Hostile(
        "echo 1 > /dev/shm/$TOKEN; ls /dev/shm; exit 1", "", nothing_outside, {}, True
    ),
    "uses key rings": Hostile(
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "number = {'x86_64': 248, 'aarch64': 217}[os.uname().machine]\n"
        "if libc.syscall(number, b'user', b'x', b'y', 1, -4) < 0: "
        "raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))\nprint('reached')",
        "no right",
        nobody_heard,
    ),
    "leaves System V memory": Hostile(
        "import ctypes\nctypes.CDLL(None).shmget(int(os.environ['KEY']), 4096, 0o1666)\n"
        "sys.exit(1)",
        "",
        no_shared_memory,
    ),
    "takes all memory": Hostile(
        "x = [bytearray(64 << 20) for _ in range(99)]",
        "too much memory",
        always,
        {"address_space": 1024 * MIB},
    ),
    "computes without end": Hostile(
        "while :; do :; done", "processor time", always, {"processor_seconds": 1}, True
    ),
    "never ends": Hostile(
        "sleep 999 & exec sleep 998", "ran longer than", is_stopped, {"seconds": 1}, True
    ),
    "closes its output and never ends": Hostile(
        "exec sleep 998 >&- 2>&-", "ran longer than", is_stopped, {"seconds": 1}, True
    ),
}

REMAINS = {
    "writes outside": "a folder that nobody can write is written",
    "reads another user's keys": "a file that nobody can read is read",
    "connects to loopback": "the network is open",
    "connects to an abstract socket": "sockets are open",
    "kills processes": "other processes of nobody can be killed",
    "reads other processes": "other processes of nobody can be read",
    "leaves its root": "its root is that of the machine",
    "writes shared memory": "/dev/shm is the machine's",
    "leaves System V memory": "segments stay",
}
"""What a build of root can do where there is neither bubblewrap nor unshare."""

UNTRIED = {
    "connects outside": "it would use the network of this machine",
    "resolves a name": "it would use the network of this machine",
    "fills /tmp": "it would fill the /tmp of this machine",
}


@pytest.fixture(scope="module", params=[0, USER], ids=["root", "user"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """A place for builds that root starts, and one for those of a user."""
    user: int = request.param
    with place_of(user) as made:
        yield made


@pytest.fixture(scope="module")
def faults(place: Place) -> dict[str, str]:
    """Why a kind of sandbox does not work here."""
    return place.faults()


@pytest.fixture(autouse=True)
def _around() -> Iterator[None]:
    """A folder that all can write, another user's home, and a set-ID program."""
    for top in (OUTSIDE, HOME):
        shutil.rmtree(top, ignore_errors=True)
    try:
        (HOME / ".ssh").mkdir(parents=True)
        (HOME / ".ssh/id").write_text("a secret")
        (OUTSIDE / "prey").mkdir(parents=True)
        (OUTSIDE / "prey/file").write_text("")
        (OUTSIDE / "set-id").mkdir()
        shutil.copy("/usr/bin/id", OUTSIDE / "set-id/id")
        (OUTSIDE / "set-id/id").chmod(0o4755)
        OUTSIDE.chmod(0o1777)
        os.chown(OUTSIDE / "prey/file", NOBODY, NOBODY)
        yield
    finally:
        for top in (OUTSIDE, HOME):
            shutil.rmtree(top)


@pytest.fixture
def scene(place: Place) -> Iterator[Scene]:
    """A process of the build's user with a secret, and servers that the build could reach."""
    builder = place.user or NOBODY
    words = ["setpriv", f"--reuid={builder}", f"--regid={builder}", "--clear-groups"]
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        abstract = stack.enter_context(socket.socket(socket.AF_UNIX))
        abstract.bind(f"\0{OUTSIDE}")
        abstract.listen()
        victim = subprocess.Popen([*words, "sleep", "999"], env={"SECRET": "a secret"})
        stack.callback(victim.wait)
        stack.callback(victim.kill)
        token = secrets.token_hex(8)
        yield Scene(place, token, victim.pid, server.getsockname()[1], builder)
        emptied(place.folder)
        subprocess.run(["ipcrm", "-M", hex(KEY)], check=False, stderr=subprocess.DEVNULL)
        Path(f"/dev/shm/{token}").unlink(missing_ok=True)


def emptied(folder: Path) -> None:
    """Remove everything in a folder."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def run(scene: Scene, kind: str, hostile: Hostile) -> Outcome:
    """Run a hostile build."""
    begun = f"import os, sys\n{hostile.script}"
    argv = [SHELL, "-c", hostile.script] if hostile.is_shell else [PYTHON, "-c", begun]
    return scene.place.build(kind, argv, environment=scene.environment, limits=dict(hostile.limits))


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_build_is_contained(
    kind: str, name: str, scene: Scene, faults: dict[str, str]
) -> None:
    """Nothing of it is left outside its folder, no process lives on, and the error says why."""
    if faults[kind]:
        pytest.skip(f"{kind} does not work here: {faults[kind]}")
    hostile = HOSTILE[name]
    outcome = run(scene, kind, hostile)
    assert outcome.status or outcome.stopped
    assert hostile.said in outcome.said
    assert "could not be entered" not in outcome.said
    assert hostile.holds(scene, outcome), outcome
    assert not processes_with(scene.token)


@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in UNTRIED])
def test_what_remains_without_a_sandbox(name: str, scene: Scene) -> None:
    """Limits, rights and processes hold for root's builds, and ``REMAINS`` lists what does not."""
    if scene.place.user:
        pytest.skip("a user's own rights are all that a build of the user has")
    outcome = run(scene, "none", HOSTILE[name])
    held = False
    with contextlib.suppress(FileNotFoundError):
        held = HOSTILE[name].holds(scene, outcome)
    assert held == (name not in REMAINS), outcome
    assert not processes_with(scene.token)


@pytest.mark.parametrize("kind", KINDS)
def test_an_honest_build_works(kind: str, scene: Scene, faults: dict[str, str]) -> None:
    """A compiler, a pipe, a private HOME and /tmp, and a folder that keeps what was built."""
    if faults[kind]:
        pytest.skip(f"{kind} does not work here: {faults[kind]}")
    script = (
        "echo 'int f(void) { return 1; }' > f.c && cc -pipe -c f.c -o f.o && "
        'cc -shared -o f.so f.o && echo "$HOME" > "$HOME/x" && cp "$HOME/x" home && '
        'touch "$TMPDIR/y" && echo "$A" && seq 3 | sort -r | head -1'
    )
    given = {"A": "it's a\nvalue $(id)", "B-C": "no name of a shell"}
    outcome = scene.place.build(kind, ["sh", "-c", script], environment=given)
    assert outcome == Outcome(0, "", "")
    assert scene.place.log.read_text() == f"{given['A']}\n3\n"
    assert {path.name for path in scene.place.folder.iterdir()} == {"f.c", "f.o", "f.so", "home"}
    assert owners_are_right(scene, outcome)


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_that_is_allowed_works(kind: str, scene: Scene, faults: dict[str, str]) -> None:
    """``--build-network`` opens it; all else stays closed."""
    if faults[kind]:
        pytest.skip(f"{kind} does not work here: {faults[kind]}")
    script = "import os\n" + HOSTILE["connects to loopback"].script
    outcome = scene.place.build(
        kind, [PYTHON, "-c", script], environment=scene.environment, network=True
    )
    assert outcome.status == 0
    assert "reached" in scene.place.log.read_text()


CHAIN = """
#include <fcntl.h>
#include <unistd.h>
int main(void)
{
    if (fork() == 0) {
        setsid();
        for (int n = 0; n < 60000; n++)
            if (fork() > 0) _exit(0);
        close(open("ended by itself", O_CREAT | O_WRONLY, 0600));
    }
    return 0;
}
"""


def test_a_chain_of_short_processes_is_ended(scene: Scene) -> None:
    """Without namespaces too: each process makes the next and exits, faster than a list of all."""
    script = f"cat > c.c <<'.'\n{CHAIN}.\ncc -O2 c.c -o c && ./c && ./c && sleep 0.2"
    outcome = scene.place.build("none", [SHELL, "-c", script], environment=scene.environment)
    assert outcome == Outcome(0, "", "")
    assert not (scene.place.folder / "ended by itself").exists()
    assert not processes_with(scene.token)


MOMENTS = 30


@pytest.mark.parametrize("kind", [*KINDS, "none"])
def test_no_process_outlives_a_kill(kind: str, place: Place, faults: dict[str, str]) -> None:
    """``kill -9`` of distrorocks alone, at 30 moments from its first milliseconds on."""
    if faults.get(kind):
        pytest.skip(f"{kind} does not work here: {faults[kind]}")
    token = secrets.token_hex(8)
    script = "setsid sleep 997 & (sleep 996 & exec sleep 995) & touch begun; wait"
    asked = place.asked(kind, [SHELL, "-c", script], environment={"TOKEN": token})
    begun = 0
    for moment in range(MOMENTS):
        emptied(place.folder)
        driver = place.start(asked)
        time.sleep(0.02 + moment * 0.012)
        while moment % 5 == 4 and not (place.folder / "begun").exists():
            time.sleep(0.001)  # a slow machine has builds that have begun, too
        driver.kill()
        with driver:
            pass
        begun += (place.folder / "begun").exists()
        assert all_gone(place), f"at moment {moment}"
        assert not processes_with(token)
    assert begun, "no build had begun"


def all_gone(place: Place) -> bool:
    """Wait for the processes that have the folder or the code in their arguments to end."""
    for _ in range(500):
        if not processes_with(str(place.top)):
            return True
        time.sleep(0.01)
    return False

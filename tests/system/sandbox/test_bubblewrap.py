"""The command line of bubblewrap."""

from __future__ import annotations

import subprocess

from distrorocks.system.sandbox.bubblewrap import Held, begin_of, bubblewrap_argv
from distrorocks.system.sandbox.confined import Backend, Confined, Identity, Limits
from distrorocks.system.sandbox.view import Mount

BACKEND = Backend("bwrap", "/usr/bin/bwrap", "/usr/bin/setpriv", "/usr/bin/python3")
USER = Identity(1000, 100, is_changed=False)
ROOT = Identity(65534, 65533, is_changed=True)
COMMAND = Confined(("make", "all"), "/b", ("/b",), limits=Limits(processes=7))
MOUNTS = (
    Mount("read", "/"),
    Mount("empty", "/tmp", size=9, mode=0o1777),
    Mount("device", "/dev/null"),
    Mount("link", "/dev/fd", target="/proc/self/fd"),
    Mount("folder", "/tmp/home", mode=0o777),
    Mount("seal", "/dev"),
    Mount("proc", "/proc"),
    Mount("write", "/b"),
)


def lines(argv: tuple[str, ...]) -> str:
    """Return arguments as lines, one for each option; the shell's script is left out."""
    text = ""
    for word in (word for word in argv if "ulimit" not in word):
        text += f"\n{word}" if word.startswith("--") and word != "--" else f" {word}"
    return text


def test_for_a_user_there_is_a_user_namespace() -> None:
    """The golden command line."""
    argv = bubblewrap_argv(BACKEND, COMMAND, MOUNTS, USER, Held(5, 6))
    assert (
        lines(argv)
        == """ /usr/bin/bwrap
--die-with-parent
--unshare-pid
--unshare-ipc
--unshare-uts
--unshare-cgroup-try
--unshare-net
--unshare-user
--cap-drop ALL
--ro-bind / /
--perms 1777
--size 9
--tmpfs /tmp
--dev-bind /dev/null /dev/null
--symlink /proc/self/fd /dev/fd
--perms 0777
--dir /tmp/home
--remount-ro /dev
--proc /proc
--bind /b /b
--chdir /
--sync-fd 5
--seccomp 6 -- /bin/sh -c sh 7 make all"""
    )


def test_root_becomes_nobody_inside() -> None:
    """bubblewrap keeps the two capabilities for that, and setpriv uses them up."""
    argv = bubblewrap_argv(BACKEND, COMMAND, (), ROOT, Held(5, None))
    assert (
        lines(argv)
        == """ /usr/bin/bwrap
--die-with-parent
--unshare-pid
--unshare-ipc
--unshare-uts
--unshare-cgroup-try
--unshare-net
--cap-drop ALL
--cap-add CAP_SETUID
--cap-add CAP_SETGID
--chdir /
--sync-fd 5 -- /usr/bin/setpriv
--reuid 65534
--regid 65533
--clear-groups
--inh-caps=-all -- /bin/sh -c sh 7 make all"""
    )


def test_only_the_network_is_opened_by_allowing_it() -> None:
    """One word is missing then."""
    closed = bubblewrap_argv(BACKEND, COMMAND, MOUNTS, USER, Held(5, 6))
    command = COMMAND._replace(is_network_allowed=True)
    opened = bubblewrap_argv(BACKEND, command, MOUNTS, USER, Held(5, 6))
    assert [word for word in closed if word != "--unshare-net"] == list(opened)


def begun(text: bytes, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Run the shell that begins a command with this input."""
    command = COMMAND._replace(argv=words or ("/usr/bin/env",))
    argv = bubblewrap_argv(BACKEND, command, (), USER, Held(5, None))
    shell = argv[argv.index("--") + 1 :]
    return subprocess.run(shell, input=text, capture_output=True, env={"PATH": "/usr/bin:/bin"})


def test_a_command_gets_its_environment() -> None:
    """Quotes, line breaks and commands are plain text; names that no shell takes are left out."""
    given = {"A": "it's", "B": "$(id)\n`id`", "x-y": "1", "_": "2"}
    ended = begun(begin_of(COMMAND._replace(directory="/usr", environment=given)))
    assert ended.stdout.startswith(b"ready\n")
    assert b"\nA=it's\n" in ended.stdout
    assert b"\nB=$(id)\n`id`\n" in ended.stdout
    assert b"\nPWD=/usr\n" in ended.stdout
    assert b"x-y" not in ended.stdout
    assert b"\ngo=" not in ended.stdout


def test_a_part_of_the_input_begins_nothing() -> None:
    """If distrorocks is killed while it writes, the command never runs."""
    whole = begin_of(COMMAND._replace(directory="/", environment={"A": "b c", "D": "e"}))
    for length in range(len(whole) - len(b"1\n")):
        ended = begun(whole[:length], "echo", "it runs")
        assert ended.returncode != 0, whole[:length]
        assert b"it runs" not in ended.stdout
    assert b"it runs" in begun(whole, "echo", "it runs").stdout


def test_a_folder_that_cannot_be_entered_is_a_failure() -> None:
    """The command is not run somewhere else."""
    ended = begun(begin_of(COMMAND._replace(directory="/no/such")))
    assert (ended.returncode, ended.stdout) == (126, b"ready\n")

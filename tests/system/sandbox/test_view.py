"""What a command sees: mounts in order."""

from __future__ import annotations

from distrorocks.system.sandbox.confined import Confined, Limits
from distrorocks.system.sandbox.view import Machine, Mount, is_within, mounts_of

HIDDEN = ("/home", "/root", "/run", "/tmp", "/var/tmp")


def shown(command: Confined, machine: Machine) -> list[tuple[str, str]]:
    """Return kind and path of the mounts that come after /proc."""
    mounts = mounts_of(command, machine)
    start = next(n for n, mount in enumerate(mounts) if mount.kind == "proc")
    return [(mount.kind, mount.path) for mount in mounts[start + 1 :]]


def test_everything_is_read_only_and_covered_before_anything_is_shown() -> None:
    """The root first, then empty folders, then devices, then the folders of the command."""
    command = Confined(("true",), "/b", ("/b",), limits=Limits(temporary_bytes=99))
    assert mounts_of(command, Machine(("/home", "/tmp"))) == (
        Mount("read", "/"),
        Mount("empty", "/home", size=1 << 20),
        Mount("empty", "/tmp", size=99, mode=0o1777),
        Mount("folder", "/tmp/home", mode=0o777),
        Mount("empty", "/dev", size=1 << 20),
        Mount("device", "/dev/null"),
        Mount("device", "/dev/zero"),
        Mount("device", "/dev/full"),
        Mount("device", "/dev/random"),
        Mount("device", "/dev/urandom"),
        Mount("link", "/dev/fd", target="/proc/self/fd"),
        Mount("link", "/dev/stdin", target="/proc/self/fd/0"),
        Mount("link", "/dev/stdout", target="/proc/self/fd/1"),
        Mount("link", "/dev/stderr", target="/proc/self/fd/2"),
        Mount("folder", "/dev/shm"),
        Mount("seal", "/dev"),
        Mount("empty", "/dev/shm", size=99, mode=0o1777),
        Mount("proc", "/proc"),
        Mount("write", "/b"),
    )


def test_what_lies_in_a_covered_folder_is_shown_alone() -> None:
    """The folders that lead to it are made empty, so that everybody can pass through them."""
    command = Confined(("true",), "/home/u/s/b", ("/home/u/s/b",))
    assert shown(command, Machine(HIDDEN)) == [
        ("folder", "/home/u"),
        ("folder", "/home/u/s"),
        ("write", "/home/u/s/b"),
    ]


def test_an_outer_folder_is_shown_before_an_inner_one() -> None:
    """So each has its own right, whatever the names are."""
    command = Confined(("true",), "/b", ("/b/x", "/b-c"), ("/b", "/b/x/y"))
    assert shown(command, Machine(())) == [
        ("read", "/b"),
        ("write", "/b/x"),
        ("read", "/b/x/y"),
        ("write", "/b-c"),
    ]


def test_nothing_is_made_in_a_folder_that_is_shown() -> None:
    """Below it the real folders are there; sources that share a path make it once."""
    command = Confined(("true",), "/tmp/a", ("/tmp/a", "/tmp/a/b/c"), ("/tmp/d/e", "/tmp/d/f"))
    assert shown(command, Machine(HIDDEN)) == [
        ("write", "/tmp/a"),
        ("write", "/tmp/a/b/c"),
        ("folder", "/tmp/d"),
        ("read", "/tmp/d/e"),
        ("read", "/tmp/d/f"),
    ]


def test_a_right_to_write_is_more_than_one_to_read() -> None:
    """A folder that is given as both is writable."""
    assert shown(Confined(("true",), "/b", ("/b",), ("/b",)), Machine(())) == [("write", "/b")]


def test_what_is_kept_stays_visible() -> None:
    """A resolver's file below /run, for a build that may use the network."""
    machine = Machine(HIDDEN, ("/run/systemd/resolve",))
    assert shown(Confined(("true",), "/b", ("/b",)), machine) == [
        ("write", "/b"),
        ("folder", "/run/systemd"),
        ("read", "/run/systemd/resolve"),
    ]


def test_a_name_that_begins_alike_is_not_within() -> None:
    """Whole steps of a path count."""
    assert is_within("/a/b", "/a")
    assert is_within("/a", "/a")
    assert not is_within("/ab", "/a")

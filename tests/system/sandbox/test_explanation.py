"""What a sandbox prevented, read from the end of a failed build."""

from __future__ import annotations

import pytest

from distrorocks.system.sandbox.confined import Confined
from distrorocks.system.sandbox.explanation import failure, prevented
from distrorocks.system.sandbox.running import Ended

COMMAND = Confined(("make", "all"), "/b", ("/b",))


def ended(*lines: str, status: int = 1) -> Ended:
    """Return the end of a command with these last lines."""
    return Ended(status, lines, "", is_entered=True)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("fatal: unable to access 'https://x/': Could not resolve host: x", "network"),
        ("curl: (6) Temporary failure in name resolution", "network"),
        ("socket.gaierror: [Errno -3] Temporary failure in name resolution", "network"),
        ("connect: Network is unreachable", "network"),
        ("wget: unable to resolve host address 'x'", "network"),
        ("connect: Connection refused", "network"),
        ("touch: cannot touch '/usr/x': Read-only file system", "outside its folder"),
        ("sh: 1: Cannot fork", "too many processes"),
        ("BlockingIOError: [Errno 11] Resource temporarily unavailable", "too many processes"),
        ("cc1: out of memory allocating 65536 bytes", "too much memory"),
        ("terminate called after throwing an instance of 'std::bad_alloc'", "too much memory"),
        ("dd: error writing 'x': File too large", "a file that is too large"),
        ("cp: error writing '/tmp/x': No space left on device", "full"),
        ("unshare: unshare failed: Operation not permitted", "no right"),
        ("cat: /etc/shadow: Permission denied", "cannot use"),
    ],
)
def test_a_line_tells_what_was_prevented(line: str, what: str) -> None:
    """As the usual programs report it in English."""
    found = prevented(COMMAND, ended("cc -c x.c", line, "make: *** [all] Error 1"))
    assert found is not None
    assert what in found.what


def test_an_honest_failure_is_not_explained() -> None:
    """A missing header is no matter of the sandbox."""
    assert prevented(COMMAND, ended("x.c:1:10: fatal error: y.h: No such file")) is None


def test_a_success_is_not_explained() -> None:
    """Whatever it printed."""
    assert prevented(COMMAND, ended("Connection refused, skipped", status=0)) is None


def test_an_allowed_network_is_not_to_blame() -> None:
    """The hint would name an option that is given already."""
    command = COMMAND._replace(is_network_allowed=True)
    assert prevented(command, ended("Could not resolve host: x")) is None


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("Could not resolve host: x", ""),
        ("x: Read-only file system", ""),
        ("Operation not permitted", ""),
        ("sh: 1: Cannot fork", "too many processes"),
        ("cat: /etc/shadow: Permission denied", "cannot use"),
    ],
)
def test_without_a_sandbox_only_limits_and_rights_are_to_blame(line: str, what: str) -> None:
    """There is a network, and no file system is read-only for a build."""
    found = prevented(COMMAND, ended(line), has_namespaces=False)
    assert (found is not None) is bool(what)
    assert what in (found.what if found else "")


def test_the_last_line_that_tells_something_counts() -> None:
    """Programs report on what they go on after, too."""
    found = prevented(COMMAND, ended("Connection refused", "x: Read-only file system", "Error 1"))
    assert found is not None
    assert "outside" in found.what


@pytest.mark.parametrize(("status", "what"), [(152, "processor time"), (153, "too large")])
def test_a_signal_tells_the_limit(status: int, what: str) -> None:
    """SIGXCPU and SIGXFSZ, as a shell counts them."""
    found = prevented(COMMAND, ended(status=status))
    assert found is not None
    assert what in found.what


def test_an_error_has_the_lines_and_the_option() -> None:
    """The golden text."""
    error = failure(COMMAND, ended("git clone x", "Could not resolve host: x"), "/log")
    assert str(error) == (
        "make failed with status 1: it used the network, which builds may not\n"
        "git clone x\n"
        "Could not resolve host: x\n"
        "hint: if you trust this rock, allow it with --build-network, or fetch what it needs "
        "beforehand"
    )


def test_an_unexplained_error_names_the_log() -> None:
    """The rest of the output is there."""
    assert failure(COMMAND, ended("no rule"), "/log").hint == "the whole output is in /log"


def test_a_stopped_command_is_told_by_its_limit() -> None:
    """Also where its status is 0."""
    stopped = Ended(0, (), "it ran longer than 5 seconds", is_entered=True)
    assert failure(COMMAND, stopped, "/log").brief == (
        "make was stopped: it ran longer than 5 seconds"
    )


def test_a_sandbox_that_fails_is_not_the_build() -> None:
    """The error says so, with the words of the sandbox."""
    broken = Ended(1, ("bwrap: Can't mount proc",), "", is_entered=False)
    error = failure(COMMAND, broken, "/log")
    assert error.brief == "the sandbox for make could not be entered"
    assert error.detail == "bwrap: Can't mount proc"

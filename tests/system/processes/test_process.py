"""A process lives until it ends, not until its parent hears of it."""

from __future__ import annotations

import os
import time

from distrorocks.system.processes.process import is_running, started


def test_what_has_ended_does_not_live() -> None:
    """Also while its number is still taken, since nobody has waited for it."""
    child = os.fork()
    if not child:
        os._exit(0)
    end = time.monotonic() + 10
    while is_running(child) and time.monotonic() < end:
        time.sleep(0.01)
    assert not is_running(child)
    os.waitpid(child, 0)
    assert not is_running(child)


def test_this_process_lives_and_began_once() -> None:
    """A number that no process can have is nobody's."""
    assert is_running(os.getpid())
    assert started(os.getpid()) == started(os.getpid()) != ""
    assert not is_running(1 << 80)
    assert started(1 << 30) == ""

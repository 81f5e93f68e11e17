"""How property tests search, and what no test does to this machine: its cache, its disk."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from distrorocks.servers import configured, download_cache
from distrorocks.system.files import own_cache
from distrorocks.system.lua.jail import Jail
from tests.effort import HASTE

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike

settings.register_profile("patient", deadline=None)
settings.register_profile("repeatable", deadline=None, derandomize=True, print_blob=True)
settings.load_profile(
    "repeatable" if os.environ.get("CI", "").lower() in ("1", "true", "yes") else "patient"
)

# Whoever runs the suite may ignore them, as nohup and background jobs do; children inherit that.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)


_FORCE = os.fsync


def _without_disk(fd: FileDescriptorLike) -> None:
    """Stand for fsync(2): fail for what is not open, and let the kernel write when it likes.

    No test cuts the power, and each waits many times for the disk; what is forced, and when, is
    tested by the calls. Programs that tests start do force, as the suites of ``integration`` do.
    """
    os.fstat(fd if isinstance(fd, int) else fd.fileno())


os.fsync = _without_disk


def pytest_collection_finish() -> None:
    """Leave what is there before the first test out of every search for garbage.

    Those are all tests and modules, most of what a process has, and no test lets go of any.
    """
    gc.freeze()


_NUMBERS = count()
_USUAL = own_cache.CACHE_OF_ROOT
_HOME = os.path.expanduser("~")


@pytest.fixture(autouse=True)
def _cache_of_one_test(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what this process fetches, builds and reads out of this machine's cache.

    Each test has its own: a server of a later test may have the port of an earlier one, and what
    that one did not have is known for a day. What LuaRocks' configuration names of this machine,
    as it does unless a test has a configuration, is replaced too.
    """
    place = f"{tmp_path_factory.getbasetemp()}/caches/{next(_NUMBERS)}"

    def apart(wanted: str = "") -> str:
        is_of_machine = wanted.startswith(("/var/cache/", f"{_HOME}/"))
        return download_cache.cache_directory("" if is_of_machine else wanted)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(own_cache, "CACHE_OF_ROOT", place)
        patch.setattr(configured, "cache_directory", apart)
        yield


@pytest.fixture
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a file little time in every jail that is made without a limit of its own."""
    usual = Jail.__init__.__kwdefaults__ or {}
    assert "seconds" in usual
    monkeypatch.setattr(Jail.__init__, "__kwdefaults__", {**usual, "seconds": HASTE})


@pytest.fixture
def _forced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Force to the disk what the test forces."""
    monkeypatch.setattr(os, "fsync", _FORCE)


@pytest.fixture
def _usual_cache(_cache_of_one_test: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name the cache as it is outside of tests; nothing is written there."""
    monkeypatch.setattr(own_cache, "CACHE_OF_ROOT", _USUAL)

"""How long, and how often alike, the property tests search."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import settings

from distrorocks.servers import download_cache

settings.register_profile("patient", deadline=None)
settings.register_profile("repeatable", deadline=None, derandomize=True, print_blob=True)
settings.load_profile(
    "repeatable" if os.environ.get("CI", "").lower() in ("1", "true", "yes") else "patient"
)

# Whoever runs the suite may ignore them, as nohup and background jobs do; children inherit that.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)


_NUMBERS = count()
_USUAL = download_cache.CACHE_OF_ROOT


@pytest.fixture(autouse=True)
def _cache_of_one_test(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what this process fetches, builds and reads out of this machine's cache.

    Each test has its own: a server of a later test may have the port of an earlier one, and what
    that one did not have is known for a day.
    """
    place = f"{tmp_path_factory.getbasetemp()}/caches/{next(_NUMBERS)}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(download_cache, "CACHE_OF_ROOT", place)
        yield


@pytest.fixture
def _usual_cache(_cache_of_one_test: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name the cache as it is outside of tests; nothing is written there."""
    monkeypatch.setattr(download_cache, "CACHE_OF_ROOT", _USUAL)

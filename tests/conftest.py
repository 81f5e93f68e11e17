"""How long, and how often alike, the property tests search."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from distrorocks.serve.folder import kept

settings.register_profile("patient", deadline=None)
settings.register_profile("repeatable", deadline=None, derandomize=True, print_blob=True)
settings.load_profile(
    "repeatable" if os.environ.get("CI", "").lower() in ("1", "true", "yes") else "patient"
)

# Whoever runs the suite may ignore them, as nohup and background jobs do; children inherit that.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _kept_beside_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what is known of servers' folders out of this machine's cache."""
    place: Path = tmp_path_factory.mktemp("server-folders")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept, "own_cache_directory", lambda name: f"{place}/{name}")
        yield

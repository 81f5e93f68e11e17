"""The ledger tells in which mode a tree was published."""

from __future__ import annotations

from hashlib import md5

import pytest

from distrorocks.publish.repair import mode_of
from distrorocks.trees.ledger import Ledger
from distrorocks.world.metadata_mode import COMPLETE, MINIMAL, PROTECTED

EMPTY = md5(b"rock_manifest = {}\n").hexdigest()


@pytest.mark.parametrize(
    ("files", "mode"),
    [
        ({}, COMPLETE),
        ({"/t/a/1-1/rock_manifest": "other", "/t/a/1-1/a-1-1.rockspec": "x"}, COMPLETE),
        ({"/t/a/1-1/rock_manifest": EMPTY, "/t/a/1-1/a-1-1.rockspec": "x"}, PROTECTED),
        ({"/t/a/1-1/rock_manifest": EMPTY, "/t/manifest": "x"}, MINIMAL),
    ],
)
def test_the_mode_follows_from_what_was_written(files: dict[str, str], mode: str) -> None:
    """Only complete rock_manifests have files, only minimal rocks have no rockspec."""
    assert mode_of(Ledger(files)) == mode

"""The end of a sandbox."""

from __future__ import annotations

import os

from distrorocks.system.sandbox.running import wait_for_end_of_file


def test_what_a_build_writes_is_no_end() -> None:
    """The pipe that every process of a sandbox has open ends with the last of them."""
    outlet, inlet = os.pipe()
    os.write(inlet, b"gone")
    assert not wait_for_end_of_file(outlet, 0.01)
    os.write(inlet, b"gone")
    os.close(inlet)
    assert wait_for_end_of_file(outlet, 60.0)
    os.close(outlet)

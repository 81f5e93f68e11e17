"""The standard streams, which the caller may have closed."""

from __future__ import annotations

import os
import sys


def open_missing_streams() -> None:
    """Connect each closed standard stream to /dev/null.

    Otherwise the next file opened gets its descriptor, and messages are written into that file.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is not None:
            continue
        opened = os.open(os.devnull, os.O_RDWR)
        if opened != number:
            os.dup2(opened, number)
            os.close(opened)
        setattr(sys, name, open(number, mode, closefd=False))  # noqa: SIM115 - it stays open


def flush_or_forget() -> None:
    """Flush stdout; discard the rest if its reader is gone or its disk is full."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)

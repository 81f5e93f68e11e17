"""A process for work that forks often: a fork costs as much as the memory of who forks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

TOP = Path(__file__).parent.parent
_RUN = """import importlib, os, pathlib, sys
os.fsync = os.fstat  # as in tests/conftest.py
module, name, folder = sys.argv[1:]
getattr(importlib.import_module(module), name)(pathlib.Path(folder))
"""


def in_small_process(work: Callable[[Path], None], folder: Path) -> None:
    """Run a function of a test module with a folder, in a process that has run no tests before.

    Fail where it fails, with what it writes to standard error.
    """
    module = ".".join(Path(work.__code__.co_filename).relative_to(TOP).with_suffix("").parts)
    done = subprocess.run(
        [sys.executable, "-c", _RUN, module, work.__name__, str(folder)],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr

"""Our code as a package installs it: copied, and compiled to bytecode."""

from __future__ import annotations

import compileall
import shutil
from pathlib import Path

from benchmarks.measure import PACKAGE


def installed_code(code: Path) -> Path:
    """Copy the code into a folder, for ``PYTHONPATH``, compile it, and return the folder.

    Exit if it cannot be compiled: the times would be those of a compiler.
    """
    shutil.copytree(
        PACKAGE / "distrorocks",
        code / "distrorocks",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    if not compileall.compile_dir(code, quiet=1):
        raise SystemExit(f"{code} cannot be compiled: the times would be worthless")
    return code

"""Our code as a package installs it: copied, compiled to bytecode, and started by its command."""

from __future__ import annotations

import compileall
import shutil
from pathlib import Path

from benchmarks.measure import PACKAGE

PLACE = "/usr/share/distrorocks"


def installed_command(code: Path) -> Path:
    """Return the command of Debian's package, for a folder that has the code."""
    text = (PACKAGE / "hooks/dpkg/distrorocks").read_text()
    if PLACE not in text:
        raise SystemExit(f"error: hooks/dpkg/distrorocks does not name {PLACE}")
    command = code / "distrorocks-command"
    command.write_text(text.replace(PLACE, str(code)))
    command.chmod(0o755)
    return command


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

"""rpmlint's errors, with Fedora's configuration."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from integration.machines.machine import CommandError, run

# What Fedora's own configuration of rpmlint leaves out, of what these packages meet.
FEDORA = """
MaxLineLength = 80
ValidLicenses = ["MIT"]
Filters = [
    "hardcoded-library-path", "no-signature", "no-packager-tag", "no-group-tag",
    "requires-on-release", "ghost-files-without-postin", "no-buildroot-tag",
    "no-dependency-on locales",
]
"""
_ERROR = re.compile(r"(?P<file>\S+?):(?:\d+:)? E: (?P<tag>\S+)")
_SUM = re.compile(r"(\d+) errors")


def rpmlint_errors(files: Sequence[Path]) -> tuple[str, ...]:
    """Return the errors of rpmlint, each with the file that has it."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as settings:
        settings.write(FEDORA)
        settings.flush()
        told = run("rpmlint", "--config", settings.name, *files, status=None)
    found = tuple(f"{each['file']} {each['tag']}" for each in _ERROR.finditer(told.out))
    counted = _SUM.search(told.out)
    if counted is None or (int(counted[1]) and not found):
        raise CommandError(told)
    return tuple(sorted(set(found)))

"""The files below ``share/`` that packages of distrorocks install: manual pages and completion.

Builds of packages run ``python3 -m distrorocks.cli.share_files DIR``, which needs the standard
library only; the build of a wheel calls ``write_share_files``.
"""

from __future__ import annotations

import os
import sys

from distrorocks.cli.completion import script
from distrorocks.cli.roff import pages
from distrorocks.errors import UsageError
from distrorocks.system.files.atomic_file import write_atomically

SCRIPTS = {
    "bash": "bash-completion/completions/distrorocks",
    "fish": "fish/vendor_completions.d/distrorocks.fish",
    "zsh": "zsh/site-functions/_distrorocks",
}


def share_files() -> dict[str, str]:
    """Return the texts of all files by their paths below ``share``."""
    found = {f"man/man1/{name}": page for name, page in pages().items()}
    return found | {path: script(shell) for shell, path in SCRIPTS.items()}


def write_share_files(directory: str) -> list[str]:
    """Write the files below a new directory of a build, and return their paths there."""
    files = share_files()
    for path, text in files.items():
        place = os.path.join(directory, path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        write_atomically(place, text.encode())
    return sorted(files)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise UsageError("one argument is needed, the directory to write")
    write_share_files(sys.argv[1])

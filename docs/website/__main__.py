"""``python -m docs.website DIR``: build the site into a folder."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from docs.website.build import SiteError, build


def main(arguments: list[str]) -> int:
    """Build the site, and return the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("error: one argument is needed, the folder to write\n")
        return 2
    start = time.monotonic()
    try:
        count = build(Path(arguments[0]))
    except SiteError as error:
        sys.stderr.write(f"{error}\nerror: no site was written\n")
        return 1
    sys.stdout.write(f"{arguments[0]}: {count} pages in {time.monotonic() - start:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

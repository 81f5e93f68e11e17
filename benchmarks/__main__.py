"""``python -m benchmarks``: all comparisons there are."""

import sys

from benchmarks import hook, install, make_manifest, reading, scaffold, server_folder

CASES = (make_manifest, server_folder, hook, install, reading, scaffold)

if __name__ == "__main__":
    sys.exit(next(filter(None, (case.main() for case in CASES)), 0))

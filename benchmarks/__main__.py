"""``python -m benchmarks``: all comparisons there are."""

import sys

from benchmarks.make_manifest import main

if __name__ == "__main__":
    sys.exit(main())

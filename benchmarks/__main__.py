"""``python -m benchmarks``: all comparisons there are."""

import sys

from benchmarks import hook, install, make_manifest, scaffold

if __name__ == "__main__":
    sys.exit(make_manifest.main() or hook.main() or install.main() or scaffold.main())

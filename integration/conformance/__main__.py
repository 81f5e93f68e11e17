"""``python -m integration.conformance CORPUS [--trees TREES]``: exit status 0 at full agreement."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

from integration.conformance.checks import CHECKS
from integration.conformance.corpus import Corpus, CorpusError, opened


def main() -> int:
    """Run all comparisons on the corpus that the command line names."""
    parser = argparse.ArgumentParser(prog="conformance", description=__doc__)
    parser.add_argument("corpus", type=Path, help="a folder or .tar.xz laid out like the corpus")
    parser.add_argument("--trees", type=Path, help="a folder or .tar.xz of committed trees")
    parser.add_argument(
        "--only", metavar="WORD", default="", help="comparisons whose file has WORD"
    )
    options = parser.parse_args()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        with opened(options.corpus, options.trees) as corpus:
            return _compare(corpus, options.only)
    except CorpusError as error:
        print(f"error: {error}", file=sys.stderr)
        print("hint: name a folder or .tar.xz with oracle/ and index.csv in it", file=sys.stderr)
        return 2


def _compare(corpus: Corpus, word: str) -> int:
    agreed = differed = 0
    for check in CHECKS:
        if word not in check.needs:
            continue
        if not (corpus.root / check.needs).exists():
            print(f"{check.needs + ':':<34} not in this corpus")
            continue
        for tally in check.compare(corpus):
            print("\n".join(tally.lines()), flush=True)
            agreed += tally.agreed
            differed += len(tally.differences)
    print(f"{agreed} agreed, {differed} differed")
    return 1 if differed or not agreed else 0


if __name__ == "__main__":
    sys.exit(main())

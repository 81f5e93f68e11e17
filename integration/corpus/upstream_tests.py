"""``python -m integration.corpus.upstream_tests ROCKS [FORM]``: which rocks' tests are run.

Each rock of a folder or archive of source rocks is planned; nothing is built. What is printed: for
each rock with tests what runs them, or the gap, and the sums: rocks that have tests, those whose
packaging runs them at the build and on the installed package, and the gaps by their reason.
"""

from __future__ import annotations

import collections
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.formats.known import FORMATS
from distrorocks.packaging.plan.draft import PackagingPlan
from distrorocks.packaging.plan.observe import read_tables
from distrorocks.packaging.plan.plan import packaging_plan
from distrorocks.packaging.scaffold.scaffold import Request, read_rock
from distrorocks.system.lua.jail import Jail
from integration.corpus.chosen_rocks import Chosen, rocks_of

_KINDS = (
    ("require", r"require .*, which no package has"),
    ("a server", "connects to a server|asks another machine|in the background"),
    ("a global that is not there", "(?:uses|calls) the global"),
    ("another framework", r"they need [\w.-]+, which|which busted does not have"),
    ("the Lua versions", r", which Lua 5\.\d lacks"),
    ("a module that does not load", ", which they require, "),
    (
        "not understood",
        "not understood|nothing says|no test of|not known|in Perl|plain word|says which",
    ),
    ("the sources lack a file", "the sources lack"),
)


def kind_of(gap: str) -> str:
    """Return the kind of reason for which tests are not run."""
    return next((name for name, pattern in _KINDS if re.search(pattern, gap)), "other")


def main(words: Sequence[str]) -> int:
    """Plan the rocks, and print what runs their tests."""
    form = FORMATS[words[1] if len(words) > 1 else "deb"]
    tables = read_tables(form, "A Packager <packager@example.org>")
    have, run, gaps, unread = 0, 0, collections.Counter[str](), 0
    with tempfile.TemporaryDirectory() as scratch, Jail() as jail:
        for rock in rocks_of(Path(words[0]), Path(scratch), Chosen()):
            try:
                facts = read_rock(Request(str(rock), "."), jail).facts
            except DistrorocksError:
                unread += 1
                continue
            plan: PackagingPlan = packaging_plan(facts, form, tables, {})
            if not facts.tests.place:
                continue
            have += 1
            run += bool(plan.upstream_tests)
            gap = plan.fields["upstream_tests"].gap
            told = gap or f"{'; '.join(plan.upstream_tests)} [{' '.join(plan.upstream_tests_luas)}]"
            if gap:
                gaps[kind_of(gap)] += 1
            print(f"{rock.name}: {told}")
    print(f"{have} rocks have tests that are known, {run} run them at the build and installed")
    print(f"{sum(gaps.values())} tell a gap: {dict(gaps.most_common())}; {unread} are not read")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

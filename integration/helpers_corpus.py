"""``python -m integration.helpers_corpus``: Debian's own Lua packages, adopted and rebuilt.

Each source package is built as it is, and twice more with the patch of ``distrorocks adopt``, in
different folders. Printed for each: modules lost, new errors and warnings of lintian, metadata, if
both builds are the same to the byte, and the seconds of the build with dh_luarocks' and dh_lua's.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from integration.machine import CommandError, Machine, run
from integration.scratch import live
from integration.source_packages import (
    Built,
    build_root,
    built,
    digests,
    fetched,
    field,
    lintian_tags,
    metadata,
    modules,
    with_our_packages,
)

# The mirror has all files of these; what else they need is named behind them.
SOURCES = {
    "bookworm": (
        ("lua-cjson", "lua-filesystem", "lua-lpeg"),
        (),
    ),
    "trixie": (
        ("lua-cjson", "lua-filesystem", "lua-lpeg", "lua-lsqlite3", "lua-luv"),
        ("libsqlite3-dev", "libuv1-dev", "lua-compat53-dev"),
    ),
    "sid": (
        ("lua-compat53", "lua-lpeg", "lua-lsqlite3", "lua-luv", "lua-sql", "lua-dbi"),
        (
            *("libsqlite3-dev", "libuv1-dev", "lua-compat53-dev", "libduckdb-dev"),
            *("libmariadb-dev-compat", "libpq-dev", "unixodbc-dev", "postgresql-server-dev-all"),
        ),
    ),
}


class Verdict(NamedTuple):
    """What became of one source package."""

    name: str
    lost: set[str]
    new_tags: set[str]
    metadata: int
    provides: str
    is_reproducible: bool
    before: float
    after: float
    ours: float
    dh_lua: float

    def __str__(self) -> str:
        same = "same bytes twice" if self.is_reproducible else "TWO BUILDS DIFFER"
        return (
            f"{self.name}: modules lost {len(self.lost)}, new lintian tags "
            f"{sorted(self.new_tags) or 0}, metadata files {self.metadata}, {same}; "
            f"build {self.before:.1f} s, adopted {self.after:.1f} s; "
            f"dh_luarocks {self.ours:.2f} s, dh_lua {self.dh_lua:.2f} s\n    {self.provides}"
        )

    @property
    def is_right(self) -> bool:
        """Return whether nothing got worse and the rock is there."""
        return not self.lost and not self.new_tags and bool(self.metadata) and self.is_reproducible


def adopted(source: Path) -> Path:
    """Return a copy of a source package with the patch of ``distrorocks adopt``."""
    folder = Path(tempfile.mkdtemp(prefix="adopted-", dir=live())) / source.name
    shutil.copytree(source, folder, symlinks=True)
    run(sys.executable, "-m", "distrorocks", "adopt", "--apply", folder)
    return folder


def judged(machine: Machine, source: Path) -> tuple[Verdict, Built]:
    """Build a source package before and after, and return what is to say, with the last build."""
    patched = adopted(source)
    before = built(machine, source, "/srv/before")
    after = built(machine, patched, "/srv/after")
    other = built(machine, patched, "/srv/somewhere/else", LC_ALL="C", TZ="Asia/Tokyo")
    had = {path.name: modules(path) for path in before.packages}
    has = {path.name: modules(path) for path in after.packages}
    timed = dict(_timed(machine, "/srv/after/tree"))
    provides = [
        f"{field(path, 'Package')} Provides: {field(path, 'Provides')}"
        for path in after.packages
        if metadata(path)
    ]
    return Verdict(
        source.name,
        {module for name, files in had.items() for module in files - has.get(name, set())},
        lintian_tags(after.packages) - lintian_tags(before.packages),
        sum(len(metadata(path)) for path in after.packages),
        "\n    ".join(provides),
        digests(after.packages) == digests(other.packages),
        before.seconds,
        after.seconds,
        timed["dh_luarocks"],
        timed["dh_lua"],
    ), after


def _timed(machine: Machine, folder: str) -> Iterator[tuple[str, float]]:
    """Yield what each helper takes on the finished build's folders, run once more by itself."""
    for program in ("dh_luarocks", "dh_lua"):
        start = time.monotonic()
        machine.run("sh", "-c", f"cd {folder} && {program}")
        yield program, time.monotonic() - start


def main(words: list[str]) -> int:
    """Judge the sources of the suites that are named, or of all; return 1 if any is not right."""
    wrong = 0
    for suite in words or SOURCES:
        names, more = SOURCES[suite]
        with build_root(suite, more).clone() as machine:
            with_our_packages(machine)
            print(f"{suite}: {machine.run('dpkg-query', '-W', 'debhelper', 'dh-lua').lines}")
            for name in names:
                try:
                    verdict, _ = judged(machine, fetched(suite, name))
                except CommandError as failure:
                    tail = re.sub(r"\s+", " ", str(failure))[-600:]
                    print(f"{name}: could not be judged: {tail}")
                    wrong += 1
                    continue
                print(verdict, flush=True)
                wrong += not verdict.is_right
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""``python -m integration.corpus.helpers_corpus``: Debian's own Lua packages, adopted and rebuilt.

Each source package is built as it is, and twice more with the patch of ``distrorocks adopt``, in
different folders. Printed for each: modules lost, new errors and warnings of lintian, metadata, if
both builds are the same to the byte, if another architecture's package installs beside it, and the
seconds of the build with dh_luarocks' and dh_lua's. The word ``luarocks`` builds upstream's own
tarballs as .debs with the build system luarocks, ``rpm`` as .rpm files with our macros.
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

from integration.machines.machine import CommandError, Machine, run
from integration.machines.rock_specs import (
    ROCKS,
    debianized,
    rpm_built,
    rpm_root,
    with_our_macros,
)
from integration.machines.scratch import live
from integration.machines.source_packages import (
    Built,
    build_root,
    built,
    digests,
    fetched,
    field,
    for_the_other_architecture,
    lintian_tags,
    metadata,
    modules,
    with_our_packages,
)

# The mirror has all files of these; what else they need is named behind them.
NEEDS_SAY = {"lua-luassert"}  # its modules do not load without say, which is not installed there
NO_CHECK = {"lua-luv"}  # its tests want a network, or a machine with another scheduler
SOURCES = {
    "bookworm": (
        ("lua-cjson", "lua-filesystem", "lua-lpeg"),
        (),
    ),
    "trixie": (
        ("lua-lpeg", "lua-lsqlite3", "lua-luv"),
        ("libsqlite3-dev", "libuv1-dev", "lua-compat53-dev"),
    ),
    "sid": (
        ("lua-compat53", "lua-lpeg", "lua-sql", "lua-dbi"),
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
    apart: set[str]
    is_reproducible: bool
    before: float
    after: float
    ours: float
    dh_lua: float

    def __str__(self) -> str:
        same = "same bytes twice" if self.is_reproducible else "TWO BUILDS DIFFER"
        return (
            f"{self.name}: modules lost {len(self.lost)}, new lintian tags "
            f"{sorted(self.new_tags) or 0}, metadata files {self.metadata}, {same}, "
            f"architectures that do not install together {sorted(self.apart) or 0}; "
            f"build {self.before:.1f} s, adopted {self.after:.1f} s; "
            f"dh_luarocks {self.ours:.2f} s, dh_lua {self.dh_lua:.2f} s\n    {self.provides}"
        )

    @property
    def is_right(self) -> bool:
        """Return whether nothing got worse and the rock is there."""
        is_worse = self.lost or self.new_tags or self.apart
        return not is_worse and bool(self.metadata) and self.is_reproducible


def adopted(source: Path) -> Path:
    """Return a copy of a source package with the patch of ``distrorocks adopt``."""
    folder = Path(tempfile.mkdtemp(prefix="adopted-", dir=live())) / source.name
    shutil.copytree(source, folder, symlinks=True)
    run(sys.executable, "-m", "distrorocks", "adopt", "--apply", folder)
    return folder


def judged(machine: Machine, source: Path) -> tuple[Verdict, Built]:
    """Build a source package before and after, and return what is to say, with the last build."""
    patched = adopted(source)
    options = {"DEB_BUILD_OPTIONS": "nocheck" if source.name in NO_CHECK else "terse"}
    before = built(machine, source, "/srv/before", **options)
    after = built(machine, patched, "/srv/after", **options)
    elsewhere = {"LC_ALL": "C", "TZ": "Asia/Tokyo", **options}
    other = built(machine, patched, "/srv/somewhere/else", **elsewhere)
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
        {path.name for path in after.packages if not _installs_twice(machine, path)},
        digests(after.packages) == digests(other.packages),
        before.seconds,
        after.seconds,
        timed["dh_luarocks"],
        timed["dh_lua"],
    ), after


def _installs_twice(machine: Machine, package: Path) -> bool:
    """Return whether dpkg takes a package beside that of another architecture, if it is to."""
    if field(package, "Multi-Arch") != "same" or not metadata(package):
        return True
    folder = Path(tempfile.mkdtemp(prefix="other-", dir=live()))
    other = for_the_other_architecture(package, folder)
    place = machine.path("/srv/together")
    place.mkdir(exist_ok=True)
    files = [shutil.copy(file, place / f"{n}.deb") for n, file in enumerate((package, other))]
    inside = [f"/srv/together/{Path(file).name}" for file in files]
    machine.run("dpkg", "--add-architecture", "i386")
    words = ("dpkg", "--force-depends", "--force-unsafe-io")
    done = machine.run(*words, "-i", *inside, status=None)
    name = field(package, "Package")
    machine.run(*words, "--purge", f"{name}:amd64", f"{name}:i386", status=None)
    return done.status == 0


def _timed(machine: Machine, folder: str) -> Iterator[tuple[str, float]]:
    """Yield what each helper takes on the finished build's folders, run once more by itself."""
    for program in ("dh_luarocks", "dh_lua"):
        start = time.monotonic()
        machine.run("sh", "-c", f"cd {folder} && {program}")
        yield program, time.monotonic() - start


def rpm_corpus() -> int:
    """Build every rock of ``rock_specs`` as an .rpm, print its capabilities, count failures."""
    wrong = 0
    with rpm_root().clone() as machine:
        with_our_macros(machine)
        for source in ROCKS:
            start = time.monotonic()
            try:
                package = rpm_built(machine, source)
            except CommandError as failure:
                print(f"{source.source}: not built: {str(failure)[-600:]}")
                wrong += 1
                continue
            seconds = time.monotonic() - start
            provides, requires = (
                [line for line in run("rpm", "-qp", f"--{what}", package).lines if "lua" in line]
                for what in ("provides", "requires")
            )
            print(f"{package.name}: {seconds:.1f} s; {provides}; {requires}", flush=True)
            wrong += not any("dist(" in line for line in provides)
    return wrong


def luarocks_corpus() -> int:
    """Build upstream's own tarballs with the build system luarocks, each twice."""
    wrong = 0
    with build_root("bookworm").clone() as machine:
        with_our_packages(machine)
        for source in ROCKS:
            if source.suite != "bookworm":
                continue
            folder = Path(tempfile.mkdtemp(prefix="upstream-", dir=live()))
            try:
                tree = debianized(source, folder)
                options = {"DEB_BUILD_OPTIONS": "nocheck"} if source.source in NEEDS_SAY else {}
                one = built(machine, tree, "/srv/one", **options)
                elsewhere = {"LC_ALL": "C", "TZ": "Asia/Tokyo", **options}
                two = built(machine, tree, "/srv/another/place", **elsewhere)
            except CommandError as failure:
                print(f"{source.source}: not built: {str(failure)[-600:]}")
                wrong += 1
                continue
            (package,) = (path for path in one.packages if "-dbgsym" not in path.name)
            is_same = digests(one.packages) == digests(two.packages)
            tags = lintian_tags((package,))
            print(
                f"{package.name}: {one.seconds:.1f} s, {len(modules(package))} modules, "
                f"{len(metadata(package))} metadata files, "
                f"{'same bytes twice' if is_same else 'TWO BUILDS DIFFER'}, "
                f"installs beside i386: {_installs_twice(machine, package)}, lintian "
                f"{sorted(tags) or 0}\n    Depends: {field(package, 'Depends')}",
                flush=True,
            )
            wrong += not is_same
    return wrong


OTHERS = {"rpm": rpm_corpus, "luarocks": luarocks_corpus}


def main(words: list[str]) -> int:
    """Judge the sources of the suites that are named, or of all; return 1 if any is not right."""
    wrong = 0
    for suite in words or (*SOURCES, "luarocks", "rpm"):
        if suite in OTHERS:
            wrong += OTHERS[suite]()
            continue
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

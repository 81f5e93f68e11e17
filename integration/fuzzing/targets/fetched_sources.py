"""Sources that are unpacked and patched, rockspecs that name them, and sums of the rock store."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.sources.diff import Effort, apply_hunks, parse_diff
from distrorocks.sources.source import source_of
from distrorocks.sources.unpack import unpack_rock, unpack_source
from distrorocks.world.rock_store import BuildInputs, RockStore
from integration.fuzzing.archives import archive, tar_of, zip_of
from integration.fuzzing.target import Check, Target, plain
from integration.fuzzing.targets.archives import ROCK, SOURCES

TEXT = b"".join(b"line %d\n" % number for number in range(9))
DIFF = (
    b"--- a/f\t1970-01-01\n+++ b/f\n@@ -1,3 +1,4 @@\n line 0\n-line 1\n+one\n+two\n line 2\n"
    b"@@ -8,2 +9 @@\n line 7\n-line 8\n\\ No newline at end of file\n"
    b"--- a/g\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
)
TABLES = (
    b'url = "git+ssh://git@h:o/a.git", tag = "v1", dir = "a/b"',
    b'url = "cvs://:pserver:me@h:/cvs", cvs_module = "m/n", cvs_tag = "t"',
    b'url = "https://me:word@h/a.tar.gz", file = "b.zip", md5 = "0123456789abcdef"',
    b'url = "svn://https://h/a", module = "m", branch = "b"',
)
INPUTS = BuildInputs("foo", "1.0-1", b"", (), "5.4", "linux-x86_64")


def _diff(data: bytes) -> None:
    for change in parse_diff(data):
        apply_hunks(TEXT, change.hunks, Effort())


def _source(data: bytes) -> None:
    text = b'package = "a" version = "1-1" build = { type = "none" } source = { %s }' % data
    source = source_of(Rockspec.from_chunk(parse(text)))
    for word in (source.place, source.module, source.reference, source.file):
        assert not word.startswith("-"), "a program could take it for an option"
    for path in (source.directory, source.module, source.file):
        assert ".." not in path.split("/"), "it leads out"
        assert not path.startswith("/"), "it leads out"


def _unpacking(unpack: Callable[[bytes, str], None]) -> Callable[[Path], Check]:
    def prepare(root: Path) -> Check:
        folder = root / "area" / "new"

        def run(data: bytes) -> None:
            shutil.rmtree(root / "area", ignore_errors=True)
            folder.mkdir(parents=True)
            try:
                unpack(data, str(folder))
            finally:
                assert [path.name for path in root.iterdir()] == ["area"], "written outside"
                assert [path.name for path in (root / "area").iterdir()] == ["new"], "outside"
                links = (path for path in folder.rglob("*") if path.is_symlink())
                places = (Path(os.path.realpath(path)) for path in links)
                assert all(place.is_relative_to(folder) for place in places), "a link out"

        return run

    return prepare


def _unpack(data: bytes, folder: str) -> None:
    unpack_source(data, "a.zip" if data.startswith(b"PK") else "a.tar.gz", folder)


def _sum(root: Path) -> Check:
    built = root / "built" / "lua"
    built.mkdir(parents=True)
    (built / "foo.lua").write_text("return 1")
    store = RockStore(f"{root}/store")
    rock = store.put(INPUTS, str(built.parent))
    if rock is None:
        raise DistrorocksError(store.warning)
    place = root / "store/5.4/by-key" / rock.key / "sum"

    def run(data: bytes) -> None:
        place.write_bytes(data)
        store.list()
        if store.get(INPUTS, f"{root}/found"):
            shutil.rmtree(root / "found")

    return run


FETCHED_TARGETS = (
    Target("diff", plain(_diff), lambda: (DIFF,), words=(b"@@ -1 +1 @@\n", b"/dev/null", b"\\ ")),
    Target("source-table", plain(_source), lambda: TABLES, words=(b"-", b"..", b"://", b"git+")),
    Target(
        "unpacked-source",
        _unpacking(_unpack),
        lambda: [zip_of(SOURCES), tar_of(SOURCES, ""), tar_of(SOURCES, "gz")],
        (archive,) * 2,
    ),
    Target("unpacked-rock", _unpacking(unpack_rock), lambda: (zip_of(ROCK),), (archive,) * 2),
    Target("store-sum", _sum, lambda: (b'{"key": "", "size": 1, "file": "a"}', b"[]")),
)

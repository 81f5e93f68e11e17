"""What distrorocks itself wrote, as others may have changed it: ledger, journal, lock."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from hashlib import md5
from pathlib import Path
from tempfile import TemporaryDirectory

from distrorocks.luarocks.pins_file import read_lock_file
from distrorocks.packaging.merge.pristine import Pristine
from distrorocks.packaging.scaffold.folder import PackagingFile
from distrorocks.system.files.cache import Cache
from distrorocks.system.files.lock import TreeLock
from distrorocks.system.trees import cache_file as memory_file, ledger_file
from distrorocks.system.trees.journal import Journal, Step, journal_path, read_journal
from distrorocks.system.trees.tree_place import tree_place
from distrorocks.trees.layout import Layout, tree_layout
from distrorocks.trees.ledger import Ledger
from integration.fuzzing.mutation import mutated
from integration.fuzzing.shapes import json_document
from integration.fuzzing.target import Check, Means, Target, plain, with_file

_OF_THIS_RUN = re.compile(r"\b[0-9a-f]{4,}\b")
_GROUND = ("the", "same", 1)
_LEDGER = Ledger(
    {"/usr/lib/luarocks/rocks-5.4/a/1-1/rock_manifest": "0" * 32}, frozenset(("/a/b",))
)
_KNOWN = {
    ("lists", "lua-a.list"): ((1, 2, 3), ("/usr/share/lua/5.4/a.lua",)),
    ("packages", "lua-a"): ((1.5, "x"), None),
}


def _ledger(root: Path) -> object:
    """Whatever is read is plain, and is what would be written."""
    found = ledger_file.read_ledger(str(root))
    for path in (*found.files, *found.directories):
        assert path.startswith("/"), "not absolute"
        assert ".." not in path.split("/"), "not plain"
    assert Ledger.from_json(json.loads(json.dumps(found.to_json()))) == found, "another one"
    return found


def _tree(root: Path) -> Layout:
    """Make a small tree and return its layout."""
    layout = tree_layout(str(root / "tree"), "5.4")
    for path in ("lib/luarocks/rocks-5.4/a/1-1/rock_manifest", "share/lua/5.4/a.lua", "bin/a"):
        (root / "tree" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "tree" / path).write_text("return 1")
    (root / "tree/share/lua/5.4/b.lua").symlink_to("a.lua")
    return layout


def _journal(root: Path) -> Check:
    """Whatever a journal names is in its tree, or leads there, and can be the name of a file."""
    place = tree_place(_tree(root))
    path = Path(journal_path(place))
    tops = tuple(f"{top}/" for _, top in place.tops)

    def run(data: bytes) -> None:
        path.write_bytes(data.replace(b"/TREE", os.fsencode(place.root)))
        path.chmod(0o644)
        journal = read_journal(place, str(path))
        assert journal is not None, "it is there"
        for step in journal.steps:
            for each in filter(None, step[:3]):
                assert each.startswith(tops), "a path of another place"
                assert ".." not in os.fsencode(each).decode(errors="replace").split("/")
        for each in (*journal.made, *journal.emptied):
            assert each.startswith(tops) or any(top.startswith(f"{each}/") for top in tops)

    return run


def _journal_seeds() -> Sequence[bytes]:
    lua = "/TREE/share/lua/5.4"
    steps = (
        Step(f"{lua}/a.lua", "", f"{lua}/.distrorocks-1-1-1-a.lua", (1, 2, 3)),
        Step(f"{lua}/b.lua", f"{lua}/.distrorocks-1-1-2-b.lua", f"{lua}/.distrorocks-1-1-3-b.lua"),
    )
    return (Journal(("/TREE/bin",), steps, (f"{lua}/c",), is_ready=True).to_bytes(),)


def _cache(root: Path) -> Check:
    path = root / memory_file.PATH.lstrip("/")

    def run(data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)  # a damaged one is removed with it
        path.write_bytes(data)
        path.chmod(0o644)
        found = memory_file.read_cache(str(root), _GROUND)
        assert isinstance(found, Cache)

    return run


def _cache_seeds() -> Sequence[bytes]:
    with TemporaryDirectory() as root:
        cache = Cache()
        for (table, name), (basis, value) in _KNOWN.items():
            cache.table(table).of(name, basis, lambda value=value: value)  # type: ignore[misc]
        memory_file.write_cache(root, _GROUND, cache)
        return (Path(root, memory_file.PATH.lstrip("/")).read_bytes(),)


def _with_sum(data: bytes, means: Means) -> bytes:
    """Change the content and make the checksum in the first line right again."""
    content = mutated(data.partition(b"\n")[2], means)
    return md5(content).hexdigest().encode() + b"\n" + content


def _lock(root: Path) -> Check:
    """Take a lock that is there; its target says what it likes."""
    place = root / "lockfile.lfs"

    def run(data: bytes) -> None:
        target = data.replace(b"\0", b"")[:4000]
        if not target:
            return
        if os.path.lexists(place):
            place.unlink()
        os.symlink(target, os.fsencode(place))
        with TreeLock(str(place), seconds=0):
            assert os.path.lexists(place), "the lock is not there"

    return run


def _lock_seeds() -> Sequence[bytes]:
    with TemporaryDirectory() as root, TreeLock(f"{root}/lock", seconds=0):
        ours = _OF_THIS_RUN.sub("1111", os.readlink(f"{root}/lock")).encode()
    return (ours, b"distrorocks-999999999", b"lock", b"distrorocks-1")


def _pristine(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    for path in Pristine.parse(text, "place").files:
        assert ".." not in path.split("/"), "a file elsewhere"


def _pristine_summed(data: bytes, means: Means) -> bytes:
    """Change a stored render and make its checksum right again."""
    text = mutated(data, means)
    head, found, body = text.partition(b"\nrock ")
    lines = head.split(b"\n")
    body = b"rock " + body
    from distrorocks.packaging.merge import pristine

    total = pristine._sum(body.decode("utf-8", "surrogateescape")).encode()
    lines = [total if len(line) == len(total) and b" " not in line else line for line in lines]
    return b"\n".join(lines) + b"\n" + body if found else text


def _pins(root: Path) -> object:
    return read_lock_file(str(root / "luarocks.lock"))


def _refused_pristine() -> Sequence[bytes]:
    files = {"debian/rules": PackagingFile(b"%:\n\tdh $@\n", 0o755), "a": PackagingFile(b"x")}
    return (str(Pristine("foo", "1.0-1", files)).encode(),)


def _ledger_seeds() -> Sequence[bytes]:
    return (json.dumps(_LEDGER.to_json()).encode(),)


RECORD_TARGETS = (
    Target(
        "ledger",
        with_file(ledger_file.PATH.lstrip("/"), _ledger),
        _ledger_seeds,
        (json_document,) * 2,
    ),
    Target("deploy-journal", _journal, _journal_seeds, (json_document,) * 2),
    Target("refresh-cache", _cache, _cache_seeds, (_with_sum,) * 3),
    Target("lock-link", _lock, _lock_seeds, most_bytes=4000),
    Target("pristine", plain(_pristine), _refused_pristine, (_pristine_summed,) * 3),
    Target(
        "pins-file",
        with_file("luarocks.lock", _pins),
        lambda: (b'return {\n   dependencies = {\n      foo = "1.0-1"\n   },\n}\n',),
    ),
)

"""What attackers do to trees in the tests, and how what is outside of a tree is watched."""

from __future__ import annotations

import json
import os
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from distrorocks.system.files.beneath import Beneath
from distrorocks.system.trees.journal import FORMAT, journal_path
from distrorocks.system.trees.transaction import transact
from distrorocks.system.trees.tree_place import tree_place
from distrorocks.trees.change import PlaceFile, RemoveFile, TreeChange
from distrorocks.trees.layout import Layout, tree_layout

MALLORY = 12345
NOBODY = 65534

by_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root is attacked by other users")


def watched(place: Path) -> dict[str, tuple[object, ...]]:
    """Return every path below a directory, and itself, with all that a change would change."""
    found: dict[str, tuple[object, ...]] = {}
    for path in [place, *sorted(place.rglob("*"))]:
        status = path.lstat()
        content: object = None
        if path.is_symlink():
            content = os.readlink(path)
        elif path.is_file():
            content = path.read_bytes()
        names = status.st_mode, status.st_uid, status.st_gid, status.st_ino, status.st_mtime_ns
        found[str(path)] = *names, status.st_nlink, content
    return found


def outside(above: Path) -> Path:
    """Make a directory of what no tree is about, with the names that a tree has."""
    place = above / "outside"
    for path in ("victim/file", "foo.lua", "bar/init.lua", "5.4/foo.lua", "lua/5.4/foo.lua"):
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text("precious")
    (place / "empty").mkdir()
    return place


FILES = {
    "lib/luarocks/rocks-5.4/manifest": "index",
    "lib/luarocks/rocks-5.4/foo/1.0-1/rock_manifest": "list",
    "lib/luarocks/rocks-5.4/foo/1.0-1/bin/foo": "the command",
    "share/lua/5.4/foo.lua": "return 1",
    "share/lua/5.4/bar/init.lua": "return 2",
    "lib/lua/5.4/foo.so": "ELF",
    "bin/foo": "#!/bin/sh",
    "bin/other": "of another program",
    "share/lua/5.3/foo.lua": "of another Lua",
}


def made(root: Path) -> Layout:
    """Make a tree and return its layout."""
    for path, text in FILES.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    link = root / "share/lua/5.4/link.lua"
    link.unlink(missing_ok=True)
    link.symlink_to("foo.lua")
    (root / "bin/foo").chmod(0o755)
    return tree_layout(str(root), "5.4")


def plant_journal(layout: Layout, victim: Path) -> Path:
    """Write a journal that renames and removes files of ``victim`` where any path is believed."""
    mark = [victim.joinpath("victim/file").stat().st_ino, 0, 8]
    steps = [
        [str(victim / "victim/file"), "", f"{victim}/victim/.kept", mark, None],
        [str(victim / "foo.lua"), str(victim / "bar/init.lua"), "", None, mark],
    ]
    document = {
        "format": FORMAT,
        "made": [str(victim / "empty")],
        "steps": steps,
        "emptied": [str(victim / "empty")],
        "is_ready": True,
    }
    path = Path(journal_path(tree_place(layout)))
    path.write_text(json.dumps(document))
    path.chmod(0o600)
    return path


def killed_in_the_middle(layout: Layout) -> Path:
    """Change a tree in a process that is killed before it places the manifest.

    Return the path of its journal. A module was replaced, one removed, and a command is new.
    """
    if child := os.fork():
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
        return Path(journal_path(tree_place(layout)))
    rename = Beneath.rename

    def renamed(self: Beneath, old: str, new: str) -> None:
        if new.endswith("/manifest"):
            os.kill(os.getpid(), signal.SIGKILL)
        rename(self, old, new)

    Beneath.rename = renamed  # type: ignore[method-assign]
    changes: list[TreeChange] = [
        PlaceFile(f"{layout.root}/bin/new", b"x", 0o755, "why"),
        PlaceFile(f"{layout.lua_dir}/foo.lua", b"return 3", 0o644, "why"),
        RemoveFile(f"{layout.lua_dir}/bar/init.lua", "why"),
        PlaceFile(layout.manifest, b"new", 0o644, "why"),
    ]
    try:
        transact(tree_place(layout), changes, observed={}, directory_mode=0o755)
    finally:
        os._exit(1)


def as_user(user: int, act: Callable[[], None]) -> None:
    """Do something as another user, in a process of its own, to its end."""
    child = _child(user, act)
    assert os.waitpid(child, 0)[1] == 0


@contextmanager
def swapping(user: int, directory: Path, target: Path) -> Iterator[Callable[[], int]]:
    """Let a user swap a directory with a link to ``target``, again and again, for the block.

    It gives a function that tells how often that was done; afterwards the directory is in place.
    """
    aside = directory.with_name("aside")
    count = directory.parent / "count"
    heard, said = os.pipe()

    def swap() -> None:
        done = [0]
        signal.signal(signal.SIGTERM, lambda *_: done.append(1))
        os.write(said, b"!")
        rounds = 0
        while len(done) == 1:
            rounds += 1
            try:
                os.rename(directory, aside)
                os.symlink(target, directory)
                os.unlink(directory)
                os.rename(aside, directory)
            except OSError:  # root has made something in between: that goes out of the way
                _tidied(directory, aside, f"{aside}-{rounds}")
        count.write_text(str(rounds))

    child = _child(user, swap)
    os.read(heard, 1)
    os.close(heard)
    os.close(said)
    ended = False

    def rounds() -> int:
        nonlocal ended
        ended = True
        os.kill(child, signal.SIGTERM)
        assert os.waitpid(child, 0)[1] == 0
        found = int(count.read_text())
        count.unlink()
        return found

    try:
        yield rounds
    finally:
        if not ended:
            rounds()


def _tidied(directory: Path, aside: Path, elsewhere: str) -> None:
    """Put a directory back into its place, as far as one may."""
    with suppress(OSError):
        os.unlink(directory)
    with suppress(OSError):
        os.rename(directory, elsewhere)
    with suppress(OSError):
        os.rename(aside, directory)


def _child(user: int, act: Callable[[], None]) -> int:
    """Start a process of another user, and return its number."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
        act()
        status = 0
    except BaseException:  # nothing of it may come back into the test
        traceback.print_exc()
    finally:
        os._exit(status)

"""The file layer sees what the kernel sees: strace is asked about the same run."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.faults.layer import Control, Fault, preloaded
from integration.faults.refresh_cases import debian_with_a_guest
from integration.faults.rock_cases import write_server
from integration.machines.machine import RUN_MAIN, run

CALLS = (
    *("rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "mkdir"),
    *(
        "mkdirat",
        "unlink",
        "unlinkat",
        "rmdir",
        "chmod",
        "fchmod",
        "fchmodat",
        "fchown",
        "utimensat",
    ),
    *("utimensat", "fsync", "fdatasync", "ftruncate", "sendfile"),
)
# What the C library calls by other names than the kernel does.
SAME = {"remove": "unlink", "sendfile64": "sendfile", "ftruncate64": "ftruncate"}
SAME |= {"fchmodat": "chmod", "futimens": "utimensat", "openat64": "open", "fopen64": "open"}
SAME |= {"openat": "open", "open64": "open", "mkstemp64": "open", "unlinkat": "unlink"}
SAME |= {"rmdir": "unlink"}  # remove() tries one, then the other
LINE = re.compile(r"^(\d+) +(\w+)\((.*)\) += +(-?\d+)")
UNFINISHED = " <unfinished ...>"
RESUMED = re.compile(r"\d+ +<\.\.\. \w+ resumed>")
BY_HANDLE = re.compile(r'\d+<([^>]*)>, "([^"/][^"]*)"')


def seen_by_both(top: Path, folder: Path, *words: str) -> tuple[Counter[str], Counter[str]]:
    """Run distrorocks with the layer and strace; return the counted calls below ``top`` of each."""
    control = Control(folder / "control")
    control.arm(Fault(), [str(top)])
    trace = folder / "trace"
    layer = [f"-E{name}={value}" for name, value in preloaded(folder / "control").items()]
    options = ["-f", "-y", "-o", str(trace), "-e", f"trace=open,openat,{','.join(CALLS)}", *layer]
    run("strace", *options, sys.executable, "-c", RUN_MAIN, *words, HOME=str(folder))
    control.disarm()
    ours = Counter(SAME.get(call.name, call.name) for call in control.calls)
    theirs: Counter[str] = Counter()
    for line in whole_lines(trace.read_text()):
        found = LINE.match(line)
        if not found or str(top) not in BY_HANDLE.sub(r'"\1/\2"', found[3]):
            continue
        name = found[2]
        is_open = name.startswith("open")
        if is_open and not re.search(r"O_CREAT|O_TRUNC|O_TMPFILE", found[3]):
            continue
        theirs[SAME.get(name, name)] += 1
    return ours, theirs


def whole_lines(text: str) -> Iterator[str]:
    """Yield the calls of a trace; strace halves those that meet a call of another thread."""
    begun: dict[str, str] = {}
    for line in text.splitlines():
        thread = line.partition(" ")[0]
        if line.endswith(UNFINISHED):
            begun[thread] = line.removesuffix(UNFINISHED)
        elif rest := RESUMED.match(line):
            yield begun.pop(thread, "") + line[rest.end() :]
        else:
            yield line


def test_no_call_of_a_refresh_is_missed(tmp_path: Path) -> None:
    """Every call of a refresh that changes something below the root has its number."""
    root = tmp_path / "root"
    root.mkdir()
    debian_with_a_guest(root)
    ours, theirs = seen_by_both(root, tmp_path, "refresh", "--root", str(root))
    for each in ("write", "pwrite64", "writev"):
        ours.pop(each, None)
    assert ours == theirs
    assert ours["fsync"] > 10


@pytest.mark.parametrize("rock", ["leaf"])
def test_no_call_of_an_installation_is_missed(tmp_path: Path, rock: str) -> None:
    """Those of threads, which sync files side by side, are seen too."""
    server, tree = tmp_path / "server", tmp_path / "tree"
    write_server(server, str(server))
    words = ("--yes", "--deps-mode=one", "--lua-version=5.4", f"LUA_INCDIR={server}")
    where = ("--tree", str(tree), "--only-server", str(server))
    ours, theirs = seen_by_both(tree, tmp_path, "install", rock, *words, *where)
    for each in ("write", "fclose", "unlink"):
        ours.pop(each, None)
        theirs.pop(each, None)
    assert ours == theirs
    assert ours["open"] > 5

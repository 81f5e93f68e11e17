"""What a process of its own needs to read a hostile manifest, or to run a verb.

As a program: ``python -m tests.hostile.reading_costs read KIND BYTES``, or ``run WORD...``. The
last line of its output is status, seconds of processor time and peak kilobytes.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from distrorocks.cli.main import main
from distrorocks.errors import DistrorocksError
from distrorocks.servers.manifest_reader import server_manifest_of

TOP = Path(__file__).parent.parent.parent

HOSTILE: dict[str, Callable[[int], bytes]] = {
    "one rock of many versions": lambda n: (
        b'repository={zz={%b["0-1"]={{arch="src"}}}}'
        % b"".join(b'["%d-1"]={{arch="src"}},' % each for each in range(1, n // 26))
    ),
    "one string": lambda n: b'repository={["%b"]={}}' % (b"x" * n),
    "one string of escapes": lambda n: b'repository={["%b"]={}}' % (b"\\n" * (n // 2)),
    "blanks in a rock": lambda n: b"repository={a%b={}}" % (b" " * n),
    "names of one letter pattern": lambda n: (
        b"repository={%b}" % b"".join(b"a%da={}," % each for each in range(n // 11))
    ),
    "names that make no sense": lambda n: (
        b"repository={%b}" % b"".join(b'["a %d"]={},' % each for each in range(n // 13))
    ),
    "rocks that are never closed": lambda n: b"repository={" + b'a={["1"]={{arch="x"},' * (n // 21),
    "a rock that is never closed": lambda n: (
        b"repository={zz={" + b'["1-1"]={{arch="src"}},' * (n // 24)
    ),
    "rocks that end badly": lambda n: (
        b"repository={"
        + (b"zz={" + b'["1-1"]={{arch="src"}},' * 499 + b"x},") * (n // 11982)
        + b"}"
    ),
    "files without number": lambda n: (
        b'repository={zz={["1"]={%b}}}' % (b'{arch="src"},' * (n // 13))
    ),
    "deep tables": lambda n: b"repository=" + b"{" * n,
    "words": lambda n: b"aa " * (n // 3),
    "bytes of no text": lambda n: b'repository={a={x="%b"}}' % (b"\xff" * n),
    "large letters": lambda n: b'repository={a={x="%b"}}' % ("\U0001f600".encode() * (n // 4)),
}


class Cost(NamedTuple):
    """What a process took; ``kilobytes`` is its peak, that of the interpreter included."""

    status: int
    seconds: float
    kilobytes: int


def cost(*words: str) -> Cost:
    """Return what a process of its own takes for some words of this program."""
    command = [sys.executable, "-m", __name__, *words]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=True)
    status, seconds, kilobytes = done.stdout.splitlines()[-1].split()
    return Cost(int(status), float(seconds), int(kilobytes))


def read(kind: str, size: int) -> float:
    """Read a hostile manifest and some of its rocks; return the seconds of processor time."""
    text = HOSTILE[kind](size)
    began = time.process_time()
    with contextlib.suppress(DistrorocksError):
        rocks = server_manifest_of(text).rocks
        [rocks[name] for name, _ in zip(rocks, range(3), strict=False)]
    return time.process_time() - began


if __name__ == "__main__":
    verb, *rest = sys.argv[1:]
    if verb == "read":
        outcome, spent = 0, read(rest[0], int(rest[1]))
    else:
        outcome, spent = main(rest), time.process_time()
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    sys.stdout.write(f"\n{outcome} {spent} {peak[1] if peak else 0}\n")

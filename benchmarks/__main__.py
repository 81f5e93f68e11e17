"""``python -m benchmarks [TOPIC]...``: what ours costs beside LuaRocks and beside a floor.

Each case is measured in one run, in turn with its peer and its floor, by processor time of all
processes first. The table at the end has what misses its aim first. Our code is started as Debian's
package starts it: compiled to bytecode, by the Python of the system. All files are on the disk of
temporary files, where forced writes cost what they cost (``TMPDIR`` names another).
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks import (
    debian_hook,
    hook,
    install,
    make_manifest,
    reading,
    resolver,
    scaffold,
    server_folder,
)
from benchmarks.installed_code import installed_code, installed_command
from benchmarks.measure import COMMAND, Case, Figures, WrongOutput, measured
from benchmarks.report import HEADER, NoDrawing, document, draw, row, table

Topic = Callable[[Path, Sequence[int]], Iterator[Case]]

TOPICS: dict[str, Topic] = {
    "make-manifest": make_manifest.cases,
    "hook": hook.cases,
    "debian-hook": debian_hook.cases,
    "reading": reading.cases,
    "server-folder": server_folder.cases,
    "install": install.cases,
    "resolver": resolver.cases,
    "scaffold": scaffold.cases,
}
PEERS = ("luarocks", "luarocks-admin")


def chosen(words: Sequence[str]) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("topics", nargs="*", metavar="TOPIC", help=f"of {', '.join(TOPICS)}")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each command (default 5)")
    parser.add_argument("--sizes", type=int, nargs="+", default=[], help="rocks, for all topics")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all runs")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw cost against size, as SVG")
    given = parser.parse_args(words)
    unknown = sorted(set(given.topics) - TOPICS.keys())
    if unknown:
        parser.error(f"no topic {', '.join(unknown)}: there are {', '.join(TOPICS)}")
    return given


def found(given: argparse.Namespace) -> Iterator[Figures]:
    """Yield the figures of each case of the topics."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as above:
        os.environ[COMMAND] = str(installed_command(installed_code(Path(above, "code"))))
        os.environ["XDG_CACHE_HOME"] = f"{above}/cache"
        os.environ["LUAROCKS_CONFIG"] = f"{above}/config.lua"
        # What is started from this checkout is compiled once as well, in the run before the first.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = f"{above}/bytecode"
        for topic in given.topics or TOPICS:
            Path(above, "config.lua").write_text("")
            scratch = Path(above, topic)
            scratch.mkdir()
            for case in TOPICS[topic](scratch, given.sizes):
                yield measured(case, given.rounds)
            shutil.rmtree(scratch)


def main(words: Sequence[str]) -> int:
    """Print the figures; exit status 1 if an output is wrong, 2 if something is missing."""
    given = chosen(words)
    missing = [each for each in PEERS if not shutil.which(each)]
    if missing:
        print(f"error: no {missing[0]}\nhint: run `make system`", file=sys.stderr)
        return 2
    print(HEADER, flush=True)
    figures: list[Figures] = []
    try:
        for each in found(given):
            print(row(each), flush=True)
            figures.append(each)
        if given.json:
            given.json.write_text(document(figures))
        if given.plot:
            draw(figures, given.plot)
    except WrongOutput as fault:
        print(f"error: {fault}\nthe times of this case would be worthless", file=sys.stderr)
        return 1
    except NoDrawing as fault:
        print(f"error: {fault}", file=sys.stderr)
        return 2
    print("\n".join(["", "the same, what misses its aim by most first", *table(figures)]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

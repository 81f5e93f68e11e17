"""What each verb imports is bounded: most of a short run is the import of modules.

A ceiling is a count of our modules without those of package families, which differ by machine. A
change that needs more raises its number here, as `values` and `patterns` did: they cost a tenth of
what they save. An import at the top of a file that few runs need belongs into the function that
uses it instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from distrorocks.cli.verbs import SUMMARIES
from tests.rocks_server import SourceServer

CHECKOUT = Path(__file__).parents[2]
START = f"""
import re, sys
sys.path.insert(0, {str(CHECKOUT)!r})
compile_pattern, compiling = re.compile, set()
def noted(*given, **named):
    caller = sys._getframe(1)
    if caller.f_code.co_name == "<module>":
        compiling.add(caller.f_globals["__name__"])
    return compile_pattern(*given, **named)
re.compile = noted
from distrorocks.cli.main import main
status = main(sys.argv[1:])
print(status, *sys.modules, file=open("modules", "w"))
print(*compiling, file=open("compiling", "w"))
"""
HELP = f"""
import os, sys
sys.path.insert(0, {str(CHECKOUT)!r})
from distrorocks.cli.main import main
from distrorocks.cli.verbs import SUMMARIES
for verb in SUMMARIES:
    if not os.fork():
        sys.stdout = open(os.devnull, "w")
        try:
            main([verb, "--help"])
        except SystemExit:
            print(verb, *sys.modules, file=sys.stderr)
        os._exit(0)
    os.wait()
"""
"""Shows the help of each verb in a child, which prints the verb and all modules it has."""

SLOW = frozenset(
    {
        *("concurrent.futures", "dataclasses", "email", "http.client", "inspect", "logging"),
        *("jinja2", "lupa", "pydantic", "ssl", "urllib.request", "urllib3", "xml.sax", "zipfile"),
    }
)
"""Libraries that take milliseconds to import, and that no run below has a use for."""

USES_TYPING = frozenset(
    {
        "scaffold",  # fields of plans are generic
        "search",  # tomllib
    }
)
"""Verbs that import `typing`, which takes 8 ms; the others need it for annotations alone."""

LISTED = ("--tree=./tree", "--lua-version=5.4")
SERVED = ("--only-server=server", "--lua-version=5.4")
CEILINGS = {
    ("--version",): 13,
    ("list", *LISTED): 72,
    ("which", "a", *LISTED): 74,
    ("show", "a", *LISTED): 78,
    ("search", "a", *SERVED): 105,
    ("lint", "server/a-1.0-1.rockspec"): 45,
    ("plan", "a", *SERVED, "--tree=new", "--distro=never"): 131,
    ("install", "a", *SERVED, "--tree=new", "--distro=never"): 204,
    ("remove", "a", *LISTED, "--yes"): 123,
}


def imported(
    folder: Path, *words: str, stderr: int = subprocess.PIPE, term: str = ""
) -> frozenset[str]:
    """Run a verb in a folder, and return the names of all modules that it imported."""
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "TMPDIR": str(folder.parent)}
    environment |= {"TERM": term} if term else {}
    subprocess.run(
        [sys.executable, "-I", "-c", START, *words],
        check=True,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=stderr,
        stdin=subprocess.DEVNULL,
    )
    status, *names = (folder / "modules").read_text().split()
    assert status in ("0", "1")  # lint has warnings
    return frozenset(names)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a server of one rock of Lua, and a tree where it is installed."""
    folder = tmp_path_factory.mktemp("installed") / "folder"
    server = SourceServer(folder / "server")
    server.add("a 1.0-1")
    server.publish()
    imported(folder, "install", "a", *SERVED, "--tree=tree", "--distro=never")
    return folder


@pytest.fixture
def folder(installed: Path, tmp_path: Path) -> Path:
    """A copy of that folder."""
    return Path(shutil.copytree(installed, tmp_path / "folder", symlinks=True))


class Run(NamedTuple):
    """What a run without a terminal imported, and which modules compiled patterns meanwhile."""

    names: frozenset[str]
    compiling: tuple[str, ...]


@pytest.fixture(scope="module")
def run(installed: Path) -> Callable[[tuple[str, ...]], Run]:
    """Run each verb once for all tests, in a copy of that folder."""

    @cache
    def once(words: tuple[str, ...]) -> Run:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(shutil.copytree(installed, f"{scratch}/folder", symlinks=True))
            names = imported(folder, *words)
            return Run(names, tuple((folder / "compiling").read_text().split()))

    return once


def test_the_version_is_printed_without_a_parser(tmp_path: Path) -> None:
    """Importing argparse takes as long as all the rest of it."""
    assert "argparse" not in imported(tmp_path, "--version")


@pytest.mark.parametrize("words", CEILINGS, ids=lambda words: words[0])
def test_a_verb_imports_what_it_needs(
    run: Callable[[tuple[str, ...]], Run], words: tuple[str, ...]
) -> None:
    """No library that is slow to import, no more of our modules than its ceiling, no patterns."""
    names, compiling = run(words)
    ours = [
        name
        for name in names
        if name.startswith("distrorocks.") and not name.startswith("distrorocks.families.")
    ]
    assert names & SLOW == frozenset()
    assert "typing" not in names or words[0] in USES_TYPING, "take it from distrorocks.values"
    assert len(ours) <= CEILINGS[words]
    assert not [name for name in compiling if name.startswith("distrorocks.")], "regex is for these"


MOST_FOR_HELP = 33
"""Of our modules, with those of families: the command line, and what choices and defaults need."""


def test_help_imports_what_parses_arguments_and_not_what_does_the_work() -> None:
    """The engine of a verb is imported when it runs."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", HELP], check=True, capture_output=True, text=True
    )
    found = {verb: frozenset(names) for verb, *names in map(str.split, done.stderr.splitlines())}
    assert list(found) == list(SUMMARIES)
    ours = {
        verb: len([name for name in names if name.partition(".")[0] == "distrorocks"])
        for verb, names in found.items()
    }
    assert {verb: count for verb, count in ours.items() if count > MOST_FOR_HELP} == {}
    assert {verb: names & SLOW for verb, names in found.items() if names & SLOW} == {}
    assert {verb for verb, names in found.items() if "typing" in names} <= USES_TYPING


PROGRESS = ("distrorocks.cli.progress", "rich")


@pytest.mark.parametrize("words", CEILINGS, ids=lambda words: words[0])
def test_without_a_terminal_nothing_that_shows_progress_is_imported(
    run: Callable[[tuple[str, ...]], Run], words: tuple[str, ...]
) -> None:
    """Whatever the run does, and however long it takes."""
    assert not [name for name in run(words).names if name.startswith(PROGRESS)]


SHORT = ("--version", "list", "which", "show", "lint")


@pytest.mark.parametrize(
    "words", [each for each in CEILINGS if each[0] in SHORT], ids=lambda words: words[0]
)
def test_on_a_terminal_it_is_imported_for_long_work_only(
    folder: Path, words: tuple[str, ...]
) -> None:
    """A verb that fetches, builds and writes nothing starts as fast as elsewhere."""
    master, slave = os.openpty()
    try:
        there = imported(folder, *words, stderr=slave, term="xterm")
    finally:
        os.close(master)
        os.close(slave)
    assert not [name for name in there if name.startswith(PROGRESS)]


@pytest.mark.parametrize(
    "words", [each for each in CEILINGS if "--tree=new" in each], ids=lambda words: words[0]
)
def test_a_rock_of_lua_needs_no_sandbox_and_no_search_for_libraries(
    run: Callable[[tuple[str, ...]], Run], words: tuple[str, ...]
) -> None:
    """Its build is a copy: no command runs, and nothing is looked for in the system."""
    names = run(words).names
    rooms = ("distrorocks.system.sandbox", "distrorocks.externals.search", "distrorocks.health")
    assert not [name for name in names if name.startswith(rooms)]

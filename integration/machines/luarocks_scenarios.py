"""Scenarios of LuaRocks' command line: what one is, how it is run, and where runs differ."""

from __future__ import annotations

import fnmatch
import hashlib
import io
import re
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse
from integration.machines.machine import Machine

PLACES = ("/usr/local", "/root", "/srv", "/etc/luarocks")
LINKS = "/opt/links"
WORK = "/root/work"
_PASSING = ("/root/.cache/*", "*/lockfile.lfs", "/root/.distrorocks*", "*/.git/*")
_TABLES = re.compile(
    r"(.*/)?(manifest(-5\.[1-5])?|rock_manifest|.*\.rockspec|config-5\.[1-5]\.lua)"
)
_ANYWHERE = re.compile(r"/tmp/[\w./-]+")


class Difference(NamedTuple):
    """A difference on purpose: where it shows, with which releases, and its row in the docs.

    ``where`` is ``status``, ``stdout``, or a pattern of paths.
    """

    where: str
    row: str
    reason: str
    releases: tuple[str, ...]


class Scenario(NamedTuple):
    """A command after others, and what of it is compared beside the status and the files.

    ``stdout`` is ``same``, ``lines`` in any order, or ``any``.
    """

    verb: str
    name: str
    setup: str
    run: str
    stdout: str
    differences: tuple[Difference, ...]

    def __str__(self) -> str:
        """Return the scenario as a test's name has it."""
        return f"{self.verb}: {self.name}"


class Left(NamedTuple):
    """What a run left: its status, its stdout, and the files by path."""

    status: int
    out: str
    err: str
    files: Mapping[str, object]


def scenarios(folder: Path) -> list[Scenario]:
    """Read all scenarios of a folder: a file for each verb."""
    found = []
    for file in sorted(folder.glob("*.toml")):
        for each in tomllib.loads(file.read_text())["scenario"]:
            differences = tuple(
                Difference(it["where"], it["row"], it["reason"], tuple(it.get("releases", ())))
                for it in each.pop("difference", ())
            )
            usual = {"setup": "", "stdout": "any"}
            found.append(Scenario(verb=file.stem, differences=differences, **{**usual, **each}))
    return found


def left_by(machine: Machine, scenario: Scenario, *, is_ours: bool) -> Left:
    """Run a scenario in a fresh machine with one program, and return what it left.

    Every step of the setup has to succeed, with either program.
    """
    path = f"export PATH={LINKS}:$PATH; " if is_ours else ""
    enter = f"umask 022; mkdir -p {WORK}; cd {WORK}; {path}"
    if scenario.setup:
        machine.run("sh", "-c", f"set -e; {enter}\n{scenario.setup}")
    done = machine.run("sh", "-c", f"{enter}\n{scenario.run}", status=None)
    out = done.out.replace(f"{LINKS}/", "/usr/bin/").replace(f"{LINKS}:", "")
    return Left(done.status, _ANYWHERE.sub("/tmp/-", out), done.err, dict(_files(machine)))


def _files(machine: Machine) -> Iterator[tuple[str, object]]:
    """Yield what is in each file of the places that LuaRocks changes."""
    for place in PLACES:
        for path in machine.paths(place):
            inside = f"/{path.relative_to(machine.root)}"
            if path.is_file() and not any(fnmatch.fnmatch(inside, it) for it in _PASSING):
                is_program = bool(path.stat().st_mode & 0o111)
                yield inside, (is_program, _content(inside, path.read_bytes()))


def _content(name: str, content: bytes) -> object:
    """Return what a file says: a table of Lua by value, an archive by members."""
    if name.endswith((".rock", ".zip")):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {
                each: _content(each, archive.read(each))
                for each in archive.namelist()
                if not each.endswith("/")
            }
    if _TABLES.fullmatch(name):
        try:
            table = parse(content).globals
            if table.get("dependencies") == {}:  # of an empty manifest
                del table["dependencies"]
            return table
        except DistrorocksError:
            pass
    return hashlib.sha256(content).hexdigest()


def differing(scenario: Scenario, theirs: Left, ours: Left) -> Iterator[tuple[str, str]]:
    """Yield where two runs of a scenario differ, and how."""
    if theirs.status != ours.status:
        yield "status", f"theirs {theirs.status}, ours {ours.status}\n{theirs.err}\n{ours.err}"
    if scenario.stdout != "any":
        its, mine = (each.out.splitlines() for each in (theirs, ours))
        if scenario.stdout == "lines":
            its, mine = sorted(its), sorted(mine)
        if its != mine:
            yield "stdout", f"theirs:\n{theirs.out}\nours:\n{ours.out}"
    for path in sorted(theirs.files.keys() | ours.files.keys()):
        its_file, my_file = theirs.files.get(path), ours.files.get(path)
        if its_file != my_file:
            yield path, f"theirs {its_file}\nours   {my_file}"


def explained(where: str, scenario: Scenario, release: str) -> list[Difference]:
    """Return the differences on purpose that explain one that was found."""
    return [
        each
        for each in scenario.differences
        if fnmatch.fnmatch(where, each.where) and release in (each.releases or (release,))
    ]

"""``distrorocks audit``: what binary rocks need, and where they would load."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator

from distrorocks.binaries.lua_abi import JIT, lua_name
from distrorocks.cli.arguments import add_json, add_root, existing_root, working_directory
from distrorocks.cli.report import print_json, print_line, print_prose
from distrorocks.errors import UsageError
from distrorocks.exit_status import DONE, FINDINGS
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.binaries.verdict import Verdict
    from distrorocks.serve.audit.audit import Audit

_WORDS = {"loads": "loads", "fails": "does not load", "unknown": "may load"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "rocks", nargs="+", metavar="ROCK", help="a .rock file, or a folder with binary rocks"
    )
    parser.add_argument(
        "--on",
        nargs="+",
        metavar="SYSTEM",
        default=[],
        help="judge for these systems instead of this one, such as debian:13 or alpine:3.22; "
        "'here' is this one",
    )
    parser.add_argument(
        "--lua-version",
        metavar="VERSION",
        action="append",
        choices=(*LUA_VERSIONS, JIT),
        help="judge for this Lua (5.1 to 5.5, luajit), not for those that a rock fits; repeatable",
    )
    parser.add_argument(
        "--write", action="store_true", help="write what each rock needs to ROCK.audit.json"
    )
    add_root(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Audit the rocks; return 1 if one of them does not load on one of the systems."""
    from distrorocks.serve.audit.audit import AuditRequest, audit, record_of, write_records

    here = working_directory()
    paths = _paths([os.path.normpath(os.path.join(here, each)) for each in options.rocks])
    if not paths:
        raise UsageError("no binary rock is in these folders", hint="name a .rock file")
    request = AuditRequest(
        existing_root(options.root),
        tuple(each for each in options.on if each != "here"),
        tuple(dict.fromkeys(options.lua_version or ())),
        is_here=not options.on or "here" in options.on,
    )
    audits = audit(paths, request)
    written = write_records(audits) if options.write else ()
    if options.json:
        print_json([{"path": each.path, **record_of(each)} for each in audits])
    else:
        for number, each in enumerate(audits):
            for line in ([""] if number else []) + list(_lines(each)):
                print_prose(line)
        for path in written:
            print_line(f"Written: {path}")
    return FINDINGS if any(each.fails for each in audits) else DONE


def _paths(operands: Iterable[str]) -> list[str]:
    """Return the paths of rock files: operands, and the binary rocks in folders."""
    from distrorocks.servers.server_manifest import ALL, ROCKSPEC, SOURCE
    from distrorocks.system.files.named_folder import NamedFolder
    from distrorocks.system.trees.reader import rock_file

    found: list[str] = []
    for operand in operands:
        if not os.path.isdir(operand):
            found.append(operand)
            continue
        with NamedFolder(operand) as folder:
            inside = sorted(path for path, _ in folder.walk())
        for path in inside:
            named = rock_file(path.rpartition("/")[2])
            if named and named.arch not in (ALL, SOURCE, ROCKSPEC):
                found.append(f"{operand.rstrip('/')}{path}")
    return found


def _lines(audited: Audit) -> Iterator[str]:
    """Yield the report about one rock."""
    needs = audited.needs
    yield needs.rock
    if not needs.files:
        yield "  has no compiled files, and loads wherever its Lua is"
        return
    yield f"  built for   {', '.join(map(str, needs.machines))}"
    yield f"  fits        {', '.join(map(lua_name, audited.luas)) or 'no Lua that is known'}"
    if needs.libraries:
        yield f"  libraries   {', '.join(needs.libraries)}"
    if needs.versions:
        yield f"  versions    {', '.join(needs.versions)}"
    for each in dict.fromkeys(note for verdict in audited.verdicts for note in verdict.notes):
        yield f"  note        {each}"
    by_system: dict[str, list[Verdict]] = {}
    for verdict in audited.verdicts:
        by_system.setdefault(verdict.system, []).append(verdict)
    for system, verdicts in by_system.items():
        yield from _verdict_lines(system, verdicts)


def _verdict_lines(system: str, verdicts: list[Verdict]) -> Iterator[str]:
    """Yield the verdicts for one system; Luas with the same verdict share a line."""
    from distrorocks.binaries.verdict import UNKNOWN

    alike: dict[tuple[object, ...], list[str]] = {}
    for each in verdicts:
        alike.setdefault((each.state, each.findings, each.packages), []).append(each.lua)
    for (state, findings, packages), luas in alike.items():
        yield f"  {system}: {_WORDS[str(state)]} with {', '.join(map(lua_name, luas))}"
        for finding in findings:  # type: ignore[attr-defined]
            yield f"    {finding}"
        if packages and state in ("loads", UNKNOWN):
            yield f"    with the packages {', '.join(packages)}"  # type: ignore[arg-type]

"""Audit rock files: read their compiled files, and decide where they would load.

    request = AuditRequest(root="/", systems=("debian:12",))
    audited = audit(["/srv/rocks/lpeg-1.1.0-1.linux-x86_64.rock"], request)

Nothing of a rock is run or unpacked to the disk.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Sequence
from typing import Any

from distrorocks.binaries.lua_abi import JIT, fitting
from distrorocks.binaries.rock_needs import SUFFIX, RockNeeds, to_record
from distrorocks.binaries.target_system import System
from distrorocks.binaries.verdict import FAILS, Verdict, judge
from distrorocks.errors import DistrorocksError
from distrorocks.rocks.manifest import PackedRock
from distrorocks.rocks.quotation import plain
from distrorocks.serve.pack.rock import PackedFile, Placed
from distrorocks.serve.pack.write import write_rocks
from distrorocks.servers.files import ROCK_LIMIT
from distrorocks.servers.rock_check import FetchedRock, check_rock_file
from distrorocks.servers.server_manifest import ROCKSPEC
from distrorocks.system.files.named_file import read_named
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.reader import rock_file
from distrorocks.values import NamedTuple
from distrorocks.world.known_systems import named_systems
from distrorocks.world.loader import Loader
from distrorocks.world.rock_binaries import lua_symbols, rock_needs


class AuditError(DistrorocksError):
    """No audit can be made of a file."""


class AuditRequest(NamedTuple):
    """Where to judge rocks: in ``root``, unless ``is_here`` is false, and on named systems.

    ``lua_versions`` () means those that the files of a rock fit; ``luajit`` is one of them.
    """

    root: str = "/"
    systems: tuple[str, ...] = ()
    lua_versions: tuple[str, ...] = ()
    is_here: bool = True


class Audit(NamedTuple):
    """What a rock file needs, the Luas that it fits, and a verdict for each system and Lua."""

    path: str
    needs: RockNeeds
    luas: tuple[str, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def fails(self) -> bool:
        """Whether the rock does not load on a system that it was judged for, with any Lua."""
        by_system: dict[str, list[bool]] = {}
        for each in self.verdicts:
            by_system.setdefault(each.system, []).append(each.state == FAILS)
        return any(all(states) for states in by_system.values())


def audit(paths: Sequence[str], request: AuditRequest) -> list[Audit]:
    """Return the audit of each rock file, by absolute path.

    Raise ``DistrorocksError`` for one that is refused.
    """
    judges = _Judges(request)
    with Jail() as jail:
        return [_audited(path, judges, jail) for path in paths]


def needs_of_rock(named: PackedRock, path: str, content: bytes, jail: Jail) -> RockNeeds:
    """Return what a rock needs; raise ``DistrorocksError`` unless it is sound."""
    fetched = FetchedRock(named.name, named.version, named.arch, content, path)
    check_rock_file(fetched, jail)
    try:
        return rock_needs(fetched.file_name, content)
    except DistrorocksError as error:
        raise AuditError(f"{plain(path)} is refused: {error.brief}", hint=error.hint) from None


def _audited(path: str, judges: _Judges, jail: Jail) -> Audit:
    content = read_named(path, ROCK_LIMIT)
    named = rock_file(path.rpartition("/")[2])
    if named is None or named.arch == ROCKSPEC:
        raise AuditError(
            f"{plain(path)} is no rock file",
            hint="it must be NAME-VERSION-REVISION.ARCH.rock; a rockspec has nothing to load",
        )
    needs = needs_of_rock(named, path, content, jail)
    luas = fitting(needs.files.values(), lua_symbols()) if needs.files else ()
    return Audit(path, needs, luas, tuple(judges.verdicts(needs, luas)))


class _Judges:
    """The systems of a request, for all rocks; each library of a root is read once."""

    def __init__(self, request: AuditRequest) -> None:
        self._request = request
        self._systems = named_systems(request.systems)
        self._loaders: dict[str, Loader] = {}

    def verdicts(self, needs: RockNeeds, luas: Sequence[str]) -> Iterator[Verdict]:
        """Yield the verdicts on a rock that fits some Luas."""
        for lua in self._request.lua_versions or luas:
            for system in (*self._here(needs, lua), *self._systems):
                yield judge(needs, system, lua, lua_symbols())

    def _here(self, needs: RockNeeds, lua: str) -> Iterator[System]:
        if self._request.is_here:
            version = "5.1" if lua == JIT else lua
            if version not in self._loaders:
                self._loaders[version] = Loader(self._request.root, version)
            yield self._loaders[version].system(needs.files.values())


def record_of(audited: Audit) -> dict[str, Any]:
    """Return an audit as JSON holds it: what the rock needs, and the verdicts."""
    return {
        **to_record(audited.needs),
        "luas": list(audited.luas),
        "libraries": list(audited.needs.libraries),
        "newest_versions": list(audited.needs.versions),
        "verdicts": [
            {
                "system": each.system,
                "lua": each.lua,
                "verdict": each.state,
                "reasons": [finding._asdict() for finding in each.findings],
                "packages": list(each.packages),
                "notes": [finding._asdict() for finding in each.notes],
            }
            for each in audited.verdicts
        ],
    }


def write_records(audits: Sequence[Audit]) -> tuple[str, ...]:
    """Write what each rock needs beside it, as ``NAME.rock.audit.json``; return the paths.

    Verdicts about this system are left out: it is not the one that reads the file.
    """
    written: list[str] = []
    for each in audits:
        folder, name = posixpath.split(each.path)
        text = json.dumps(to_record(each.needs), indent=1, sort_keys=True).encode() + b"\n"
        file = PackedFile(f"{name}{SUFFIX}", text, each.path, "")
        written += write_rocks(folder, [Placed(file.file_name, file)]).paths
    return tuple(written)

"""What decides the content of a built rock: by it the rock store knows whether it has it.

Only rocks whose build runs commands are kept: for others a build is no more than a copy. A build
that runs programs of the rock may look at anything, so for it the state of the package database
and of the trees counts too, and for a rock with external dependencies that of the packages.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256

from distrorocks.install.build.request import BuildRequest
from distrorocks.install.build.step import Compile, Link, NeedsLuaRocks, RunCommand, Step
from distrorocks.system.files.bounded_file import read_bounded
from distrorocks.system.lua.file import ROCK_MANIFEST_LIMIT
from distrorocks.system.processes.command import CommandError, run
from distrorocks.trees.layout import Layout
from distrorocks.world.rock_store import BuildInputs

_HEADER_LIMIT = 1 << 20
_DATABASES = ("/var/lib/dpkg/status", "/var/lib/rpm/rpmdb.sqlite", "/usr/lib/sysimage/rpm")
_LUA = "LUA_INCDIR"


def build_inputs(
    request: BuildRequest,
    steps: Sequence[Step],
    *,
    source: str,
    arch: str,
    needs: Sequence[str],
    layouts: Sequence[Layout],
) -> BuildInputs:
    """Return what decides a build.

    ``source`` is the digest of the sources, ``needs`` the directories of the built rocks that it
    may use, ``layouts`` the trees.
    """
    runs_programs = any(isinstance(step, (RunCommand, NeedsLuaRocks)) for step in steps)
    compiles = runs_programs or any(isinstance(step, (Compile, Link)) for step in steps)
    against = list(_built(needs))
    if runs_programs or set(request.externals) - {_LUA}:
        against += _states(_DATABASES)
    if runs_programs:
        against += _states([layout.manifest for layout in layouts])
    if request.lock is not None:
        against.append(("lock", sha256(request.lock).hexdigest()))
    variables = {**request.variables, **request.externals}
    return BuildInputs(
        request.rockspec.name,
        request.rockspec.version,
        request.text,
        (source,),
        request.lua.version,
        arch,
        _headers(request.lua.include_dir),
        _compiler(request.variables.get("CC") or "cc") if compiles else "",
        tuple(_flags(request)),
        tuple(variables.items()),
        tuple(against),
    )


_FLAGS = (
    *("AR", "CFLAGS", "CXXFLAGS", "LDFLAGS", "PKG_CONFIG_PATH", "SOURCE_DATE_EPOCH"),
    *("CMAKE_LIBRARY_PATH", "CMAKE_INCLUDE_PATH", "CMAKE_MODULE_PATH"),
)


def _flags(request: BuildRequest) -> Iterator[str]:
    """Yield the user's flags, and those of the distribution if they are asked for."""
    yield from (f"{k}={request.environment[k]}" for k in _FLAGS if k in request.environment)
    if request.settings.hardening:
        hardening = request.settings.hardening.environment
        yield from (f"hardening {name}={text}" for name, text in hardening.items())


def _built(needs: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each rock that a build may use, with the digest of its rock_manifest."""
    for rock in needs:
        text = read_bounded(f"{rock}/rock_manifest", ROCK_MANIFEST_LIMIT)
        yield "rock", sha256(text).hexdigest()


def _states(paths: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the size and time of each file that is there."""
    for path in paths:
        try:
            status = os.stat(path)
        except OSError:
            continue
        yield path, f"{status.st_size} {status.st_mtime_ns}"


def _headers(directory: str) -> str:
    """Return the digest of Lua's headers, "" if they are not used."""
    digest = sha256()
    for name in ("lua.h", "luaconf.h") if directory else ():
        path = f"{directory}/{name}"
        if os.path.exists(path):
            digest.update(read_bounded(path, _HEADER_LIMIT))
    return digest.hexdigest() if directory else ""


@cache
def _compiler(command: str) -> str:
    """Return the first line in which a compiler says its version; it is asked once per run."""
    try:
        said = run((*command.split(), "--version"), timeout=60).stdout
    except CommandError:
        return ""
    return said.decode("utf-8", "replace").partition("\n")[0]

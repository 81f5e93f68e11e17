"""A rock file on the command line: its rockspec and dependencies."""

from __future__ import annotations

import os

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Need
from distrorocks.rocks.name import RockNameError, parse_rock_name
from distrorocks.rocks.quotation import plain
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.servers.files import ROCK_LIMIT
from distrorocks.servers.rockspec_needs import needs_of, read_rockspec
from distrorocks.servers.server_manifest import ALL, ROCKSPEC, SOURCE
from distrorocks.system.files.named_file import read_named
from distrorocks.system.lua.file import ROCKSPEC_LIMIT
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.reader import rock_file
from distrorocks.values import NamedTuple

BARE = "rockspec"
"""The name of a rockspec's file that need not have the name and version of its rock."""


class LocalRockError(DistrorocksError):
    """No rock can be installed from the file."""


class LocalRock(NamedTuple):
    """A rock in a file; ``is_built`` is true if nothing has to be built.

    ``content`` is the whole file: it may be changed meanwhile, so it is never read again.
    """

    path: str
    content: bytes
    arch: str
    rockspec: Rockspec
    needs: tuple[Need, ...]
    is_built: bool


def read_local_rock(path: str, jail: Jail, *, arch: str, has_needs: bool = True) -> LocalRock:
    """Read a .rockspec or .rock file for a machine with LuaRocks' ``arch``.

    Without ``has_needs``, as with ``--deps-mode=none``, neither dependencies nor platforms are
    looked at, as in LuaRocks. A name that no tree and no server takes is refused, which `lint`
    accepts as LuaRocks does.
    """
    path = os.path.abspath(path)
    name = os.path.basename(path)
    named = rock_file(name)
    content = b""
    expected: str | None = name
    if path.endswith(".rockspec") or name == BARE:
        content = text = read_named(path, ROCKSPEC_LIMIT)
        place, arch = path, ROCKSPEC
        expected = None if name == BARE else name
    else:
        if named is None:
            raise LocalRockError(
                f"{plain(name)} is not the name of a rock file",
                hint="it must be NAME-VERSION-REVISION.ARCH.rock",
            )
        if named.arch not in (SOURCE, ALL, arch):
            raise LocalRockError(
                f"{plain(name)} is built for {plain(named.arch)}, and this machine is {arch}",
                hint="take the .src.rock or the .rockspec, and build it here",
            )
        expected = name = f"{named.name}-{named.version}.rockspec"
        from distrorocks.system.files.zip_archive import read_member  # most are rockspecs

        content = read_named(path, ROCK_LIMIT)
        try:
            text = read_member(content, name, ROCKSPEC_LIMIT)
        except DistrorocksError as error:
            raise LocalRockError(f"{path}: {error.brief}", hint=error.hint) from None
        place, arch = f"{path}/{name}", named.arch
    is_built = arch not in (ROCKSPEC, SOURCE)
    rockspec = read_rockspec(text, place, file_name=expected, jail=jail)
    try:
        parse_rock_name(rockspec.name)
    except RockNameError as error:
        raise LocalRockError(f"{plain(path)}: package: {error.brief}", hint=error.hint) from None
    needs = needs_of(rockspec, text, place, with_build=not is_built) if has_needs else ()
    return LocalRock(path, content, arch, rockspec, tuple(needs), is_built)

"""The file that a ``source`` names: whether it may be fetched, its content, and its MD5."""

from __future__ import annotations

import os

from distrorocks.md5 import md5
from distrorocks.rocks.quotation import plain
from distrorocks.servers.address import Address
from distrorocks.servers.files import ServerFiles, Wanted
from distrorocks.sources.source import Kind, Source, SourceError
from distrorocks.system.files.archive_member import MOST_UNPACKED
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_file import read_named

MOST_DOWNLOADED = MOST_UNPACKED
"""Bytes of a file of sources, before it is unpacked."""

_LOCAL_HINT = (
    "source.url of its rockspec names a single file or an archive; run make in a folder of "
    "sources, or name a repository with git+file://"
)


def refuse_forbidden(source: Source, *, may_be_local: bool, only_from: str | None = None) -> None:
    """Raise ``SourceError`` if these sources must not be fetched.

    Set ``may_be_local`` to false for a rockspec from a server; ``only_from`` is the beginning of
    the only addresses to use, without their protocol.
    """
    rest = source.place.partition("://")[2] or source.place
    if source.is_local and not may_be_local:
        raise SourceError(
            f"the sources of {source.rock} are refused: a rockspec from a server names "
            f"{source.shown}, which is on this machine",
            hint="download the rockspec and install it as a file if this is right",
        )
    if only_from is not None and (not only_from or not rest.startswith(only_from)):
        told = "no sources are fetched"
        if only_from:
            told = f"only sources from {plain(only_from)} are used"
        raise SourceError(
            f"the sources of {source.rock} are not fetched from {source.shown}: {told}",
            hint="see --only-sources, and only_sources_from in LuaRocks' configuration",
        )


def refuse_far_checkout(source: Source, files: ServerFiles) -> None:
    """Raise ``SourceError`` for a repository on another machine while nothing is fetched."""
    if source.is_checkout and files.is_offline and not source.is_local:
        raise SourceError(
            f"the sources of {source.rock} are in a repository, and nothing is fetched",
            hint="run it again without --offline",
        )


def wanted_file(source: Source) -> Wanted:
    """Return the file that a ``source`` names on a server of the web."""
    return Wanted(Address.parse(source.place), "", MOST_DOWNLOADED)


def source_content(source: Source, files: ServerFiles, *, above: str = "/") -> bytes:
    """Return the content of the file that ``source`` names; a relative path is below ``above``.

    Raise ``SourceError`` if it is on this machine and cannot be read.
    """
    if source.kind is Kind.FILE:
        try:
            return read_named(os.path.join(above, source.place), MOST_DOWNLOADED)
        except FileReadError as error:
            raise SourceError(
                f"the sources of {source.rock} cannot be used: {error.brief}",
                hint="; ".join(filter(None, (error.hint, _LOCAL_HINT))),
            ) from None
    return files.content(wanted_file(source))


def check_md5(source: Source, content: bytes) -> str:
    """Return the MD5; raise ``SourceError`` unless it is that of the rockspec, if that has one."""
    found = md5(content).hexdigest()
    if source.md5 and found != source.md5:
        raise SourceError(
            f"the sources of {source.rock} have another MD5 than the rockspec says",
            detail=f"{plain(source.file)} has {found}, expected {source.md5}",
            hint="the file was changed after its release: ask its maintainer, use nothing of it",
        )
    return found

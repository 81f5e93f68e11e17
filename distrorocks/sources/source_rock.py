"""Pack a rock of sources (``.src.rock``): a rockspec with what its ``source`` names.

That is a file, or all files of a checkout without those of version control, as LuaRocks packs them
(``luarocks.pack``), with links followed. The same sources always give the same bytes.
"""

from __future__ import annotations

from contextlib import closing

from distrorocks.rocks.quotation import quoted
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.servers.choice import file_name
from distrorocks.servers.files import ServerFiles
from distrorocks.servers.server_manifest import ROCKSPEC
from distrorocks.sources.checkout import check_out
from distrorocks.sources.followed_links import copy_followed
from distrorocks.sources.new_folder import make_folder
from distrorocks.sources.pack import pack_rock
from distrorocks.sources.programs import Programs
from distrorocks.sources.source import Source, SourceError, source_of
from distrorocks.sources.source_file import check_md5, refuse_far_checkout, source_content
from distrorocks.system.files.archive_member import ArchiveError
from distrorocks.system.files.scratch import ScratchDirectory, write_new
from distrorocks.system.files.zip_archive import ZippedFile, zip_of


def source_rock(rockspec: Rockspec, text: bytes, files: ServerFiles, *, above: str = "/") -> bytes:
    """Return the source rock of a rockspec, whose file is ``text``; fetch its sources.

    A relative path in ``source.url`` is below ``above``. Whoever calls this decides whether these
    sources may be fetched (``refuse_forbidden``), and checks the rock. Raise ``DistrorocksError``.
    """
    source = source_of(rockspec)
    own = file_name(rockspec.name, rockspec.version, ROCKSPEC)
    if own in (source.file, source.module.partition("/")[0]):
        raise SourceError(
            f"the sources of {source.rock} cannot be packed: they are called {quoted(own)}, as "
            "their rockspec in the rock is",
            hint="give them another name in source.url",
        )
    refuse_far_checkout(source, files)
    if source.is_checkout:
        return _checked_out(source, own, text)
    content = source_content(source, files, above=above)
    check_md5(source, content)
    return zip_of({own: ZippedFile(text), source.file: ZippedFile(content)})


def _checked_out(source: Source, own: str, text: bytes) -> bytes:
    """Return the rock of a rockspec, named ``own``, and a checkout."""
    with ScratchDirectory() as scratch, closing(Programs()) as programs:
        checkout, folder = f"{scratch.path}/checkout", f"{scratch.path}/rock"
        make_folder(checkout)
        make_folder(folder)
        check_out(source, checkout, programs)
        try:
            copy_followed(checkout, folder)
            write_new(f"{folder}/{own}", text)
            return pack_rock(folder).content
        except ArchiveError as error:
            raise SourceError(
                f"the sources of {source.rock} cannot be packed: {error.brief}",
                hint="make an archive of them by hand, and name it in source.url",
            ) from None

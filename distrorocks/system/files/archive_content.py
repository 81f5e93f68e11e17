"""The content of untrusted archives in memory: tar and zip, checked by the strict readers first."""

from __future__ import annotations

import tarfile
from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType

from distrorocks.rocks.quotation import plain
from distrorocks.system.files.archive_member import ArchiveError, Kind
from distrorocks.system.files.strict_tar import read_tar
from distrorocks.system.files.strict_zip import content_of, read_zip
from distrorocks.system.files.zip_archive import ZippedFile
from distrorocks.values import NamedTuple


class ArchiveContent(NamedTuple):
    """Regular files, targets of links and directories, by path from the archive's top."""

    files: Mapping[str, ZippedFile]
    links: Mapping[str, str] = MappingProxyType({})
    directories: frozenset[str] = frozenset()


def zip_content(archive: bytes) -> ArchiveContent:
    """Return the content of a zip; a program is what its name says, since modes differ by tool."""
    files, links, directories = {}, {}, set()
    for entry in read_zip(archive):
        path = entry.member.path
        if entry.member.kind is Kind.FILE:
            content = b"".join(content_of(archive, entry))
            files[path] = ZippedFile(content, path.startswith(("bin/", "lib/")))
        elif entry.member.kind is Kind.LINK:
            links[path] = entry.member.target
        else:
            directories.add(path)
    return ArchiveContent(files, links, frozenset(directories))


def tar_content(archive: bytes, *, is_system: bool = False) -> ArchiveContent:
    """Return the content of an uncompressed tar; see ``check_members`` for ``is_system``.

    Hard links become files. Raise ``ArchiveError`` if a member has two names.
    """
    members = read_tar(BytesIO(archive), is_system=is_system)
    kinds = {each.path: each.kind for each in members}
    if len(kinds) != len(members):
        raise ArchiveError("its tar has a duplicate name, or a member with two names")
    files = {}
    try:
        with tarfile.open(fileobj=BytesIO(archive), mode="r:") as opened:
            for member in opened:
                path = member.name.removeprefix("./")
                is_content = kinds.get(path) in (Kind.FILE, Kind.HARD_LINK)
                if is_content and (stream := opened.extractfile(member)):
                    files[path] = ZippedFile(stream.read(), bool(member.mode & 0o100))
    except (tarfile.TarError, KeyError, OSError, ValueError, RecursionError) as error:
        raise ArchiveError(f"its tar cannot be read ({plain(error)})") from None
    links = {each.path: each.target for each in members if each.kind is Kind.LINK}
    directories = (path for path, kind in kinds.items() if kind is Kind.DIRECTORY and path)
    return ArchiveContent(files, links, frozenset(directories))

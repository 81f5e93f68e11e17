"""Checks of a rock file before anything of it is unpacked: rocks are untrusted input.

A rock must be an archive that every program unpacks alike, and its rock_manifest must list exactly
its content, since LuaRocks 3.8, which gets the rocks that we pack and serve, trusts both: it
follows the paths of a rock_manifest and the links of an archive, verifies no digest, and
interpolates names of commands into shell command lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BufferedReader

from distrorocks.errors import DistrorocksError
from distrorocks.md5 import md5
from distrorocks.patterns import regex
from distrorocks.rocks.name import is_rock_name
from distrorocks.rocks.quotation import plain, quoted
from distrorocks.rocks.rock_manifest import RockManifest, is_file_name
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.servers.choice import file_name
from distrorocks.servers.rockspec_needs import read_rockspec
from distrorocks.servers.server_manifest import ROCKSPEC, SOURCE
from distrorocks.system.files.archive_member import MOST_UNPACKED, ArchiveError, Kind, member_path
from distrorocks.system.files.packed_file import decompressed
from distrorocks.system.files.strict_tar import read_tar
from distrorocks.system.files.strict_zip import ZipEntry, content_of, read_zip
from distrorocks.system.lua.file import ROCK_MANIFEST_LIMIT, ROCKSPEC_LIMIT
from distrorocks.system.lua.jail import Jail, JailUnavailable
from distrorocks.values import NamedTuple

_MANIFEST = "rock_manifest"
_DEPLOYED = ("lua", "lib", "bin")
_DOCUMENTS = ("doc", "docs")  # still listed after --no-doc removed it
_UNLISTED = (_MANIFEST, "rock_namespace", "luarocks.lock")
_DIGEST = regex(r"[0-9a-f]{32}")
_VERSION = regex(r"[A-Za-z0-9.]+-[0-9]+")
_ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tbz2", ".tar")
_MOST_ARCHIVES = 4
_SHELL = frozenset("\"'$`")
_HINT = "take another version, or the rock of another server, and report it to its maintainer"


class RockCheckError(DistrorocksError):
    """A rock file is not safe to pass to LuaRocks."""


class UncheckedRockError(RockCheckError):
    """A rock cannot be checked here: its rockspec contains code, and there is no Lua to run it."""


class FetchedRock(NamedTuple):
    """The content of a .rock or .rockspec file, the rock it must contain, and its origin."""

    name: str
    version: str
    arch: str
    content: bytes
    place: str

    @property
    def file_name(self) -> str:
        """The file name for LuaRocks, which derives the rock from it."""
        return file_name(self.name, self.version, self.arch)


class CheckedRockspec(NamedTuple):
    """The rockspec of a rock that is safe to unpack, and its text."""

    rockspec: Rockspec
    text: bytes


def check_rock_file(file: FetchedRock, jail: Jail) -> CheckedRockspec:
    """Return the rockspec of a file that is safe to unpack; raise ``RockCheckError`` for others."""
    try:
        if not is_rock_name(file.name) or not _VERSION.fullmatch(file.version):
            raise ArchiveError("its rock has a name or a version that no rock can have")
        if file.arch == ROCKSPEC:
            return _check_rockspec(file, file.content, jail)
        return _Rock(file, read_zip(file.content)).check(jail)
    except DistrorocksError as error:
        raise _refused(file, error) from None


def _refused(file: FetchedRock, error: DistrorocksError) -> RockCheckError:
    """Return the error that refuses a file, with its name and place."""
    place = file.place if file.place.endswith(file.file_name) else f"{file.place}/{file.file_name}"
    kind = UncheckedRockError if isinstance(error, JailUnavailable) else RockCheckError
    return kind(
        f"{plain(place)} is refused: {error.brief}",
        detail=error.detail,
        hint=error.hint or _HINT,
    )


def _check_rockspec(file: FetchedRock, text: bytes, jail: Jail) -> CheckedRockspec:
    """Parse a rockspec; it must be that of the rock."""
    name = file_name(file.name, file.version, ROCKSPEC)
    if len(text) > ROCKSPEC_LIMIT:
        raise ArchiveError(f"{name} has more than {ROCKSPEC_LIMIT} bytes")
    rockspec = read_rockspec(text, name, file_name=name, jail=jail)
    if (rockspec.name, rockspec.version) != (file.name, file.version):
        raise ArchiveError(
            f"its rockspec is that of {quoted(f'{rockspec.name} {rockspec.version}')}, "
            f"and {file.name} {file.version} is expected"
        )
    return CheckedRockspec(rockspec, text)


class _Rock:
    """The members of a rock that is being checked."""

    def __init__(self, file: FetchedRock, entries: list[ZipEntry]) -> None:
        self._file = file
        self._files: dict[str, ZipEntry] = {}
        self._directories: set[str] = set()
        for entry in entries:
            member = entry.member
            if member.kind is Kind.FILE:
                self._files[member.path] = entry
            elif member.kind is Kind.DIRECTORY:
                self._directories.add(member.path)
            else:
                raise ArchiveError(
                    f"its member {quoted(member.path)} is {member.kind.value}, "
                    f"to {quoted(member.target)}; LuaRocks packs no links"
                )

    def check(self, jail: Jail) -> CheckedRockspec:
        """Return the rockspec; raise unless the rock satisfies every rule."""
        own = file_name(self._file.name, self._file.version, ROCKSPEC)
        there = [path for path in self._files if "/" not in path and path.endswith(".rockspec")]
        if there != [own]:
            told = ", ".join(map(quoted, there[:3])) or "none"
            raise ArchiveError(f"it must have one rockspec at its top, {own}, and has {told}")
        digests = {path: self._digest(entry) for path, entry in self._files.items()}
        found = _check_rockspec(self._file, self._read(own, ROCKSPEC_LIMIT), jail)
        if self._file.arch == SOURCE:
            self._check_sources(found.rockspec)
        else:
            self._check_built(digests)
        return found

    def _digest(self, entry: ZipEntry) -> str:
        """Return the MD5 of a member; reading all of it also verifies its checksum."""
        digest = md5()
        for piece in content_of(self._file.content, entry):
            digest.update(piece)
        return digest.hexdigest()

    def _read(self, path: str, limit: int) -> bytes:
        entry = self._files[path]
        if entry.member.size > limit:
            raise ArchiveError(f"its member {quoted(path)} has more than {limit} bytes")
        return b"".join(content_of(self._file.content, entry))

    def _check_sources(self, rockspec: Rockspec) -> None:
        """Check every archive that LuaRocks or a build could unpack."""
        named = rockspec.source.get("file")
        if isinstance(named, str) and not is_file_name(named):
            raise ArchiveError(f"its rockspec has sources outside the rock: {quoted(named)}")
        archives = [path for path in self._files if "/" not in path and path.endswith(_ARCHIVES)]
        if len(archives) > _MOST_ARCHIVES:
            raise ArchiveError(f"it has more than {_MOST_ARCHIVES} archives at its top")
        for path in archives:
            try:
                _check_archive(path, self._read(path, MOST_UNPACKED))
            except ArchiveError as error:
                raise ArchiveError(f"in {quoted(path)}, {error.brief}") from None

    def _check_built(self, digests: Mapping[str, str]) -> None:
        """Check the files that LuaRocks deploys, against the rock_manifest if there is one."""
        for path in self._files:
            if path in _DEPLOYED:
                raise ArchiveError(f"its member {quoted(path)} is a file, not a directory")
            if not _SHELL.isdisjoint(path):
                raise ArchiveError(
                    f"the name of its member {quoted(path)} has a quote, '$' or '`', "
                    "which a shell would follow"
                )
        if _MANIFEST in self._files:
            self._check_listed(digests)
            return
        # LuaRocks 1 packed none; LuaRocks then creates one from the unpacked files.
        if _MANIFEST in {path.partition("/")[0] for path in (*self._files, *self._directories)}:
            raise ArchiveError("its rock_manifest is a directory")

    def _check_listed(self, digests: Mapping[str, str]) -> None:
        """Raise unless the rock_manifest lists exactly the content of the rock."""
        listed = dict(_listed(self._read(_MANIFEST, ROCK_MANIFEST_LIMIT)))
        own = file_name(self._file.name, self._file.version, ROCKSPEC)
        for path, digest in listed.items():
            there = digests.get(path)
            if there is None and path.partition("/")[0] not in _DOCUMENTS:
                raise ArchiveError(f"its rock_manifest lists {quoted(path)}, which it lacks")
            if there is not None and there != digest:
                raise ArchiveError(
                    f"its member {quoted(path)} has the MD5 {there}, "
                    f"and its rock_manifest says {quoted(digest)}"
                )
        for path in digests:
            if path not in listed and path not in (*_UNLISTED, own):
                raise ArchiveError(f"its rock_manifest does not list {quoted(path)}, which it has")


def _listed(text: bytes) -> Iterator[tuple[str, str]]:
    """Yield path and MD5 of each file of a rock_manifest, with paths from the rock's top."""
    manifest = RockManifest.parse(text)
    for part in _DEPLOYED:
        if part in manifest.rest:
            raise ArchiveError(f"its rock_manifest has {part!r} as a file")
    parts = {"": manifest.rest, "lua/": manifest.lua, "lib/": manifest.lib, "bin/": manifest.bin}
    for above, files in parts.items():
        for below, digest in files.items():
            path = above + below
            try:
                is_sound = member_path(path) == path and _SHELL.isdisjoint(path)
            except ArchiveError:
                is_sound = False
            if not is_sound or not _DIGEST.fullmatch(digest):
                raise ArchiveError(
                    f"its rock_manifest has {quoted(path)} with {quoted(digest)}, "
                    "which is not a path and MD5"
                )
            yield path, digest


def _check_archive(path: str, content: bytes) -> None:
    """Read an archive of sources completely, and check its members."""
    if path.endswith(".zip"):
        for entry in read_zip(content):
            for _ in content_of(content, entry):
                pass
        return
    with BufferedReader(decompressed(content), 1 << 16) as stream:  # type: ignore[type-var]
        read_tar(stream)

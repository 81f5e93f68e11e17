"""A built rock: the content of an unpacked binary rock, read from a private directory.

It has ``NAME-VERSION.rockspec``, ``rock_manifest``, and ``lua``, ``lib``, ``bin``, ``conf``,
``doc`` and other copied directories. What the rock_manifest lists below ``lua``, ``lib`` and
``bin`` is deployed; everything but the deployed modules goes to the rock's directory in the tree.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from distrorocks.errors import DistrorocksError
from distrorocks.lua.scan import LuaSyntaxError
from distrorocks.lua.value import to_bytes
from distrorocks.rocks.manifest_entry import Entry, InstalledRock, entry_of
from distrorocks.rocks.rock_manifest import DEPLOYED, RockManifest
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.system.files.archive_member import MOST_MEMBERS, MOST_UNPACKED
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.lua.file import ROCK_MANIFEST_LIMIT, ROCKSPEC_LIMIT, chunk_of
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.layout import Rock
from distrorocks.values import NamedTuple

ROCK_MANIFEST = "rock_manifest"
NAMESPACE = "rock_namespace"
_MOST_LEVELS = 64


class BuiltRockError(DistrorocksError):
    """A directory is not a built rock."""


class BuiltFile(NamedTuple):
    """One file; ``is_lua`` is known for those in ``bin``: whether it compiles as Lua."""

    content: bytes
    is_program: bool = False
    is_lua: bool = False


class BuiltRock(NamedTuple):
    """A rock to deploy: its files by relative path, and what the tree's manifest says of it.

    ``wraps_scripts`` is false if its rockspec forbids wrappers (``deploy.wrap_bin_scripts``).
    """

    name: str
    version: str
    manifest: RockManifest
    entry: Entry
    files: Mapping[str, BuiltFile] = MappingProxyType({})
    namespace: str = ""
    wraps_scripts: bool = True

    @property
    def rock(self) -> Rock:
        """Its name and version."""
        return self.name, self.version


def read_built_rock(directory: str, jail: Jail, *, namespace: str = "") -> BuiltRock:
    """Read a built rock; ``namespace`` is the one it is installed with.

    The ``jail`` runs a rockspec that is not literal, and tells whether commands are Lua: give it
    the interpreter of the tree. Raise ``BuiltRockError`` for links and special files, too many
    files or bytes, and files that the rock_manifest lists and that are missing; and what the
    readers of rockspec and rock_manifest raise.
    """
    try:
        with Beneath(directory) as below:
            read = dict(_files(below))
    except OSError as error:
        raise BuiltRockError(f"cannot read {directory}: {error.strerror}") from error
    rockspec = _rockspec(directory, read, jail)
    if ROCK_MANIFEST not in read:
        raise BuiltRockError(f"{directory} is not a built rock: it has no {ROCK_MANIFEST}")
    text = read[ROCK_MANIFEST].content
    if len(text) > ROCK_MANIFEST_LIMIT:
        raise BuiltRockError(f"the {ROCK_MANIFEST} of {directory} is too large")
    listed = RockManifest.parse(text)
    for part, files in zip(DEPLOYED, listed, strict=False):
        for path in files:
            if f"{part}/{path}" not in read:
                raise BuiltRockError(
                    f"{directory} has no {part}/{path}, which its {ROCK_MANIFEST} lists"
                )
    for command in listed.bin:
        found = read[f"bin/{command}"]
        read[f"bin/{command}"] = found._replace(is_lua=_is_lua(found.content, command, jail))
    rock = InstalledRock(
        rockspec.name,
        rockspec.version,
        listed.modules(),
        listed.commands(),
        rockspec.dependencies,
    )
    deploy = rockspec.table.get("deploy")
    wraps = not (isinstance(deploy, dict) and deploy.get("wrap_bin_scripts") is False)
    ordered = MappingProxyType(dict(sorted(read.items())))
    return BuiltRock(rock.name, rock.version, listed, entry_of(rock), ordered, namespace, wraps)


def _files(below: Beneath) -> Iterator[tuple[str, BuiltFile]]:
    """Yield the files of a directory with their paths relative to it."""
    count = size = 0
    pending = [""]
    while pending:
        directory = pending.pop()
        for name in below.names(directory or "/"):
            path = f"{directory}/{name}"
            shown = below.shown(path)
            status = below.status(path)
            count += 1
            if count > MOST_MEMBERS or path.count("/") > _MOST_LEVELS:
                raise BuiltRockError(
                    f"{below.root} has more than {MOST_MEMBERS} files, or {_MOST_LEVELS} nested"
                    " directories"
                )
            if status is not None and stat.S_ISDIR(status.st_mode):
                pending.append(path)
                continue
            if status is None or not stat.S_ISREG(status.st_mode):
                raise BuiltRockError(
                    f"{shown} is neither a file nor a directory",
                    hint="a rock has no links and no special files",
                )
            content = below.read(path, MOST_UNPACKED - size)
            size += len(content)
            yield path.lstrip("/"), BuiltFile(content, bool(status.st_mode & 0o111))


def _rockspec(directory: str, files: Mapping[str, BuiltFile], jail: Jail) -> Rockspec:
    names = [path for path in files if "/" not in path and path.endswith(".rockspec")]
    if len(names) != 1:
        raise BuiltRockError(f"{directory} is not a built rock: it has {len(names)} rockspecs")
    text = files[names[0]].content
    if len(text) > ROCKSPEC_LIMIT:
        raise BuiltRockError(f"{directory}/{names[0]} is too large")
    chunk = chunk_of(text, f"{directory}/{names[0]}", jail=jail)
    return Rockspec.from_chunk(chunk, file_name=names[0])


def _is_lua(content: bytes, name: str, jail: Jail) -> bool:
    """Return whether a command compiles as Lua, which is LuaRocks' rule for a wrapper.

    Nothing of it runs: a block that returns comes first. Bytecode counts as no Lua. Raise
    ``JailLimit`` where that cannot be told.
    """
    if content.startswith(b"#"):
        content = b"\n" + content.partition(b"\n")[2]
    if b"\0" in content or content.startswith((b"\x1b", b"\x7fELF")):
        return False
    try:
        jail.evaluate(b"do return end " + content, name=name)
    except LuaSyntaxError:
        return False
    return True


def namespace_file(namespace: str) -> bytes:
    """Return the content of the file that records a rock's namespace, which has no line end."""
    return to_bytes(namespace)

"""The rock store: what was built once is kept as a binary rock, and is not built again.

    store = RockStore(store_directory())
    if not store.get(inputs, place):         # place: a new folder in a private directory
        ...                                  # build into place
        store.put(inputs, place)

A rock is found by the digest of all that made it (``BuildInputs``). A store that others can write
is not used, and a damaged rock counts as none: both only cost a build. ``warning`` says why a store
is not used. Processes may use it at the same time.

``DIRECTORY/5.4`` is a rocks server for Lua 5.4: the newest build of each rock file is at its top,
beside manifests; all builds are in ``by-key``. It is one folder for each Lua version because a rock
with C modules has the same file name for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from json import dumps

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.name import is_rock_name
from distrorocks.servers.choice import file_name
from distrorocks.sources.new_folder import make_folder
from distrorocks.sources.unpack import unpack_rock
from distrorocks.system.files.own_cache import own_cache_directory
from distrorocks.values import NamedTuple
from distrorocks.world.rock_store_files import StoredRock, StoreFiles

MOST_STORED = 2 << 30
"""Bytes of all rocks in a store; beyond it the least recently used are removed."""

_SCHEME = 1  # raise it when the same inputs are built in another way


def store_directory() -> str:
    """Return the directory of this user's store; "" if there is no home."""
    return own_cache_directory("rocks")


class BuildInputs(NamedTuple):
    """All that decides the content of a built rock.

    ``sources`` are digests of what was fetched, ``lua_headers`` one of the headers of Lua, ``arch``
    is LuaRocks' name of the machine. ``compiler`` is its name and version. ``variables`` are those
    of the build with their values, ``built_against`` other rocks and libraries with their digests.
    """

    name: str
    version: str
    rockspec: bytes
    sources: tuple[str, ...]
    lua_version: str
    arch: str
    lua_headers: str = ""
    compiler: str = ""
    flags: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    built_against: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """The SHA-256 of all fields, of the last two in any order."""
        fields = self._replace(
            variables=tuple(sorted(self.variables)),
            built_against=tuple(sorted(self.built_against)),
        )._asdict()
        fields["rockspec"] = sha256(self.rockspec).hexdigest()
        return sha256(dumps([_SCHEME, fields], sort_keys=True).encode()).hexdigest()


class RockStore:
    """The store in one directory; without a directory nothing is kept."""

    def __init__(self, directory: str, *, most_bytes: int = MOST_STORED) -> None:
        self._files = StoreFiles(directory)
        self._most_bytes = most_bytes
        self._is_pruned = False

    @property
    def directory(self) -> str:
        """The directory, as it was given."""
        return self._files.directory

    @property
    def warning(self) -> str:
        """Why the store is not used, or ""."""
        return self._files.warning

    def server(self, lua_version: str) -> str:
        """Return the directory that is a rocks server for a Lua version; it may not exist yet."""
        return f"{self.directory}/{lua_version}"

    def get(self, inputs: BuildInputs, place: str) -> bool:
        """Unpack the rock that these inputs made into the new folder ``place``; False if none is.

        Raise ``ArchiveError`` if ``place`` cannot be made. After False it is not there.
        """
        content = self._files.read(inputs.lua_version, inputs.key)
        if content is None:
            return False
        make_folder(place)
        try:
            unpack_rock(content, place)
        except DistrorocksError:
            self._files.remove(inputs.lua_version, [inputs.key])
            self._files.clear_away(place)
            return False
        return True

    def put(self, inputs: BuildInputs, directory: str) -> StoredRock | None:
        """Keep the built rock in ``directory``, and return it; None if the store is not used.

        Raise ``DistrorocksError`` if it cannot be packed as a rock, or has a name that no rock can
        have. The first time, the least recently used rocks are removed if there are too many: to
        find them costs reading the sum of each rock.
        """
        if not is_rock_name(inputs.name) or inputs.lua_version not in LUA_VERSIONS:
            raise DistrorocksError(f"{inputs.name} {inputs.version} is no rock that is kept")
        from distrorocks.sources.pack import ALL, pack_rock

        packed = pack_rock(directory)
        arch = ALL if packed.is_portable else inputs.arch
        rock = StoredRock(
            *(inputs.key, inputs.lua_version, inputs.name, inputs.version, arch),
            *(file_name(inputs.name, inputs.version, arch), len(packed.content)),
            digest=sha256(packed.content).hexdigest(),
        )
        if len(packed.content) > self._most_bytes or not self._files.add(rock, packed.content):
            return None
        if not self._is_pruned:
            self._is_pruned = True
            self.prune(kept=(rock.key,))
        return rock

    def list(self) -> list[StoredRock]:
        """Return all rocks, the most recently used first."""
        return sorted(self._files.rocks(), key=lambda rock: (-rock.used, rock.file, rock.key))

    def content(self, rock: StoredRock) -> bytes | None:
        """Return the content of a rock; None if it is gone or damaged."""
        return self._files.read(rock.lua_version, rock.key)

    def prune(
        self, most_bytes: int | None = None, *, kept: Iterable[str] = ()
    ) -> tuple[StoredRock, ...]:
        """Remove the least recently used rocks beyond a size, and return those removed.

        The rocks with the keys ``kept`` stay.
        """
        left = self._most_bytes if most_bytes is None else most_bytes
        staying = frozenset(kept)
        removed = []
        for rock in sorted(self.list(), key=lambda rock: rock.key not in staying):
            left -= rock.size
            if left < 0 and rock.key not in staying:
                removed.append(rock)
        for version in {rock.lua_version for rock in removed}:
            self._files.remove(version, [r.key for r in removed if r.lua_version == version])
        return tuple(removed)

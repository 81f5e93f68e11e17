"""The files of a rock store, changed so that a kill or another process costs at most a rock.

A rock is a directory ``LUA_VERSION/by-key/KEY`` with the rock file and a ``sum`` of it; the time of
the sum is that of the last use. It is filled under a temporary name and renamed, so it is there as
a whole or not at all. Changes are made one process at a time under a file lock; reading needs none,
because what is read is compared with its digest.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256

from distrorocks.errors import DistrorocksError
from distrorocks.patterns import regex
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.manifest import server_manifest
from distrorocks.rocks.rock_manifest import is_file_name
from distrorocks.servers.files import ROCK_LIMIT
from distrorocks.system.files.atomic_file import is_left_over, temporary_name
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.bounded_file import read_opened
from distrorocks.system.files.directory_lock import locked
from distrorocks.system.files.tree_removal import remove_tree
from distrorocks.system.files.trust import UntrustedError, outsider, trusted_path
from distrorocks.system.trees.reader import rock_file
from distrorocks.values import NamedTuple

LOCK_SECONDS = 10.0
"""How long to wait for another process that changes the store."""

SUM_LIMIT = 4096
"""Bytes of the sum of one rock."""

_MOST_TRIES = 10
_KEY = regex(r"[0-9a-f]{64}")
_KEYS = "by-key"
_SUM = "sum"


class StoredRock(NamedTuple):
    """A rock in the store; ``used`` is the time of its last use in seconds since 1970."""

    key: str
    lua_version: str
    name: str
    version: str
    arch: str
    file: str
    size: int
    digest: str
    used: float = 0.0


class StoreFiles:
    """The files below one directory; ``warning`` says why it is not used."""

    def __init__(self, directory: str) -> None:
        self.directory = directory.rstrip("/")
        self.warning = ""

    def read(self, lua_version: str, key: str) -> bytes | None:
        """Return the content of a rock and note its use; None if there is no sound one."""
        with self._opened() as folder:
            rock = _rock_at(folder, lua_version, key) if folder else None
            if folder is None or rock is None:
                return None
            place = _place(lua_version, key)
            content = _content(folder, f"{place}/{rock.file}", ROCK_LIMIT)
            if content is None or sha256(content).hexdigest() != rock.digest:
                return None
            with contextlib.suppress(OSError):
                os.utime(_SUM, dir_fd=folder.directory(place), follow_symlinks=False)
            return content

    def rocks(self) -> list[StoredRock]:
        """Return all rocks whose sum can be read."""
        with self._opened() as folder:
            if folder is None:
                return []
            return [rock for version in LUA_VERSIONS for rock in _rocks(folder, version)]

    def add(self, rock: StoredRock, content: bytes) -> bool:
        """Keep a rock and list it in the manifests; return whether that was possible."""

        def work(folder: Beneath) -> None:
            keys = f"/{rock.lua_version}/{_KEYS}"
            folder.make_directories(keys, 0o700)
            _sweep(folder, keys)
            new = f"{keys}/{temporary_name(rock.key)}"
            folder.make_directory(new, 0o700)
            folder.create(f"{new}/{rock.file}", content, 0o600)
            known = json.dumps(rock._replace(used=0.0)._asdict()).encode()
            folder.create(f"{new}/{_SUM}", known, 0o600)
            _remove(folder, rock.lua_version, rock.key)
            folder.forget(new)
            folder.rename(new, f"{keys}/{rock.key}")
            _publish(folder, rock)
            _publish_rest(folder, rock.lua_version)
            _write_manifests(folder, rock.lua_version)

        return self._change(work)

    def remove(self, lua_version: str, keys: Iterable[str]) -> bool:
        """Remove rocks, and list another build of their files, or none; return as ``add`` does."""

        def work(folder: Beneath) -> None:
            for key in keys:
                _remove(folder, lua_version, key)
            _sweep(folder, f"/{lua_version}/{_KEYS}")
            _publish_rest(folder, lua_version)
            _write_manifests(folder, lua_version)

        return self._change(work)

    def clear_away(self, place: str) -> None:
        """Remove a folder that was being filled."""
        with contextlib.suppress(OSError):
            remove_tree(place)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[Beneath | None]:
        """Open the store if it is there and nobody else can write it."""
        with contextlib.ExitStack() as stack:
            folder = None
            if self.directory:
                try:
                    folder = Beneath(trusted_path("/", self.directory))
                    stack.callback(folder.close)
                except FileNotFoundError:
                    pass
                except UntrustedError as error:
                    self.warning = _untrusted(self.directory, error)
                except (OSError, DistrorocksError) as error:
                    self.warning = f"the rock store {self.directory} is not used: {error}"
            yield folder

    def _change(self, work: Callable[[Beneath], None]) -> bool:
        """Change the store, made if necessary, alone; return whether that was possible.

        An error becomes a warning: a store that cannot be written only costs builds.
        """
        try:
            self._make()
            with self._opened() as folder:
                if folder is None:
                    return False
                with locked(folder, LOCK_SECONDS):
                    work(folder)
        except UntrustedError as error:
            self.warning = _untrusted(self.directory, error)
        except DistrorocksError as error:
            self.warning = f"the rock store {self.directory} is not used: {error.brief}"
        except OSError as error:
            self.warning = f"the rock store {self.directory} is not used: {error.strerror}"
        else:
            return True
        return False

    def _make(self) -> None:
        """Make the directory; another process may make or leave a part of it meanwhile."""
        place = trusted_path("/", self.directory) if self.directory else ""
        for is_last in (*[False] * _MOST_TRIES, True) if place else ():
            try:
                with Beneath("/") as top:
                    top.make_directories(place.rpartition("/")[0] or "/")
                    top.make_directories(place, 0o700)
                return
            except (FileExistsError, FileNotFoundError):
                if is_last:
                    raise


def _untrusted(directory: str, error: UntrustedError) -> str:
    told = f"others can write {error.place} ({error.who})"
    return f"the rock store {directory} is not used: {told}"


def _place(lua_version: str, key: str) -> str:
    return f"/{lua_version}/{_KEYS}/{key}"


def _names(folder: Beneath, directory: str) -> list[str]:
    try:
        return folder.names(directory)
    except (OSError, DistrorocksError):
        return []


def _content(folder: Beneath, path: str, limit: int) -> bytes | None:
    """Return the bytes of a file that nobody else can write, or None."""
    try:
        status = folder.status(path)
        if status is None or not stat.S_ISREG(status.st_mode):
            return None
        with folder.file(path) as file:
            if outsider(os.fstat(file), f"/proc/self/fd/{file}"):
                return None
            return read_opened(file, folder.shown(path), limit)
    except (OSError, DistrorocksError):
        return None


def _rocks(folder: Beneath, lua_version: str) -> list[StoredRock]:
    keys = _names(folder, f"/{lua_version}/{_KEYS}")
    return [rock for key in keys if (rock := _rock_at(folder, lua_version, key))]


def _rock_at(folder: Beneath, lua_version: str, key: str) -> StoredRock | None:
    """Return what the sum of a rock says, or None if it is damaged or not that rock's."""
    path = f"{_place(lua_version, key)}/{_SUM}"
    text = _content(folder, path, SUM_LIMIT) if _KEY.fullmatch(key) else None
    try:
        known = json.loads(text or b"")
        rock = StoredRock(**known)
        status = folder.status(path)
    except (ValueError, TypeError, RecursionError, OSError, DistrorocksError):
        return None
    texts = (rock.key, rock.lua_version, rock.name, rock.version, rock.arch, rock.file, rock.digest)
    if not all(isinstance(each, str) for each in texts) or type(rock.size) is not int:
        return None
    is_its = (rock.key, rock.lua_version) == (key, lua_version) and is_file_name(rock.file)
    return rock._replace(used=status.st_mtime) if is_its and status else None


def _remove(folder: Beneath, lua_version: str, key: str) -> None:
    """Remove a rock if it is there: first its name, so that it is never there in part."""
    place = _place(lua_version, key)
    if _KEY.fullmatch(key) and folder.status(place):
        doomed = f"/{lua_version}/{_KEYS}/{temporary_name(key)}"
        folder.forget(place)
        folder.rename(place, doomed)
        _remove_directory(folder, doomed)


def _remove_directory(folder: Beneath, place: str) -> None:
    for name in folder.names(place):
        folder.remove_file(f"{place}/{name}")
    folder.remove_directory(place)


def _sweep(folder: Beneath, keys: str) -> None:
    """Remove what killed processes were writing or removing."""
    for name in _names(folder, keys):
        if is_left_over(name):
            with contextlib.suppress(OSError, DistrorocksError):
                _remove_directory(folder, f"{keys}/{name}")


def _publish(folder: Beneath, rock: StoredRock) -> None:
    """Make a rock the one of its file name at the top of the server: a second name of its file."""
    top = f"/{rock.lua_version}"
    kept = f"{_place(rock.lua_version, rock.key)}/{rock.file}"
    beside = f"{top}/{temporary_name(rock.file)}"
    there, new = folder.status(f"{top}/{rock.file}"), folder.status(kept)
    if there and new and (there.st_dev, there.st_ino) == (new.st_dev, new.st_ino):
        return
    folder.sweep(top)
    folder.link(kept, beside)
    folder.rename(beside, f"{top}/{rock.file}")


def _publish_rest(folder: Beneath, lua_version: str) -> None:
    """Replace each file at the top whose rock is gone by the newest other build, or remove it."""
    top = f"/{lua_version}"
    lost = [name for name in _names(folder, top) if _is_lost(folder, f"{top}/{name}")]
    rocks = sorted(_rocks(folder, lua_version), key=lambda rock: rock.used) if lost else []
    newest = {rock.file: rock for rock in rocks}
    for name in lost:
        folder.remove_file(f"{top}/{name}")
        if name in newest:
            _publish(folder, newest[name])


def _is_lost(folder: Beneath, path: str) -> bool:
    """Return whether a rock file has no second name, which it has as long as its rock is kept."""
    status = folder.status(path)
    return path.endswith(".rock") and status is not None and status.st_nlink == 1


def _write_manifests(folder: Beneath, lua_version: str) -> None:
    """List the files at the top as a rocks server does, for LuaRocks and for ourselves."""
    top = f"/{lua_version}"
    packed = [found for name in _names(folder, top) if (found := rock_file(name))]
    text = server_manifest(sorted(packed))
    for name in ("manifest", f"manifest-{lua_version}"):
        folder.write(f"{top}/{name}", text, 0o600)

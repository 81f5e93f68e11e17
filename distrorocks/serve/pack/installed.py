"""An installed rock of a tree, its files brought back to where a rock has them.

LuaRocks moves modules to the tree's directories, gives some a name with the rock's version when
another rock has the plain name, and puts wrappers in place of commands. Which file is the rock's
own is decided by the MD5 in its rock_manifest, so one of another version is never packed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from distrorocks.errors import DistrorocksError, NegativeError
from distrorocks.md5 import md5
from distrorocks.rocks.name import lower
from distrorocks.rocks.quotation import plain
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.rocks.tree_index import IndexedRock
from distrorocks.rocks.version import Version
from distrorocks.serve.pack.rock import PackError, RockFiles, Room
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.named_file import plain_path
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import ROCK_MANIFEST_LIMIT
from distrorocks.trees.deployed_rock import DeployedRock
from distrorocks.trees.layout import Layout
from distrorocks.values import NamedTuple
from distrorocks.world.installed_tree import InstalledTree
from distrorocks.world.rock_files import file_places

MOST_BYTES = 256 << 20
"""Bytes of the largest file of an installed rock that is packed."""

Content = Callable[[str], bytes | None]

_MANIFEST = "rock_manifest"
_MOST_TOLD = 5
_UNLISTED = ("rock_namespace", "luarocks.lock")
_DOCUMENTS = ("doc", "docs")  # still listed after --no-doc removed it


class Taken(NamedTuple):
    """An installed rock's files, and warnings about what is not among them."""

    rock: RockFiles
    warnings: tuple[str, ...]


def find_rock(trees: Iterable[InstalledTree], name: str, version: str | None) -> DeployedRock:
    """Return the newest installed version of a rock; of equal ones that of the last tree.

    ``version`` without a revision matches all its revisions. Raise ``NegativeError`` if there is
    none.
    """
    name = lower(name.rpartition("/")[2])
    wanted = None if version is None else Version.parse(version)
    found = [
        rock
        for tree in trees
        for rock in tree.versions(name)
        if wanted is None or rock.version.equals(wanted)
    ]
    if not found:
        shown = plain(" ".join(filter(None, (name, version)))) or "''"
        raise NegativeError(
            f"{shown} is not an installed rock",
            hint="see `distrorocks list`, or name the tree with --tree",
        )
    newest = max(rock.version for rock in found)
    return [rock for rock in found if rock.version == newest][-1]


def read_installed_rock(layout: Layout, name: str, version: str, root: str) -> Taken:
    """Return the files of an installed rock.

    Raise ``DistrorocksError`` if one is missing or not what the rock_manifest says.
    """
    view = RootView(root)
    directory = layout.rock_dir(name, version)

    with Beneath(root) as below:

        def content(path: str) -> bytes | None:
            place = plain_path(view, path)  # root follows no link of another user
            if place is None:
                return None
            try:
                return below.read(place, MOST_BYTES)
            except OSError as error:
                raise PackError(f"cannot read {plain(path)}: {error.strerror}") from None

        taken = listed_rock(layout, name, version, content)
        top = plain_path(view, directory)
        with NamedFolder(below.shown(top or "/")) as folder:
            inside = sorted(path[1:] for path, _ in folder.walk())
    why = "is left out: its rock_manifest does not list it"
    left_out = [path for path in inside if path not in taken.files]
    return Taken(taken, tuple(f"{plain(path)} {why}" for path in left_out))


def listed_rock(layout: Layout, name: str, version: str, content: Content) -> RockFiles:
    """Return the files that a rock's rock_manifest lists, and the few that none ever lists.

    ``content`` gives the bytes of a path, None where nothing is; it may raise
    ``DistrorocksError``, as this does if a file is missing or not what the rock_manifest says.
    """
    try:
        files = _files(layout, IndexedRock(name, version), content)
    except DistrorocksError as error:
        brief = f"{name} {version} of {layout.root} is not packed: {error.brief}"
        raise PackError(brief, hint=error.hint) from None
    return RockFiles(name, version, files, layout.root, layout.lua_version)


def _files(layout: Layout, rock: IndexedRock, content: Content) -> dict[str, bytes]:
    """Return the files of a rock by path from its top."""
    directory = layout.rock_dir(rock.name, rock.version)
    text = content(f"{directory}/{_MANIFEST}")
    if text is None or len(text) > ROCK_MANIFEST_LIMIT:
        raise PackError("it has no rock_manifest, or one that is too long")
    manifest = RockManifest.parse(text)
    if not any(manifest):
        raise PackError(
            "its rock_manifest lists no file",
            hint="a rock of a package: pack the package file, or all with --all",
        )
    room = Room()
    files, missing = {_MANIFEST: room.take(text)}, []
    for part, listed in zip(("lua", "lib", "bin", "rest"), manifest, strict=True):
        for relative, digest in listed.items():
            path = relative if part == "rest" else f"{part}/{relative}"
            own = _own(file_places(layout, rock, part, relative), digest, content)
            if own is not None:
                files[path] = room.take(own)
            elif path.partition("/")[0] not in _DOCUMENTS:
                missing.append(path)
    if missing:
        raise PackError(
            f"{len(missing)} of its files are missing or changed: "
            f"{', '.join(map(plain, missing[:_MOST_TOLD]))}",
            hint="see `distrorocks verify`; install the rock again, then pack it",
        )
    for name in (*_UNLISTED, f"{rock.name}-{rock.version}.rockspec"):
        if name not in files and (more := content(f"{directory}/{name}")) is not None:
            files[name] = room.take(more)
    return files


def _own(places: Iterable[str], digest: str, content: Content) -> bytes | None:
    """Return the content of the place where a file is as the rock_manifest says."""
    for path in places:
        found = content(path)
        if found is not None and md5(found).hexdigest() == digest:
            return found
    return None

"""Locate the files of an installed rock, and the packages that own them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from distrorocks.errors import DistrorocksError
from distrorocks.families.lua_files import classify
from distrorocks.families.module_files import may_be_packaged
from distrorocks.families.package import Package
from distrorocks.rocks.rock_manifest import RockManifest, module_name
from distrorocks.rocks.tree_index import IndexedRock
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_file import read_named
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import MANIFEST_LIMIT
from distrorocks.trees.layout import Layout
from distrorocks.values import NamedTuple


class Placed(NamedTuple):
    """A module or command and its file; ``is_there`` says whether the file exists."""

    name: str
    path: str
    is_there: bool = True


class Places:
    """Locator for the files of one tree, for the distribution's also those of ``packages``."""

    def __init__(self, view: RootView, layout: Layout, packages: Sequence[Package] = ()) -> None:
        self.view = view
        self.layout = layout
        self.packages = packages

    def placed(self, rock: IndexedRock, name: str, directory: str, relative: str) -> Placed:
        """Return the location of a deployed file.

        LuaRocks prefixes a file with the rock's name and version if another rock has the plain
        name, so search for the prefixed name first.
        """
        plain = f"{directory}/{relative}"
        for path in (versioned(rock, directory, relative), plain):
            if self.view.find(path):
                return Placed(name, path)
        for path in self._packaged(name):
            return Placed(name, path)
        return Placed(name, plain, is_there=False)

    def module(self, rock: IndexedRock, name: str, relative: str) -> Placed:
        """Return the location of a module from its relative path in the manifest."""
        is_lua = relative.endswith((".lua", ".tl", ".tld", ".moon"))
        directory = self.layout.lua_dir if is_lua else self.layout.lib_dir
        return self.placed(rock, name, directory, relative)

    def _packaged(self, module: str) -> Iterator[str]:
        """Yield the packaged files that provide a module."""
        for name in dict.fromkeys((module, module.removesuffix(".init"))):
            yield from self._modules.get(name, ())

    @cached_property
    def _modules(self) -> Mapping[str, list[str]]:
        """The packaged files by module."""
        found: dict[str, list[str]] = {}
        for package in self.packages:
            for path in package.files:
                file = classify(path)
                if file and file.lua_version == self.layout.lua_version and file.module:
                    found.setdefault(file.module, []).append(path)
        return found


def packaged_modules(
    packages: Sequence[Package], lua_version: str, names: set[str]
) -> Iterator[tuple[Package, str]]:
    """Yield the packaged files that provide the named modules, for one Lua version."""
    for package in packages:
        for path in package.files:
            file = classify(path)
            if file and file.lua_version == lua_version and file.module in names:
                yield package, path


def file_places(layout: Layout, rock: IndexedRock, part: str, relative: str) -> list[str]:
    """Return the possible locations of a file listed in a rock_manifest, likeliest first.

    LuaRocks deploys a wrapper for a command, and keeps the command itself beside the metadata.
    """
    rock_dir = layout.rock_dir(rock.name, rock.version)
    if part == "rest":
        return [f"{rock_dir}/{relative}"]
    directory = {"lua": layout.lua_dir, "lib": layout.lib_dir, "bin": layout.bin_dir}[part]
    own = [f"{rock_dir}/bin/{relative}"] if part == "bin" else []
    return [*own, versioned(rock, directory, relative), f"{directory}/{relative}"]


def versioned(rock: IndexedRock, directory: str, relative: str) -> str:
    """Return the path at which LuaRocks deploys a file whose plain name another rock has."""
    return f"{directory}/{deployed_prefix(rock)}-{relative}"


def deployed_prefix(rock: IndexedRock) -> str:
    """Return what LuaRocks puts before a file name that another rock has."""
    return f"{rock.name}_{rock.version}".replace("-", "_").replace(".", "_")


def rock_files(
    places: Places, rock: IndexedRock, missing: list[str]
) -> tuple[tuple[Placed, ...], tuple[Placed, ...]]:
    """Return a rock's modules and its commands, sorted by name.

    They come from its rock_manifest, or from the manifest if that is empty or unreadable.
    """
    layout = places.layout
    files = _rock_manifest(places, rock, missing)
    if not (files.lua or files.lib or files.bin):
        modules = [places.module(rock, *item) for item in rock.modules.items()]
        return _sorted(modules), _sorted(_commands(places, rock, rock.commands))
    modules = [
        places.placed(rock, module_name(relative), directory, relative)
        for directory, part in ((layout.lua_dir, files.lua), (layout.lib_dir, files.lib))
        for relative in part
    ]
    commands = {relative: relative for relative in files.bin}
    return _sorted(modules), _sorted(_commands(places, rock, commands))


def _commands(places: Places, rock: IndexedRock, commands: Mapping[str, str]) -> list[Placed]:
    directory = places.layout.bin_dir
    return [places.placed(rock, name, directory, path) for name, path in commands.items()]


def _sorted(placed: list[Placed]) -> tuple[Placed, ...]:
    return tuple(sorted(placed))


def _rock_manifest(places: Places, rock: IndexedRock, missing: list[str]) -> RockManifest:
    """Return a rock's rock_manifest, or an empty one; add to ``missing`` why it cannot be read."""
    path = places.layout.rock_manifest(rock.name, rock.version)
    try:
        if places.view.find(path) is None:
            raise FileReadError("it is not there", is_missing=True)
        return RockManifest.parse(read_named(path, MANIFEST_LIMIT, root=places.view.root))
    except DistrorocksError as error:
        missing.append(f"{path}: {error.brief}, so its modules are those of the tree's manifest")
        return RockManifest()


def owners(places: Places, rock: IndexedRock, files: Sequence[Placed]) -> tuple[Package, ...]:
    """Return the packages that own a rock's modules, its commands, or its metadata."""
    paths = {each.path for each in files}
    paths.add(places.layout.rock_manifest(rock.name, rock.version))
    if not any(map(may_be_packaged, paths)):
        return ()
    return tuple(each for each in places.packages if not paths.isdisjoint(each.files))

"""The metadata of a staged rock for each Lua version.

A package ships the rockspec, and the rock_manifest unless it differs by architecture. A package
with C modules may be installed for several architectures at once (Debian's Multi-Arch: same, rpm's
multilib), and the rock_manifest contains their digests. The refresh after the installation writes
it then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from distrorocks.errors import DistrorocksError
from distrorocks.families.lua_files import COMMAND, LIB, LUA, METADATA, classify
from distrorocks.lua.value import LuaTable
from distrorocks.lua.write import ROCKSPEC_ORDER, persist
from distrorocks.md5 import md5
from distrorocks.packaging.build.packaged_text import in_utf_8, without_interpreter
from distrorocks.packaging.build.staging_steps import Drop, Step, Write
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.trees.layout import Layout


class StagedRock:
    """A rock whose files are staged; ``name`` and ``version`` are those in the tree."""

    def __init__(self, rockspec: Rockspec, text: bytes, version: str = "") -> None:
        """Set the rockspec with its text; write ``version`` into it if it is another."""
        self.rockspec = rockspec
        self.name = rockspec.name
        self.version = version or rockspec.version
        changed: LuaTable = {**rockspec.table, "version": self.version}
        is_same = self.version == rockspec.version
        whole = in_utf_8(without_interpreter(text))
        self.text = whole if is_same else persist(changed, order=ROCKSPEC_ORDER)

    def lua_versions(self, paths: Iterable[str], allowed: Iterable[str]) -> tuple[str, ...]:
        """Return the Lua versions for which modules are staged.

        For a rock with commands only, return those for which LuaRocks installed the rock.
        """
        files = list(filter(None, map(classify, paths)))
        modules = {file.lua_version for file in files if file.kind in (LUA, LIB)}
        rocks = {file.lua_version for file in files if file.kind == METADATA}
        return tuple(sorted((modules or rocks) & set(allowed)))

    def metadata(
        self,
        paths: Iterable[str],
        layout: Layout,
        *,
        is_shared: bool,
        digest: Callable[[str], str],
    ) -> list[Step]:
        """Return the steps that write the rock's directory for one Lua version.

        ``is_shared`` is true of a package that is installed for several architectures at once.
        """
        files = self._files(paths, layout)
        rockspec = layout.rockspec(self.name, self.version)
        steps: list[Step] = [
            Write(rockspec, self.text, "LuaRocks reads the rock's metadata from it")
        ]
        manifest = layout.rock_manifest(self.name, self.version)
        if is_shared and files[LIB]:
            if manifest in set(paths):
                steps.append(Drop(manifest, "its digests differ by architecture"))
            return steps
        lua, lib, commands = (
            {below: digest(path) for below, path in files[kind].items()}
            for kind in (LUA, LIB, COMMAND)
        )
        rest = {below: digest(path) for below, path in files[METADATA].items()}
        rest[rockspec.rpartition("/")[2]] = md5(self.text).hexdigest()
        content = persist(RockManifest(lua, lib, commands, rest).to_table())
        return [*steps, Write(manifest, content, "LuaRocks finds the rock's files in it")]

    def _files(self, paths: Iterable[str], layout: Layout) -> Mapping[str, dict[str, str]]:
        """Return the rock's files for one Lua version by kind: relative path -> path."""
        directory = layout.rock_dir(self.name, self.version)
        places = {
            LUA: layout.lua_dir,
            LIB: layout.lib_dir,
            COMMAND: layout.bin_dir,
            METADATA: directory,
        }
        own = {layout.rockspec(self.name, self.version), f"{directory}/rock_manifest"}
        found: dict[str, dict[str, str]] = {kind: {} for kind in places}
        for path in paths:
            file = classify(path)
            if file and path not in own and path.startswith(f"{places.get(file.kind, '')}/"):
                found[file.kind][path[len(places[file.kind]) + 1 :]] = path
        return found


def refuse_without_modules(lua_versions: tuple[str, ...], destination: str) -> None:
    """Raise ``DistrorocksError`` if no modules are staged."""
    if not lua_versions:
        raise DistrorocksError(
            f"no Lua module is staged in {destination}",
            detail="searched below /usr/share/lua, /usr/lib*/lua and /usr/lib/*/lua there",
            hint="install the package's files into DESTDIR before `distrorocks stage`",
        )

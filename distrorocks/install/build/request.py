"""What a build is decided from: rockspec, Lua, settings, variables, places, and the sources."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable, sequence
from distrorocks.rocks.detection import SourceTree
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.rocks.version import Version
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from distrorocks.families.build_flags import BuildFlags

_NOTHING: Mapping[str, str] = MappingProxyType({})


class BuildError(DistrorocksError):
    """A rock cannot be built: its rockspec, its sources or one of its commands is at fault."""


class Lua(NamedTuple):
    """The Lua that a rock is built for.

    ``version`` is ``5.4``; ``include_dir`` has its headers, "" if they are not installed;
    ``interpreter`` is the path of the program, "" if unknown.
    """

    version: str
    include_dir: str = ""
    interpreter: str = ""


class Places(NamedTuple):
    """The directories of one build, all absolute and private to it.

    ``sources`` has the unpacked sources, and ``directory`` is the build directory in it, "" for
    itself. Commands install into ``output``, which is ``$(PREFIX)``. The built rock is made in
    ``rock``, which no command can write. ``logs`` gets a file for each command. ``final`` is the
    directory that the rock will have in its tree, "" if that is unknown.
    """

    sources: str
    directory: str
    output: str
    rock: str
    logs: str
    final: str = ""

    @property
    def build_directory(self) -> str:
        """The absolute path of the build directory."""
        return f"{self.sources}/{self.directory}" if self.directory else self.sources


class Settings(NamedTuple):
    """LuaRocks' settings that change a build; the defaults are those of LuaRocks on Linux.

    ``accepted`` are the build types that the administrator allows, () for all. ``hardening`` are
    the flags of the distribution, None if they are not asked for.
    """

    has_rpath: bool = True
    links_lua: bool = False
    makefile: str = ""
    cmake_generator: str = "Unix Makefiles"
    accepted: tuple[str, ...] = ()
    hardening: BuildFlags | None = None

    @classmethod
    def from_table(cls, table: LuaTable, hardening: BuildFlags | None = None) -> Settings:
        """Return the settings of LuaRocks' merged configuration; skip values of wrong types."""
        usual = cls()
        accepted = table.get("accepted_build_types")
        makefile, generator = table.get("makefile"), table.get("cmake_generator")
        return cls(
            has_rpath=bool(table.get("gcc_rpath", usual.has_rpath)),
            links_lua=bool(table.get("link_lua_explicitly", usual.links_lua)),
            makefile=makefile if isinstance(makefile, str) else usual.makefile,
            cmake_generator=generator if isinstance(generator, str) else usual.cmake_generator,
            accepted=tuple(str(each) for each in sequence(accepted))
            if isinstance(accepted, dict)
            else (),
            hardening=hardening,
        )


class BuildRequest(NamedTuple):
    """All that decides a build.

    ``rockspec`` has the overrides of the platform applied, and ``text`` is its file as it is.
    ``variables`` are those of LuaRocks' configuration with the user's ``NAME=value`` over them;
    ``externals`` are those that the search for external dependencies found. ``dependency_dirs``
    has the rock directory of each dependency by name, for format 3.1. ``environment`` is the
    user's, of which three variables of CMake count. ``lock`` is a ``luarocks.lock`` to keep.
    """

    rockspec: Rockspec
    text: bytes
    lua: Lua
    places: Places
    variables: Mapping[str, str] = _NOTHING
    externals: Mapping[str, str] = _NOTHING
    dependency_dirs: Mapping[str, str] = _NOTHING
    environment: Mapping[str, str] = _NOTHING
    settings: Settings = Settings()
    sources: SourceTree = SourceTree()
    lock: bytes | None = None

    @property
    def build(self) -> LuaTable:
        """The ``build`` table, {} if there is none."""
        table = self.rockspec.table.get("build")
        return table if isinstance(table, dict) else {}

    def is_at_least(self, rockspec_format: str) -> bool:
        """Return whether the rockspec's format is this one or a later one."""
        return not Version.parse(self.rockspec.format).precedes(Version.parse(rockspec_format))

    @property
    def build_type(self) -> str:
        """The build type; raise ``BuildError`` if an old format names none."""
        kind = self.build.get("type")
        if isinstance(kind, str):
            return kind
        if kind is None and self.is_at_least("3.0"):
            return "builtin"
        raise self.error("has no build type", hint="add build.type to the rockspec")

    @property
    def detects_modules(self) -> bool:
        """Whether the modules are found among the sources."""
        is_builtin = self.build_type in ("builtin", "module")
        return is_builtin and self.is_at_least("3.0") and self.build.get("modules") is None

    def error(self, fault: str, *, detail: str = "", hint: str = "") -> BuildError:
        """Return the error that the rock cannot be built; ``fault`` continues its name."""
        name = f"{self.rockspec.name} {self.rockspec.version}"
        return BuildError(f"{name} cannot be built: it {fault}", detail=detail, hint=hint)

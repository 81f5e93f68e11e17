"""Make LuaRocks see the distribution's tree: what its configuration files lack, and the edit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.families.installed import read_installed
from distrorocks.lua.read import LuaTextError
from distrorocks.luarocks.config_file import (
    DIRECTORY,
    ConfigFile,
    environment,
    has_config_directory,
    home,
    read_system_config,
    system_config_path,
    write_config,
)
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.system.files.root_path import RootView
from distrorocks.trees.layout import Layout, distro_layout
from distrorocks.values import NamedTuple
from distrorocks.world.config_edit import (
    ConfigEditError,
    has_default_trees,
    is_tree_visible,
    needs,
    page_form,
    with_block,
    without_block,
)

__all__ = ["ConfigChange", "apply_change", "config_changes", "unseen_trees"]


class ConfigChange(NamedTuple):
    """What one Lua version's configuration file says and what it should say.

    ``snippet`` is what to put there by hand, "" where nothing is missing. ``after`` is the whole
    text with the block, None for no file. ``fault`` tells why the file cannot be edited;
    ``after`` is then as ``before``.
    """

    lua_version: str
    path: str
    snippet: str
    before: bytes | None
    after: bytes | None
    notes: tuple[str, ...] = ()
    fault: DistrorocksError | None = None

    @property
    def is_change(self) -> bool:
        """Whether the file should become another."""
        return self.before != self.after


def config_changes(
    root: str, lua_versions: Sequence[str] = (), *, remove: bool = False
) -> list[ConfigChange]:
    """Return what is to be changed for each Lua version; nothing is written.

    Without ``lua_versions``, those with a configuration file, and those whose tree has rocks.
    """
    library_dir = "lib" if remove else read_installed(root).library_dir
    changes = []
    for version in lua_versions or LUA_VERSIONS:
        file = read_system_config(root, version)
        layout = distro_layout(version, library_dir=library_dir)
        is_missing = file.text is None and file.fault is None
        if is_missing and (remove or not (lua_versions or _has_rocks(root, layout))):
            continue
        changes.append(_removal(file, layout) if remove else _addition(root, file, layout))
    if not changes and not remove:
        raise DistrorocksError(
            f"there is no {system_config_path('5.x')}, and no Lua version has rocks in /usr",
            hint="name the Lua version with --lua-version, or run `distrorocks refresh` first",
        )
    return changes


def unseen_trees(root: str, layouts: Iterable[Layout]) -> list[str]:
    """Return the Lua versions whose LuaRocks configuration does not list the distribution's tree.

    One that cannot be read without running it counts as seen: it may well list the tree.
    """
    files = ((layout, read_system_config(root, layout.lua_version)) for layout in layouts)
    return [
        layout.lua_version
        for layout, file in files
        if file.fault is None and not is_tree_visible(file.chunk, layout)
    ]


def apply_change(root: str, change: ConfigChange) -> None:
    """Write one file as it should be; raise ``DistrorocksError`` where that cannot be done."""
    if change.fault:
        raise change.fault
    if not change.is_change:
        return
    if change.before is None and not has_config_directory(root):
        raise DistrorocksError(
            f"cannot write {change.path}: there is no {DIRECTORY}",
            hint="install luarocks first; its package brings the directory",
        )
    write_config(root, change.path, change.after)


def _has_rocks(root: str, layout: Layout) -> bool:
    """Return whether the distribution's tree has an index for this Lua version."""
    return RootView(root).find(layout.manifest) is not None


def _addition(root: str, file: ConfigFile, layout: Layout) -> ConfigChange:
    """Return the change that makes the tree visible."""
    version = layout.lua_version
    known, at_home = environment(root, version), home(root)
    full = "\n".join((*page_form(layout), 'deps_mode = "all"'))
    result = ConfigChange(version, file.path, full, file.text, file.text, fault=file.fault)
    if file.fault and not isinstance(file.fault, LuaTextError):
        return result
    try:
        text, notes = with_block(file.text, layout, environment=known, home=at_home)
        config = file.chunk.globals if file.chunk else {}
        snippet = "\n".join(needs(config, layout, home=at_home).lines)
    except (LuaTextError, ConfigEditError) as error:
        return result._replace(fault=file.fault or _in_file(error, file.path))
    if has_default_trees(config, home=at_home) and snippet.startswith("rocks_trees = {"):
        own_mode = "" if "deps_mode =" in snippet else "\n".join(page_form(layout))
        snippet = own_mode or full
    return result._replace(snippet=snippet, after=text, notes=notes, fault=None)


def _removal(file: ConfigFile, layout: Layout) -> ConfigChange:
    """Return the change that takes our block out; the rest of the file may be anything."""
    result = ConfigChange(layout.lua_version, file.path, "", file.text, file.text)
    if file.text is None:
        return result._replace(fault=file.fault)
    try:
        return result._replace(after=without_block(file.text).text)
    except ConfigEditError as error:
        return result._replace(fault=_in_file(error, file.path))


def _in_file(error: DistrorocksError, path: str) -> DistrorocksError:
    """Return an error whose brief begins with the file."""
    return ConfigEditError(f"{path}: {error.brief}", detail=error.detail, hint=error.hint)

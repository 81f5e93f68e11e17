"""The files that a rockspec lists to install: ``build.install``, directories and documents.

The rules are LuaRocks' (``luarocks.build``, ``install_files``).
"""

from __future__ import annotations

from collections.abc import Iterator

from distrorocks.install.build.request import BuildRequest
from distrorocks.install.build.rock_path import ModulePlace, inner_path, last_name, placed_path
from distrorocks.install.build.step import InstallDocuments, InstallFile, InstallFolder, Step
from distrorocks.lua.value import LuaKey, LuaValue, table_of
from distrorocks.lua.write import sorted_keys
from distrorocks.patterns import regex
from distrorocks.values import NamedTuple


class _Kind(NamedTuple):
    """A part of ``build.install``: whether its keys are modules, and its files executable."""

    name: str
    has_modules: bool
    is_executable: bool


_KINDS = (
    _Kind("lua", True, False),
    _Kind("lib", True, True),
    _Kind("bin", False, True),
    _Kind("conf", False, False),
)
_DOCUMENTS = "doc"
_UPWARD = regex(r"\A(?:\./+|\.\./+)+")


def install_steps(request: BuildRequest, commands: tuple[str, ...]) -> Iterator[Step]:
    """Yield a step for each file of ``build.install``, or for ``commands`` if there is none.

    Raise ``BuildError`` for a target outside the rock.
    """
    listed = request.build.get("install")
    if not isinstance(listed, dict):
        listed = {"bin": table_of(commands)}
    for kind in _KINDS:
        files = listed.get(kind.name)
        if not isinstance(files, dict):
            continue
        for key in sorted_keys(files):
            yield _install(request, kind, key, files[key])


def _install(request: BuildRequest, kind: _Kind, key: LuaKey, source: LuaValue) -> InstallFile:
    """Return the step for one file."""
    place = f"build.install.{kind.name}[{key!r}]"
    if not isinstance(source, str):
        raise request.error(f"has no file name in {place}", hint="correct the rockspec")
    target = placed_path(f"{kind.name}/{_target(kind, key, last_name(source))}")
    if target is None or target == kind.name:
        raise request.error(f"would install outside the rock: {place}", hint="do not install it")
    return InstallFile(source, target, kind.is_executable, place)


def _target(kind: _Kind, key: LuaKey, name: str) -> str:
    """Return where a file named ``name`` goes: a key is a module, a path, or just a number.

    Only Lua files get the last word of a module for their name.
    """
    if not isinstance(key, str):
        return name
    if not kind.has_modules:
        return key
    module = ModulePlace.of(key)
    return module.directory + (f"{module.word}.lua" if name.endswith(".lua") else name)


def folder_steps(request: BuildRequest, detected: tuple[str, ...]) -> Iterator[Step]:
    """Yield the steps for ``copy_directories``, and that for documents without any of them.

    A directory beside the build directory, such as ``../doc``, is put into the rock as ``doc``.
    """
    listed = request.build.get("copy_directories")
    names = detected
    if isinstance(listed, dict):
        names = tuple(str(listed[key]) for key in sorted_keys(listed))
    is_required = isinstance(listed, dict) or bool(detected)
    reason = "build.copy_directories" if is_required else "LuaRocks copies doc/ by default"
    for name in names if is_required else (_DOCUMENTS,):
        target = inner_path(_UPWARD.sub("", name))
        if target is None:
            raise request.error(f"copies {name!r}, which is outside its sources")
        yield InstallFolder(name, target, is_required, reason)
    unless = names if is_required else (_DOCUMENTS,)
    yield InstallDocuments(unless, "LuaRocks keeps documents of rocks without such a directory")

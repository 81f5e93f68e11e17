"""The first rockspec of a rock: what is known of it, and where a person has to go on."""

from __future__ import annotations

from collections.abc import Sequence

from distrorocks.errors import UsageError
from distrorocks.lua.read import parse
from distrorocks.lua.value import LuaTable, LuaValue, table_of
from distrorocks.lua.write import ROCKSPEC_ORDER, persist
from distrorocks.project.identity import Identity
from distrorocks.project.repository import home_page
from distrorocks.rocks.detection import SourceTree, detected
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.rockspec import UNFILLED, Rockspec
from distrorocks.values import NamedTuple


class Told(NamedTuple):
    """What the user says of a rock, "" for what they do not; ``libraries`` are those of C files."""

    license: str = ""
    summary: str = ""
    detailed: str = ""
    home: str = ""
    lua_versions: str = ""
    rockspec_format: str = ""
    tag: str = ""
    libraries: tuple[str, ...] = ()


class Found(NamedTuple):
    """What the sources say: their ``url``, and the ``md5`` and ``directory`` of an archive.

    ``directory`` is "" where it is the one that LuaRocks expects.
    """

    tree: SourceTree = SourceTree()
    url: str = ""
    md5: str = ""
    directory: str = ""
    license: str = ""
    summary: str = ""
    detailed: str = ""


class Template(NamedTuple):
    """The text of a rockspec, and the fields that a person has to fill in."""

    text: bytes
    gaps: tuple[str, ...]


def lua_dependency(versions: str) -> str:
    """Return the dependency on Lua for versions with commas between them, in order, without a gap.

    Raise ``UsageError`` for anything else.
    """
    named = tuple(versions.split(","))
    known = tuple(map(str, LUA_VERSIONS))
    if not any(named == known[at : at + len(named)] for at in range(len(known))):
        raise UsageError(
            f"'{versions}' does not name Lua versions in order, without a gap",
            hint=f"use some of {','.join(known)}, such as 5.1,5.2,5.3",
        )
    if len(named) == 1:
        return f"lua ~> {named[0]}"
    return f"lua >= {named[0]}, < 5.{int(named[-1].rpartition('.')[2]) + 1}"


class _Gaps(list[str]):
    """The fields that a person has to fill in; a rockspec says so in their place."""

    def known(self, value: str, field: str, request: str) -> str:
        """Return the value, or the request to the person who fills in ``field``."""
        if not value:
            self.append(field)
        return value or f"{UNFILLED} {request} {UNFILLED}"


def template(rock: Identity, told: Told, found: Found) -> Template:
    """Return the rockspec of a rock; raise ``RockspecError`` if it is not one that loads."""
    gaps = _Gaps()
    source = _source(told, found, gaps)
    description = _description(told, found, gaps)
    table: LuaTable = {
        "package": rock.name,
        "version": rock.full_version,
        "source": source,
        "description": description,
        "build": _build(found.tree, told.libraries),
    }
    if told.rockspec_format:
        table["rockspec_format"] = told.rockspec_format
    if told.lua_versions:
        table["dependencies"] = table_of([lua_dependency(told.lua_versions)])
    else:
        gaps.append("dependencies: the Lua versions, or pass --lua-versions")
    if "summary" not in description:
        gaps.append("description.summary")
    if told.libraries:
        table["external_dependencies"] = {
            each.upper(): {"library": each} for each in told.libraries
        }
    text = persist(table, order=ROCKSPEC_ORDER)
    Rockspec.from_chunk(parse(text), file_name=rock.file_name)
    return Template(text, tuple(gaps))


def _source(told: Told, found: Found, gaps: _Gaps) -> LuaTable:
    """Return the table ``source``."""
    request = "please add URL for source tarball, zip or repository here"
    url = gaps.known(found.url, "source.url", request)
    return _filled({"url": url, "tag": told.tag, "md5": found.md5, "dir": found.directory})


def _description(told: Told, found: Found, gaps: _Gaps) -> LuaTable:
    """Return the table ``description``."""
    home = told.home or home_page(found.url)
    fields = {
        "summary": told.summary or found.summary,
        "detailed": told.detailed or found.detailed,
        "homepage": gaps.known(home, "description.homepage", "please enter a project homepage"),
        "license": gaps.known(
            told.license or found.license, "description.license", "please specify a license"
        ),
    }
    return _filled(fields)


def _filled(fields: dict[str, str]) -> LuaTable:
    """Return the fields that have a value."""
    return {key: value for key, value in fields.items() if value}


def _build(tree: SourceTree, libraries: Sequence[str]) -> LuaTable:
    """Return the ``build`` table for what is found among sources."""
    modules, commands, copied = detected(tree, ())
    names = sorted(map(str, modules))
    build: LuaTable = {
        "type": "builtin",
        "modules": {name: _module(modules[name], libraries) for name in names},
    }
    if commands:
        build["install"] = {"bin": table_of(commands)}
    if copied:
        build["copy_directories"] = table_of(copied)
    return build


def _module(value: LuaValue, libraries: Sequence[str]) -> LuaValue:
    """Return a module as a rockspec names it; one in C links the libraries, found by LuaRocks."""
    if not isinstance(value, dict):
        return value
    module: LuaTable = {"sources": value["sources"]}
    if libraries:
        module["libraries"] = table_of(libraries)
        module["incdirs"] = table_of([f"$({each.upper()}_INCDIR)" for each in libraries])
        module["libdirs"] = table_of([f"$({each.upper()}_LIBDIR)" for each in libraries])
    return module

"""Update a rockspec for a new version of its rock: version, address, tag, sum and directory.

The rules are LuaRocks' (``luarocks.cmd.new_version``): what is not given is guessed by replacing
the old version in the address and the tag, and a guess counts only if the sources are there.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable
from distrorocks.project.fetched import fetched
from distrorocks.project.identity import Identity, parsed_version
from distrorocks.project.rockspec_edit import edited
from distrorocks.project.write_rockspec import refuse_existing, write_new
from distrorocks.rocks.quotation import plain, quoted
from distrorocks.rocks.rockspec import BASIC_PROTOCOLS, split_url
from distrorocks.servers.rockspec_needs import read_rockspec
from distrorocks.system.lua.file import chunk_of
from distrorocks.system.lua.jail import Jail
from distrorocks.values import NamedTuple
from distrorocks.world.candidates import WorldRequest

_GUESSED = ("url", "tag", "dir", "file")


class Update(NamedTuple):
    """What the user says of the new version, "" for what is to be guessed.

    ``is_far`` if the old rockspec is from a server: it has no business with files of this machine.
    """

    version: str = ""
    url: str = ""
    tag: str = ""
    is_far: bool = False


class Updated(NamedTuple):
    """The path of the new rockspec, the fields of ``source`` that were guessed, and warnings."""

    path: str
    guesses: tuple[str, ...]
    warnings: tuple[str, ...]


class _Source(NamedTuple):
    """A ``source`` table, and warnings about it."""

    table: LuaTable
    warnings: tuple[str, ...] = ()


def new_version(
    text: bytes,
    place: str,
    update: Update,
    request: WorldRequest,
    *,
    folder: str,
    above: str,
    is_forced: bool = False,
) -> Updated:
    """Write the rockspec of a new version to ``folder``, from the text of the one at ``place``.

    Without any version only the revision is raised. Relative addresses are below ``above``. Raise
    ``DistrorocksError`` if a sum has to be known and the sources cannot be had.
    """
    with Jail() as jail:
        old = read_rockspec(text, place, file_name=None, jail=jail)
        table = chunk_of(text, plain(place), jail=jail).globals
        was, revision = parsed_version(old.version)
        named = update.version or update.tag.removeprefix("v")
        version, number = parsed_version(named) if named else (was, revision + 1)
        rock = Identity(old.package, version, number, place)
        path = posixpath.join(folder, rock.file_name)
        refuse_existing(path, is_forced=is_forced)
        before = table.get("source")
        source = before if isinstance(before, dict) else {}
        wanted = updated_source(source, update, was, version)
        if wanted != source:
            found = _checked(rock, wanted, source, update, request, above=above)
        else:
            found = _Source(source)
        versions = {old.version: rock.full_version, was: version}
        made = edited(
            text,
            {**table, "version": rock.full_version, "source": found.table},
            lambda each: chunk_of(each, plain(place), jail=jail).globals,
            versions=versions,
        )
        read_rockspec(made.text, path, file_name=rock.file_name, jail=jail)
    warnings = list(found.warnings)
    if made.is_anew:
        warnings.append(
            f"{plain(place)} computes what had to be changed: the new rockspec is written anew, "
            "without its comments"
        )
    write_new(path, made.text, is_forced=is_forced)
    return Updated(path, tuple(_guesses(source, wanted, update)), tuple(warnings))


def _guesses(source: LuaTable, wanted: LuaTable, update: Update) -> Iterator[str]:
    """Yield the fields of a new ``source`` that nobody has told."""
    told = (update.version, update.url, update.tag)
    for key in _GUESSED:
        value = wanted.get(key)
        if value != source.get(key) and value not in told:
            yield f"source.{key}: {value}"


def updated_source(source: LuaTable, update: Update, old: str, new: str) -> LuaTable:
    """Return a ``source`` table for a new version, not yet checked.

    What is given replaces a field; else the old version in it is replaced. With a new address
    nothing but the tag is guessed.
    """
    result = dict(source)
    for key in ("tag",) if update.url else _GUESSED:
        value = result.get(key)
        if isinstance(value, str):
            result[key] = value.replace(old, new)
    if update.url:
        result["url"] = update.url
    if update.tag:
        result["tag"] = update.tag
    return result


def _checked(
    rock: Identity,
    wanted: LuaTable,
    source: LuaTable,
    update: Update,
    request: WorldRequest,
    *,
    above: str,
) -> _Source:
    """Return a ``source`` table with the sum and the directory of what it names.

    A guessed address where nothing is becomes the old one again.
    """
    is_local = not update.is_far or bool(update.url)
    try:
        return _Source(_measured(rock, wanted, request, above=above, may_be_local=is_local))
    except DistrorocksError as error:
        if update.url or wanted.get("url") == source.get("url"):
            return _unknown(wanted, error)
        first = error
    back: LuaTable = dict(wanted)
    back.update({key: source[key] for key in ("url", "dir", "file") if key in source})
    if "tag" not in source:
        kept = f"source.url stays {quoted(str(source.get('url')))}: {first.brief}"
    else:
        kept = f"source.url stays as it is, with the new tag: {first.brief}"
    try:
        return _Source(_measured(rock, back, request, above=above, may_be_local=is_local), (kept,))
    except DistrorocksError as error:
        left = _unknown(back, error)
        return left._replace(warnings=(kept, *left.warnings))


def _unknown(wanted: LuaTable, error: DistrorocksError) -> _Source:
    """Return a ``source`` table whose sources cannot be had; raise if it needs their sum."""
    if "md5" not in wanted:
        return _Source(wanted, (f"the sources are not checked: {error.brief}",))
    raise DistrorocksError(
        f"the MD5 of the new sources is not known: {error.brief}",
        detail=error.detail,
        hint="pass the address of the new sources, NEW_URL, or take md5 out of the rockspec",
    )


def _measured(
    rock: Identity, wanted: LuaTable, request: WorldRequest, *, above: str, may_be_local: bool
) -> LuaTable:
    """Return a ``source`` table with the sum of the archive, and the directory in it.

    Repositories are not fetched: they have no sum.
    """
    if split_url(str(wanted.get("url", "")))[0] not in BASIC_PROTOCOLS:
        return wanted
    result = dict(wanted)
    told = wanted.get("dir")
    with fetched(rock, wanted, request, above=above, may_be_local=may_be_local) as sources:
        if "md5" in result:
            result["md5"] = sources.md5
        is_there = isinstance(told, str) and sources.has(told)
    if not is_there and (told is not None or sources.unexpected(wanted)):
        result["dir"] = sources.directory or "."
    return result

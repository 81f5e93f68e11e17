"""Read the rock to package: a rockspec, a packed rock or a directory of sources."""

from __future__ import annotations

import os
import re
from posixpath import basename, join, normpath

from distrorocks.errors import DistrorocksError
from distrorocks.licensing.finding import OWN_LICENSE, OWN_README, role
from distrorocks.lua.read import script
from distrorocks.lua.scan import LuaSyntaxError, LuaTextError
from distrorocks.packaging.code.c_evidence import headers_of
from distrorocks.packaging.code.lua_api import read_lua_api
from distrorocks.packaging.code.lua_code import LuaCode
from distrorocks.packaging.merge.pristine import STORE
from distrorocks.packaging.source.documents import read_above
from distrorocks.packaging.source.facts import (
    FLAT,
    Facts,
    Sources,
    declared_place,
    facts_of,
    found_place,
)
from distrorocks.packaging.source.members import (
    WHOLE_BYTES,
    Members,
    SourcesError,
    below,
    directory_members,
    single_top,
)
from distrorocks.rocks.name import is_rock_name
from distrorocks.rocks.quotation import quoted
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.rocks.rockspec_fault import RockspecError
from distrorocks.system.files.named_file import read_named
from distrorocks.system.lua.file import ROCKSPEC_LIMIT, chunk_of
from distrorocks.system.lua.jail import Jail, JailUnavailable
from distrorocks.values import NamedTuple

_OF_THE_ROCK = (OWN_LICENSE, OWN_README)
_KIND = re.compile(r"\.[A-Za-z0-9_-]+\.rock\Z")
_PACKAGING = "debian/"
_PLACES = ("", "rockspecs", "rockspec", "rocks")


class InputError(DistrorocksError):
    """The input is no rock that can be packaged."""


class RockInput(NamedTuple):
    """A rock's facts, with the text of its rockspec."""

    facts: Facts
    rockspec_text: bytes


def read_rock_input(path: str, version: str = "", *, jail: Jail) -> RockInput:
    """Return the rock at ``path``, or raise a ``DistrorocksError``.

    ``version`` selects a rockspec of a directory; of other inputs it must be the version.
    """
    if os.path.isdir(path):
        return _directory(path, version, jail)
    if path.endswith(".rock"):
        try:
            found = _packed(path, jail)
        except SourcesError as error:
            own = f"{os.path.basename(path)} "  # the rock itself, not an archive in it
            is_own = error.brief.startswith(own)
            brief = f"{path} {error.brief[len(own) :]}" if is_own else f"{path}: {error.brief}"
            raise InputError(brief, detail=error.detail, hint=error.hint) from None
    elif path.endswith(".rockspec"):
        text = read_named(path, ROCKSPEC_LIMIT)
        found = _of(text, path, Sources(date=int(os.stat(path).st_mtime)), jail)
    else:
        raise InputError(
            f"{path} is neither a rockspec nor a packed rock nor a directory",
            hint="name a file that ends in .rockspec or .rock, or a directory of sources",
        )
    if version and version not in (found.facts.version, found.facts.version.rpartition("-")[0]):
        raise InputError(f"{path} is version {found.facts.version}, not {version}")
    return found


def _of(text: bytes, place: str, sources: Sources, jail: Jail) -> RockInput:
    """Return the rock of a rockspec."""
    return _known(_rockspec(text, place, jail), text, sources, jail)


def _known(rockspec: Rockspec, text: bytes, sources: Sources, jail: Jail) -> RockInput:
    """Return a rock with all that is to be known of it; ``text`` is that of its rockspec."""
    facts = facts_of(rockspec, sources, read_lua_api())
    code = facts.lua_code
    return RockInput(facts._replace(lua_code=code._replace(broken=_broken(code, jail))), text)


def _broken(code: LuaCode, jail: Jail) -> dict[str, str]:
    """Return the modules that the jail's Lua refuses as no Lua, each with its message.

    They are compiled and not run. Nothing is said where there is no Lua, or a text is not whole.
    """
    found = {}
    for module, text in code.texts.items():
        content = text.encode("utf-8", "surrogateescape")
        if len(content) > WHOLE_BYTES:
            continue
        try:
            jail.evaluate(b"do return end " + script(content), name=module)
        except LuaSyntaxError as error:
            found[module] = f"line {error.line}: {error.brief.partition(': ')[2]}"
        except (LuaTextError, JailUnavailable):
            return found
    return found


def _rockspec(text: bytes, place: str, jail: Jail) -> Rockspec:
    """Return the rockspec of a text; check the name, which is used in paths and fields."""
    try:
        rockspec = Rockspec.from_chunk(chunk_of(text, place, jail=jail))
    except RockspecError as error:
        raise RockspecError(error.faults, place) from None
    if not is_rock_name(rockspec.name):
        raise InputError(
            f"{place}: package: {quoted(rockspec.name)} is not a valid name of a rock",
            hint="names consist of letters, digits, '.', '-' and '_'",
        )
    return rockspec


def _packed(path: str, jail: Jail) -> RockInput:
    """Return the rock of a ``.src.rock``, or of a binary rock."""
    # Only packed sources need Python's libraries for archives.
    from distrorocks.packaging.source.archive import MOST_BYTES, archive_members, is_archive
    from distrorocks.system.files.zip_archive import ZipError, read_member

    content = read_named(path, MOST_BYTES)
    name = os.path.basename(path)
    outer = archive_members(content, name)
    specs = [each for each in outer.files if each.endswith(".rockspec") and "/" not in each]
    own = f"{re.sub(_KIND, '', name)}.rockspec"
    specs = [own] if own in specs else specs
    if len(specs) != 1:
        raise InputError(
            f"{path} contains {'several rockspecs' if specs else 'no rockspec'}",
            hint="a rock has one at its top, named after the rock",
        )
    try:
        text = read_member(content, specs[0], ROCKSPEC_LIMIT)
    except ZipError as error:
        raise InputError(f"{path}: {error.brief}") from None
    rockspec = _rockspec(text, f"{path}/{specs[0]}", jail)
    if "rock_manifest" in outer.files:
        sources = Sources(texts=outer.texts, date=outer.date)
        return _known(rockspec, text, sources, jail)
    members = outer._replace(files=tuple(each for each in outer.files if each != specs[0]))
    file = str(rockspec.source.get("file", ""))
    is_packed = file in members.files and is_archive(file)
    if is_packed:
        members = archive_members(read_member(content, file, MOST_BYTES), file)
    sources = _sources(members, rockspec, int(os.stat(path).st_mtime))
    if is_packed:  # no file in upstream's archive is newer than the archive
        newest = min(sources.date, outer.date or sources.date)
        sources = sources._replace(top=sources.top or FLAT, date=newest)
    return _known(rockspec, text, sources, jail)


def _sources(members: Members, rockspec: Rockspec, date: int) -> Sources:
    """Return the sources of the build directory."""
    named = str(rockspec.source.get("dir", ""))
    place = found_place(named, single_top(members.files), members.files)
    inside = below(members, place.top)
    if place.below:
        inside = _built(inside, place.below)
    return Sources(
        inside.files,
        inside.texts,
        place.top,
        place.below,
        inside.date or date,
        inside.long_pages,
        inside.prebuilt,
        headers_of(members.files) if place.below else (),
    )


def _built(members: Members, folder: str) -> Members:
    """Return the members of a build directory, with documents and licence files above it."""
    inner = below(members, folder)
    above = read_above(members.files, folder)
    texts = dict(inner.texts)
    for path in sorted(above, key=len):
        name, text = basename(path), members.texts.get(normpath(join(folder, path)))
        if text is not None and role(name) in _OF_THE_ROCK:
            texts.setdefault(name, text)
    return inner._replace(files=(*inner.files, *above), texts=texts)


def _without_packaging(members: Members) -> Members:
    """Return the members without the texts of a packaging that was scaffolded among them.

    What it says of licences and holders is what the sources say; a next render would repeat it.
    """
    if not any(path.startswith(f"{_PACKAGING}{STORE}") for path in members.files):
        return members
    texts = {path: it for path, it in members.texts.items() if not path.startswith(_PACKAGING)}
    return members._replace(texts=texts)


def _directory(path: str, version: str, jail: Jail) -> RockInput:
    """Return the rock of a directory of sources."""
    specs: dict[str, str] = {}  # a rockspec at the top takes precedence over copies below
    for place in _PLACES:
        folder = os.path.join(path, place)
        if os.path.isdir(folder):
            names = sorted(name for name in os.listdir(folder) if name.endswith(".rockspec"))
            for name in names:
                specs.setdefault(name, os.path.join(folder, name))
    chosen = _chosen(list(specs.values()), version)
    at_top = [each for each in chosen if os.path.dirname(each) == path.rstrip("/")]
    chosen = at_top if len(at_top) == 1 and not version else chosen
    if len(chosen) != 1:
        raise _not_one(path, chosen or list(specs.values()), version if not chosen else "")
    text = read_named(chosen[0], ROCKSPEC_LIMIT)
    rockspec = _rockspec(text, chosen[0], jail)
    members = _without_packaging(directory_members(path))
    named = declared_place(str(rockspec.source.get("dir", ""))).below
    inner = found_place(named, "", members.files).below if named else ""  # below the archive's top
    beside = headers_of(members.files) if inner else ()
    if inner:
        members = _built(members, inner)
    sources = Sources(
        members.files,
        members.texts,
        below=inner,
        date=members.date,
        long_pages=members.long_pages,
        headers_beside=beside,
    )
    return _known(rockspec, text, sources, jail)


def _not_one(path: str, specs: list[str], version: str) -> InputError:
    """Return the error of a directory with rockspecs of which none, or no single one, is meant."""
    if not specs:
        hint = "name the rockspec or a .src.rock, or write one with `distrorocks write-rockspec`"
        return InputError(f"{path} has no rockspec", hint=hint)
    return InputError(
        f"{path} has no rockspec of {version}" if version else f"{path} has several rockspecs",
        detail=f"found: {', '.join(os.path.relpath(each, path) for each in specs[:8])}",
        hint="add the version, or name the rockspec itself",
    )


def _chosen(specs: list[str], version: str) -> list[str]:
    """Return the candidate rockspecs: of the version, else those of releases."""
    if version:
        ends = (f"-{version}.rockspec",)
        fitting = [each for each in specs if each.endswith(ends)]
        return fitting or [each for each in specs if f"-{version}-" in os.path.basename(each)][-1:]
    if len(specs) < 2:
        return specs
    released = [each for each in specs if not _is_moving(os.path.basename(each))]
    return released or specs[-1:]


def _is_moving(name: str) -> bool:
    return any(f"-{word}-" in name for word in ("scm", "dev", "git", "cvs", "master"))

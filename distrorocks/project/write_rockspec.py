"""Write the first rockspec of a rock, from its sources here or at an address."""

from __future__ import annotations

import posixpath

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable
from distrorocks.project.fetched import fetched
from distrorocks.project.identity import Identity, is_address
from distrorocks.project.observe import observe
from distrorocks.project.template import Template, Told, template
from distrorocks.rocks.quotation import plain
from distrorocks.rocks.rockspec import BASIC_PROTOCOLS, split_url
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.values import NamedTuple
from distrorocks.world.candidates import WorldRequest


class Written(NamedTuple):
    """The path of the rockspec that was written, and the fields to fill in."""

    path: str
    gaps: tuple[str, ...]


def write_rockspec(
    rock: Identity,
    told: Told,
    request: WorldRequest,
    *,
    here: str,
    output: str = "",
    is_forced: bool = False,
) -> Written:
    """Write the rockspec of a rock to ``output``, by default a file of its name in ``here``.

    Raise ``DistrorocksError`` if the sources cannot be had, or if the file exists and is not
    ``is_forced``.
    """
    place = posixpath.normpath(posixpath.join(here, output or rock.file_name))
    refuse_existing(place, is_forced=is_forced)
    made = rockspec_of(rock, told, request, here=here)
    write_new(place, made.text, is_forced=is_forced)
    return Written(place, made.gaps)


def rockspec_of(rock: Identity, told: Told, request: WorldRequest, *, here: str) -> Template:
    """Return the rockspec for sources in a directory, or at an address, from where it fetches."""
    if not is_address(rock.location):
        return template(rock, told, observe(posixpath.join(here, rock.location)))
    told = _with_tag(rock, told)
    source: LuaTable = {"url": rock.location, **({"tag": told.tag} if told.tag else {})}
    with fetched(rock, source, request, above=here) as sources:
        found = observe(sources.place)
    directory = sources.unexpected(source)
    found = found._replace(url=rock.location, md5=sources.md5, directory=directory)
    return template(rock, told, found)


def _with_tag(rock: Identity, told: Told) -> Told:
    """Return what is told, with the tag of a released version for sources of a repository."""
    is_repository = split_url(rock.location)[0] not in BASIC_PROTOCOLS
    if not is_repository or told.tag or not rock.is_released:
        return told
    return told._replace(tag=f"v{rock.version}")


def refuse_existing(path: str, *, is_forced: bool) -> None:
    """Raise if a file exists that must not be replaced."""
    above, name = posixpath.split(path)
    with NamedFolder(above) as folder:
        if not is_forced and folder.status(f"/{name}") is not None:
            raise DistrorocksError(
                f"{plain(path)} exists already",
                hint="pass --force to replace it, or another name or directory for the new one",
            )


def write_new(path: str, text: bytes, *, is_forced: bool) -> None:
    """Write a rockspec whose text loads; raise as ``refuse_existing`` does."""
    refuse_existing(path, is_forced=is_forced)
    above, name = posixpath.split(path)
    try:
        with NamedFolder(above) as folder:
            folder.write(f"/{name}", text)
    except OSError as error:
        raise DistrorocksError(f"cannot write {plain(path)}: {error.strerror}") from None

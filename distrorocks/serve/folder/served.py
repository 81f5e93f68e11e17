"""What is known of the files of a server's folder: facts of rocks for manifests and page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from distrorocks.rocks.manifest import PackedRock

MANIFEST, SUMS, PAGE = "manifest", "SHA256SUMS", "index.html"
"""The names of the files that a server's folder publishes; there are more manifests."""

ALL_LUAS: tuple[str, ...] = tuple(map(str, LUA_VERSIONS))


class Facts(NamedTuple):
    """What a rockspec says of its rock, and what the compiled files of a binary rock need.

    ``luas`` are the Lua versions that LuaRocks offers it for, those of a binary rock only if its
    compiled files fit them; the other fields are "" if the rockspec does not have them. ``needs``
    are libraries and versions of their symbols, as text.
    """

    luas: tuple[str, ...] = ALL_LUAS
    summary: str = ""
    license: str = ""
    homepage: str = ""
    needs: str = ""


class Reading(NamedTuple):
    """What a file is: SHA-256, size and facts; or why it is not listed, or not understood.

    ``digest`` is "" if it is not listed. ``is_final`` says whether the same file gives the same
    result again.
    """

    digest: str
    size: int
    facts: Facts
    why: str
    is_final: bool = True


class Unlisted(NamedTuple):
    """The name of a file that is not listed, or is listed unread, and why."""

    name: str
    why: str


class ServedFile(NamedTuple):
    """A file that is listed: its rock, its size in bytes, and its SHA-256 in hexadecimal."""

    rock: PackedRock
    file_name: str
    size: int
    digest: str
    facts: Facts


class ServedRock(NamedTuple):
    """A rock with the files of each of its versions; both are sorted."""

    name: str
    versions: Sequence[tuple[str, Sequence[ServedFile]]]


def served_rocks(files: Iterable[ServedFile]) -> list[ServedRock]:
    """Return the rocks of files that are sorted."""
    return [
        ServedRock(
            name,
            [
                (version, list(those))
                for version, those in groupby(of_name, lambda each: each.rock.version)
            ],
        )
        for name, of_name in groupby(files, lambda each: each.rock.name)
    ]


def luas_of(files: Sequence[ServedFile]) -> tuple[str, ...]:
    """Return the Lua versions whose manifests list a version of a rock, given all its files.

    Its loose rockspec decides. Without one LuaRocks lists the version for every Lua.
    """
    for each in files:
        if each.rock.arch == "rockspec":
            return each.facts.luas
    return ALL_LUAS

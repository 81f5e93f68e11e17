"""The ``source`` table of a rockspec as one checked value: what to fetch, and how.

The protocols and the meaning of each field are LuaRocks' (``luarocks.fetch`` and the modules below
it). Every text is untrusted: programs get it as an argument, so one that they could take for an
option, a transport that runs commands, or a path that leaves the folder is refused.
"""

from __future__ import annotations

import posixpath
import re
from enum import Enum

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable
from distrorocks.patterns import regex
from distrorocks.rocks.quotation import escaped, plain, quoted
from distrorocks.rocks.rock_manifest import is_file_name
from distrorocks.rocks.rockspec import UNFILLED, Rockspec, base_name
from distrorocks.rocks.version import Version
from distrorocks.servers.web_address import without_secrets
from distrorocks.system.files.archive_member import ArchiveError, member_path
from distrorocks.values import NamedTuple

LONGEST_URL = 8192
"""The most characters of an address, and of a tag or branch."""

_GITHUB = regex(r"git://(?=(?:www\.)?github\.com/)")
_SCP_LIKE = regex(r"ssh://[^/]+:[^0-9]")
_CVS_ROOT = regex(r"(?::(?:pserver|ext|local):)?(?:[^:;@/-][^;@/]*@)?[^:;-][^;]*")
_OPTION = regex(r"(?:\A|://|@)(?:-|%2[dD])")
_WEB = ("http", "https")
_HG = (*_WEB, "ssh", "file")
_SVN = (*_WEB, "svn", "svn+ssh", "file")


class SourceError(DistrorocksError):
    """The sources of a rock cannot be fetched, or are refused."""


class Kind(Enum):
    """The way in which sources are fetched; the values are the programs for it, if any."""

    DOWNLOAD = ""
    FILE = "file"
    GIT = "git"
    HG = "hg"
    SVN = "svn"
    CVS = "cvs"


class Source(NamedTuple):
    """What to fetch for a rock.

    ``place`` is a URL, a path or a CVS root, as the program gets it. ``file`` is the name of a
    single file, ``module`` that of the folder of a checkout (for CVS a path); the other is "".
    ``reference`` is a tag, branch or revision, or "". ``directory`` is relative to the folder the
    sources are unpacked in; ``is_directory_set`` is false if it is only likely.
    """

    rock: str
    kind: Kind
    place: str
    file: str
    md5: str
    directory: str
    is_directory_set: bool
    reference: str = ""
    module: str = ""
    has_submodules: bool = False

    @property
    def is_checkout(self) -> bool:
        """Whether a program fetches a folder of files."""
        return self.kind not in (Kind.DOWNLOAD, Kind.FILE)

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine."""
        if self.kind is Kind.FILE or self.place.startswith(("/", "file:", ":local:")):
            return True
        return self.kind is Kind.HG and "://" not in self.place

    @property
    def shown(self) -> str:
        """The place for messages, without a password."""
        return plain(without_secrets(self.place))


def source_of(rockspec: Rockspec) -> Source:
    """Return the checked ``source`` of a rockspec; raise ``SourceError``."""
    table = rockspec.source
    rock = f"{rockspec.name} {rockspec.version}"
    url = _text(table, "url", rock).strip()
    if url.startswith(UNFILLED):
        raise SourceError(
            f"the rockspec of {rock} has no address of its sources: source.url is {_shown(url)}",
            hint="write the URL of an archive or a repository there, or run make in the sources",
        )
    if not url or url.startswith("-"):
        raise _refused(rock, f"its source.url {_shown(url)} is not an address")
    protocol, rest = str(table["protocol"]), _GITHUB.sub("", url).partition("://")[2]
    if _GITHUB.match(url):
        url, protocol = _GITHUB.sub("git+https://", url), "git+https"
    if _OPTION.search(rest):
        raise _refused(rock, f"its source.url {_shown(url)} has a host that could be an option")
    directory = _directory(table, rock)
    is_set = bool(table.get("dir_set"))
    if protocol in (*_WEB, "file"):
        kind = Kind.FILE if protocol == "file" else Kind.DOWNLOAD
        place = _text(table, "pathname", rock) if kind is Kind.FILE else url
        return Source(rock, kind, place, _file(table, rock), _md5(table, rock), directory, is_set)
    kind, place = _checkout(protocol, url, rest, rock)
    module = _module(table, url, kind, rock)
    if not is_set and directory == "" and kind is not Kind.CVS:
        directory = module  # LuaRocks 3.8 builds beside a checkout whose name ends in .lua
    since_3_0 = not Version.parse(rockspec.format).precedes(Version.parse("3.0"))
    return Source(
        *(rock, kind, place, "", "", directory, is_set, _reference(table, kind, rock), module),
        has_submodules=since_3_0 and kind is Kind.GIT,
    )


def _checkout(protocol: str, url: str, rest: str, rock: str) -> tuple[Kind, str]:
    """Return the kind of a checkout, and the place as its program takes it."""
    base, _, transport = protocol.partition("+")
    if protocol == "git" or (base == "git" and transport in (*_WEB, "ssh", "file")):
        place = url.removeprefix("git+")
        if _SCP_LIKE.match(place):
            place = place.removeprefix("ssh://")
        elif transport == "file":
            place = f"file://{rest}"
        return Kind.GIT, place
    if base == "hg" and transport in ("", *_WEB, "ssh"):
        if not transport and "://" not in rest and not rest.startswith("/"):
            raise _refused(rock, f"its source.url {_shown(url)} needs a protocol, as hg+https does")
        return Kind.HG, _with_transport(f"{transport}://{rest}" if transport else rest, _HG, rock)
    if protocol == "svn":
        return Kind.SVN, _with_transport(rest if "://" in rest else url, _SVN, rock)
    if protocol == "cvs":
        if not _CVS_ROOT.fullmatch(rest):
            raise _refused(rock, f"its source.url {_shown(url)} has no CVS root that is used here")
        return Kind.CVS, rest
    known = "http, https, file, git, git+http, git+https, git+ssh, git+file, hg, svn and cvs"
    raise SourceError(
        f"{rock} cannot be fetched: its source.url has the protocol {quoted(protocol)}",
        hint=f"known are {known}; fetch the sources yourself and run make in them",
    )


def _with_transport(place: str, known: tuple[str, ...], rock: str) -> str:
    """Return a place; raise if it has another transport than those that are known.

    svn takes ``FILE:`` for ``file:``, and hg reads local files for ``bundle:``, ``union:`` and for
    whatever it does not know: a server's rockspec would reach files of this machine.
    """
    transport, separator, _ = place.partition("://")
    if separator and transport not in known:
        why = f"its source.url {_shown(place)} has a transport other than {', '.join(known)}"
        raise _refused(rock, why)
    return place


def _text(table: LuaTable, field: str, rock: str) -> str:
    """Return a text field without control characters, "" if it is missing."""
    value = table.get(field, "")
    if not isinstance(value, str) or len(value) > LONGEST_URL or escaped(value) != value:
        raise _refused(rock, f"its source.{field} is too long or has unprintable characters")
    return value


def _file(table: LuaTable, rock: str) -> str:
    """Return the name of the file to fetch; a query of its URL belongs to it, as in LuaRocks."""
    name = _text(table, "file", rock)
    if not is_file_name(name) or name.startswith("-"):
        raise _refused(rock, f"its source.file {quoted(name)} is not the name of a file")
    return name


def _md5(table: LuaTable, rock: str) -> str:
    """Return the whole MD5 in lower case; LuaRocks takes it for a pattern, ours is exact."""
    digest = _text(table, "md5", rock)
    if digest and not re.fullmatch(r"[0-9a-fA-F]{32}", digest):
        raise _refused(rock, f"its source.md5 {quoted(digest)} is not an MD5")
    return digest.lower()


def _directory(table: LuaTable, rock: str) -> str:
    """Return ``source.dir`` as a path below the folder, "" for the folder itself."""
    text = _text(table, "dir", rock)
    try:
        return member_path(text if ".." in text else posixpath.normpath(text)) if text else ""
    except ArchiveError:
        raise _refused(rock, f"its source.dir {quoted(text)} leads out of the sources") from None


def _module(table: LuaTable, url: str, kind: Kind, rock: str) -> str:
    """Return the folder of a checkout: the last part of the URL, or for svn and cvs the module."""
    named = _text(table, "module", rock) if kind in (Kind.SVN, Kind.CVS) else ""
    name = named or base_name(url).removesuffix(".git" if kind is Kind.GIT else "")
    parts = name.split("/") if kind is Kind.CVS else [name]
    if any(not is_file_name(each) or each.startswith("-") for each in parts) or ":" in name:
        raise _refused(rock, f"its sources have no name that a folder can have: {quoted(name)}")
    return name


def _reference(table: LuaTable, kind: Kind, rock: str) -> str:
    """Return the tag, or for git and hg else the branch."""
    name = _text(table, "tag", rock)
    if not name and kind in (Kind.GIT, Kind.HG):
        name = _text(table, "branch", rock)
    if name.startswith("-") or re.search(r"\s", name):
        raise _refused(rock, f"its tag or branch {quoted(name)} is not a valid name")
    return name


def _shown(url: str) -> str:
    return quoted(without_secrets(url))


def _refused(rock: str, why: str) -> SourceError:
    return SourceError(
        f"the sources of {rock} are refused: {why}",
        hint="correct the rockspec, or take another version and report this one",
    )

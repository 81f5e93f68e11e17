"""The name and the version of a rock, inferred from where its sources are.

The rules are LuaRocks' (``luarocks.cmd.write_rockspec``); the archives of code hosts, which name
the repository in the directory and only the tag in the file, are understood too.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from distrorocks.errors import UsageError
from distrorocks.rocks.name import is_rock_name
from distrorocks.rocks.quotation import quoted
from distrorocks.rocks.rockspec import BASIC_PROTOCOLS, split_url
from distrorocks.values import NamedTuple

UNRELEASED = "dev"
"""The version of sources that say nothing of one."""

_ENDING = re.compile(r"\.(?:tar\.\w+|tgz|tbz2?|txz|tar|zip|lua|c)\Z")
_NAMED = re.compile(r"(?P<name>.*)-(?P<version>[^-]+)")
_OF_TAG = re.compile(r"/(?P<name>[^/]+)/(?:-/)?archive/(?:refs/tags/)?(?P<version>[^/]+)\Z")
_VERSION = re.compile(r"(?P<version>.*?)(?:-(?P<revision>[0-9]+))?")
_PART = re.compile(r"[A-Za-z0-9_.]+", re.ASCII)


class Identity(NamedTuple):
    """What a rock is called, and where its sources are: an address, or a directory."""

    name: str
    version: str
    revision: int
    location: str

    @property
    def full_version(self) -> str:
        """The version with its revision."""
        return f"{self.version}-{self.revision}"

    @property
    def file_name(self) -> str:
        """The name of the rockspec's file."""
        return f"{self.name.lower()}-{self.full_version}.rockspec"

    @property
    def is_released(self) -> bool:
        """Whether the version is one that a tag may have."""
        return self.version != UNRELEASED


def is_address(location: str) -> bool:
    """Return whether a location is an address rather than a directory."""
    return "://" in location


def identity(words: Sequence[str], *, tag: str, here: str) -> Identity:
    """Return what ``[NAME] [VERSION] [LOCATION]`` mean in the directory ``here``.

    One word is the location, two are the name and the location. Raise ``UsageError`` if the name
    is not known, or is none.
    """
    name, version, location = _read(words)
    version = version or tag.removeprefix("v")
    if is_address(location):
        told_name, told_version = _of_address(location)
    else:
        told_name, told_version = posixpath.basename(posixpath.normpath(f"{here}/{location}")), ""
    name, version = name or told_name, version or told_version or UNRELEASED
    if not name:
        raise UsageError(
            f"{quoted(location)} does not tell the name of the rock",
            hint="pass NAME VERSION before it",
        )
    if not is_rock_name(name):
        raise UsageError(f"{quoted(name)} is not a rock's name", hint="pass NAME before the place")
    return Identity(name, *parsed_version(version), location)


def parsed_version(text: str) -> tuple[str, int]:
    """Return the version without dashes and its revision, 1 if none is given."""
    found = _VERSION.fullmatch(text)
    version = found["version"].replace("-", "") if found else ""
    if not found or not _PART.fullmatch(version):
        raise UsageError(
            f"{quoted(text)} is not a version", hint="use letters, digits and dots, such as 1.0"
        )
    return version, int(found["revision"] or 1)


def _read(words: Sequence[str]) -> tuple[str, str, str]:
    """Return the name, the version and the location, "" for what is not said."""
    if len(words) > 3:
        raise UsageError(f"too many arguments: {' '.join(words[3:])}")
    if not words:
        return "", "", "."
    if len(words) == 1:
        return "", "", words[0]
    return words[0], words[1] if len(words) > 2 else "", words[-1]


def _of_address(address: str) -> tuple[str, str]:
    """Return the name and the version that an address tells, "" for what it does not."""
    protocol, place = split_url(address)
    base = posixpath.basename(place.rstrip("/"))
    if protocol not in BASIC_PROTOCOLS:
        return base.removesuffix(".git"), ""
    if base.endswith(".git"):
        raise UsageError(
            f"{quoted(address)} is the address of a repository, and its protocol that of files",
            hint=f"put git+ before it: git+{address}",
        )
    plain = _ENDING.sub("", place)
    archive = _OF_TAG.search(plain)
    if archive:
        tag = archive["version"].removeprefix(f"{archive['name']}-")
        return archive["name"], re.sub(r"\Av(?=[0-9])", "", tag)
    named = _NAMED.fullmatch(posixpath.basename(plain))
    return (named["name"], named["version"]) if named else ("", "")

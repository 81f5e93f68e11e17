"""A rock of sources: a rockspec with the file that its ``source`` names, local or fetched."""

from __future__ import annotations

import posixpath
from hashlib import md5

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import plain, quoted
from distrorocks.rocks.rock_manifest import is_file_name
from distrorocks.rocks.rockspec import Rockspec, split_url
from distrorocks.serve.pack.rock import PackError, RockFiles
from distrorocks.servers.files import ROCK_LIMIT
from distrorocks.servers.rockspec_needs import read_rockspec
from distrorocks.system.files.named_file import read_named
from distrorocks.system.lua.file import ROCKSPEC_LIMIT
from distrorocks.system.lua.jail import Jail

_WEB = ("http", "https")


def rock_of_rockspec(path: str, jail: Jail, *, above: str) -> RockFiles:
    """Return the rockspec at ``path`` with its sources; a relative source is below ``above``.

    Raise ``DistrorocksError`` if the rockspec is unsound, or its sources cannot be had.
    """
    name = posixpath.basename(path)
    text = read_named(path, ROCKSPEC_LIMIT)
    rockspec = read_rockspec(text, path, file_name=name, jail=jail)
    file, content = source_file(rockspec, above=above)
    return RockFiles(rockspec.name, rockspec.version, {name: text, file: content}, path)


def source_file(rockspec: Rockspec, *, above: str) -> tuple[str, bytes]:
    """Return the name and the content of a rockspec's source archive, its MD5 checked.

    This is the place where checkouts of repositories will be packed.
    """
    source = rockspec.source
    url = str(source.get("url", ""))
    protocol, place = split_url(url)
    name = str(source.get("file") or posixpath.basename(place))
    if not is_file_name(name) or name.endswith(".rockspec"):
        raise PackError(
            f"{rockspec.name} {rockspec.version} names no file as its source: {quoted(name)}"
        )
    if protocol == "file":
        content = read_named(posixpath.join(above, place), ROCK_LIMIT)
    elif protocol in _WEB:
        content = _downloaded(url)
    else:
        raise PackError(
            f"the sources of {rockspec.name} {rockspec.version} are in a repository: {plain(url)}",
            hint="only archives are packed (http, https, file); clone it, make an archive, and "
            "name that in source.url",
        )
    expected = source.get("md5")
    found = md5(content, usedforsecurity=False).hexdigest()
    if expected is not None and str(expected) != found:
        raise PackError(
            f"{plain(url)} has the MD5 {found}, and the rockspec says {quoted(str(expected))}"
        )
    return name, content


def _downloaded(url: str) -> bytes:
    """Return the file at a URL."""
    try:
        from distrorocks.servers.http import Web
    except ImportError:
        raise DistrorocksError(
            "cannot fetch sources: Python's library urllib3 is not installed",
            hint="install the package python3-urllib3",
        ) from None
    content = Web().fetch(url, limit=ROCK_LIMIT).content
    return content or b""

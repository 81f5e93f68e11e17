"""The content of a rocks server's manifest: names, versions, and the files of each.

It is untrusted input. An entry that cannot be a file of a rock is skipped and counted; anything but
a server's manifest is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from distrorocks.errors import DistrorocksError
from distrorocks.patterns import regex
from distrorocks.rocks.name import lower
from distrorocks.rocks.rock_manifest import is_file_name
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

ROCKSPEC, SOURCE, ALL = "rockspec", "src", "all"
_PART = regex(r"[A-Za-z0-9._+-]{1,200}", re.ASCII)

Archs = tuple[str, ...]


class ServerManifestError(DistrorocksError):
    """The text is not the manifest of a rocks server."""


class ServerManifest(NamedTuple):
    """The files of one server for one Lua version: name to version to archs, as listed.

    ``left_out`` counts invalid entries.
    """

    rocks: Mapping[str, Mapping[str, Archs]] = MappingProxyType({})
    left_out: int = 0

    @classmethod
    def from_table(cls, table: Any) -> ServerManifest:
        """Convert a manifest from its Lua globals or its JSON.

        Raise ``ServerManifestError`` if it is not a server's manifest.
        """
        repository = table.get("repository") if isinstance(table, dict) else None
        if repository == []:
            repository = {}  # how a JSON encoder may write an empty Lua table
        if not isinstance(repository, dict):
            raise ServerManifestError("it has no table 'repository'", hint=_HINT)
        rocks: dict[str, dict[str, Archs]] = {}
        left_out = 0
        for name, versions in repository.items():
            if not is_part(name) or not isinstance(versions, dict):
                left_out += 1
                continue
            known = rocks.setdefault(lower(name), {})
            for version, files in versions.items():
                archs = tuple(_archs(files)) if is_part(version) else ()
                if archs:
                    known[version] = archs
                else:
                    left_out += 1
        return cls(rocks, left_out)


_HINT = "a rocks server's manifest is made by `distrorocks make-manifest DIR`"


def _archs(files: Any) -> Iterator[str]:
    """Yield the archs of one version."""
    listed = files if isinstance(files, list) else ()
    for entry in files.values() if isinstance(files, dict) else listed:
        arch = entry.get("arch") if isinstance(entry, dict) else None
        if isinstance(arch, str) and is_part(arch) and arch != "installed":
            yield arch


def is_part(text: Any) -> bool:
    """Return whether ``text`` can be part of a file name on a server."""
    return isinstance(text, str) and _PART.fullmatch(text) is not None and is_file_name(text)

"""What a server's folder is to publish, decided from what its files are. Nothing is read here."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from distrorocks.serve.folder.manifests import manifests, sums
from distrorocks.serve.folder.page import page
from distrorocks.serve.folder.rock_names import rock_of
from distrorocks.serve.folder.served import (
    PAGE,
    SUMS,
    Reading,
    ServedFile,
    Unlisted,
    served_rocks,
)
from distrorocks.values import NamedTuple


class Decided(NamedTuple):
    """The content of each file to write, in order; what is not listed; how many versions are.

    ``is_final`` says whether the same folder gives the same result again.
    """

    texts: Mapping[str, bytes]
    unlisted: list[Unlisted]
    rocks: int
    is_final: bool


def decide(read: Mapping[str, Reading], address: str) -> Decided:
    """Return what to publish of files with these readings, by name; ``address`` is for the page."""
    files = listed(read)
    unlisted = [Unlisted(name, each.why) for name, each in read.items() if each.why]
    rocks = served_rocks(files)
    texts = {PAGE: page(rocks, address)}
    of_manifests = dict(manifests(rocks))
    digests = [(file.file_name, file.digest) for file in files]
    digests += [(name, sha256(each).hexdigest()) for name, each in (texts | of_manifests).items()]
    is_final = all(each.is_final for each in read.values())
    texts[SUMS] = sums(digests)
    count = sum(len(rock.versions) for rock in rocks)
    return Decided(texts | of_manifests, unlisted, count, is_final)


def listed(read: Mapping[str, Reading]) -> list[ServedFile]:
    """Return the files to list, sorted by rock."""
    return sorted(
        ServedFile(rock, name, each.size, each.digest, each.facts)
        for name, each in read.items()
        if each.digest and (rock := rock_of(name))
    )

"""What a server's folder is to publish, decided from what its files are. Nothing is read here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from distrorocks.serve.folder.manifests import manifests, sums
from distrorocks.serve.folder.page import cards_in, page
from distrorocks.serve.folder.served import PAGE, SUMS, Reading, ServedFile, Unlisted
from distrorocks.system.trees.reader import rock_file

_NO_PAGE = Unlisted(PAGE, "not written: it needs the Python library jinja2")


class Decided(NamedTuple):
    """The content of each file to write, in order; what is not listed; how many versions are.

    ``is_final`` says whether the same folder gives the same result again.
    """

    texts: Mapping[str, bytes]
    unlisted: list[Unlisted]
    rocks: int
    is_final: bool


def decide(read: Mapping[str, Reading], address: str, cards: Mapping[str, str]) -> Decided:
    """Return what to publish of files with these readings, by name.

    ``address`` is for the page, and ``cards`` has its elements that are still valid, by rock.
    """
    files = _listed(read)
    unlisted = [Unlisted(name, each.why) for name, each in read.items() if each.why]
    texts: dict[str, bytes] = {}
    try:
        texts[PAGE] = page(files, address, cards)
    except ModuleNotFoundError as error:
        if error.name != "jinja2":
            raise
        unlisted.append(_NO_PAGE)
    of_manifests = dict(manifests(files))
    digests = [(file.file_name, file.digest) for file in files]
    digests += [(name, sha256(each).hexdigest()) for name, each in (texts | of_manifests).items()]
    is_final = PAGE in texts and all(each.is_final for each in read.values())
    texts[SUMS] = sums(digests)
    rocks = len({file.rock[:2] for file in files})
    return Decided(texts | of_manifests, unlisted, rocks, is_final)


def unchanged_cards(page_text: str, changed: Iterable[str]) -> dict[str, str]:
    """Return the elements of an earlier page but those of rocks that have changed files."""
    cards = cards_in(page_text)
    for name in changed:
        if rock := rock_file(name):
            cards.pop(rock.name, None)
    return cards


def _listed(read: Mapping[str, Reading]) -> Sequence[ServedFile]:
    """Return the files to list, sorted by rock."""
    return sorted(
        ServedFile(rock, name, each.size, each.digest, each.facts)
        for name, each in read.items()
        if each.digest and (rock := rock_file(name))
    )

"""What a server's folder is to publish after few changes: new pieces within the texts that it has.

The texts are our own, as the last run wrote them, so their form is known. Every text that is made
here is the one that ``decide`` would make of the whole folder.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping, Set
from hashlib import sha256

from distrorocks.lua.value import to_bytes, to_text
from distrorocks.rocks.manifest_entry import key
from distrorocks.serve.folder.decide import Decided, listed
from distrorocks.serve.folder.kept import Outcome
from distrorocks.serve.folder.manifests import RockTexts, rock_texts, zipped
from distrorocks.serve.folder.page import card, frame, letter
from distrorocks.serve.folder.served import (
    ALL_LUAS,
    MANIFEST,
    PAGE,
    SUMS,
    Reading,
    ServedRock,
    Unlisted,
    served_rocks,
)
from distrorocks.values import NamedTuple

_BEFORE_NAME = len(f"{0:064x}  ")


class Changes(NamedTuple):
    """What has changed: names of files, also of those that are gone, and names of their rocks.

    ``there`` are the readings of all files of these rocks; ``read`` those that are new.
    """

    files: Set[str]
    rocks: frozenset[str]
    there: Mapping[str, Reading]
    read: Mapping[str, Reading]


class _Form(NamedTuple):
    """How the pieces of rocks stand in a text.

    ``start`` and ``end`` are around the piece of a rock; ``name`` finds each start, with the rock's
    name as its only group that matches. ``between`` separates pieces; ``empty`` is a text without
    any, ``whole`` one with the pieces put in.
    """

    start: Callable[[str], bytes]
    end: bytes
    name: re.Pattern[bytes]
    between: bytes
    empty: bytes
    whole: tuple[bytes, bytes]


_LUA_START = b"commands = {}\nmodules = {}\nrepository = {"
_LUA = _Form(
    lambda name: to_bytes(f"\n   {key(name)}{{\n"),
    b"\n   }",
    re.compile(rb'\n   (?:\["([^"]*)"\]|([A-Za-z_]\w*)) = \{'),
    b",",
    _LUA_START + b"}\n",
    (_LUA_START, b"\n}\n"),
)
_JSON_START = b'{"commands": {}, "modules": {}, "repository": {'
_JSON = _Form(
    lambda name: to_bytes(f'\n"{name}": {{'),
    b"]}",
    re.compile(rb'\n"([^"]*)": \{'),
    b",",
    _JSON_START + b"}}\n",
    (_JSON_START, b"\n}}\n"),
)
_CARDS = _Form(
    lambda name: to_bytes(f'<article id="{name}">'),
    b"</article>\n",
    re.compile(rb'<article id="([^"]*)">'),
    b"",
    b"",
    (b"", b""),
)


def splice(texts: Mapping[str, bytes], changes: Changes, last: Outcome) -> Decided:
    """Return what to publish where ``texts`` are all outputs of the last run."""
    rocks = {rock.name: rock for rock in served_rocks(listed(changes.there))}
    made: dict[str, bytes] = {}
    listing = texts[SUMS].split(b"\n")[:-1]
    gone = _without(listing, changes.files)
    count = _page(texts, made, changes, rocks, last, gone)
    _manifests(texts, made, changes, rocks)
    _sums(texts, made, changes, listing)
    unlisted = [each for each in last.unlisted if each.name not in changes.files]
    unlisted += [Unlisted(name, each.why) for name, each in changes.read.items() if each.why]
    is_final = all(each.is_final for each in changes.read.values())
    order = {name: made[name] for name in texts if made[name] != texts[name]}
    return Decided(order, sorted(unlisted), count, is_final)


def _page(
    texts: Mapping[str, bytes],
    made: dict[str, bytes],
    changes: Changes,
    rocks: Mapping[str, ServedRock],
    last: Outcome,
    gone: int,
) -> int:
    """Make the page without so many files that are ``gone``; return how many versions there are."""
    before = texts[PAGE]
    start, end = before.index(b"<main>\n") + len(b"<main>\n"), before.rindex(b"</main>")
    cards = before[start:end]
    versions = last.rocks
    for name in changes.rocks:
        rock = rocks.get(name)
        found = _found(_CARDS, cards, name)
        if found:
            versions -= _number(rb"([0-9]+) versions?, [0-9]+ files?</summary>", cards, found[0])
        piece = to_bytes(card(rock, last.address)) if rock else None
        cards = _put(_CARDS, cards, name, piece, found)
        versions += len(rock.versions) if rock else 0
    names = [to_text(each) for each in _CARDS.name.findall(cards)]
    letters: dict[str, str] = {}
    for name in names:
        letters.setdefault(letter(name), name)
    files = _number(rb" versions, ([0-9]+) files\.</p>", before, 0)
    files += sum(bool(each.digest) for each in changes.read.values()) - gone
    head, tail = frame(last.address, (len(names), versions, files), letters)
    made[PAGE] = b"".join((head.encode(), cards, tail.encode()))
    return versions


def _number(pattern: bytes, text: bytes, at: int) -> int:
    found = re.compile(pattern).search(text, at)
    if not found:
        raise ValueError("the page is not of this form")
    return int(found[1])


def _manifests(
    texts: Mapping[str, bytes],
    made: dict[str, bytes],
    changes: Changes,
    rocks: Mapping[str, ServedRock],
) -> None:
    """Make the manifests in all forms."""
    pieces = {name: rock_texts(rock) for name, rock in rocks.items()}
    for lua in ("", *ALL_LUAS):
        name = f"{MANIFEST}-{lua}" if lua else MANIFEST
        plain, json = texts[name], texts[f"{name}.json"]
        for rock in changes.rocks:
            new: RockTexts | None = pieces.get(rock, {}).get(lua)
            plain = _put(_LUA, plain, rock, new and to_bytes(f"\n   {new.lua}"))
            json = _put(_JSON, json, rock, new and to_bytes(f"\n{new.json}"))
        made[name], made[f"{name}.json"] = plain, json
        if lua:
            is_same = plain == texts[name]
            made[f"{name}.zip"] = texts[f"{name}.zip"] if is_same else zipped(name, plain)


def _sums(
    texts: Mapping[str, bytes], made: dict[str, bytes], changes: Changes, listing: list[bytes]
) -> None:
    """Make the sums of all files; ``listing`` are those of files that have not changed."""
    new = [(name, each.digest) for name, each in changes.read.items() if each.digest]
    outputs = {name: text for name, text in made.items() if text != texts[name]}
    _without(listing, outputs)
    new += [(name, sha256(text).hexdigest()) for name, text in outputs.items()]
    for name, digest in new:
        insort(listing, to_bytes(f"{digest}  {name}"), key=_name)
    made[SUMS] = b"".join([each + b"\n" for each in listing])


def _without(listing: list[bytes], names: Iterable[str]) -> int:
    """Remove the lines of these names from sums, which are sorted; return how many there were."""
    before = len(listing)
    for name in map(to_bytes, names):
        at = bisect_left(listing, name, key=_name)
        if at < len(listing) and _name(listing[at]) == name:
            del listing[at]
    return before - len(listing)


def _name(line: bytes) -> bytes:
    return line[_BEFORE_NAME:]


def _found(form: _Form, text: bytes, name: str) -> tuple[int, int] | None:
    """Return where the piece of a rock is."""
    start = text.find(form.start(name))
    if start < 0:
        return None
    return start, text.index(form.end, start + len(form.start(name))) + len(form.end)


def _put(
    form: _Form,
    text: bytes,
    name: str,
    piece: bytes | None,
    found: tuple[int, int] | None = None,
) -> bytes:
    """Return a text with another piece of a rock, None for no piece."""
    place = found or _found(form, text, name)
    if place and piece is not None:
        return b"".join((text[: place[0]], piece, text[place[1] :]))
    if place:
        start, end = place
        if text.startswith(form.between, end):
            end += len(form.between)
        elif form.between and text[:start].endswith(form.between):
            start -= len(form.between)
        else:
            return form.empty if form.between else text[:start] + text[end:]
        return text[:start] + text[end:]
    if piece is None:
        return text
    if form.between and text == form.empty:
        return b"".join((form.whole[0], piece, form.whole[1]))
    raw = to_bytes(name)
    after = next((each for each in form.name.finditer(text) if max(each.groups(b"")) > raw), None)
    if after:
        return b"".join((text[: after.start()], piece, form.between, text[after.start() :]))
    end = len(text) - len(form.whole[1])
    return b"".join((text[:end], form.between, piece, text[end:]))

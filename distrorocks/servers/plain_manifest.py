"""A server's manifest in the form that LuaRocks writes, parsed rock by rock.

One pass over the bytes checks the form and records the offset of each rock; the files of a rock are
parsed on demand. So memory is the text and one number per rock, and time is linear.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from distrorocks.errors import DistrorocksError
from distrorocks.lua.scan import KEYWORDS
from distrorocks.servers.manifest_form import AT_ONCE, BARE, Form
from distrorocks.values import NamedTuple

Archs = tuple[str, ...]

MOST_ROCKS = 250_000
MOST_VERSIONS = 200_000
"""The most versions of one rock."""

_KEPT = 64
"""How many rocks' versions are cached: each is requested several times."""


class TooManyError(DistrorocksError):
    """A manifest has too many rocks, or a rock too many versions."""


class PlainManifest(NamedTuple):
    """The offset of each rock in ``text``, by its lower-case name.

    ``odd`` is a manifest of the rocks that deviate from the form, empty if none does.
    """

    text: bytes
    form: Form
    places: Mapping[str, int]
    odd: bytes


class PlainRocks(Mapping[str, Mapping[str, Archs]]):
    """The rocks of a plain manifest by lower-case name: version to archs, as listed.

    ``odd`` has those that were parsed by the general parser.
    """

    def __init__(self, plain: PlainManifest, odd: Mapping[str, Mapping[str, Archs]]) -> None:
        self._plain = plain
        self._odd = odd
        self._read: dict[str, dict[str, Archs]] = {}

    def __len__(self) -> int:
        return len(self._plain.places) + len(self._odd)

    def __iter__(self) -> Iterator[str]:
        yield from self._plain.places
        yield from self._odd

    def __contains__(self, name: object) -> bool:
        return name in self._plain.places or name in self._odd

    def __getitem__(self, name: str) -> Mapping[str, Archs]:
        if name in self._odd:
            return self._odd[name]
        found = self._read.get(name)
        if found is None:
            found = _versions(self._plain, self._plain.places[name])
            if len(self._read) >= _KEPT:
                self._read.clear()
            self._read[name] = found
        return found


def _versions(plain: PlainManifest, at: int) -> dict[str, Archs]:
    """Return the versions of the rock at offset ``at``."""
    form, text = plain.form, plain.text
    versions: dict[str, Archs] = {}
    head = form.head.match(text, at)
    at = head.end() if head else len(text)
    while found := form.version.match(text, at):
        versions[found[1].decode()] = tuple(map(bytes.decode, form.arch.findall(found[2])))
        at = found.end()
    return versions


def plain_manifest(text: bytes, form: Form) -> PlainManifest | None:
    """Index the rocks of a manifest, or return None if it is not in this form.

    Also return None if two names are equal in lower case. Raise ``TooManyError``.
    """
    start = form.start.match(text)
    if not start:
        return None
    walk = _Walk(text, form, start.end())
    while not form.stop.match(text, walk.at):
        if not (walk.take_usual() or walk.take_long() or walk.take_odd()):
            return None
        if walk.rocks > MOST_ROCKS:
            raise TooManyError(f"it lists more than {MOST_ROCKS} rocks")
    if len(walk.places) + len(walk.odd) != walk.rocks or not walk.has_names():
        return None
    return PlainManifest(text, form, walk.places, form.manifest_of(walk.odd) if walk.odd else b"")


class _Walk:
    """A position in the text, with the rocks found before it; ``rocks`` counts them."""

    def __init__(self, text: bytes, form: Form, at: int) -> None:
        self.text = text
        self.form = form
        self.at = at
        self.rocks = 0
        self.places: dict[str, int] = {}
        self.odd: list[bytes] = []

    def take_usual(self) -> bool:
        """Consume the rocks with few versions that come next; return whether there are any."""
        text, places, match, at = self.text, self.places, self.form.rock.match, self.at
        before = rocks = self.rocks
        while rocks <= MOST_ROCKS and (found := match(text, at)):
            places[found[found.lastindex or 0].decode().lower()] = at
            at = found.end()
            rocks += 1
        self.rocks, self.at = rocks, at
        return rocks > before

    def take_long(self) -> bool:
        """Consume a rock with many versions if one comes next; return whether it does."""
        text, form = self.text, self.form
        head = found = form.head.match(text, self.at)
        for _ in range(MOST_VERSIONS // AT_ONCE + 1):
            more = form.versions.match(text, found.end()) if found else None
            if not more:
                break
            found = more
        else:
            raise TooManyError(f"it lists more than {MOST_VERSIONS} versions of one rock")
        end = form.end.match(text, found.end()) if found else None
        if not head or not end:
            return False
        self.places[head[head.lastindex or 0].decode().lower()] = self.at
        self.rocks, self.at = self.rocks + 1, end.end()
        return True

    def take_odd(self) -> bool:
        """Consume a rock with invalid strings if one comes next; return whether it does."""
        found = self.form.odd.match(self.text, self.at)
        if not found:
            return False
        self.odd.append(found[0].rstrip(b", \t\r\n"))
        self.rocks, self.at = self.rocks + 1, found.end()
        return True

    def has_names(self) -> bool:
        """Return whether every unquoted rock name is a valid Lua name."""
        for word in KEYWORDS & self.places.keys():
            head = self.form.head.match(self.text, self.places[word])
            if head and head.lastindex == BARE:
                return False
        return True

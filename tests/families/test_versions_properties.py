"""Package versions become rock versions that LuaRocks accepts and that never claim too much."""

from __future__ import annotations

from hypothesis import given, strategies as st

from distrorocks.families.deb import versions as deb
from distrorocks.families.rpm import versions as rpm
from distrorocks.families.versions import VALID, parse_upstream, rock_version
from distrorocks.rocks.version import Version

PLAIN = st.lists(st.integers(0, 99), min_size=1, max_size=4).map(
    lambda parts: ".".join(map(str, parts))
)
SUFFIX = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789.", max_size=12)


@given(st.text(), st.text())
def test_every_text_becomes_a_version_that_luarocks_accepts(text: str, known: str) -> None:
    """Whatever a database says, the result has letters, digits and dots, and a revision."""
    for family in (deb, rpm):
        assert VALID.fullmatch(rock_version(family.upstream_version(text), (known,)).text)


@given(PLAIN, PLAIN)
def test_plain_numbers_keep_their_order(one: str, other: str) -> None:
    """Two plain versions compare as rocks as they did as numbers."""
    rocks = [Version.parse(rock_version(text).text) for text in (one, other)]
    plain = [Version.parse(text) for text in (one, other)]
    assert rocks[0].precedes(rocks[1]) == plain[0].precedes(plain[1])


@given(PLAIN, SUFFIX)
def test_what_follows_a_plus_adds_nothing(version: str, suffix: str) -> None:
    """A repacked version or a later snapshot counts as the version that it follows."""
    if not suffix.startswith("really"):
        assert parse_upstream(f"{version}+{suffix}").text == parse_upstream(version).text


@given(PLAIN, SUFFIX)
def test_what_follows_a_tilde_is_never_above_the_release(version: str, suffix: str) -> None:
    """A pre-release or a snapshot before a release does not satisfy >= of that release."""
    snapshot = Version.parse(rock_version(f"{version}~{suffix}").text)
    assert not Version.parse(version).precedes(snapshot)


@given(PLAIN, st.integers(0, 99))
def test_the_known_revision_is_used_for_the_same_version_only(version: str, revision: int) -> None:
    """A published rock gives its revision to its own version and to no other."""
    known = (f"{version}-{revision}",)
    assert rock_version(version, known).text == known[0]
    assert rock_version(f"{version}.1", known).text == f"{version}.1-0"

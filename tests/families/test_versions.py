"""Versions that real distributions have: the rock versions they are, and their order."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from distrorocks.families.deb import versions as deb
from distrorocks.families.rpm import versions as rpm
from distrorocks.families.rpm.versions import rpm_key
from distrorocks.families.versions import (
    AFTER,
    BEFORE,
    EXACT,
    Relation,
    Upstream,
    deb_key,
    epoch_and_rest,
    implied_constraint,
    number_of,
    parse_upstream,
    plain_version,
    read_letters,
    rock_version,
)

DEBIAN = [
    ("1.8.0-3+b2", "1.8.0-0", "plain, rebuilt"),
    ("1:9.0.0-2", "9.0.0-0", "epoch"),
    ("2.1.0+dfsg-2.2", "2.1.0-0", "repacked"),
    ("1.3.1+repack1-3", "1.3.1-0", "repacked"),
    ("1.0~dfsg1-1", "1.0-0", "repacked, in the old form"),
    ("1.2.dfsg-1", "1.2-0", "repacked, in the oldest form"),
    ("3.0.1+gitdb9e868-2", "3.0.1-0", "snapshot after"),
    ("1.2+git+1+8d87fee-2", "1.2-0", "snapshot after"),
    ("0.1+20130926+git14fa255d-2", "0.1-0", "snapshot after"),
    ("2026.05.1+git20261001+dfsg-2", "2026.05.1-0", "snapshot after, repacked"),
    ("5.2~alpha2-2", "5.2alpha2-0", "pre-release with LuaRocks' word"),
    ("1.0~rc1-1", "1.0rc1-0", "pre-release with LuaRocks' word"),
    ("1.0~rc.1+dfsg-1", "1.0rc1-0", "pre-release, repacked"),
    ("1.0~b3-1", "1.0beta3-0", "pre-release, shortened"),
    ("2.0.5~git20141117.880dda9-7", "2.0.5alpha-0", "snapshot before"),
    ("1.0~rc1~git5-1", "1.0alpha-0", "snapshot before a pre-release"),
    ("1.0~20200101-1", "1.0alpha-0", "snapshot before"),
    ("0~git20160517-2", "0-0", "never released"),
    ("0+git20160517-2", "0-0", "never released"),
    ("1.44.2-0-1", "1.44.2-0", "upstream has the rock revision"),
    ("3.0-2-5", "3.0-2", "upstream has the rock revision"),
    ("1.51.0-1-1+b1", "1.51.0-1", "upstream has the rock revision"),
    ("2020-01-15-1", "2020.01.15-0", "dashes that are no revision"),
    ("1.0+really0.9-1", "0.9-0", "an older version in disguise"),
    ("13.01.30-3", "13.01.30-0", "a date"),
    ("20220711-1", "20220711-0", "a date"),
    ("v1.2-1", "1.2-0", "letter v"),
    ("1.0RC1-1", "1.0rc1-0", "capitals, which LuaRocks takes for a letter"),
    ("1.0.dev3-1", "1.0alpha-0", "dev, which LuaRocks puts above every number"),
    ("scm-1", "0-0", "only a word"),
    ("0.07", "0.07-0", "native"),
]

DEB_ORDER = (
    *("1.0~~", "1.0~rc1-1", "1.0~rc1-1+b1", "1.0", "1.0-0.1", "1.0-1", "1.0-1+b1", "1.0-2"),
    *("1.0a-1", "1.0+dfsg-1", "1.0.1-1", "1.1-1", "1.10-1", "2-1", "1:0.1-1", "10:0-1"),
)
RPM_ORDER = (
    *("1.0~rc1-1", "1.0-0.1.fc40", "1.0-1.fc39", "1.0-1.fc40", "1.0-2.fc39", "1.0^git1-1"),
    *("1.0a-1", "1.0.1-1", "1.1-1", "1.10-1", "2-1", "1:0.1-1"),
)


@pytest.mark.parametrize(("version", "rock", "why"), DEBIAN, ids=[case[0] for case in DEBIAN])
def test_a_debian_version_is_a_rock_version(version: str, rock: str, why: str) -> None:
    """The rock version is exact where LuaRocks has words for it, and never above it."""
    assert rock_version(deb.upstream_version(version)).text == rock, why


RPM = [
    ("1.1.0-5.fc40", "1.1.0-0"),
    ("2:1.1.0-5", "1.1.0-0"),
    ("1.0~rc1-1", "1.0rc1-0"),
    ("1.0^git20200101-1", "1.0-0"),
    ("1.0~beta2^git1-1", "1.0beta2-0"),
    ("1.0+git123.abc-1.1", "1.0-0"),
    ("1.44.2_0-1", "1.44.2-0"),
    ("1.0-0.2.rc1.fc20", "1.0rc1-0"),
    ("1.0-0.3.20120101git.el6", "1.0alpha-0"),
    ("1.0-0.1.fc20", "1.0-0"),
    ("1.3.4-alt1", "1.3.4-0"),
]


@pytest.mark.parametrize(("version", "rock"), RPM)
def test_an_rpm_version_is_a_rock_version(version: str, rock: str) -> None:
    """Epoch and release go, ~ is before, ^ is after, releases 0.N.WORD are before."""
    assert rock_version(rpm.upstream_version(version)).text == rock


@pytest.mark.parametrize(
    ("upstream", "known", "rock"),
    [
        ("1.4.1", ("1.4.1-1", "1.4.1-3", "1.4.1-2"), "1.4.1-3"),
        ("1.4.1", ("1.4.2-1", "1.4-1"), "1.4.1-0"),
        ("0.07", ("0.7-1",), "0.7-1"),
        ("1.2+git5", ("1.2-1",), "1.2-1"),
        ("2.0~git5", ("2.0-1",), "2.0alpha-0"),
        ("3.0-2", ("3.0-5",), "3.0-2"),
        ("7", ("7", "nonsense", "scm-1"), "7-0"),
    ],
)
def test_the_real_revision_is_used_when_it_is_known(
    upstream: str, known: tuple[str, ...], rock: str
) -> None:
    """The highest revision published of the same version; of a snapshot before it, none."""
    assert rock_version(upstream, known).text == rock


def test_the_reason_says_what_was_lost() -> None:
    """A reader learns why the rock's version is not the package's."""
    assert rock_version("2.0.5~git5").reason == "2.0.5~git5 is a snapshot before 2.0.5"
    assert "1.2+git5 is at least 1.2" in rock_version("1.2+git5").reason


def test_debian_versions_are_in_order() -> None:
    """Tildes before the end, letters before signs, numbers as numbers, epochs first."""
    order = [deb_key(text) for text in DEB_ORDER]
    assert all(one < other for one, other in pairwise(order))


def test_leading_zeros_mean_nothing() -> None:
    """Neither for the one nor for the other."""
    assert deb_key("1.07-01") == deb_key("1.7-1")
    assert rpm_key("1.07-01") == rpm_key("1.7-1")


def test_rpm_versions_are_in_order() -> None:
    """Tildes before the end, carets after it, letters before numbers."""
    order = [rpm_key(text) for text in RPM_ORDER]
    assert all(one < other for one, other in pairwise(order))


PARTS = st.lists(st.sampled_from(["1", "0", "10", "a", "b", ".", "+", "~", "~~", "z"]), max_size=6)
VERSIONS = PARTS.map(lambda parts: "1" + "".join(parts))


@pytest.mark.skipif(not shutil.which("dpkg"), reason="there is no dpkg here")
@settings(max_examples=40)
@given(VERSIONS, VERSIONS)
def test_the_order_is_dpkgs(one: str, other: str) -> None:
    """Whatever two versions are made of."""
    command = ["dpkg", "--compare-versions", one, "lt", other]
    is_less = subprocess.run(command, check=False).returncode == 0
    assert (deb_key(one) < deb_key(other)) == is_less


@pytest.mark.parametrize("key", [deb_key, rpm_key])
def test_a_number_of_any_length_has_a_place(key: Callable[[str], object]) -> None:
    """Python reads no more than 4,300 digits; a longer number is above all others."""
    huge = "9" * 5000
    assert key(f"1.{huge}-1") > key("1.9999-1")  # type: ignore[operator]
    assert key(f"{huge}:1-1") > key("7:1-1")  # type: ignore[operator]
    assert key(f"1.{'0' * 5000}7-1") == key("1.7-1")


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("1.2", "1.2"),
        (".1..2-", "1.2"),
        ("1_2~3", "1.2.3"),
        ("X1.2X", "X1.2X"),
        ("+", "0"),
        ("", "0"),
        ("1\u00e92", "1.2"),
    ],
)
def test_a_rocks_version_has_letters_digits_and_single_dots(text: str, letters: str) -> None:
    """All else parts them, and what has none of them is zero."""
    assert read_letters(text) == letters


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.0", Upstream("1.0", None, EXACT, "1.0")),
        ("V1.0", Upstream("1.0", None, EXACT, "1.0")),
        ("version1", Upstream("version1", None, EXACT, "version1")),
        ("1.0~rc1", Upstream("1.0rc1", None, EXACT, "1.0")),
        ("1.0~.rc1", Upstream("1.0rc1", None, EXACT, "1.0")),
        ("1.0~rc1-", Upstream("1.0rc1", None, AFTER, "1.0")),
        ("1.0~rc1-2", Upstream("1.0rc1", None, AFTER, "1.0")),
        ("1.0~rc-2.3", Upstream("1.0rc2.3", None, EXACT, "1.0")),
        ("1.0~RC1", Upstream("1.0rc1", None, EXACT, "1.0")),
        ("1.0~rc1x", Upstream("1.0alpha", None, BEFORE, "1.0")),
        ("1.0~rc1~x", Upstream("1.0alpha", None, BEFORE, "1.0")),
        ("1.0~a2", Upstream("1.0alpha2", None, EXACT, "1.0")),
        ("1.0~a", Upstream("1.0alpha", None, BEFORE, "1.0")),
        ("1.0~pre", Upstream("1.0pre", None, EXACT, "1.0")),
        ("1.0x~rc1", Upstream("1.0x.rc1", None, EXACT, "1.0x")),
        ("1.0x~git", Upstream("1.0x.alpha", None, BEFORE, "1.0x")),
        ("0~rc1", Upstream("0", None, BEFORE, "0")),
        ("0.0~git5", Upstream("0.0", None, BEFORE, "0.0")),
        ("1.0~rc1+dfsg", Upstream("1.0rc1", None, EXACT, "1.0")),
        ("1.0~rc1+git5", Upstream("1.0rc1", None, AFTER, "1.0")),
        ("1.0+dfsg1", Upstream("1.0", None, EXACT, "1.0")),
        ("1.0+git5", Upstream("1.0", None, AFTER, "1.0")),
        ("1.0^git5", Upstream("1.0", None, AFTER, "1.0")),
        ("1.0-2", Upstream("1.0", 2, EXACT, "1.0")),
        ("1.0_12+git1", Upstream("1.0", 12, AFTER, "1.0")),
        ("1.0-123", Upstream("1.0.123", None, EXACT, "1.0.123")),
        ("1.0-2~git1", Upstream("1.0alpha", 2, BEFORE, "1.0")),
        ("1.0rc2", Upstream("1.0rc2", None, EXACT, "1.0")),
        ("1.0-Beta-2", Upstream("1.0.beta.2", None, EXACT, "1.0")),
        ("1.0beta2~git1", Upstream("1.0alpha", None, BEFORE, "1.0")),
        ("1.0.SCM", Upstream("1.0alpha", None, BEFORE, "1.0")),
        ("1.0cvs2-3", Upstream("1.0alpha", 3, BEFORE, "1.0")),
        ("3+really2.0~rc1", Upstream("2.0rc1", None, EXACT, "2.0")),
        (" 1.0 ", Upstream("1.0", None, EXACT, "1.0")),
    ],
)
def test_an_upstream_version_is_read_whole(version: str, expected: Upstream) -> None:
    """Its text, its revision, what is lost and the release; never above the version itself."""
    assert parse_upstream(version) == expected


@pytest.mark.parametrize(
    ("operator", "upstream", "expected"),
    [
        ("=", "1.2", ("~>", "1.2")),
        (">=", "1.2", (">=", "1.2")),
        (">", "1.2", (">=", "1.2")),
        ("<=", "1.2", ("<=", "1.2")),
        ("<", "1.2", ("<", "1.2")),
        ("<", "1.0", ("<=", "1.0")),
        ("<", "1.2+dfsg", ("<=", "1.2")),
        ("<", "1.2~rc1", ("<", "1.2rc1")),
        ("<", "1.2~git5", ("<", "1.2")),
        ("<=", "1.2~git5", ("<", "1.2")),
        ("<", "1.0~git5", ("<=", "1.0")),
        ("<", "10", ("<", "10")),
        ("<", "0", ("", "")),
        ("<=", "0.0~git1", ("", "")),
        (">=", "0", (">=", "0")),
        (">=", "2+really1.0", ("", "")),
        ("=", "2+really1.0", ("", "")),
    ],
)
def test_a_relation_implies_no_more_than_every_package_in_it_is(
    operator: str, upstream: str, expected: tuple[str, str]
) -> None:
    """A strict bound only where no package inside it has the same rock version."""
    assert implied_constraint(operator, upstream, revised=False) == expected


def test_a_strict_bound_of_a_package_revision_admits_its_rock() -> None:
    """1.2-1 is below 1.2-2, and both are the rock 1.2."""
    assert implied_constraint("<", "1.2", revised=True) == ("<=", "1.2")
    assert implied_constraint("<", "1.2~git5", revised=True) == ("<", "1.2")
    assert Relation("lua-x", "<=", "1.2").constraint == "<= 1.2"
    assert Relation("lua-x").constraint == ""


def test_the_reason_names_where_the_version_is_from() -> None:
    """The revision in upstream's version, a published rock, or none that is known."""
    reasons = {
        rock_version(upstream, known).reason
        for upstream, known in (
            ("1.0-2", ()),
            ("1.0", ("1.0-3",)),
            ("1.0", ()),
            ("1.0+git1", ("1.0-3",)),
        )
    }
    assert reasons == {
        "upstream's version has the revision",
        "the rock was published as 1.0-3",
        "no rock of this version is known",
        "1.0+git1 is at least 1.0; the rock was published as 1.0-3",
    }


@pytest.mark.parametrize(
    ("version", "epoch", "plain"),
    [
        ("1.0-1", 0, "1.0"),
        ("2:1.0-1-2", 2, "1.0-1"),
        ("1.0", 0, "1.0"),
        (":1.0", 0, ":1.0"),
        ("a:1.0", 0, "a:1.0"),
        ("007:1", 7, "1"),
        ("1:2:3-4", 1, "2:3"),
    ],
)
def test_an_epoch_and_a_revision_are_no_part_of_the_plain_version(
    version: str, epoch: int, plain: str
) -> None:
    """The epoch before the first colon is a number; the revision is behind the last dash."""
    assert epoch_and_rest(version)[0] == epoch
    assert plain_version(version) == plain


def test_numbers_of_up_to_400_digits_are_told_apart() -> None:
    """Zeros before them do not count; all longer ones are equal and above them."""
    assert (number_of(""), number_of("000"), number_of("0042")) == (0, 0, 42)
    longest = "9" * 400
    assert number_of(longest) == int(longest)
    assert number_of(f"000{longest}") == int(longest)
    assert number_of(f"{longest}9") == number_of("1" * 401) > number_of(longest)

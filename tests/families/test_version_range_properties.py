"""A written need accepts the package versions whose rocks LuaRocks accepts, and no others."""

from __future__ import annotations

from hypothesis import assume, example, given, settings, strategies as st

from distrorocks.families.deb import versions as deb
from distrorocks.families.rpm import versions as rpm
from distrorocks.families.version_range import accepted, package_version
from distrorocks.families.versions import rock_version
from distrorocks.rocks.constraint import OPERATORS, parse_constraints, satisfies
from distrorocks.rocks.version import Version
from tests.families.package_orders import deb_admits, rpm_admits

SLOTS = 3
NUMBERS = st.sampled_from((0, 0, 0, 1, 1, 2, 3, 9, 10))
RELEASES = st.lists(NUMBERS, min_size=1, max_size=SLOTS).map(
    lambda parts: ".".join(map(str, parts))
)
PRE_RELEASES = st.sampled_from(
    ("", "", "", "", "rc", "rc1", "rc2", "rc10", "pre1", "beta", "beta3", "alpha", "alpha1")
)
REVISIONS = st.integers(0, 3)


@st.composite
def released(draw: st.DrawFn) -> str:
    """Draw a rock version without revision; nothing comes before zero."""
    release, word = draw(RELEASES), draw(PRE_RELEASES)
    return release + (word if release.strip("0.") else "")


@st.composite
def constraints(draw: st.DrawFn, *, revised: bool) -> str:
    """Draw up to three constraints; ``~>`` names no revision."""
    texts = []
    for _ in range(draw(st.integers(1, 3))):
        operator, version = draw(st.sampled_from(tuple(OPERATORS))), draw(released())
        if revised and operator != "~>" and draw(st.booleans()):
            version = f"{version}-{draw(REVISIONS)}"
        texts.append(f"{operator} {version}")
    return ", ".join(texts)


@st.composite
def packaged(draw: st.DrawFn) -> str:
    """Draw a version of a package: a release or pre-release, a suffix, the package's revision."""
    release, word = draw(RELEASES), draw(PRE_RELEASES)
    suffix = draw(st.sampled_from(("", "", "+dfsg", "+git20200101", "+repack1")))
    before = f"~{word}" if word and release.strip("0.") else ""
    suffix = suffix if not before or before[-1].isdigit() else ""
    return release + before + suffix + draw(st.sampled_from(("", "-1", "-2", "-2+b1", "-0.1")))


BOUNDS = (
    "0",
    "1",
    "1.0",
    "1.0.0",
    "1.0.1",
    "1.1",
    "1.9",
    "2",
    "1rc",
    "1.0rc1",
    "1.0.0beta2",
    "10.2",
)
BEFORE = ("", "~rc", "~rc1", "~beta2", "~alpha1")
RELEASED = ("0", "0.1", "1", "1.0", "1.0.0", "1.0.1", "1.1", "1.9", "1.10", "2", "10.2")


def neighbours() -> list[tuple[str, Version]]:
    """Return each release with each pre-release and suffix that a package's version can have."""
    found = []
    for release in RELEASED:
        for before in BEFORE if release.strip("0.") else ("",):
            for after in ("", "-1", "+dfsg-2") if before[-1:] != "c" else ("", "-1"):
                version = release + before + after
                rock = Version.parse(rock_version(deb.upstream_version(version)).text)
                found.append((version, rock))
    return found


def test_every_operator_is_exact_around_every_bound() -> None:
    """All pairs of a constraint and a package version of a small universe, in both families."""
    versions = neighbours()
    for operator in dict.fromkeys(OPERATORS.values()):
        for bound in BOUNDS:
            wanted = parse_constraints(f"{operator} {bound}")
            spans = accepted(wanted)
            deb_need, rpm_need = deb.written_need("x", spans), rpm.written_need("x", spans)
            for version, rock in versions:
                admits = satisfies(rock, wanted)
                assert deb_admits(deb_need, version) == admits, f"{operator} {bound}: {version}"
                if "+" not in version:
                    assert rpm_admits(rpm_need, version) == admits, f"{operator} {bound}: {version}"


def test_every_operator_is_exact_around_every_revision() -> None:
    """The same of capabilities, whose versions have the rock's revision."""
    rocks = [
        Version.parse(f"{release}{word}-{revision}")
        for release in RELEASED[2:9]
        for word in ("", "rc1")
        for revision in (0, 1, 2)
    ]
    versions = [(package_version(rock), rock) for rock in rocks]
    for operator in dict.fromkeys(OPERATORS.values()):
        for bound in ("1", "1.0-1", "1.0.0-0", "1.0rc1-1", "1.1-2"):
            if operator == "~>" and "-" in bound:
                continue  # LuaRocks means all versions of that revision
            wanted = parse_constraints(f"{operator} {bound}")
            spans = accepted(wanted, has_revision=True)
            deb_need, rpm_need = deb.written_need("x", spans), rpm.written_need("x", spans)
            for version, rock in versions:
                admits = satisfies(rock, wanted)
                assert deb_admits(deb_need, version) == admits, f"{operator} {bound}: {version}"
                assert rpm_admits(rpm_need, version) == admits, f"{operator} {bound}: {version}"


@settings(max_examples=300)
@given(constraints(revised=False), packaged())
@example(">= 1.0", "1-1")
@example(">= 1.0", "1.0~rc1-1")
@example("< 2.0", "2.0.0~rc1")
@example("== 1.0", "1.0.0-1")
@example("~= 1.0", "1.0.0-1")
@example("~> 1.0", "1-1")
@example("~> 1.0", "1.0~beta1-1")
@example("<= 1.0", "1.0.0-1")
def test_relations_to_packages_are_luarocks_constraints(text: str, version: str) -> None:
    """dpkg and rpm accept a package version exactly where LuaRocks accepts its rock's."""
    wanted = parse_constraints(text)
    spans = accepted(wanted)
    rock = Version.parse(rock_version(deb.upstream_version(version)).text)
    assert deb_admits(deb.written_need("x", spans), version) == satisfies(rock, wanted)
    if "+" not in version:
        assert rpm_admits(rpm.written_need("x", spans), version) == satisfies(rock, wanted)


@settings(max_examples=300)
@given(constraints(revised=True), released(), REVISIONS)
@example("== 1.0-1", "1.0", 2)
@example("> 1.0-1", "1.0.0", 2)
@example("<= 1.0", "1.0", 3)
def test_relations_to_capabilities_know_revisions(text: str, release: str, revision: int) -> None:
    """A capability's version has the rock's revision, and both families compare it as LuaRocks."""
    wanted = parse_constraints(text)
    spans = accepted(wanted, has_revision=True)
    rock = Version.parse(f"{release}-{revision}")
    version = package_version(rock)
    assert deb_admits(deb.written_need("x", spans), version) == satisfies(rock, wanted)
    assert rpm_admits(rpm.written_need("x", spans), version) == satisfies(rock, wanted)


@settings(max_examples=120)
@given(constraints(revised=False), st.lists(NUMBERS, min_size=1, max_size=5))
def test_short_needs_are_exact_for_releases(text: str, parts: list[int]) -> None:
    """Without slots to tell pre-releases of, a need is still exact for every release."""
    wanted = parse_constraints(text)
    version = ".".join(map(str, parts))
    admits = satisfies(Version.parse(f"{version}-0"), wanted)
    assert deb_admits(deb.written_need("x", accepted(wanted, slots=0)), version) == admits


@settings(max_examples=120)
@given(st.sampled_from(tuple(OPERATORS)), RELEASES, RELEASES)
def test_snapshots_come_before_their_release(operator: str, bound: str, release: str) -> None:
    """A snapshot is below its release, as its rock is, beside bounds that are releases."""
    assume(release.strip("0."))
    wanted = parse_constraints(f"{operator} {bound}")
    version = f"{release}~git20200101"
    rock = Version.parse(rock_version(version).text)
    assert deb_admits(deb.written_need("x", accepted(wanted)), version) == satisfies(rock, wanted)


def test_a_need_of_the_usual_kind_is_short() -> None:
    """With ``slots`` 0 the everyday constraints are what a packager would write."""
    needs = {
        text: (deb.written_need("x", spans), rpm.written_need("x", spans))
        for text in ("", ">= 1.2", "< 2.0.1", "~> 1.2", "== 1.2-1", ">= 1.2, < 2")
        for spans in (accepted(parse_constraints(text), slots=0),)
    }
    assert needs == {
        "": ("x", "x"),
        ">= 1.2": ("x (>= 1.2)", "x >= 1.2"),
        "< 2.0.1": ("x (<< 2.0.1)", "x < 2.0.1"),
        "~> 1.2": ("x (>= 1.2~~), x (<< 1.3~~)", "(x >= 1.2~~ with x < 1.3~~)"),
        "== 1.2-1": ("x (>= 1.2), x (<< 1.2.0~~)", "(x >= 1.2 with x < 1.2.0~~)"),
        ">= 1.2, < 2": ("x (>= 1.2), x (<< 2)", "(x >= 1.2 with x < 2)"),
    }


def test_contradicting_constraints_are_satisfied_by_nothing() -> None:
    """What no version satisfies becomes a need that no package satisfies."""
    spans = accepted(parse_constraints("> 2, < 1"))
    assert not spans
    assert deb.written_need("x", spans) == "x (<< 0~~)"
    assert rpm.written_need("x", spans) == "x < 0~~"

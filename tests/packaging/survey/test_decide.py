"""What a survey says of each rock, and in which order it has the missing ones packaged."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from distrorocks.packaging.survey.decide import (
    BEHIND,
    MISSING,
    PACKAGED,
    UNSURE,
    Having,
    Survey,
    SurveyedRock,
    decide,
    is_behind,
    latest_of,
)
from distrorocks.rocks.dependency import Dependency
from tests.effort import little_time


def having(version: str, *, is_sure: bool = True) -> Having:
    """Return a package with a version of a rock."""
    return Having("lua-x", f"{version}ubuntu1", version, ("5.4",), "the map", is_sure)


def needing(**needs: str) -> dict[str, tuple[Dependency, ...]]:
    """Return the dependencies of rocks, each rock's parted by commas."""
    return {
        rock: tuple(Dependency.parse(each) for each in filter(None, text.split(",")))
        for rock, text in needs.items()
    }


def index(*names: str) -> dict[str, tuple[str, ...]]:
    """Return an index with one release of each rock."""
    return dict.fromkeys(names, ("1.0-1",))


def rock(survey: Survey, name: str) -> SurveyedRock:
    """Return one rock of a survey."""
    return next(each for each in survey.rocks if each.name == name)


@pytest.mark.parametrize(
    ("versions", "latest"),
    [
        (("1.9-1", "1.10-1", "1.2-3"), "1.10-1"),
        (("scm-1", "1.0-1", "2.0rc1-1"), "1.0-1"),
        (("scm-1", "2.0rc1-1", "2.0beta2-1"), "2.0rc1-1"),
        (("1.0b1-1", "0.9-1"), "0.9-1"),
        (("scm-1", "dev-2"), "dev-2"),
        (("1.0a-1", "1.0-1"), "1.0a-1"),
        ((), ""),
    ],
)
def test_releases_count_before_what_comes_before_and_after_them(
    versions: tuple[str, ...], latest: str
) -> None:
    """A release is newest, whatever pre-releases and development versions are beside it."""
    assert latest_of(versions) == latest


@pytest.mark.parametrize(
    ("version", "latest", "is_older"),
    [
        ("1.0-1", "1.0-9", False),
        ("1.0-0", "1.0.0-1", False),
        ("1.9-1", "1.10-1", True),
        ("2.0-1", "1.10-1", False),
        ("1.0-1", "scm-1", False),
        ("2.0alpha-0", "2.0-1", True),
    ],
)
def test_a_package_is_behind_an_older_release_only(
    version: str, latest: str, is_older: bool
) -> None:
    """Revisions do not count, and nobody is behind a development version."""
    assert is_behind(version, latest) == is_older


def test_each_rock_has_one_state() -> None:
    """A guess of the naming rule is neither packaged nor missing."""
    havings = {"a": having("1.0-1"), "b": having("0.9-1"), "c": having("1.0-1", is_sure=False)}
    found = decide(index("a", "b", "c", "d"), havings)
    states = {each.name: each.state for each in found.rocks}
    assert states == {"a": PACKAGED, "b": BEHIND, "c": UNSURE, "d": MISSING}
    assert found.counts == dict.fromkeys((PACKAGED, BEHIND, UNSURE, MISSING), 1)
    assert found.steps == ()  # nothing is known to be wanted


def test_a_rock_is_wanted_directly_and_by_way_of_others() -> None:
    """Both are counted, each rock once; Lua and the rock itself are no rocks to package."""
    needs = needing(a="lua >= 5.1,b,b > 0", b="c,b", d="c", c="")
    found = decide(index("a", "b", "c", "d"), {}, needs)
    counts = {each.name: (each.wanted, each.wanted_by_all) for each in found.rocks}
    assert counts == {"a": (0, 0), "b": (1, 1), "c": (2, 3), "d": (0, 0)}
    assert [(each.rock, each.round, each.after) for each in found.steps] == [
        ("c", 1, ()),
        ("b", 2, ("c",)),
    ]
    assert found.known == 4


def test_a_step_names_what_stands_in_its_way() -> None:
    """Packages that are too old, and dependencies that neither index nor packages have."""
    needs = needing(a="b", b="old >= 2,new >= 1,gone,held", c="old")
    havings = {"old": having("1.0-1"), "new": having("1.0-1"), "held": having("3-1")}
    found = decide(index("a", "b", "old", "new"), havings, needs)
    (step,) = found.steps
    assert (step.rock, step.updates, step.absent) == ("b", ("old",), ("gone",))
    assert rock(found, "old").unmet == ("b needs old >= 2",)
    assert rock(found, "held").state == PACKAGED
    assert [each.name for each in found.absent] == ["gone"]
    assert "gone" not in {each.name for each in found.indexed}


def test_rocks_that_need_each_other_are_told_and_stay_together() -> None:
    """A cycle that is cut by the limit comes whole."""
    needs = needing(a="b", b="a", c="a")
    found = decide(index("a", "b", "c"), {}, needs, 1)
    assert found.cycles == (("b", "a"),) or found.cycles == (("a", "b"),)
    assert {each.rock for each in found.steps} == {"a", "b"}
    assert len({each.round for each in found.steps}) == 1


def test_long_chains_cost_little() -> None:
    """Rocks that need each other in a row of thousands are counted in little time."""
    names = [f"r{number}" for number in range(4000)]
    needs = {name: (Dependency.parse(need),) for name, need in pairwise(names)}
    with little_time(0.2):
        found = decide(index(*names), {}, needs, 3)
    assert [each.rock for each in found.steps] == ["r3999", "r3998", "r3997"]
    assert rock(found, "r3999").wanted_by_all == 3999


def reached(name: str, edges: dict[str, set[str]]) -> set[str]:
    """Return the rocks that need a rock, found one by one."""
    found: set[str] = set()
    while more := {it for it, needs in edges.items() if needs & {name, *found}} - found:
        found |= more
    return found - {name}


NAMES = st.sampled_from("abcdefgh")


@given(st.dictionaries(NAMES, st.sets(NAMES, max_size=3)), st.integers(0, 8))
def test_dependencies_come_first_and_the_most_wanted_before_others(
    edges: dict[str, set[str]], most: int
) -> None:
    """Whatever needs whatever: only rocks of one cycle may come before what they need."""
    needs = needing(**{name: ",".join(sorted(names)) for name, names in edges.items()})
    found = decide(index(*"abcdefgh"), {}, needs, most)
    names = [each.rock for each in found.steps]
    place = {name: at for at, name in enumerate(names)}
    cycles = [set(group) for group in found.cycles]
    for name in names:
        for need in edges.get(name, set()) - {name}:
            together = any({name, need} <= group for group in cycles)
            assert together or place[need] < place[name]
    for each in found.rocks:
        assert each.wanted_by_all == len(reached(each.name, edges))
    wanted = [rock(found, name).wanted_by_all for name in names]
    assert wanted == sorted(wanted, reverse=True)
    assert 0 not in wanted

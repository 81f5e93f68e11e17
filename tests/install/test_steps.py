"""From solutions to steps: what is kept, installed, left to the package manager, refused."""

from __future__ import annotations

from hypothesis import given, strategies as st

from distrorocks.install.step import InstallRock, KeepRock, RefuseRock, SuggestPackage
from distrorocks.install.steps import Circumstances, Hidden, rock_plan
from distrorocks.resolve.candidate import Origin
from distrorocks.resolve.conflict import Conflict
from tests.install.planned import mixed, planned, told
from tests.resolve.world import World


def test_each_kind_of_place_has_its_step() -> None:
    """Provided and installed rocks stay, a package is suggested, a server's rock is installed."""
    plan = planned(mixed(), "app")
    assert told(plan) == [
        "KeepRock lua 5.4-1",
        "KeepRock lpeg 1.0.2-1",
        "InstallRock leaf 2.1-1",
        "SuggestPackage luasocket 3.0-1",
        "InstallRock app 1.0-1",
    ]
    suggested = plan.step("luasocket")
    assert isinstance(suggested, SuggestPackage)
    assert suggested.command == "apt install lua-luasocket"
    assert [str(each) for each in plan.installs[0].requirements] == ["'leaf ~> 2' of app"]


def test_a_tree_of_packages_is_not_deployed_into() -> None:
    """Every rock to install is refused there, and the hint names the package that has it."""
    world = World().server("foo 2.0-1", "bar").server("bar 1.0-1").distro("foo 1.0-1")
    plan = planned(world, "foo >= 2", target="/usr", owner="/usr is the tree of the packages")
    assert not plan.installs
    assert [step.reason for step in plan.refusals] == ["/usr is the tree of the packages"] * 2
    again = planned(
        World().server("foo 1.0-1").installed("lpeg 1-1", tree="/usr"),
        "foo",
        target="/usr",
        owner="it is theirs",
    )
    assert isinstance(again.steps[0], RefuseRock)
    assert again.steps[0].hint == "select another tree with --tree"


def test_why_a_binary_rock_is_passed_over_is_told() -> None:
    """With the reason of the step that builds the sources instead."""
    world = World().server("foo 1.0-1")
    reason = "foo-1.0-1.linux-x86_64.rock does not load here: it is old"
    plan = planned(world, "foo", passed_over={world.listed["foo"][0]: reason})
    (step,) = plan.installs
    assert step.reason.endswith(f"; {reason}, so it is built from its sources")


def test_a_package_that_is_there_is_not_installed_again() -> None:
    """Where its tree does not count, the plan says so and what makes it count."""
    hidden = {"lua-foo": Hidden("lua-foo has foo in /usr, which is not searched", "use all")}
    world = World().server("foo 2.0-1").server("app 1-1", "foo")
    world.distro("foo 1.0-1")
    known = [each for each in world.listed["foo"] if each.origin is not Origin.DISTRO]
    solution = World().server("foo 2.0-1").server("app 1-1", "foo").solve("app")
    given = Circumstances(
        "/usr/local", known={"foo": [*known, *world.listed["foo"]]}, hidden=hidden
    )
    plan = rock_plan(solution, given)
    step = plan.step("foo")
    assert isinstance(step, InstallRock)
    assert (step.packages, plan.other_command) == ((), "")
    assert step.reason == (
        "not installed in any consulted tree; "
        "lua-foo has foo in /usr, which is not searched: use all"
    )
    only = planned(World().distro("foo 1.0-1"), "foo", hidden=hidden)
    (refused,) = only.refusals
    assert (refused.reason, refused.hint) == hidden["lua-foo"]
    assert only.needed_command == ""


def test_the_reason_explains_why_installed_versions_do_not_satisfy() -> None:
    """A rock that is installed too old is reported with the dependency it does not satisfy."""
    world = World().server("app 1-1", "foo >= 2").server("foo 2.0-1").installed("foo 1.0-1")
    step = planned(world, "app").step("foo")
    assert isinstance(step, InstallRock)
    assert step.reason == "1.0-1 in /usr/local does not satisfy 'foo >= 2' of app"
    assert step.replaces == ("1.0-1",)


def test_an_old_version_stays_while_another_rock_needs_it() -> None:
    """The new version is put beside it, and the plan says for whom; --force takes it away."""
    world = (
        World()
        .server("foo 2.0-1")
        .installed("foo 1.0-1")
        .installed("foo 0.9-1")
        .installed("old 1.0-1", "foo < 2")
    )
    step = planned(world, "foo >= 2").step("foo")
    assert isinstance(step, InstallRock)
    assert (step.replaces, step.beside) == (("0.9-1",), (("1.0-1", "old 1.0-1"),))
    forced = planned(world, "foo >= 2", is_forced=True).step("foo")
    assert isinstance(forced, InstallRock)
    assert sorted(forced.replaces) == ["0.9-1", "1.0-1"]
    assert planned(world, "foo >= 2").broken == ()
    (broken,) = planned(world, "foo >= 2", is_forced=True).broken
    assert (str(broken.candidate), str(broken.need.dependency)) == ("old 1.0-1", "foo < 2")
    both = planned(world, "foo >= 2", keeps_versions=True).step("foo")
    assert isinstance(both, InstallRock)
    assert both.replaces == ()


def test_versions_of_other_trees_are_never_replaced() -> None:
    """Only the tree that is installed into loses anything."""
    world = World().server("foo 2.0-1").installed("foo 1.0-1", tree="/usr")
    step = planned(world, "foo >= 2").step("foo")
    assert isinstance(step, InstallRock)
    assert (step.replaces, step.beside) == ((), ())


def test_an_alternative_package_is_mentioned() -> None:
    """A rock that a server is chosen for names the package that fulfils all its needs, too."""
    world = World().server("foo 2.0-1").server("app 1-1", "foo")
    solution = world.solve("app")
    assert "foo" in solution.chosen
    world.distro("foo 1.0-1")
    known = planned(mixed(), "app")
    assert known.step("leaf") is not None
    from distrorocks.install.steps import Circumstances, rock_plan

    step = rock_plan(solution, Circumstances("/t", known={"foo": world.listed["foo"]})).step("foo")
    assert isinstance(step, InstallRock)
    assert step.packages == ("lua-foo",)


def test_only_dependencies_omits_the_requested_rocks() -> None:
    """What another rock needs is planned all the same."""
    world = World().server("a 1-1", "b").server("b 1-1", "c").server("c 1-1")
    plan = planned(world, "a", only_dependencies=True)
    assert (told(plan), plan.left_out) == (["InstallRock c 1-1", "InstallRock b 1-1"], ("a",))
    assert planned(world, "a", "b", only_dependencies=True).left_out == ("a",)


def test_a_rock_can_be_installed_again() -> None:
    """With the server's copy of the same version; without such a copy it stays."""
    world = World().server("foo 1.0-1").installed("foo 1.0-1")
    step = planned(world, "foo", reinstalled=frozenset({"foo"})).step("foo")
    assert isinstance(step, InstallRock)
    assert step.reason == "1.0-1 in /usr/local is reinstalled, as requested"
    elsewhere = World().server("foo 1.0-1").installed("foo 1.0-1", tree="/usr")
    step = planned(elsewhere, "foo", reinstalled=frozenset({"foo"})).step("foo")
    assert isinstance(step, InstallRock)
    assert step.tree == "/usr/local"
    assert step.reason == "1.0-1 in /usr stays, it is installed again, as requested"
    alone = World().installed("foo 1.0-1")
    assert isinstance(planned(alone, "foo", reinstalled=frozenset({"foo"})).step("foo"), KeepRock)


def test_a_cycle_is_named_and_has_a_fixed_order() -> None:
    """The pair that goes against the order is in ``closing``."""
    world = World().server("a 1-1", "b").server("b 1-1", "a")
    for roots in (("a",), ("b",), ("b", "a")):
        plan = planned(world, *roots)
        assert [step.candidate.name for step in plan.installs] == ["b", "a"]
        assert plan.closing == (("b", "a"),)


NAMES = st.sampled_from("abcde")


@given(
    st.dictionaries(st.tuples(NAMES, st.integers(1, 3)), st.lists(NAMES, max_size=3), min_size=4),
    st.lists(NAMES, min_size=1, max_size=3),
)
def test_what_a_rock_needs_comes_before_it(
    rocks: dict[tuple[str, int], list[str]], roots: list[str]
) -> None:
    """In every plan each chosen rock has one step, and needs stand before it but for cycles."""
    world = World()
    for (name, version), needs in sorted(rocks.items()):
        world.server(f"{name} {version}.0-1", *needs)
    try:
        plan = planned(world, *roots)
    except Conflict:
        return
    place = {step.candidate.name: number for number, step in enumerate(plan.steps)}
    assert len(place) == len(plan.steps)
    for edge in plan.edges:
        pair = edge.requirer, edge.required
        if edge.requirer is not None and edge.requirer != edge.required:
            assert (place[edge.required] < place[edge.requirer]) != (pair in plan.closing)


def test_a_package_is_named_only_where_it_fulfils_every_need() -> None:
    """One that does for a single rock would leave the other without."""
    world = (
        World()
        .server("app 1-1", "foo >= 1", "bar")
        .server("bar 1-1", "foo >= 2")
        .server("foo 3.0-1")
        .distro("foo 1.5-1")
    )
    step = planned(world, "app").step("foo")
    assert isinstance(step, InstallRock)
    assert step.packages == ()
    assert step.reason == "not installed in any consulted tree"


def test_a_rock_that_stays_is_told_with_its_package() -> None:
    """Where a package has it; else it is only installed."""
    world = World().installed("foo 1.0-1", tree="/usr")
    plain = planned(world, "foo").step("foo")
    assert isinstance(plain, KeepRock)
    assert (plain.reason, plain.package) == ("installed, and satisfies all dependencies", "")
    packaged = planned(world, "foo", packages={plain.candidate: "lua-foo"}).step("foo")
    assert isinstance(packaged, KeepRock)
    assert packaged.reason == "installed by the package lua-foo, and satisfies all dependencies"
    assert packaged.package == "lua-foo"


def test_a_requested_rock_that_is_kept_tells_of_a_newer_one() -> None:
    """What LuaRocks would install is named; what nobody asked for, or is pinned, is not."""
    world = World().installed("foo 1.0-1").server("foo 1.0-1").server("foo 3.0-1", "bar")
    world.server("foo 2.0-1").installed("app 1-1", "foo < 3").server("bar 1.0-1")

    def newer(*roots: str, pinned: frozenset[str] = frozenset()) -> str:
        step = planned(world, *roots, pinned=pinned).step("foo")
        assert isinstance(step, KeepRock)
        return step.newer

    assert newer("foo") == "3.0-1"
    assert newer("foo < 3") == "2.0-1"
    assert newer("foo < 2") == ""
    assert newer("app") == ""
    assert newer("foo", "app") == "2.0-1"
    assert newer("foo", pinned=frozenset({"foo"})) == ""

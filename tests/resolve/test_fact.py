"""Facts of a proof are one sentence each."""

from __future__ import annotations

import pytest

from tests.resolve.test_proof import conflict
from tests.resolve.world import World


def steps(world: World, *roots: str, **pins: str) -> list[str]:
    """Return the steps of a conflict as text."""
    return [step.text for step in conflict(world, *roots, **pins).steps]


def many(count: int, *needs: str) -> World:
    """Return a world with so many versions of foo that need the same."""
    world = World()
    for number in range(count):
        world.server(f"foo 1.{number}-1", *needs)
    return world


@pytest.mark.parametrize(
    ("count", "subject"),
    [
        (1, "foo 1.0-1 needs gone (foo-1.0-1.rockspec:8)"),
        (
            2,
            ("every foo (1.0-1 and 1.1-1) needs gone (foo-1.0-1.rockspec:8, foo-1.1-1.rockspec:8)"),
        ),
        (
            4,
            (
                "every foo (1.0-1, 1.1-1, 1.2-1 and 1.3-1) needs gone "
                "(foo-1.0-1.rockspec:8, foo-1.1-1.rockspec:8, 2 more)"
            ),
        ),
        (
            5,
            (
                "every foo (1.0-1 ... 1.4-1, 5 versions) needs gone "
                "(foo-1.0-1.rockspec:8, foo-1.1-1.rockspec:8, 3 more)"
            ),
        ),
    ],
)
def test_versions_that_need_the_same_are_the_subject(count: int, subject: str) -> None:
    """Up to four are listed, and two places."""
    found = steps(many(count, "gone"), "foo")
    assert found[1] == f"{subject}, but no rock named gone is available"


def test_some_versions_are_no_subject_of_every() -> None:
    """The verb is plural, and the rock is named once."""
    world = many(2, "gone").server("foo 2.0-1", "away")
    assert steps(world, "foo")[1:3] == [
        "foo 2.0-1 needs away (foo-2.0-1.rockspec:8), but no rock named away is available",
        (
            "foo 1.0-1 and 1.1-1 need gone (foo-1.0-1.rockspec:8, foo-1.1-1.rockspec:8), "
            "but no rock named gone is available"
        ),
    ]


def test_a_need_to_build_or_apart_is_marked() -> None:
    """Behind what is needed."""
    assert steps(many(1, "!gone"), "foo")[1].startswith("foo 1.0-1 needs gone to be built (")
    assert steps(World(), "apart gone") == [
        "gone is requested, apart from others, but no rock named gone is available"
    ]


def test_the_place_of_a_rock_is_named() -> None:
    """An installed rock has its tree, a package its name, a provided rock neither."""
    world = World().installed("foo 1.0-1", "gone", tree="/opt/t\x1b")
    assert steps(world, "foo")[1].startswith("foo 1.0-1 (installed in /opt/t\\x1b) needs gone")
    assert steps(World().distro("foo 1.0-1", "gone"), "foo")[1].startswith(
        "foo 1.0-1 (package lua-foo) needs gone"
    )


@pytest.mark.parametrize(
    ("world", "root", "remark"),
    [
        (World().provided("lua 5.4-1"), "lua < 5.4", "but Lua is 5.4"),
        (
            World().provided("utf8 5.4-1"),
            "utf8 < 5",
            "but the utf8 that Lua or the configuration provides is 5.4-1",
        ),
        (many(1), "foo > 2", "but the only foo is 1.0-1"),
        (many(2), "foo > 2", "but there is only foo 1.0-1 and 1.1-1"),
        (many(9), "foo > 2", "but there is only foo 1.0-1 ... 1.8-1, 9 versions"),
        (World().distro("foo 1.0-1"), "foo > 2", "but the only foo is 1.0-1 (package lua-foo)"),
        (many(1), "me/foo", "but me has no foo (there is foo 1.0-1)"),
        (
            many(1),
            "foo == 1.0.0",
            (
                "but the only foo is 1.0-1, and LuaRocks does not count 1.0-1 as == 1.0.0 "
                "(fewer numbers)"
            ),
        ),
        (
            many(1),
            "foo == 1",
            "but the only foo is 1.0-1, and LuaRocks does not count 1.0-1 as == 1 (more numbers)",
        ),
        (many(1), "foo == 2.0.0", "but the only foo is 1.0-1"),
    ],
)
def test_why_no_version_satisfies_a_need(world: World, root: str, remark: str) -> None:
    """The versions that there are, or who else has the rock."""
    assert steps(world, root) == [f"{root} is requested, {remark}"]


def test_a_server_that_is_down_is_the_reason() -> None:
    """Rather than that there is no such rock."""
    world = World()
    world.down["foo"] = "the server is down"
    assert steps(world, "foo") == ["foo is requested, but the server is down"]


def test_a_pin_is_the_reason_where_it_is_one() -> None:
    """Of a version that is there, or of one that is not."""
    assert steps(many(2, "gone"), "foo", foo="1.0-1")[0] == (
        "foo is requested, and luarocks.lock pins foo to 1.0-1"
    )
    assert steps(many(2), "foo", foo="9.0-1") == [
        "foo is requested, but luarocks.lock pins foo to 9.0-1, which is not available"
    ]
    assert steps(many(1), "me/foo", foo="1.0-1")[0].startswith("me/foo is requested, but ")


def test_the_one_version_that_satisfies_is_named() -> None:
    """Only where a constraint was written."""
    world = many(3, "gone")
    assert steps(world, "foo >= 1.2")[0] == "foo >= 1.2 is requested: that is 1.2-1"
    assert steps(world, "foo >= 1.1")[0] == "foo >= 1.1 is requested"
    assert steps(many(1, "gone"), "foo")[0] == "foo is requested"


def test_unusable_versions_are_grouped_by_reason() -> None:
    """Two reasons are shown, of the newest versions first."""
    world = World().unreadable("foo 1.0-1", "torn").unreadable("foo 2.0-1", "gone")
    assert "foo 2.0-1 cannot be used: gone; foo 1.0-1 cannot be used: torn" in steps(world, "foo")
    world.unreadable("foo 3.0-1", "gone").unreadable("foo 4.0-1", "odd")
    assert (
        "foo 4.0-1 cannot be used: odd; foo 2.0-1 and 3.0-1 cannot be used: gone; "
        "nor can others, for 1 more reason"
    ) in steps(world, "foo")
    world.unreadable("foo 0.1-1", "late")
    assert any(text.endswith("for 2 more reasons") for text in steps(world, "foo"))

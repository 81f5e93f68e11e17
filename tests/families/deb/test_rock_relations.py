"""What dpkg's substitution variables say of a rock's package: its needs, and what it provides."""

from __future__ import annotations

import pytest

from distrorocks.families.deb.versions import Relations, capability, relations, written_need
from distrorocks.families.version_range import ALL, NOTHING, Span
from distrorocks.rocks.dependency import Dependency

PACKAGES = {"luasocket": "lua-socket", "lpeg": "lua-lpeg", "foo": "lua-foo", "utf8": "lua-utf8"}


def of(
    *needs: str, rock: str = "foo", package: str = "lua-foo", luas: str = "5.3 5.4"
) -> Relations:
    """Return the relations of a rock of version 1.2-3."""
    return relations(
        (rock, "1.2-3"),
        [Dependency.parse(each) for each in needs],
        tuple(luas.split()),
        package=package,
        package_of=lambda name: PACKAGES.get(name, ""),
    )


@pytest.mark.parametrize(
    ("need", "depends"),
    [
        ("luasocket", ("lua-socket",)),
        ("luasocket >= 3.1-2", ("lua-socket (>= 3.1)",)),
        ("luasocket >= 3.1, < 4", ("lua-socket (>= 3.1)", "lua-socket (<< 4)")),
        ("foo", ()),  # the package itself
        ("utf8", ()),  # Lua 5.3 and 5.4 have it
        ("some_rock", ("lua5.3-rock-some-rock", "lua5.4-rock-some-rock")),
        (
            "other >= 3.1.4-2",
            ("lua5.3-rock-other (>= 3.1.4-2)", "lua5.4-rock-other (>= 3.1.4-2)"),
        ),
    ],
)
def test_a_need_is_that_of_a_package_or_of_a_rock_for_each_lua(
    need: str, depends: tuple[str, ...]
) -> None:
    """A package's revision is its own, so a rock's counts only in what is named after the rock."""
    assert of(need).depends == depends


def test_what_some_luas_have_is_needed_for_the_others() -> None:
    """By its package once, or by the rock's name for those Luas alone."""
    assert of("utf8", luas="5.1 5.3").depends == ("lua-utf8",)
    assert of("bit32", luas="5.1 5.2").depends == ("lua5.1-rock-bit32",)


def test_each_need_is_listed_once_and_interpreters_come_first() -> None:
    """In the order of the rockspec."""
    found = relations(
        ("foo", "1.2-3"),
        [Dependency.parse(each) for each in ("lpeg", "luasocket", "lpeg >= 1", "lpeg")],
        ("5.4",),
        package="lua-foo",
        package_of=lambda name: PACKAGES.get(name, ""),
        interpreters=("lua5.4",),
    )
    assert found.depends == ("lua5.4", "lua-lpeg", "lua-socket", "lua-lpeg (>= 1)")


def test_a_package_provides_itself_and_its_rock_for_each_lua() -> None:
    """As dh-lua names a package, whose name begins with lua-; then after the rock."""
    both = (
        "lua5.3-foo",
        "lua5.4-foo",
        "lua5.3-rock-my-foo (= 1.2-3)",
        "lua5.4-rock-my-foo (= 1.2-3)",
    )
    assert of(rock="my_foo").provides == both
    assert of(rock="my_foo", package="foo-lua-").provides == both[2:]


def test_variables_have_their_values_as_text() -> None:
    """Relations are parted by commas, versions by blanks."""
    assert of("lpeg", "luasocket").substvars() == {
        "lua:Depends": "lua-lpeg, lua-socket",
        "lua:Provides": "lua5.3-foo, lua5.4-foo, lua5.3-rock-foo (= 1.2-3), "
        "lua5.4-rock-foo (= 1.2-3)",
        "lua:Versions": "5.3 5.4",
    }


def test_a_gap_between_spans_is_an_entry_of_its_own() -> None:
    """Debian has no "and" within "or"; what nothing satisfies is a version that none has."""
    spans = (Span("1", "2"), Span("3", "4"), Span("5", ""))
    assert written_need("a", spans).split(", ") == [
        "a (>= 1)",
        "a (<< 2) | a (>= 3)",
        "a (<< 4) | a (>= 5)",
    ]
    assert written_need("a", ALL) == "a"
    assert written_need("a", NOTHING) == "a (<< 0~~)"
    assert written_need("a", (Span("", "2"), Span("3", "4"))) == "a (<< 2) | a (>= 3), a (<< 4)"


def test_a_capability_has_no_underscore() -> None:
    """Policy 5.6.7 allows none in a package's name."""
    assert capability("5.1", "a_b_c") == "lua5.1-rock-a-b-c"

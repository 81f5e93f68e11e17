"""Constraints hold and fail as LuaRocks says."""

from __future__ import annotations

import pytest

from distrorocks.rocks.constraint import ConstraintError, parse_constraints, satisfies
from distrorocks.rocks.version import Version

MATCHES = [
    ("1.0.0-1", "== 1.0", False),
    ("1.0.0-1", ">= 1.0, <= 1.0", True),
    ("1.0-2", "== 1.0", True),
    ("1.0-2", "~= 1.0", False),
    ("1.0.0-1", "~= 1.0", True),
    ("1.0-2", "> 1.0", False),
    ("1.0-2", "> 1.0-1", True),
    ("1-1", "~> 1.0", True),
    ("1.0.1-1", "~> 1.0-1", True),
    ("1.0-2", "~> 1.0-1", False),
    ("1.0", "~> 1.0-1", False),
    ("1.0beta1-1", "~> 1.0", True),
    ("1.0beta1-1", ">= 1.0", False),
    ("1.0-1", "~> 1.0rc1", False),
    ("2.0rc1-1", "< 2.0", True),
    ("2.0rc1-1", "~> 1", False),
    ("scm-1", ">= 1.0", True),
    ("scm-1", "< 2.0", False),
    ("scm-1", "~> 1", False),
    ("5.4", "~> 5.1", False),
    ("5.1.5-1", "~> 5.1", True),
    ("7.8-9", "", True),
]


@pytest.mark.parametrize(("version", "constraints", "expected"), MATCHES)
def test_a_version_stands_constraints_as_in_luarocks(
    version: str, constraints: str, expected: bool
) -> None:
    """Equality counts slots, order does not, and ``~>`` looks at the slots asked for."""
    assert satisfies(Version.parse(version), parse_constraints(constraints)) is expected


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (">= 1.0 < 2.0", [">= 1.0", "< 2.0"]),
        (">=1.0,,<2", [">= 1.0", "< 2"]),
        ("1.0", ["1.0"]),
        ("= 1.0-1", ["1.0-1"]),
        ("!= 1.0", ["~= 1.0"]),
        ("@>= 1", [">= 1"]),
        ("@1.0", ["1.0"]),
        ("@ 1.0", ["1.0"]),
        ("", []),
    ],
)
def test_constraints_are_read_in_every_spelling(text: str, printed: list[str]) -> None:
    """Operators have synonyms, separators are free, and ``@`` is not printed."""
    constraints = parse_constraints(text)
    assert list(map(str, constraints)) == printed
    assert all(each.no_upgrade is text.startswith("@") for each in constraints)


@pytest.mark.parametrize(
    ("text", "position", "luarocks"),
    [
        ("=> 1.0", 0, "'=>' in '=> 1.0'"),
        (">= 1.0, =< 2.0", 8, "'=<' in '=< 2.0'"),
        ("=== 1", 0, "'===' in '=== 1'"),
        ("~ 1", 0, "'~' in '~ 1'"),
        (", 1.0", 0, "'nil' in ', 1.0'"),
        ("@ >= 1", 0, "'nil' in '@ >= 1'"),
        (">=", 0, "'nil' in '>='"),
    ],
)
def test_a_bad_constraint_is_shown_in_its_place(text: str, position: int, luarocks: str) -> None:
    """The error marks where the text stops making sense, and has LuaRocks' words."""
    with pytest.raises(ConstraintError) as caught:
        parse_constraints(text)
    assert caught.value.position == position
    assert caught.value.detail == f"    {text}\n    {' ' * position}^"
    assert caught.value.luarocks == (
        f"Failed to parse constraint '{text}' with error: "
        f"Encountered bad constraint operator: {luarocks}"
    )

"""How pacman writes versions and relations."""

from __future__ import annotations

import pytest

from distrorocks.families.pacman.family import FAMILY
from distrorocks.families.version_range import ALL, NOTHING, accepted
from distrorocks.rocks.constraint import parse_constraints


@pytest.mark.parametrize(
    ("version", "upstream"),
    [("1:1.4.1-3", "1.4.1"), ("1.0.2-1", "1.0.2"), ("1.0", "1.0"), ("r12.abc-1.1", "r12.abc")],
)
def test_epoch_and_pkgrel_are_no_part_of_upstreams_version(version: str, upstream: str) -> None:
    """As PKGBUILD(5) writes the three."""
    assert FAMILY.upstream_version(version) == upstream


@pytest.mark.parametrize(
    ("text", "relations"),
    [
        ("lua-lpeg", [("lua-lpeg", "")]),
        ("lua>=5.4", [("lua", ">= 5.4")]),
        ("lua51-socket=1:3.0-2", [("lua51-socket", "~> 3.0")]),
        ("lua-a<2", [("lua-a", "< 2")]),
        ("lua-a: to have more", [("lua-a", "")]),
        ("libcrypto.so=3-64", []),
        ("libz.so", []),
        ("", []),
        (">=1", []),
        ("a b", []),
    ],
)
def test_a_line_of_depends_is_one_relation(text: str, relations: list[tuple[str, str]]) -> None:
    """Libraries say nothing of packages."""
    found = FAMILY.parse_relation(text)
    assert [(each.name, each.constraint) for each in found] == relations


@pytest.mark.parametrize(
    ("constraint", "need"),
    [
        (">= 1.0", "x>=1"),
        ("< 2", "x<2.0.0"),
        ("~> 1.2", "x>=1.2 x<1.3"),
        ("== 1.0rc1", "x>=1.0rc1 x<1.0rc1.0"),
    ],
)
def test_needs_are_said_by_their_bounds(constraint: str, need: str) -> None:
    """There is no "or": what lies between two spans is let in."""
    assert FAMILY.written_need("x", accepted(parse_constraints(constraint))).startswith(need)
    assert (FAMILY.written_need("x", ALL), FAMILY.written_need("x", NOTHING)) == ("x", "x<0")

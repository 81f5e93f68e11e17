"""A rock's version is written so that package managers order it as LuaRocks does."""

from __future__ import annotations

import pytest

from distrorocks.families.version_range import package_version
from distrorocks.families.versions import rock_version
from distrorocks.rocks.version import Version


@pytest.mark.parametrize(
    ("rock", "package"),
    [
        ("1.0-1", "1.0-1"),
        ("1.0.0", "1.0.0"),
        ("3.0rc2-1", "3.0~rc2-1"),
        ("1.0.beta.2-0", "1.0~beta2-0"),
        ("1.0rc.1.2-1", "1.0~rc1.2-1"),
        ("2.0rc-1", "2.0~rc-1"),
        ("1.0a-1", "1.0a-1"),
        ("1.0b1-1", "1.0b1-1"),
        ("scm-1", "110000000-1"),
        ("dev-3", "120000000-3"),
        ("v1.0-1", "0v1.0-1"),
        (f"{'9' * 400}.1-1", f"{'9' * 310}.1-1"),
    ],
)
def test_a_rocks_version_is_spelled_for_packages(rock: str, package: str) -> None:
    """Numbers stay, pre-releases come behind ~, and what is above all numbers is a number."""
    assert package_version(Version.parse(rock)) == package


@pytest.mark.parametrize("text", ["1.0-0", "1.2.3-0", "1.0rc1-0", "2.0beta3-0", "0.4alpha2-0"])
def test_the_spelling_is_read_back(text: str) -> None:
    """The rock version of the spelled upstream version is the one that it was made of."""
    upstream = package_version(Version.parse(text)).rpartition("-")[0]
    assert rock_version(upstream).text == text

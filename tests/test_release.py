"""A release has one version, wherever it is written (RELEASING.md)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from distrorocks import __version__

_TOP = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("hooks/dpkg/debian/changelog", r"\Adistrorocks \(([^)]+)\) "),
        ("hooks/rpm/distrorocks.spec", r"^Version:\s+(\S+)$"),
        ("hooks/rpm/distrorocks.spec", r"^%changelog\n\* .* - (\S+)-1$"),
    ],
)
def test_the_packages_have_the_version_of_the_program(path: str, pattern: str) -> None:
    """The first entry of each changelog, and the field of the spec file, name it."""
    found = re.search(pattern, (_TOP / path).read_text(), re.MULTILINE)
    assert found
    assert found[1] == __version__


def test_the_changelog_ends_at_released_versions() -> None:
    """Below "Unreleased" the newest section is the program's version, if any was released."""
    sections = re.findall(r"^## (\S+)", (_TOP / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert sections
    assert sections[0] in ("Unreleased", __version__)
    assert sections[1:2] in ([], [__version__]) or sections[0] == __version__

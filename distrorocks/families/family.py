"""What a package family answers, so that nobody else asks which one it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from distrorocks.families.version_range import Spans
from distrorocks.families.versions import Relation


class Family(Protocol):
    """The answers of one package format."""

    @property
    def name(self) -> str:
        """Return "deb" or "rpm"."""

    @property
    def distribution(self) -> str:
        """Return the distribution whose names hold where the system does not say what it is."""

    def upstream_version(self, version: str) -> str:
        """Return a package version without epoch and package revision."""

    def version_key(self, version: str) -> Any:
        """Return the place of a whole package version in the family's order."""

    def install_command(self, distributions: Sequence[str]) -> str:
        """Return what installs packages, their names to follow.

        ``distributions`` are the system's own id and those of the ones that it is like.
        """

    def reinstall_hint(self, package: str) -> str:
        """Return how the package manager restores the files of a package."""

    def parse_relation(self, text: str) -> tuple[Relation, ...]:
        """Return the alternatives of one relation; () if it says nothing of packages."""

    def written_need(self, name: str, spans: Spans) -> str:
        """Return the need of a package or capability in some versions, as control files say it."""

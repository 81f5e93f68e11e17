"""Where each page of the site stands: in exactly one of the four kinds of Diátaxis.

https://diataxis.fr: a tutorial teaches, a how-to guide leads to a goal, a reference states facts,
an explanation says why.
"""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """A section of the site: its title, what it is for, and its pages without their suffixes."""

    title: str
    purpose: str
    pages: tuple[str, ...]


COMMANDS = "commands/index"
"""The page that lists the verbs, which the build makes."""

SECTIONS = (
    Kind(
        "Tutorials",
        "Ten minutes each, from the first command to the last. Begin here.",
        (
            "docs/tutorial-administrator",
            "docs/tutorial-maintainer",
            "docs/tutorial-user",
        ),
    ),
    Kind(
        "How-to guides",
        "For a job that you have to do.",
        (
            "docs/hooks",
            "docs/names",
            "docs/install",
            "docs/external-deps",
            "docs/projects",
            "docs/packing",
            "docs/servers",
            "docs/server-folders",
            "docs/auditing",
            "docs/scaffold",
            "docs/packaging-updates",
            "docs/survey",
            "docs/package-helpers",
            "CONTRIBUTING",
            "RELEASING",
        ),
    ),
    Kind(
        "Reference",
        "All commands, options, keys and limits.",
        (
            COMMANDS,
            "docs/exit-status",
            "docs/configuration",
            "docs/configuration-keys",
            "docs/packaging-fields",
            "docs/api",
            "docs/limits",
            "CHANGELOG",
        ),
    ),
    Kind(
        "Explanation",
        "How distrorocks works, and why it works that way.",
        (
            "README",
            "docs/trees",
            "docs/sandbox",
            "docs/differences",
            "SECURITY",
            "ARCHITECTURE",
        ),
    ),
)

SHORT_TITLES = {
    "README": "Overview",
    COMMANDS: "Commands",
    "docs/tutorial-administrator": "For administrators",
    "docs/tutorial-maintainer": "For maintainers of packages",
    "docs/tutorial-user": "For users of rocks",
}
"""The titles in the navigation, of pages whose own are of no use there."""

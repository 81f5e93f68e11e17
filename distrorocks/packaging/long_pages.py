"""Pages of HTML with lines so long that nobody seems to have written them by hand.

An archive asks of such a file where its source is (lintian, source-is-missing). Some say who made
them: what LDoc and LuaDoc wrote has its source in the modules' comments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

LONGEST = 512
_FROM_MODULES = ("ldoc", "luadoc")
_MAKER = re.compile(
    r"""<meta\s+name\s*=\s*["']?generator["']?\s+content\s*=\s*["']?(?P<meta>[^"'>]+)
    | \b(?:generated|produced|created)\s+(?:automatically\s+)?(?:by|with|using|from)\b
      (?:\s|<[^<>]{0,200}>){0,8}
      (?!(?:an?|all|any|default|each|hand|it|its|one|our|some|such|that|the|these|this|your)\b)
      (?P<said>[\w.-]+)
    | (?P<plain>\bLDoc\b|\bLuaDoc\b|\bDoxygen\b)""",
    re.IGNORECASE | re.VERBOSE,
)


def is_page(path: str) -> bool:
    """Return whether a file's name is that of a page."""
    return re.search(r"\.(?:x?html?\d?|xht)\Z", path, re.IGNORECASE) is not None


def maker_of_long_page(text: str) -> str | None:
    """Return the program that says it made a page, "" if none does; None for short lines."""
    if all(len(line.encode("utf-8", "replace")) <= LONGEST for line in text.split("\n")):
        return None
    found = _MAKER.search(text)
    return " ".join((found["meta"] or found["said"] or found["plain"]).split()) if found else ""


def overrides(pages: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines of ``debian/source/lintian-overrides``, and the pages they do not answer.

    ``pages`` are paths with their makers, as ``maker_of_long_page`` tells them.
    """
    lines: list[str] = []
    unanswered = []
    for path, maker in sorted(pages.items()):
        if maker.lower().startswith(_FROM_MODULES):
            lines.append(f"# {maker} made this page of the comments in the modules.")
        elif maker:
            unanswered.append(f"{path} ({maker})")
            continue
        else:
            lines.append(
                "# Nothing in this page says that a program made it: it is its own source."
            )
        lines.append(f"source-is-missing [{path}]")
    return tuple(lines), tuple(unanswered)

"""Take dependencies out of the text of a rockspec that stands beside the packaging."""

from __future__ import annotations

import re
from collections.abc import Collection

from distrorocks.errors import DistrorocksError
from distrorocks.lua.assignments import assignments
from distrorocks.lua.literal import string_of
from distrorocks.lua.scan import LuaSyntaxError
from distrorocks.rocks.dependency import Dependency

_AFTER = re.compile(r"[ \t]*[,;]?[ \t]*(?:--[^\n\[][^\n]*)?(?P<end>\n?)")


def without_dependencies(text: str, rocks: Collection[str]) -> str:
    """Return a rockspec without its dependencies on rocks, whose lines go with their remarks.

    One that is computed is kept.
    """
    if not rocks:
        return text
    try:
        found = assignments(text)
    except LuaSyntaxError:
        return text
    for item in reversed(found):
        is_item = len(item.path) == 2 and item.path[0] == "dependencies" and item.is_literal
        if not is_item or _rock_of(text[item.begin : item.end]) not in rocks:
            continue
        start, after = item.start, _AFTER.match(text, item.end)
        end = after.end() if after else item.end
        line = text.rfind("\n", 0, start) + 1
        if after and after["end"] and not text[line:start].strip():
            start = line  # the whole line
        elif after and after["end"]:
            end -= 1
        text = text[:start] + text[end:]
    return text


def _rock_of(literal: str) -> str:
    """Return the rock that a dependency names, "" if the text is none."""
    try:
        return Dependency.parse(string_of(literal)).rock_name
    except (DistrorocksError, ValueError, IndexError):
        return ""

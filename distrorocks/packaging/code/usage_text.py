"""What a command in Lua prints for ``--help``, as its source has it.

Nothing is run. Texts that a command puts together, as libraries for options do, are not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from distrorocks.lua.literal import string_of
from distrorocks.packaging.code.lua_tokens import tokens_of

_USAGE = re.compile(r"^[ \t]*usage\b", re.IGNORECASE | re.MULTILINE)
_OPTION = re.compile(r"^[ \t]*-{1,2}\w", re.MULTILINE)
_NAMED = re.compile(r"(?P<before>\busage:?\s+)%s", re.IGNORECASE)
_FEWEST_LINES = 3
_MOST_CHARACTERS = 1 << 13


def usage_of(command: str, text: str) -> str:
    """Return the lines with which a command tells its use, "" if none are found.

    They are the longest text of several lines that names its usage or lists options; where it is a
    format, the first word is the command's name.
    """
    texts = (_lines(command, said) for said in _strings(text))
    return max(filter(_is_usage, texts), key=len, default="")


def _strings(text: str) -> Iterator[str]:
    """Yield the values of the strings in a Lua file."""
    for token in tokens_of(text):
        if token[:1] in ("'", '"') or token[:2] in ("[[", "[="):
            with suppress(ValueError):  # an escape that Lua does not have
                yield string_of(token)


def _is_usage(said: str) -> bool:
    if said.count("\n") + 1 < _FEWEST_LINES or len(said) > _MOST_CHARACTERS:
        return False
    return "%s" not in said and bool(_USAGE.search(said) or len(_OPTION.findall(said)) > 1)


def _lines(command: str, said: str) -> str:
    """Return a text without empty lines at its ends, and without what terminals would read."""
    named = _NAMED.sub(lambda found: found["before"] + command, said)
    lines = [line.expandtabs().rstrip() for line in named.split("\n")]
    text = "\n".join(line for line in lines if line.isprintable())
    return text.strip("\n")

"""Rockspecs of the usual form, read by one regular expression without building their tables.

Nearly all rockspecs assign text and tables of text, each global once. The expression checks the
form of such a file in linear time, and holds what a rocks server shows of it. Any other text is
declined, also valid Lua, and is for the general readers: the result is the same.
"""

from __future__ import annotations

import re
from functools import cache

from distrorocks.lua.scan import KEYWORDS
from distrorocks.lua.value import to_text
from distrorocks.values import NamedTuple

# Each alternative is decided by its first characters, and what follows a repetition cannot match
# the repeated part, as in ``lua.scan``. Comments are taken where they usually stand: before an item
# or a statement, and behind the last item; each place costs time in every file.
_S = r"[ \t\n\v\f\r]*"
_LONG = r"\[\[[^\]]*(?:\](?!\])[^\]]*)*\]\]"
_COMMENT = rf"--(?:{_LONG}|(?!\[=*\[)[^\n\r]*(?![^\n\r]))"
_QUOTED = r'{q}[^{q}\\\n\r]*(?:{q}|(?:\\[abfnrtv\\"\'][^{q}\\\n\r]*)+{q})'
_TEXT = "|".join([*(_QUOTED.format(q=each) for each in "\"'"), _LONG])
_WORD = r"(?![A-Za-z0-9_])"
_RESERVED = rf"(?:{'|'.join(sorted(KEYWORDS))}|_ENV){_WORD}"
_KEY = r"""(?:"[^"\\\n\r]*"|'[^'\\\n\r]*')"""
_EQUALS = rf"{_S}=(?!=){_S}"
_END = rf"{_S}(?:[,;]{_S}|(?=\}})|(?:{_COMMENT}{_S})+(?=\}}))"
_LEVELS = 5
"""Tables within a table: ``platforms.unix.modules.a.sources`` of ``build`` are as many."""


def _name(*others: str) -> str:
    """Return the pattern of a name that is none of these, with its equals sign."""
    reserved = "|".join([_RESERVED, *(each + _WORD for each in others)])
    return rf"(?!{reserved})[A-Za-z_][A-Za-z0-9_]*{_EQUALS}"


def _items(item: str) -> str:
    """Return the pattern of a table with such items, behind its opening brace."""
    return rf"{_S}(?:{_COMMENT}{_S}|(?:{item}){_END})*\}}"


def _value(levels: int) -> str:
    """Return the pattern of a text, a truth value, or a table nested so deep at most."""
    plain = rf"{_TEXT}|(?:true|false){_WORD}"
    if not levels:
        return f"(?:{plain})"
    keyed = rf"(?:{_name()}|\[{_KEY}\]{_EQUALS}|)"
    return rf"(?:{plain}|\{{{_items(keyed + _value(levels - 1))})"


# The groups of the expression by number: what stands once is asked for before its group is set.
_SOURCE, _DESCRIPTION, _DEPENDENCIES, _LUA = 3, 5, 9, 10
_SHOWN = ("summary", "license", "homepage")
_CONSTRAINTS = r"(?:[ ]*(?:[<>]=?|==|~[>=])[ ]*[A-Za-z0-9._-]+(?:[ ]*,|))*[ ]*"
_NEED = "|".join(f"{each}[A-Za-z0-9][A-Za-z0-9._-]*{_CONSTRAINTS}{each}" for each in "\"'")
_IS_LUA = r"""["']lua(?![A-Za-z0-9._-])"""
_FIRST_LUA = rf"""(?({_LUA})|(?:(?={_IS_LUA}([^"']*))|(?!{_IS_LUA})))"""


def _once(name: str, group: int) -> str:
    """Return the pattern of a name that may stand once, with its equals sign and a brace."""
    return rf"{name}{_WORD}(?({group})(?!)|){_EQUALS}()\{{"


def _fields(held: dict[str, str]) -> str:
    """Return the pattern of a table in which some names have values of these patterns."""
    known = [f"{name}{_EQUALS}{value}" for name, value in held.items()]
    return _items("|".join([*known, f"(?:{_name(*held)}|){_value(1)}"]))


def _global() -> str:
    """Return the pattern of one assignment to a global."""
    tables = ("build", "external_dependencies", "hooks", "test")
    known = {
        "package": f"package{_EQUALS}({_TEXT})",
        "version": f"version{_EQUALS}({_TEXT})",
        "source": _once("source", _SOURCE)
        + _fields({"url": f"()(?:{_TEXT})", "file": f"(?:{_TEXT})"}),
        "description": _once("description", _DESCRIPTION)
        + _fields(dict.fromkeys(_SHOWN, f"({_TEXT})")),
        "dependencies": _once("dependencies", _DEPENDENCIES) + _items(f"{_FIRST_LUA}(?:{_NEED})"),
        "rockspec_format": rf"""rockspec_format{_EQUALS}["'](?:1\.[01]|3\.[01])["']""",
        "build_dependencies": rf"build_dependencies{_EQUALS}\{{{_items(_NEED)}",
        "test_dependencies": rf"test_dependencies{_EQUALS}\{{{_items(_NEED)}",
    }
    table = rf"(?:{'|'.join(tables)}){_EQUALS}(?=\{{)"
    others = rf"(?:{table}|{_name(*known, *tables)}){_value(_LEVELS)}"
    return "|".join([*known.values(), others])


@cache
def _file() -> re.Pattern[str]:
    """Return the pattern of a rockspec, compiled when the first is read."""
    return re.compile(rf"{_S}(?:(?:;|{_COMMENT}|{_global()}){_S})*\Z", re.ASCII | re.DOTALL)


class PlainRockspec(NamedTuple):
    """What a rockspec of the usual form says, "" for texts that it does not have.

    ``lua`` is what its first dependency on ``lua`` says behind the name, None if there is none.
    """

    package: str
    version: str
    lua: str | None
    summary: str
    license: str
    homepage: str


def plain_rockspec(content: bytes) -> PlainRockspec | None:
    """Return what a rockspec of the usual form says, None for any other file.

    It is valid, but for its name: ``Rockspec.from_chunk`` with ``quick`` takes it.
    """
    found = _file().match(to_text(content))
    if not found:
        return None
    package, version, _, url, _, summary, license_, homepage, _, lua = found.groups()
    if package is None or version is None or url is None:
        return None
    texts = (package, version, summary or '""', license_ or '""', homepage or '""')
    plain = [each[1:-1] if each[0] != "[" else _long(each) for each in texts]
    if "\\" in "".join(plain):
        return None
    return PlainRockspec(plain[0], plain[1], lua, *plain[2:])


def _long(written: str) -> str:
    """Return the text between long brackets, a backslash if it is not simple."""
    return written[2:-2].removeprefix("\n") if "\r" not in written else "\\"

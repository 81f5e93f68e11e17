"""Change fields of a rockspec with the rest of its text as it is.

Constants are replaced in place. In a rockspec that computes its fields from a version written once,
that version is replaced instead. Only where neither gives the wanted table, the file is written
anew, as LuaRocks always does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from distrorocks.config.text_edit import TextEditError, with_key
from distrorocks.errors import DistrorocksError
from distrorocks.lua.scan import spans
from distrorocks.lua.value import LuaTable, LuaValue, to_bytes, to_text
from distrorocks.lua.write import ROCKSPEC_ORDER, persist
from distrorocks.values import NamedTuple

Evaluate = Callable[[bytes], LuaTable]


class Edited(NamedTuple):
    """The new text; ``is_anew`` if comments and layout of the old one are lost."""

    text: bytes
    is_anew: bool


def edited(
    text: bytes, wanted: LuaTable, evaluate: Evaluate, *, versions: Mapping[str, str]
) -> Edited:
    """Return a rockspec's text changed so that it gives the ``wanted`` table.

    ``evaluate`` returns the globals that a text sets. ``versions`` are the old texts of the version
    and what replaces each, longest first.
    """
    for start in (text, _with_versions(text, versions)):
        try:
            changed = _with_fields(start, wanted, evaluate)
        except DistrorocksError:
            continue
        if changed is not None:
            return Edited(changed, is_anew=False)
    return Edited(persist(wanted, order=ROCKSPEC_ORDER), is_anew=True)


def _with_fields(text: bytes, wanted: LuaTable, evaluate: Evaluate) -> bytes | None:
    """Return a text with the fields that differ set in place, None if one has to be removed.

    Raise ``TextEditError`` for a field that the text computes.
    """
    for path, value in _differences(evaluate(text), wanted):
        if value is None:
            return None
        text = with_key(text, path, value, evaluate)
    if evaluate(text) != wanted:
        raise TextEditError("the rockspec does not give what is wanted")
    return text


def _differences(old: LuaTable, new: LuaTable) -> list[tuple[tuple[str, ...], LuaValue]]:
    """Return the fields at the top and of ``source`` that differ, with their new values."""
    found = [((key,), new.get(key)) for key in _differing(old, new) if key != "source"]
    before, after = old.get("source"), new.get("source")
    if not isinstance(before, dict) or not isinstance(after, dict):
        return [*found]
    return [*found, *((("source", key), after.get(key)) for key in _differing(before, after))]


def _differing(old: LuaTable, new: LuaTable) -> list[str]:
    """Return the keys whose values differ between two tables."""
    return [str(key) for key in dict.fromkeys((*old, *new)) if old.get(key) != new.get(key)]


def _with_versions(text: bytes, versions: Mapping[str, str]) -> bytes:
    """Return a text whose strings have the new version wherever they had the old one."""
    source, parts, done = to_text(text), [], 0
    for start, end in spans(source):
        if source[start] in "\"'":
            parts += [source[done:start], _replaced(source[start:end], versions)]
            done = end
    return to_bytes("".join((*parts, source[done:])))


def _replaced(string: str, versions: Mapping[str, str]) -> str:
    """Return a string with the first old version that it contains replaced."""
    for old, new in versions.items():
        if old in string:
            return string.replace(old, new)
    return string

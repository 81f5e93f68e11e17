"""Setting or removing one key of a configuration file, with the rest of its text unchanged.

Constants are edited in place; a new key is added at the end. Each edit is verified: the file is
evaluated before and after, and only the key may differ.
"""

from __future__ import annotations

from collections.abc import Callable

from distrorocks.config.key_path import key_text
from distrorocks.config.layers import Path
from distrorocks.errors import DistrorocksError
from distrorocks.lua.assignments import Assignment, assignments
from distrorocks.lua.scan import KEYWORDS
from distrorocks.lua.value import LuaTable, LuaValue, deep_copy, to_bytes, to_text
from distrorocks.lua.write import EXACT, value_text

Evaluate = Callable[[bytes], LuaTable]


class TextEditError(DistrorocksError):
    """A key of a file cannot be changed safely."""


class NotSetError(TextEditError):
    """A key to be removed is not in the file."""


def with_key(text: bytes, path: Path, value: LuaValue, evaluate: Evaluate) -> bytes:
    """Return a file's text with a key set to a value.

    ``evaluate`` returns the globals after a text ran. Raise ``TextEditError`` if the file computes
    the key.
    """
    before = evaluate(text)
    wanted = deep_copy(before)
    _set(wanted, path, value)
    source = to_text(text)
    places = _places(source, path)
    if places:
        last = places[-1]
        changed = source[: last.begin] + value_text(value, dialect=EXACT) + source[last.end :]
    else:
        changed = f"{_ended(source)}{_statement(before, path, value)}\n"
    return _proved(changed, wanted, path, evaluate)


def without_key(text: bytes, path: Path, evaluate: Evaluate) -> bytes:
    """Return a file's text without a key; raise as ``with_key`` does."""
    wanted = deep_copy(evaluate(text))
    if not _remove(wanted, path):
        raise NotSetError(
            f"the file does not set {key_text(path)}",
            hint=f"`distrorocks config {key_text(path)} --origin` shows which file does",
        )
    changed = to_text(text)
    for place in reversed(_places(changed, path)):
        changed = _cut(changed, place)
    return _proved(changed, wanted, path, evaluate)


def _places(source: str, path: Path) -> list[Assignment]:
    """Return the assignments of constants to a key; raise if the text computes the key."""
    found = [each for each in assignments(source) if each.path == path]
    for place in found:
        if not place.is_literal:
            raise _computed(path, source.count("\n", 0, place.start) + 1)
    return found


def _computed(path: Path, line: int = 0) -> TextEditError:
    where = f" in line {line}" if line else ""
    return TextEditError(f"the file computes {key_text(path)}{where}", hint="edit the file by hand")


def _proved(source: str, wanted: LuaTable, path: Path, evaluate: Evaluate) -> bytes:
    """Return an edited text if it evaluates to the wanted settings, else raise."""
    text = to_bytes(source)
    try:
        is_right = _told(evaluate(text)) == _told(wanted)
    except DistrorocksError:
        is_right = False
    if not is_right:
        raise _computed(path)
    return text


def _told(settings: LuaTable) -> LuaTable:
    """Return settings without an empty ``variables`` table, which every file starts with."""
    return {key: value for key, value in settings.items() if value != {} or key != "variables"}


def _ended(source: str) -> str:
    """Return a text that ends with a newline."""
    return source if not source or source.endswith("\n") else f"{source}\n"


def _statement(table: LuaTable, path: Path, value: LuaValue) -> str:
    """Return the assignment to add, with tables for missing parent keys."""
    depth, here = 1, table.get(path[0])
    while depth < len(path) and isinstance(here, dict):
        here = here.get(path[depth])
        depth += 1
    for key in reversed(path[depth:]):
        value = {key: value}
    target = str(path[0]) + "".join(map(_index, path[1:depth]))
    return f"{target} = {value_text(value, dialect=EXACT)}"


def _index(key: int | float | str) -> str:
    """Return a key as an index expression."""
    if isinstance(key, str) and key.isidentifier() and key.isascii() and key not in KEYWORDS:
        return f".{key}"
    return f"[{value_text(key, dialect=EXACT)}]"


def _set(table: LuaTable, path: Path, value: LuaValue) -> None:
    for key in path[:-1]:
        below = table.get(key)
        if not isinstance(below, dict):
            below = table[key] = {}
        table = below
    table[path[-1]] = value


def _remove(table: LuaTable, path: Path) -> bool:
    """Remove a key from a table; return whether it existed."""
    for key in path[:-1]:
        below = table.get(key)
        if not isinstance(below, dict):
            return False
        table = below
    return table.pop(path[-1], None) is not None


def _cut(source: str, place: Assignment) -> str:
    """Return a text without an assignment, and without its line if that is then empty."""
    start, end = place.start, place.end
    rest = source[end:]
    separator = rest.lstrip()[:1]
    if separator == ";" or (separator == "," and place.is_field):
        end += rest.index(separator) + 1
    line_start = source.rfind("\n", 0, start) + 1
    line_end = source.find("\n", end)
    line_end = len(source) if line_end < 0 else line_end + 1
    if not (source[line_start:start] + source[end:line_end]).strip():
        start, end = line_start, line_end
    return source[:start] + source[end:]

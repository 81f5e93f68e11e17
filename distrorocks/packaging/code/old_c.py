"""What compilers refuse in C of a time when they accepted it, by its text.

GCC 14 and Clang 16 make errors of what C has not allowed since 1999: functions without a return
type, calls of functions that nothing declares, and pointers to another type than is asked for. The
first two are built with a flag, until upstream corrects them, as before: the code does the same. A
pointer to a smaller number than is asked for is wrong on any machine, so no flag hides it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from distrorocks.packaging.code.c_evidence import bare_lines, built_sources, is_c
from distrorocks.values import NamedTuple

IMPLICIT_INT = "-Wno-error=implicit-int"
_C = re.compile(r"\.c\Z")
_STORAGE = r"(?:static|extern|inline|LUA_API|LUALIB_API|LUAMOD_API)"
_HEAD = re.compile(
    rf"(?P<storage>(?:{_STORAGE}\s+)*)(?P<name>[A-Za-z_]\w*)\s*\((?P<of>[^()]*)\)\s*"
)
_PARAMETER = re.compile(r"\s*(?:void|(?:\w+[\s*]+)+\w+(?:\[\d*\])?|)\s*")
_TYPED = re.compile(r"\w+[\s*]+\w+|void")
_NO_NAME = frozenset(("if", "for", "while", "switch", "do", "else", "return", "sizeof"))
_MACRO = re.compile(r"[ \t]*#[ \t]*define[ \t]+(\w+)")
_LONGEST_HEAD = 500
# Functions of Lua whose last argument is a pointer to size_t.
_LENGTH = re.compile(
    r"\b(?P<call>lua_tolstring|luaL_tolstring|luaL_checklstring|luaL_optlstring)\s*"
    r"\([^;&]{0,200},\s*&\s*(?:\w+\s*(?:\.|->)\s*)*(?P<name>\w+)\s*\)"
)
_SMALL = re.compile(r"(?:un)?signed(?:\s+(?:int|short))?|int|u?int(?:8|16|32)_t|short")
_MOST_CALLS = 20
_LONGEST_LINE = 2000


class OldC(NamedTuple):
    """The flags that old C is built with, why, and what no flag mends, each with its place."""

    flags: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


NO_OLD_C = OldC()


def old_c(texts: Mapping[str, str], named: Iterable[str]) -> OldC:
    """Return what compilers refuse in the sources that are built, of a rock's files.

    ``named`` are those that the rockspec names; without any in C all that may be built count.
    """
    code = {path: bare_lines(text) for path, text in sorted(texts.items()) if is_c(path)}
    macros = {it[1] for lines in code.values() for _, line in lines if (it := _MACRO.match(line))}
    untyped, wrong = list[str](), list[str]()
    for path in filter(_C.search, built_sources(texts, named)):
        untyped += [f"{path}:{at} {what}" for at, what in _untyped(code[path], macros)]
        wrong += [f"{path}:{at} {what}" for at, what in _small_lengths(code[path])]
    return OldC((IMPLICIT_INT,) if untyped else (), tuple(untyped), tuple(wrong))


def _untyped(
    lines: Iterable[tuple[int, str]], macros: Collection[str]
) -> Iterator[tuple[int, str]]:
    """Yield the line of each function that is defined without a return type."""
    depth, head, start = 0, "", 0
    for number, line in lines:
        if line.lstrip().startswith("#"):
            head = ""
            continue
        for part in re.split(r"([{};])", f"{line} "):
            if part == "{":
                if depth == 0 and (name := _untyped_name(head, macros)):
                    yield start, f"{name} has no return type"
                depth, head = depth + 1, ""
            elif part in ("}", ";"):
                depth, head = depth - (part == "}"), ""
            elif depth == 0 and part.strip():
                start = start if head else number
                head = (head + part)[: _LONGEST_HEAD + 1]
        if depth < 0:
            return  # branches of the preprocessor close a block twice


def _untyped_name(head: str, macros: Collection[str]) -> str:
    """Return the name of a function whose definition begins so, "" if it has a return type."""
    found = _HEAD.fullmatch(head.strip()) if len(head) <= _LONGEST_HEAD else None
    if not found or found["name"] in {*_NO_NAME, *macros}:
        return ""
    parameters = found["of"].split(",")
    is_function = all(map(_PARAMETER.fullmatch, parameters)) and any(map(_TYPED.search, parameters))
    return found["name"] if is_function and not found["name"].isupper() else ""


def _small_lengths(lines: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield the line of each call of Lua that is to write a length into a smaller number.

    The type of a variable is that of its last declaration before the call.
    """
    lines = [each for each in lines if len(each[1]) <= _LONGEST_LINE]
    calls = [(at, it) for at, (_, line) in enumerate(lines) for it in _LENGTH.finditer(line)]
    for at, call in calls[:_MOST_CALLS]:
        declared = _declaration(call["name"])
        above = (line for _, line in lines[at::-1] if call["name"] in line)
        before = (found for line in above for found in reversed(declared.findall(line)))
        kind = next((it for it in before if it not in _NO_NAME), "")
        if _SMALL.fullmatch(kind):
            yield lines[at][0], f"gives {call['call']} a pointer to {kind}, not to size_t"


def _declaration(name: str) -> re.Pattern[str]:
    """Return the pattern of a declaration of a variable, or of a field, with its type."""
    others = r"(?:\w+\s*(?:=[^,;(){}]{0,80})?,\s*){0,8}"
    return re.compile(rf"\b((?:(?:un)?signed\s+)?[A-Za-z_]\w*)\s+{others}{name}\s*[;,=)]")

"""Whether a module of a rock is a script, and which modules scripts only have to require.

A script ends the program or reads its arguments. LuaRocks installs some as modules, since a command
requires them. Loaded by ``require`` alone, such a file is given its own name as the first argument.
"""

from __future__ import annotations

from distrorocks.packaging.code.lua_tokens import (
    after_call,
    outside_functions,
    required_at,
    tokens_of,
)

# What a module may do with its arguments: it is named and found by them.
_NAMING = ("module", "require")


def exits(words: list[str]) -> bool:
    """Return whether a file calls ``os.exit`` anywhere."""
    return any(_is_exit(words, at) for at in range(len(words)))


def ends_program(words: list[str]) -> bool:
    """Return whether a file calls ``os.exit`` outside of any function, if only on a condition."""
    return any(_is_exit(words, at) for at in outside_functions(words))


def takes_arguments(words: list[str], text: str) -> bool:
    """Return whether a file uses the arguments of a command, given as ``...``.

    It does if it counts them, or if it gives them to a function and its first line says that Lua
    runs it. A module is given its name, and its file since Lua 5.2: it counts nothing.
    """
    is_started = text.startswith("#!")
    for at in outside_functions(words):
        if words[at] != "..." or words[max(at - 2, 0)] in _NAMING:
            continue
        before = [word.strip("\"'") for word in words[max(at - 4, 0) : at]]
        if before == ["select", "(", "#", ","] or is_started:
            return True
    return False


def required_alone(text: str) -> frozenset[str]:
    """Return the modules that a command requires without using what they return."""
    words = tokens_of(text)
    found = set()
    for index, word in enumerate(words):
        wanted = required_at(words, index) if word == "require" else ""
        before = words[index - 1] if index else ""
        after = words[after_call(words, index)] if wanted else ""
        is_used = before in ("=", "(", ",", "return", "and", "or", "{") or after[:1] in (
            *(".", ":", "(", "[", "{", '"', "'"),
        )
        if wanted and not is_used:
            found.add(wanted)
    return frozenset(found)


def _is_exit(words: list[str], at: int) -> bool:
    return words[at : at + 4] == ["os", ".", "exit", "("]

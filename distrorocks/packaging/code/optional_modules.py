"""Which modules of a rock are loaded at most by some Lua versions, or where they can be.

Such a module is named under a condition that asks for the version of Lua or for LuaJIT, in
``pcall``, or as one of several. What it needs rules out no version: others do without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from distrorocks.packaging.code.lua_tokens import CLOSING, OPENING, condition_at, required_at
from distrorocks.packaging.code.required_choices import TRIER, choices_of
from distrorocks.values import NamedTuple

_ASKED = frozenset(("_VERSION", "jit"))


class Named(NamedTuple):
    """A module that a file asks for, and whether it can do without."""

    module: str
    is_optional: bool


def optional_modules(words: Mapping[str, list[str]]) -> frozenset[str]:
    """Return the modules that others of the rock name, and can do without.

    ``words`` are the tokens of each module's file. What only such a module asks for is one as well.
    """
    users: dict[str, set[tuple[str, bool]]] = {}
    for user, tokens in words.items():
        for each in named_modules(tokens):
            if each.module in words and each.module != user:
                users.setdefault(each.module, set()).add((user, each.is_optional))
    found: set[str] = set()
    while more := {
        module
        for module, of in users.items()
        if module not in found and all(optional or user in found for user, optional in of)
    }:
        found |= more
    return frozenset(found)


def named_modules(words: list[str]) -> Iterator[Named]:
    """Yield the modules that a file asks for, wherever that is."""
    choices = (choice for choice in choices_of(words) if len(choice) > 1)
    one_of = {module for choice in choices for each in choice for module in each}
    blocks: list[bool] = []
    for at, word in enumerate(words):
        if word in OPENING:
            is_asked = word == "if" and _ASKED & {*condition_at(words, at)}
            is_tried = word == "function" and words[at - 2 : at] == ["pcall", "("]
            blocks.append(bool(is_asked or is_tried))
        elif word in CLOSING and blocks:
            blocks.pop()
        elif word == "require":
            in_pcall = words[at - 2 : at] == ["pcall", "("]
            wanted = required_at(words, at + in_pcall)
            if wanted:
                yield Named(wanted, in_pcall or any(blocks) or wanted in one_of)
        elif TRIER.fullmatch(word) and (wanted := required_at(words, at)):
            yield Named(wanted, is_optional=True)

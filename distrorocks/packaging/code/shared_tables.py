"""Fields that one module gives to the table of another, and that a third one uses.

    -- a                             -- a.core          -- a.part
    local t = require "a.core"       return {}          local t = require "a.core"
    function t.make() end                               t.make()
    require "a.part"

Loaded on its own, ``a.part`` fails, while ``a`` loads both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from distrorocks.packaging.code.lua_tokens import NAME, UNSURE, after_call, depths_of, required_at
from distrorocks.values import NamedTuple


class TableField(NamedTuple):
    """A field of what a module returns."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


class Later(NamedTuple):
    """Why a module fails on its own, and the module that loads it; both "" for one that loads."""

    why: str = ""
    after: str = ""

    def __bool__(self) -> bool:
        return bool(self.why)


NOT_LATER = Later()


def given_later(
    module: str,
    words: Mapping[str, list[str]],
    reached: Mapping[str, set[str]],
    given: Mapping[str, Collection[TableField]],
) -> Later:
    """Return why a module fails that uses a field which a module that requires it gives.

    ``words`` are the tokens of the modules, ``reached`` what each requires, by way of others too,
    ``given`` the fields that each sets.
    """
    root = module.partition(".")[0]
    used = [it for it in dict.fromkeys(_used(words[module])) if it.module.partition(".")[0] == root]
    users = (it for it in sorted(words) if module in reached[it] and it not in reached[module])
    for user in users if used else ():
        for field in used:
            is_elsewhere = field in given[module] or field.name in words.get(field.module, ())
            if field in given[user] and not is_elsewhere:
                return Later(f"uses {field}, which {user} defines", user)
    return NOT_LATER


def tables_of(tokens: list[str]) -> dict[str, str]:
    """Return the variables that hold what a module returns, each with the module."""
    found = {}
    for at, word in enumerate(tokens):
        if word == "require" and at > 1 and tokens[at - 1] == "=":
            wanted = required_at(tokens, at)
            after = tokens[after_call(tokens, at)] if wanted else "."
            if after[:1] not in (".", "(", ":", "[") and after not in ("and", "or"):
                found[tokens[at - 2]] = wanted
    return found


def _used(tokens: list[str]) -> Iterator[TableField]:
    """Yield the fields that a file calls or indexes outside of any block."""
    tables = tables_of(tokens)
    for at, (word, depth) in enumerate(zip(tokens, depths_of(tokens), strict=True)):
        if depth or word not in tables or tokens[at + 1] != "." or tokens[at - 1] in UNSURE:
            continue
        if tokens[at + 3][:1] in ("(", "'", '"', ".", ":"):
            yield TableField(tables[word], tokens[at + 2])


def given_fields(tokens: list[str]) -> Iterator[TableField]:
    """Yield the fields that a file sets, at any place of it."""
    tables = tables_of(tokens)
    for at, word in enumerate(tokens):
        if word in tables and tokens[at + 1] == "." and NAME.fullmatch(tokens[at + 2]):
            is_function = tokens[at - 1] == "function" and tokens[at + 3] == "("
            if is_function or tokens[at + 3] == "=":
                yield TableField(tables[word], tokens[at + 2])

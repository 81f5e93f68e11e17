"""What one Lua file of a rock does as soon as it is loaded, by itself.

That is what it does outside of any block: modules that it requires, globals that only a host
program has, such as ``ngx``, and what only a script does: it reads ``arg``, or ends the program.
What stands after ``and`` and ``or``, in a branch or in ``pcall`` may be left undone, and is no
evidence on its own: but a module that requires one of several needs one of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from types import MappingProxyType

from distrorocks.packaging.code.host_branches import in_plain_lua
from distrorocks.packaging.code.lua_globals import (
    NO_HOST,
    defined_names,
    defines,
    global_names,
    loads_code,
    makes_environment,
)
from distrorocks.packaging.code.lua_tokens import (
    CLOSING,
    MODULE,
    NAME,
    OPENING,
    UNSURE,
    after_call,
    asks_version,
    depths_of,
    outside_functions,
    required_at,
    tokens_of,
)
from distrorocks.packaging.code.lua_versions import unfit_for_module
from distrorocks.packaging.code.required_choices import Choice, choices_of
from distrorocks.packaging.code.shared_tables import TableField, given_fields
from distrorocks.values import NamedTuple

_OF_LUAJIT = re.compile(r"(?:0x[0-9a-f]+|[0-9]+)(?:u?ll)|[0-9.]+i", re.IGNORECASE)
_KEPT = 512
"""Files whose reading is kept: as many as few rocks have modules."""


class LoadNeeds(NamedTuple):
    """What a module needs as soon as it is loaded, and why it cannot be loaded by any means.

    ``for_some`` are modules that it requires for some Lua versions only, ``passed`` are names of
    modules that it gives to what another module returns, as ``require "a" ("b")`` does. In the Lua
    versions of ``unfit`` it fails, each with the reason. Of each of ``choices`` it needs one.
    ``after`` is the module that loads it without that fault, "" if none is known.
    """

    requires: tuple[str, ...] = ()
    fault: str = ""
    for_some: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    unfit: Mapping[str, str] = MappingProxyType({})
    choices: tuple[Choice, ...] = ()
    after: str = ""

    @property
    def modules(self) -> tuple[str, ...]:
        """Return all modules that a Lua version may have to find."""
        return (*self.requires, *self.for_some)


class LuaFile(NamedTuple):
    """What a Lua file says by itself.

    ``made`` are the globals that it makes, ``defined`` all that it has when it is loaded alone;
    ``needs`` has a fault where it uses any other. ``own_made`` and ``own_defined`` are both without
    those of modules that it requires, ``given`` the fields that it sets. Code of ``loads_code`` may
    make more.
    """

    words: list[str]
    made: frozenset[str]
    defined: frozenset[str]
    own_made: frozenset[str]
    own_defined: frozenset[str]
    given: frozenset[TableField]
    needs: LoadNeeds
    unfit: Mapping[str, str]
    loads_code: bool


@lru_cache(maxsize=_KEPT)
def read_file(text: str) -> LuaFile:
    """Return what a file says; it is kept, as each script of tests is read with all modules."""
    words = in_plain_lua(tokens_of(text))
    needs = needs_of(words, frozenset())
    always = tuple((frozenset((it,)),) for it in needs.requires)
    choices = tuple(each for each in choices_of(words) if each not in always)
    return LuaFile(
        words,
        made=frozenset(global_names(words)),
        defined=frozenset(defined_names(words)),
        own_made=frozenset(global_names(words, by_others=False)),
        own_defined=frozenset(defined_names(words, by_others=False)),
        given=frozenset(given_fields(words)),
        needs=needs._replace(choices=choices),
        unfit=unfit_for_module(words),
        loads_code=loads_code(words),
    )


def needs_of(words: list[str], defined: Collection[str]) -> LoadNeeds:
    """Return what a file does outside of any block, but for one that a Lua version decides.

    Its choices are left to ``read_file``.
    """
    requires: dict[str, None] = {}
    for_some: dict[str, None] = {}
    passed: dict[str, None] = {}
    fault, is_by_version, is_arg_own, is_own = "", False, False, False
    depths, first_return = depths_of(words), _first_return(words)
    for index, (word, depth) in enumerate(zip(words, depths, strict=True)):
        if word in OPENING:
            is_first = depth == 1 and not (index and depths[index - 1])
            is_by_version = asks_version(words, index) if is_first else is_by_version
            if word == "function" and is_first and (read := _global_read(words, index + 1)):
                is_known = is_own or read in NO_HOST or read in defined
                fault = fault or ("" if is_known else f"puts functions into the global {read}")
        elif word in CLOSING or (index and words[index - 1] in UNSURE):
            continue
        elif depth == 1 and is_by_version and word == "require":
            if wanted := required_at(words, index):
                for_some[wanted] = None
        elif _OF_LUAJIT.fullmatch(word):
            fault = fault or f"is for LuaJIT alone, with the number {word}"
        elif depth == 0 and NAME.match(word):
            after = words[index + 1]
            is_arg_own = is_arg_own or (word == "arg" and defines(words, index))
            is_own = is_own or makes_environment(words, index)
            if word == "require" and (wanted := required_at(words, index)):
                requires[wanted] = None
                passed.update(dict.fromkeys(filter(None, [_passed(words, index)])))
            elif word == "arg" and after in ("[", ".") and not is_arg_own:
                fault = fault or "is a script, which reads arg"
            elif word == "error" and after[:1] in ("(", "'", '"', "["):
                fault = fault or ("ends with an error" if index < first_return else "")
            elif wanted := _asserted(words, index):
                is_known = is_own or wanted in NO_HOST or wanted in defined
                fault = fault or ("" if is_known else f"uses the global {wanted}")
            elif words[index : index + 4] == ["os", ".", "exit", "("]:
                fault = fault or "is a script, which calls os.exit"
            elif read := _global_read(words, index):
                is_known = is_own or read in NO_HOST or read in defined
                fault = fault or ("" if is_known else f"uses the global {read}")
    return LoadNeeds(tuple(requires), fault, tuple(for_some), tuple(passed))


def _global_read(words: list[str], index: int) -> str:
    """Return the global of which a token begins to read a field, "" if it does not."""
    at = index + 2 if words[index] == "_G" and words[index + 1] == "." else index
    return words[at] if words[at + 1] in (".", ":") else ""


def _first_return(words: list[str]) -> int:
    """Return where a file may end by ``return``, outside of functions, at the latest at its end."""
    return next((at for at in outside_functions(words) if words[at] == "return"), len(words))


def _asserted(words: list[str], index: int) -> str:
    """Return the global of ``local NAME = assert(NAME``, "" if ``assert`` does not begin there."""
    name = words[index + 2] if words[index : index + 2] == ["assert", "("] else ""
    return name if words[index - 3 : index] == ["local", name, "="] else ""


def _passed(words: list[str], index: int) -> str:
    """Return the module that is named to what a call of ``require`` returns, "" if none is."""
    after = words[after_call(words, index) :][:2]
    text = "".join(after[after[:1] == ["("] :][:1])
    name = text[1:-1] if text[:1] in ("'", '"') else ""
    return name if MODULE.fullmatch(name) else ""

"""Which modules of a rock do not load on their own, and the evidence in their code.

The code is read, not run. What counts is what a file does as soon as it is loaded, outside of any
block: modules that it requires, globals that only a host program has, such as ``ngx``, and what
only a script does: it reads ``arg``, or ends the program. Modules that require each other in a
circle never load, nor does one that calls a global which nothing that it requires can define. What
stands after ``and`` and ``or``, in a branch or in ``pcall`` may be left undone, and is no evidence
on its own: but a module that requires one of several does not load where all of them are missing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Mapping
from functools import lru_cache
from types import MappingProxyType

from distrorocks.packaging.code.lua_globals import (
    NO_HOST,
    STANDARD_MODULES,
    called_global,
    defined_names,
    defines,
    fields_of_root,
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
    depths_of,
    required_at,
    tokens_of,
)
from distrorocks.packaging.code.lua_versions import unfit_for_module
from distrorocks.packaging.code.module_tables import ModuleTable, failing_call, globals_of
from distrorocks.packaging.code.required_choices import Choice, asks_version, choices_of
from distrorocks.packaging.code.required_circles import all_required, circle
from distrorocks.packaging.code.script_modules import ends_program, exits, takes_arguments
from distrorocks.packaging.code.shared_tables import (
    NOT_LATER,
    Later,
    TableField,
    given_fields,
    given_later,
)
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


def load_needs(
    texts: Mapping[str, str],
    programs: Container[str] = (),
    started: Container[str] = (),
    known: Mapping[str, ModuleTable] = MappingProxyType({}),
) -> dict[str, LoadNeeds]:
    """Return what each module needs when it is loaded; ``texts`` are their Lua files.

    ``programs`` are the modules whose files are commands as well, ``started`` those that a command
    only has to require, ``known`` what modules of packages define.
    """
    files = {module: _read(text) for module, text in texts.items()}
    words = {module: each.words for module, each in files.items()}
    asked = {module: each.needs.modules for module, each in files.items()}
    reached = {module: all_required(module, asked) for module in files}
    own = files.keys()
    there = {
        it: files[it].defined.union(
            _own_root(it, words[it]), *(files[other].made for other in reached[it] & own)
        )
        for it in own
    }
    anywhere = frozenset().union(*(files[it].made - _hosted(it, words, reached[it]) for it in own))
    # Each module is loaded in a Lua of its own, so what others define counts if it requires them.
    is_known = {
        it: reached[it] <= own | STANDARD_MODULES and not files[it].loads_code for it in own
    }
    needs = {
        it: each.needs
        if not each.needs.fault  # what others define takes faults away, and adds none
        else each.needs._replace(
            fault=_needs(each.words, there[it] if is_known[it] else there[it] | anywhere).fault
        )
        for it, each in files.items()
    }
    given = {module: each.given for module, each in files.items()}
    given_by_any = frozenset().union(*given.values())
    why = "is a command, which calls os.exit"
    faults = {it: why for it in own if it in programs and ends_program(words[it])}
    faults |= {it: why for it in own if it in started and exits(words[it])}
    why = "is a script, which reads its arguments"
    faults |= {it: why for it in own - faults.keys() if takes_arguments(words[it], texts[it])}
    for module in own:
        if is_known[module] and (called := called_global(words[module], there[module])):
            faults.setdefault(module, f"calls the global {called}")
        outdated = failing_call(words[module], known, given_by_any)
        outdated = outdated or _outdated(module, files, reached[module], known)
        if outdated:
            faults.setdefault(module, outdated)
    alone = {
        it: _alone(it, files, reached[it]) or given_later(it, words, reached, given) for it in own
    }
    always = {module: each.needs.requires for module, each in files.items()}
    circles = {it: circle(it, always, reached, words) for it in own}
    faults |= {it: each.why for it, each in circles.items() if each and not each.after}
    return {
        it: each._replace(
            fault=each.fault or faults.get(it, "") or alone[it].why,
            after="" if each.fault or it in faults else alone[it].after or circles[it].after,
            unfit={"5.1": circles[it].why, **files[it].unfit}
            if circles[it].after
            else files[it].unfit,
        )
        for it, each in needs.items()
    }


class _File(NamedTuple):
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
def _read(text: str) -> _File:
    """Return what a file says; it is kept, as each script of tests is read with all modules."""
    words = tokens_of(text)
    needs = _needs(words, frozenset())
    always = tuple((frozenset((it,)),) for it in needs.requires)
    choices = tuple(each for each in choices_of(words) if each not in always)
    return _File(
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


def _own_root(module: str, words: list[str]) -> set[str]:
    """Return the global that ``module(...)`` makes, none where a file does not call it."""
    calls = (words[at : at + 3] for at, word in enumerate(words) if word == "module")
    return {module.partition(".")[0]} if ["module", "(", "..."] in calls else set()


def _outdated(
    module: str, files: Mapping[str, _File], reached: set[str], known: Mapping[str, ModuleTable]
) -> str:
    """Return what a module uses that packaged modules which it requires do not define (any more).

    Nothing is said where one of them is not known, or where code that is loaded may define more.
    """
    words, others = files[module].words, reached - files.keys() - STANDARD_MODULES
    own = reached & files.keys()
    if not others or not others <= known.keys() or any(files[it].loads_code for it in own):
        return ""
    made = (files[it].own_made | _own_root(it, files[it].words) for it in own)
    there = files[module].own_defined.union(globals_of(others, known), *made)
    called = called_global(words, there)
    why = f"calls the global {called}" if called else _needs(words, there).fault
    return f"{why}, which no module that it requires sets" if " the global " in why else ""


def _alone(module: str, files: Mapping[str, _File], reached: set[str]) -> Later:
    """Return the fault of a module that uses a field of its root before anything has it.

    What it requires may have it.
    """
    root, others = module.partition(".")[0], reached - {module}
    if root in others or files[module].loads_code:
        return NOT_LATER
    there = {it.split(".")[1] for it in reached if it.startswith(f"{root}.")}
    there |= set().union(*(files[it].words for it in others if it in files))
    field = next((it for it in fields_of_root(module, files[module].words) if it not in there), "")
    why = f"uses {root}.{field}, which nothing that it requires has"
    return Later(why, root) if field else NOT_LATER


def _hosted(module: str, words: Mapping[str, list[str]], reached: set[str]) -> set[str]:
    """Return the globals that a module defines for those that it requires and that use them.

    Such a module is a program, their host: nothing that they require loads it.
    """
    own = words[module]
    used = set().union(*(words[it] for it in reached if it in words and it != module))
    return {word for at, word in enumerate(own) if word in used and defines(own, at)}


def _needs(words: list[str], defined: Collection[str]) -> LoadNeeds:
    """Return what a file does outside of any block, but for one that a Lua version decides.

    Its choices are left to ``_read``.
    """
    requires: dict[str, None] = {}
    for_some: dict[str, None] = {}
    passed: dict[str, None] = {}
    fault, is_by_version, is_arg_own, is_own = "", False, False, False
    depths = depths_of(words)
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


def _passed(words: list[str], index: int) -> str:
    """Return the module that is named to what a call of ``require`` returns, "" if none is."""
    after = words[after_call(words, index) :][:2]
    text = "".join(after[after[:1] == ["("] :][:1])
    name = text[1:-1] if text[:1] in ("'", '"') else ""
    return name if MODULE.fullmatch(name) else ""

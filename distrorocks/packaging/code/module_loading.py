"""Which modules of a rock do not load on their own, and the evidence in their code.

The code is read, not run. Each module is loaded in a Lua of its own, so what others define counts
if it requires them. Modules that require each other in a circle never load, nor does one that calls
a global which nothing that it requires can define, or one that is older than a packaged module.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from functools import cached_property
from types import MappingProxyType

from distrorocks.packaging.code.lua_file import LoadNeeds, LuaFile, needs_of, read_file
from distrorocks.packaging.code.lua_globals import (
    STANDARD_MODULES,
    called_global,
    defines,
    fields_of_root,
)
from distrorocks.packaging.code.module_tables import ModuleTable, failing_call, globals_of
from distrorocks.packaging.code.required_circles import all_required, circle
from distrorocks.packaging.code.script_modules import ends_program, exits, takes_arguments
from distrorocks.packaging.code.shared_tables import (
    NOT_LATER,
    Later,
    TableField,
    given_later,
)


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
    files = _Files(texts, known)
    return {
        module: files.load_needs(
            module, is_program=module in programs, is_started=module in started
        )
        for module in texts
    }


def script_needs(script: str, texts: Mapping[str, str]) -> LoadNeeds:
    """Return what a script needs when it is run; ``texts`` has its file and those of modules."""
    return _Files(texts, {}).load_needs(script)


class _Files:
    """The Lua files of a rock by module, and what each of them requires, by way of others too."""

    def __init__(self, texts: Mapping[str, str], known: Mapping[str, ModuleTable]) -> None:
        self._files = {
            module: _with_init(module, read_file(texts[module]), texts) for module in texts
        }
        self._texts, self._known = texts, known
        self._words = {module: each.words for module, each in self._files.items()}
        asked = {module: each.needs.modules for module, each in self._files.items()}
        self._reached = {module: all_required(module, asked) for module in self._files}
        self._given = {module: each.given for module, each in self._files.items()}
        self._always = {module: each.needs.requires for module, each in self._files.items()}

    def load_needs(
        self, module: str, *, is_program: bool = False, is_started: bool = False
    ) -> LoadNeeds:
        """Return what a module needs when it is loaded, and why it cannot be."""
        needs, words, circle_of = self._needs(module), self._words[module], self._circle(module)
        fault = needs.fault or ("" if circle_of.after else circle_of.why)
        if not fault and ((is_program and ends_program(words)) or (is_started and exits(words))):
            fault = "is a command, which calls os.exit"
        if not fault and takes_arguments(words, self._texts[module]):
            fault = "is a script, which reads its arguments"
        fault = fault or self._undefined(module)
        later = NOT_LATER if fault else self._later(module)
        if circle_of.after:
            needs = needs._replace(unfit={"5.1": circle_of.why, **needs.unfit})
        after = "" if fault else later.after or circle_of.after
        return needs._replace(fault=fault or later.why, after=after)

    def _needs(self, module: str) -> LoadNeeds:
        """Return what a module needs; what others define takes a fault away, and adds none."""
        file = self._files[module]
        if not file.needs.fault:
            return file.needs._replace(unfit=file.unfit)
        there = self._there(module)
        if not self._knows_all(module):
            there |= self._anywhere
        fault = needs_of(file.words, there).fault
        return file.needs._replace(fault=fault, unfit=file.unfit)

    def _circle(self, module: str) -> Later:
        """Return whether a module requires itself, by way of others."""
        return circle(module, self._always, self._reached, self._words)

    def _undefined(self, module: str) -> str:
        """Return what a module calls or uses that nothing which it requires defines, "" if none."""
        words = self._words[module]
        called = called_global(words, self._there(module)) if self._knows_all(module) else ""
        if called:
            return f"calls the global {called}"
        return failing_call(words, self._known, self._given_by_any) or self._outdated(module)

    def _later(self, module: str) -> Later:
        """Return the fault of a module that uses what others put into a table that they share."""
        found = self._without_root(module)
        return found or given_later(module, self._words, self._reached, self._given)

    @cached_property
    def _anywhere(self) -> frozenset[str]:
        """The globals that any of the files makes, for others than those that it requires."""
        made = (each.made - self._hosted(module) for module, each in self._files.items())
        return frozenset().union(*made)

    @cached_property
    def _given_by_any(self) -> frozenset[TableField]:
        return frozenset().union(*self._given.values())

    def _own(self, module: str) -> set[str]:
        """Return the modules of the rock that a module requires, itself among them."""
        return self._reached[module] & self._files.keys()

    def _there(self, module: str) -> frozenset[str]:
        """Return what is defined when a module is loaded alone."""
        made = (self._files[it].made for it in self._own(module))
        return self._files[module].defined.union(_root_of(module, self._words[module]), *made)

    def _knows_all(self, module: str) -> bool:
        """Return whether the files of all that a module requires are known, and load no code."""
        is_own = self._reached[module] <= self._files.keys() | STANDARD_MODULES
        return is_own and not self._files[module].loads_code

    def _outdated(self, module: str) -> str:
        """Return what a module uses that packaged modules do not define (any more).

        Nothing is said where one that it requires is not known, or where code that is loaded may
        define more.
        """
        files, own = self._files, self._own(module)
        others = self._reached[module] - files.keys() - STANDARD_MODULES
        is_sure = others <= self._known.keys() and not any(files[it].loads_code for it in own)
        if not others or not is_sure:
            return ""
        made = (files[it].own_made | _root_of(it, files[it].words) for it in own)
        there = files[module].own_defined.union(globals_of(others, self._known), *made)
        called = called_global(self._words[module], there)
        fault = needs_of(self._words[module], there).fault
        why = f"calls the global {called}" if called else fault
        return f"{why}, which no module that it requires sets" if " the global " in why else ""

    def _without_root(self, module: str) -> Later:
        """Return the fault of a module that uses a field of its root before anything has it.

        What it requires may have it.
        """
        root, others = module.partition(".")[0], self._reached[module] - {module}
        if root in others or self._files[module].loads_code:
            return NOT_LATER
        there = {it.split(".")[1] for it in self._reached[module] if it.startswith(f"{root}.")}
        there |= set().union(*(self._words[it] for it in others if it in self._words))
        fields = fields_of_root(module, self._words[module])
        field = next((it for it in fields if it not in there), "")
        why = f"uses {root}.{field}, which nothing that it requires has"
        return Later(why, root) if field else NOT_LATER

    def _hosted(self, module: str) -> set[str]:
        """Return the globals that a module defines for those that it requires and that use them.

        Such a module is a program, their host: nothing that they require loads it.
        """
        words = self._words[module]
        used = set().union(*(self._words[it] for it in self._own(module) if it != module))
        return {word for at, word in enumerate(words) if word in used and defines(words, at)}


def _with_init(module: str, file: LuaFile, there: Container[str]) -> LuaFile:
    """Return the file of ``a``; that requires ``a.init``, of which the name is else that of ``a``.

    So it is where a.lua stands beside a/init.lua.
    """
    init, requires = f"{module}.init", file.needs.requires
    if init not in there or module not in requires:
        return file
    renamed = tuple(init if each == module else each for each in requires)
    return file._replace(needs=file.needs._replace(requires=renamed))


def _root_of(module: str, words: list[str]) -> set[str]:
    """Return the global that ``module(...)`` makes, none where a file does not call it."""
    calls = (words[at : at + 3] for at, word in enumerate(words) if word == "module")
    return {module.partition(".")[0]} if ["module", "(", "..."] in calls else set()

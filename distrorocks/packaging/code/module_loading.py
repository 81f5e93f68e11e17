"""Which modules of a rock do not load on their own, and the evidence in their code.

The code is read, not run. What counts is what a file does as soon as it is loaded, outside of any
block: modules that it requires, globals that only a host program has, such as ``ngx``, and what
only a script does: it reads ``arg``, or ends the program. What stands after ``and`` and ``or``, in
a branch or in ``pcall`` may be left undone, and is no evidence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping

from distrorocks.licensing.finding import is_aside
from distrorocks.lua.scan import LuaSyntaxError, scan
from distrorocks.lua.value import LuaTable
from distrorocks.packaging.code.lua_versions import without_skipped_start
from distrorocks.values import NamedTuple

# The globals of any Lua version; those that are modules can be required as well.
_STANDARD = "bit32 coroutine debug io math os package string table utf8 _G"
_FUNCTIONS = """
_ENV _VERSION arg assert collectgarbage dofile error gcinfo getfenv getmetatable ipairs load
loadfile loadstring module newproxy next pairs pcall print rawequal rawget rawlen rawset require
select setfenv setmetatable tonumber tostring type unpack warn xpcall
"""
_RESERVED = """
and break do else elseif end false for function goto if in local nil not or repeat return then true
until while self
"""
STANDARD_MODULES = frozenset(_STANDARD.split())
_NO_HOST = STANDARD_MODULES | frozenset(_FUNCTIONS.split()) | frozenset(_RESERVED.split())
_OPENING = {"function", "do", "if", "repeat"}
_CLOSING = {"end", "until"}
_UPSTREAM_BUILDS = ("make", "cmake", "command")
_UNSURE = {"and", "or", ".", ":"}
_NAME = re.compile(r"[A-Za-z_]\w*")
_MODULE = re.compile(r"[\w+/-]+(?:\.[\w+/-]+)*")
_LARGEST = 1 << 16
_LONGEST_CONDITION = 16  # tokens


class LoadNeeds(NamedTuple):
    """What a module needs as soon as it is loaded, and why it cannot be loaded by any means.

    ``for_some`` are modules that it requires for some Lua versions only, ``passed`` are names of
    modules that it gives to what another module returns, as ``require "a" ("b")`` does.
    """

    requires: tuple[str, ...] = ()
    fault: str = ""
    for_some: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()

    @property
    def modules(self) -> tuple[str, ...]:
        """Return all modules that a Lua version may have to find."""
        return (*self.requires, *self.for_some)


def module_paths(build: LuaTable, modules: Iterable[str], files: Iterable[str]) -> dict[str, str]:
    """Return the Lua file of each module: as the rockspec says, else the first that fits.

    Where upstream's build installs modules that the rockspec does not name, the likely ones count.
    """
    if build.get("type") in _UPSTREAM_BUILDS and not tuple(modules):
        return _likely_modules(files)
    install = build.get("install")
    tables = (build.get("modules"), install.get("lua") if isinstance(install, dict) else None)
    named = {
        name.removesuffix(".init"): path.removeprefix("./")
        for table in tables
        if isinstance(table, dict)
        for name, path in table.items()
        if isinstance(name, str) and isinstance(path, str) and path.endswith(".lua")
    }
    ordered = sorted(
        (path for path in files if path.endswith(".lua")), key=lambda it: (len(it), it)
    )
    by_end = {f"/{path}": path for path in reversed(ordered)}
    for module in modules:
        if module not in named:
            below = f"/{module.replace('.', '/')}"
            for base in ("/src", "/lua", "/lib", ""):
                for end in (".lua", "/init.lua"):
                    if path := by_end.get(f"{base}{below}{end}"):
                        named.setdefault(module, path)
    return named


def _likely_modules(files: Iterable[str]) -> dict[str, str]:
    """Return modules by their places below the first usual folder for code, if they are in one."""
    found: dict[str, str] = {}
    for path in sorted(files, key=lambda it: (it.count("/"), it)):
        if path.endswith(".lua") and not path.startswith("../") and not is_aside(path):
            name = re.sub(r"\A(?:[^/]+/)*?(?:src|lua|lib|modules)/", "", path.removesuffix(".lua"))
            found.setdefault(name.replace("/", ".").removesuffix(".init"), path)
    return found


def load_needs(texts: Mapping[str, str], programs: Container[str] = ()) -> dict[str, LoadNeeds]:
    """Return what each module needs when it is loaded; ``texts`` are their Lua files.

    ``programs`` are the modules whose files are commands as well.
    """
    words = {module: _tokens(text) for module, text in texts.items()}
    defined = {name for each in words.values() for name in _defined(each)}
    needs = {module: _needs(each, defined) for module, each in words.items()}
    ending = [it for it in needs if it in programs and _ends_program(words[it])]
    why = "is a command, which calls os.exit"
    return {**needs, **{it: needs[it]._replace(fault=needs[it].fault or why) for it in ending}}


def unloadable(
    needs: Mapping[str, LoadNeeds], modules: Iterable[str], lack: Callable[[str], str]
) -> dict[str, str]:
    """Return the modules that do not load on their own, each with the reason.

    ``lack`` returns why a module of others is not there, "" if it is. A module does not load either
    if it requires one of the rock that does not.
    """
    own = {*modules, *needs}
    found = {module: each.fault for module, each in needs.items() if each.fault}
    for module, each in sorted(needs.items()):
        for wanted in each.modules:
            if wanted not in own and (why := lack(wanted)):
                found.setdefault(module, why)
    is_growing = True
    while is_growing:
        is_growing = False
        for module, each in sorted(needs.items()):
            broken = next((it for it in (*each.modules, *each.passed) if it in found), "")
            if broken and module not in found:
                found[module] = f"requires {broken}"
                is_growing = True
    return {module: found[module] for module in sorted(found) if _MODULE.fullmatch(module)}


def needed_by_all(
    needs: Mapping[str, LoadNeeds], modules: Iterable[str], is_asked: Callable[[str], bool]
) -> tuple[str, ...]:
    """Return the modules of others without which no Lua module of the rock loads.

    ``is_asked`` chooses which modules are looked at.
    """
    own = {*modules, *needs}
    users: dict[str, list[str]] = {}
    for module, each in needs.items():
        for wanted in each.modules:
            users.setdefault(wanted, []).append(module)
    asked = (wanted for wanted in sorted(users) if wanted not in own and is_asked(wanted))
    return tuple(wanted for wanted in asked if _users(users, wanted) >= needs.keys())


def _users(users: Mapping[str, list[str]], wanted: str) -> set[str]:
    """Return the modules that need one, by way of others as well."""
    found: set[str] = set()
    left = [wanted]
    while left:
        more = [each for each in users.get(left.pop(), ()) if each not in found]
        found.update(more)
        left += more
    return found


def _tokens(text: str) -> list[str]:
    try:
        return scan(without_skipped_start(text[:_LARGEST]))
    except LuaSyntaxError:
        return []


def _defined(words: list[str]) -> Iterator[str]:
    """Yield names that a file may define, and those that modules it requires may define."""
    for index, word in enumerate(words):
        if _NAME.match(word):
            before, after = words[index - 1] if index else "", words[index + 1]
            if before in ("local", "function", ",", "for", "(") or after in ("=", ",", "<", "in"):
                yield word
        if word == "require" and (wanted := _required(words, index)):
            yield from (wanted.partition(".")[0], wanted.rpartition(".")[2])
        if word == "module":
            yield words[index + 2].strip("\"'").partition(".")[0]


def _needs(words: list[str], defined: set[str]) -> LoadNeeds:
    """Return what a file does outside of any block, but for one that a Lua version decides."""
    requires: dict[str, None] = {}
    for_some: dict[str, None] = {}
    passed: dict[str, None] = {}
    fault, depth, is_by_version = "", 0, False
    is_arg_own = any(
        word == "arg" and (words[index - 1] in ("local", ",", "(") or words[index + 1] == "=")
        for index, word in enumerate(words)
    )
    for index, word in enumerate(words):
        if word in _OPENING:
            depth += 1
            is_by_version = is_by_version if depth > 1 else _asks_version(words, index)
        elif word in _CLOSING:
            depth -= 1
        elif index and words[index - 1] in _UNSURE:
            continue
        elif depth == 1 and is_by_version and word == "require":
            if wanted := _required(words, index):
                for_some[wanted] = None
        elif depth == 0 and _NAME.match(word):
            after = words[index + 1]
            if word == "require" and (wanted := _required(words, index)):
                requires[wanted] = None
                passed.update(dict.fromkeys(filter(None, [_passed(words, index)])))
            elif word == "arg" and after in ("[", ".") and not is_arg_own:
                fault = fault or "is a script, which reads arg"
            elif words[index : index + 4] == ["os", ".", "exit", "("]:
                fault = fault or "is a script, which calls os.exit"
            elif after in (".", ":") and not (word in _NO_HOST or word in defined):
                fault = fault or f"uses the global {word}"
    return LoadNeeds(tuple(requires), fault, tuple(for_some), tuple(passed))


def _ends_program(words: list[str]) -> bool:
    """Return whether a file calls ``os.exit`` outside of any function, if only on a condition."""
    opened: list[str] = []
    for index, word in enumerate(words):
        if word in _OPENING:
            opened.append(word)
        elif word in _CLOSING and opened:
            opened.pop()
        is_call = words[index : index + 4] == ["os", ".", "exit", "("]
        if is_call and "function" not in opened:
            return True
    return False


def _asks_version(words: list[str], index: int) -> bool:
    """Return whether a block is one of ``if`` whose condition compares the version of Lua."""
    condition = words[index + 1 : index + 1 + _LONGEST_CONDITION]
    if words[index] != "if" or "then" not in condition:
        return False
    asked = condition[: condition.index("then")]
    return "_VERSION" in asked and not {"and", "or"} & {*asked}


def _passed(words: list[str], index: int) -> str:
    """Return the module that is named to what a call of ``require`` returns, "" if none is."""
    after = words[index + (4 if words[index + 1] == "(" else 2) :][:2]
    text = "".join(after[after[:1] == ["("] :][:1])
    name = text[1:-1] if text[:1] in ("'", '"') else ""
    return name if _MODULE.fullmatch(name) else ""


def _required(words: list[str], index: int) -> str:
    """Return the module that a call of ``require`` names, "" if it is not such a call."""
    at = index + 1 + (words[index + 1] == "(")
    text = words[at]
    if text[:1] not in ("'", '"') or words[at + 1] == "..":
        return ""
    name = text[1:-1]  # Lua finds a/b where a.b is
    return name.replace("/", ".").removesuffix(".init") if _MODULE.fullmatch(name) else ""

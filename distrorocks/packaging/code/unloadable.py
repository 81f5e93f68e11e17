"""Decide which modules of a rock do not load on their own, and what none of them loads without."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from types import MappingProxyType

from distrorocks.packaging.code.lua_file import LoadNeeds
from distrorocks.packaging.code.lua_globals import STANDARD_MODULES
from distrorocks.packaging.code.lua_tokens import MODULE
from distrorocks.packaging.code.lua_versions import evidence_against
from distrorocks.packaging.code.luajit import LUAJIT_MODULES
from distrorocks.packaging.code.required_choices import Choice
from distrorocks.packaging.code.required_circles import all_required

_OF_LUAJIT = ("uses the global ngx", "is for LuaJIT alone")


def unloadable(
    needs: Mapping[str, LoadNeeds],
    modules: Iterable[str],
    lack: Callable[[str], str],
    luas: Iterable[str] = (),
    in_c: Mapping[str, str] = MappingProxyType({}),
    fails: Callable[[str], str] = lambda _: "",
) -> dict[str, str]:
    """Return the modules that do not load on their own, each with the reason.

    ``lack`` returns why a module of others is not there, "" if it is, ``fails`` why one that is
    there does not load in all ``luas``, the versions that each module is loaded in; ``in_c`` are
    modules in C that do not load, with the reason. A module does not load either if it requires
    one of the rock that does not.
    """

    def why_lost(module: str) -> str:
        return lack(module) or fails(module)

    own = {*modules, *needs}
    faults = {module: each.fault for module, each in needs.items() if each.fault}
    found = {it: why for it, why in faults.items() if not needs[it].after} | {**in_c}
    for module, each in sorted(needs.items()):
        if why := next(filter(None, (evidence_against(it, each.unfit) for it in luas)), ""):
            found.setdefault(module, why)
        always = set(each.requires)
        for wanted in each.modules:
            if wanted in own or (wanted not in always and wanted in STANDARD_MODULES):
                continue
            if why := lack(wanted) or (fails(wanted) if wanted in always else ""):
                found.setdefault(module, why)
    later = {it: each.after for it, each in needs.items() if it not in found or not each.fault}
    found = faults | found
    is_growing = True
    while is_growing:
        is_growing = False
        for module, each in sorted(needs.items()):
            if module in found:
                continue
            asked = (it for it in (*each.modules, *each.passed) if it in found)
            broken = next((it for it in asked if not _loads(module, each, later.get(it, ""))), "")
            whys = (_without_choice(choice, own, found, why_lost) for choice in each.choices)
            if why := f"requires {broken}" if broken else next(filter(None, whys), ""):
                found[module] = why
                later |= {module: later[broken]} if broken in later else {}
                is_growing = True
    return {module: found[module] for module in sorted(found) if MODULE.fullmatch(module)}


def _loads(module: str, needs: LoadNeeds, after: str) -> bool:
    """Return whether a module loads one that does so ``after`` another: it is or requires that."""
    return after != "" and (module in (after, f"{after}.init") or after in needs.modules)


def _without_choice(
    choice: Choice, own: Container[str], broken: Container[str], lack: Callable[[str], str]
) -> str:
    """Return why none of the alternatives of a choice is there, "" if one may be.

    ``own`` are the modules of the rock, of which ``broken`` do not load.
    """

    def why_not(module: str) -> str:
        return f"requires {module}" if module in broken else "" if module in own else lack(module)

    whys: dict[str, None] = {}
    for alternative in choice:
        why = next(filter(None, map(why_not, sorted(alternative))), "")
        if not why:
            return ""
        whys[why if not whys else why.removeprefix("requires ")] = None
    return ", or ".join(whys)


def unmet_choices(
    module: str,
    needs: Mapping[str, LoadNeeds],
    own: Container[str],
    broken: Container[str],
    lack: Callable[[str], str],
) -> Iterator[Choice]:
    """Yield the choices of a module, and of what it requires, of which no alternative is there."""
    asked = {it: each.modules for it, each in needs.items()}
    for each in sorted(all_required(module, asked) & needs.keys()):
        for choice in needs[each].choices:
            if _without_choice(choice, own, broken, lack):
                yield choice


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


def for_luajit(main: str, modules: Iterable[str], needs: Mapping[str, LoadNeeds]) -> str:
    """Return why a rock's main module loads in LuaJIT alone, "" if it may in others.

    Without a main module all of the rock's ``modules`` have to be so.
    """
    asked = {module: each.modules for module, each in needs.items()}

    def reason(module: str) -> str:
        for each in sorted(all_required(module, asked) & needs.keys()):
            need = needs[each]
            own = next((it for it in need.requires if it in LUAJIT_MODULES and it not in needs), "")
            if own or need.fault.startswith(_OF_LUAJIT):
                return f"{each} {f'requires {own}' if own else need.fault}"
        return ""

    roots = [main] if main in needs else [it for it in modules if it in needs]
    reasons = [reason(module) for module in roots]
    return f"{reasons[0]}: LuaJIT loads the modules of Lua 5.1" if reasons and all(reasons) else ""

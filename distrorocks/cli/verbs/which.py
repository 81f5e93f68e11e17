"""``distrorocks which``: show the file, rock and package that provide a module."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

from distrorocks.cli.arguments import Choice, add_json, add_trees, choice_of
from distrorocks.cli.report import (
    print_hint,
    print_json,
    print_line,
    print_message,
    print_record,
    warn,
)
from distrorocks.errors import UsageError
from distrorocks.exit_status import DONE, FINDINGS
from distrorocks.families.known import FAMILIES
from distrorocks.rocks.quotation import plain
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.health.which import Answer, Provider


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("modules", metavar="MODULE", nargs="+", help="module name as for `require`")
    add_trees(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print each module's file; return 1 if a module is not found."""
    from distrorocks.health.which import which

    choice = choice_of(options)
    if options.persona and len(options.modules) > 1:
        raise UsageError("too many arguments", hint="LuaRocks takes one module at a time")
    answers, warnings = which(
        choice.root,
        options.modules,
        lua_versions=choice.lua_versions,
        tree=choice.tree,
        directory=_directory() if choice.root == "/" else "",
    )
    there = {each.module for each in answers if each.is_found}
    lost = [module for module in dict.fromkeys(options.modules) if module not in there]
    if options.json:
        print_json(
            {
                "modules": list(map(_as_json, answers)),
                "not_found": lost,
                "warnings": warnings,
            }
        )
        return FINDINGS if lost else DONE
    notes = (text for answer in answers for text in answer.notes if "assumed" not in text)
    for text in dict.fromkeys((*warnings, *notes)):
        warn(text)
    for answer in answers:
        if not options.persona:
            _print(answer)
        elif answer.is_found:
            _print_as_luarocks(answer.providers[0])
    _report_lost(lost, answers, choice)
    return FINDINGS if lost else DONE


def _directory() -> str:
    """Return the working directory, where Lua looks too; "" if it no longer exists."""
    try:
        return os.getcwd()
    except OSError:
        return ""


def _report_lost(lost: Sequence[str], answers: Sequence[Answer], choice: Choice) -> None:
    """Print each module that is not found, with what restores it or other Lua versions with it."""
    from distrorocks.health.which import which

    known = which(choice.root, lost, tree=choice.tree)[0] if lost and choice.lua_versions else []
    luas = f" for Lua {', '.join(choice.lua_versions)}" if choice.lua_versions else ""
    for module in lost:
        print_message(f"error: module '{module}' not found{luas}")
        gone = (it for each in answers if each.module == module for it in each.providers)
        if package := next((it.package for it in gone if it.package), None):
            print_hint(FAMILIES[package.family].reinstall_hint(package.name))
            continue
        there = [it.lua_version for it in known if it.module == module and it.is_found]
        if there:
            print_hint(f"it is there for Lua {', '.join(there)}: pass --lua-version")
        else:
            print_hint(f"`distrorocks doctor {plain(module)}` tells where it could come from")


def _print(answer: Answer) -> None:
    """Print the providers of a module for one Lua version, the loaded one first.

    Where the ways to start Lua differ, print what each of them loads.
    """
    others = list(answer.providers)
    if answer.is_found:
        first = others.pop(0)
        print_record(first.placed.path)
        print_record(f"({_source(first)}, for Lua {answer.lua_version})")
    if answer.loads:
        from distrorocks.world.load_order import agreeing

        loads = agreeing(answer.loads)
        for path, ways in loads if len(loads) > 1 else ():
            print_line(f"   {', '.join(ways)}: {path or 'not found'}")
    for other in others:
        gone = "" if other.placed.is_there else ", file missing"
        print_line(f"   also: {other.placed.path} ({_source(other)}{gone})")
    if answer.loads and not answer.is_found:
        print_line(f"   Lua {answer.lua_version} loads none of them")


def _print_as_luarocks(first: Provider) -> None:
    """Print what is loaded in LuaRocks' words alone."""
    print_record(first.placed.path)
    if first.rock:
        print_line(f"(provided by {first.rock.name} {first.rock.version})")
    else:
        print_line("(found directly via package.path -- not installed as a rock?)")


def _source(provider: Provider) -> str:
    """Return where a file comes from, in LuaRocks' wording followed by ours."""
    package = f"package {provider.package.name}" if provider.package else ""
    if provider.unread:
        return f"found in {provider.unread}"
    if provider.rock is None or provider.tree is None:
        return f"found in {package or 'a directory of modules'} -- not installed as a rock"
    tree = f"tree {provider.tree.layout.name or provider.tree.layout.root}"
    rock = f"provided by {provider.rock.name} {provider.rock.version}"
    return ", ".join(filter(None, (rock, tree, package)))


def _as_json(answer: Answer) -> dict[str, object]:
    """Return one answer as JSON."""
    return {
        "module": answer.module,
        "lua_version": answer.lua_version,
        "providers": [
            {
                "path": it.placed.path,
                "is_there": it.placed.is_there,
                "rock": it.rock.name if it.rock else None,
                "version": it.rock.version if it.rock else None,
                "tree": it.tree.layout.name if it.tree else None,
                "root": it.tree.layout.root if it.tree else None,
                "package": it.package.name if it.package else None,
            }
            for it in answer.providers
        ],
        "loads": [{"way": it.way, "path": it.path or None} for it in answer.loads],
        "notes": answer.notes,
    }

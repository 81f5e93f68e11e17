"""``distrorocks config``: print LuaRocks' configuration, or get, set or unset a key."""

from __future__ import annotations

import argparse

from distrorocks.cli.arguments import add_json, add_root, existing_root, lua_version
from distrorocks.cli.report import (
    print_error,
    print_exactly,
    print_json,
    print_line,
    print_record,
    print_text,
    warn,
)
from distrorocks.errors import NegativeError, UsageError
from distrorocks.exit_status import DONE
from distrorocks.lua.value import LuaValue, json_form, to_text
from distrorocks.lua.write import persist, value_text
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from distrorocks.config.configuration import Configuration
    from distrorocks.system.lua.jail import Jail

_OLDER = (
    *("--lua-incdir", "--lua-libdir", "--lua-ver"),
    *("--system-config", "--user-config", "--rock-trees"),
)
"""What LuaRocks 2 printed; its successors take these options without listing them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments, which are those of LuaRocks."""
    parser.add_argument(
        "operands",
        nargs="*",
        metavar="KEY [VALUE]",
        help="key, such as rocks_trees[1] or CC, and the value to set; or VAR=VALUE to set a "
        "variable for this run",
    )
    parser.add_argument("--unset", action="store_true", help="remove the key from the file")
    parser.add_argument(
        "--scope",
        choices=("system", "user", "project"),
        help="file to change (default: the system's, or the user's if that is not writable)",
    )
    parser.add_argument(
        "--no-project", action="store_true", help="ignore the project of the working directory"
    )
    scope = parser.add_mutually_exclusive_group()
    for option, name in (("--local", "user"), ("--global", "system")):
        scope.add_argument(
            option,
            dest="usual_scope",
            action="store_const",
            const=name,
            help=f"change the {name}'s file unless --scope names another",
        )
    for option in _OLDER:
        parser.add_argument(option, action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--origin", action="store_true", help="show where the key is set")
    parser.add_argument(
        "--lua-version",
        metavar="VERSION",
        type=lua_version,
        help="Lua version (5.1 to 5.5, luajit means 5.1)",
    )
    add_root(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print the configuration or a key, or change a file."""
    from distrorocks.config.key_path import split_assignments
    from distrorocks.configure.report import (
        ConfigRequest,
        configuration,
        origins_of,
        shown,
        value_of,
    )
    from distrorocks.luarocks.project import own_project
    from distrorocks.system.lua.jail import Jail

    root = existing_root(options.root)
    project = None if options.no_project else own_project(root)
    request = ConfigRequest(root, options.lua_version or "", project)
    operands, assignments = split_assignments(options.operands)
    options.key, options.value = _key_and_value(operands)
    with Jail() as jail:
        found = configuration(request, jail, assignments=assignments)
        for text in found.warnings:
            warn(text)
        if options.value is not None or options.unset:
            _change(found, options, request.root, jail)
            return DONE
    older = next((each for each in _OLDER if getattr(options, _name(each))), "")
    if older:
        return _print_older(found, older)
    if options.scope:
        raise UsageError(
            "--scope requires a VALUE or --unset",
            hint="to see which file sets a key, use --origin",
        )
    if options.origin:
        _print_origins(origins_of(found, options.key), options)
    elif options.key:
        _print_value(value_of(found, options.key), options)
    elif options.json:
        print_json(json_form(shown(found).table))
    else:
        print_text(to_text(persist(shown(found).table)).rstrip("\n"))
    return DONE


def _name(option: str) -> str:
    """Return the attribute of an option."""
    return option.removeprefix("--").replace("-", "_")


def _print_older(found: Configuration, option: str) -> int:
    """Print what an option of LuaRocks 2 asks for, as its successors do."""
    from distrorocks.configure.report import shown, value_of
    from distrorocks.trees.stack import entry_layout, listed_trees

    if option == "--lua-ver":
        print_line(found.lua_version)
    elif option == "--rock-trees":
        for entry in listed_trees(shown(found).table):
            if layout := entry_layout(entry, found.table, found.lua_version):
                print_record("\t".join(filter(None, (layout.root, layout.name))))
    elif option in ("--lua-incdir", "--lua-libdir"):
        _print_plain(value_of(found, f"variables.{_name(option).upper()}"))
    else:
        place = found.places.system if option == "--system-config" else found.places.user
        if place is None:
            raise NegativeError("the user has no file of configuration")
        print_record(place.path)
        if not place.is_found:
            raise NegativeError(f"{place.path} does not exist")
    return DONE


def _print_plain(value: LuaValue) -> None:
    print_exactly(value if isinstance(value, str) else value_text(value))


def _key_and_value(operands: list[str]) -> tuple[str, str | None]:
    """Return the key ("" if not given) and the value (None if not given)."""
    if len(operands) > 2:
        raise UsageError(
            f"expected KEY and VALUE, got {len(operands)} arguments",
            hint="quote a value that contains spaces",
        )
    if operands and not operands[0]:
        raise UsageError("the key is empty", hint="`distrorocks config` lists all keys")
    return (operands or [""])[0], operands[1] if len(operands) > 1 else None


def _change(found: Configuration, options: argparse.Namespace, root: str, jail: Jail) -> None:
    """Set or unset a key, and report the change in LuaRocks' format."""
    from distrorocks.config.text_edit import NotSetError
    from distrorocks.configure.set_key import set_key, unset_key

    key, scope = options.key, options.scope or options.usual_scope or ""
    if not key or (options.unset and options.value is not None):
        raise UsageError(
            "--unset takes one key and no value", hint="see `distrorocks config --help`"
        )
    if options.unset:
        try:
            done = unset_key(root, found, key, scope=scope, jail=jail)
        except NotSetError as error:
            if not options.persona:
                raise
            print_error(error, "note")  # to LuaRocks that is what was asked for
            return
    else:
        done = set_key(root, found, key, options.value, scope=scope, jail=jail)
    for text in done.warnings:
        warn(text)
    if options.json:
        print_json({"file": done.path, "settings": json_form(dict(done.settings.items()))})
        return
    print_line("Removed" if options.unset else "Wrote")
    for name, value in done.settings.items():
        print_line(f"\t{name}" if value is None else f"\t{name} = {value_text(value)}")
    print_line("from" if options.unset else "to")
    print_line(f"\t{done.path}")


def _print_origins(origins: Mapping[str, str], options: argparse.Namespace) -> None:
    """Print keys with their origins."""
    if options.json:
        print_json(origins)
        return
    for key, origin in origins.items():
        print_line(f"{key}\t{origin}")


def _print_value(value: LuaValue, options: argparse.Namespace) -> None:
    """Print one value: a string verbatim, anything else as Lua."""
    if options.json:
        print_json(json_form(value))
    else:
        print_exactly(value if isinstance(value, str) else value_text(value))

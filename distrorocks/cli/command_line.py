"""The command line: arranged as LuaRocks takes it, then parsed by argparse.

LuaRocks accepts its common options before or after the verb, and with every verb, also where they
mean nothing; scripts rely on that. Sources: ``luarocks help`` of 3.8 and 3.11. ``main.py`` imports
this only for a verb: importing argparse takes longer than printing the version.
"""

from __future__ import annotations

import argparse
import importlib
import os
from collections.abc import Collection, Iterator, Sequence
from types import ModuleType

from distrorocks.cli.report import flush_output, print_error, print_text
from distrorocks.cli.verbs import SUMMARIES
from distrorocks.errors import DistrorocksError, UsageError
from distrorocks.exit_status import USAGE
from distrorocks.rocks.quotation import plain, quoted
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

_SERVERS = frozenset(("--server", "--from", "--only-server", "--only-from", "--namespace"))
_SOURCES = frozenset(("--only-sources", "--only-sources-from", "--timeout"))
_TREES = frozenset(("--tree", "--to", "--lua-dir", "--lua-version", "--project-tree"))
_WITH_VALUE = _SERVERS | _SOURCES | _TREES
_OLDER = {
    "--from": "--server",
    "--only-from": "--only-server",
    "--only-sources-from": "--only-sources",
    "--to": "--tree",
}
"""Older names of options, which LuaRocks takes without listing them, and today's."""

_OF_RUNS = frozenset(("--dev", "--pin", "--verbose", "--no-project"))
_FLAGS = _OF_RUNS | {"--local", "--global", "--force-lock"}
_BUILDING = frozenset(("build", "init", "install", "make", "pack", "test"))
_WITH_TREES = _BUILDING | frozenset(
    (*("config", "doc", "list", "make-manifest", "path", "purge", "remove", "show", "which"),)
)
_WITHOUT_TREES = frozenset(
    (
        "add",
        "download",
        "lint",
        "new-version",
        "refresh-cache",
        "search",
        "unpack",
        "upload",
        "write-rockspec",
    )
)


class CommandLine(NamedTuple):
    """A verb, "" for none, as it was typed, and all other arguments in order."""

    verb: str
    arguments: tuple[str, ...]

    @property
    def name(self) -> str:
        """The verb's name: LuaRocks also has underscores."""
        return self.verb.replace("_", "-")


def requested(words: Sequence[str]) -> CommandLine:
    """Return the command line of a run, with ``help VERB`` and ``--help VERB`` as ``VERB --help``.

    Raise ``UsageError`` as ``arranged`` does.
    """
    is_help = not words or words[0] in ("--help", "-h")
    line = arranged(["help", *words[1:]] if is_help else words)
    if line.name != "help":
        return line
    named = [each for each in line.arguments if not each.startswith("-") and each != "help"]
    return CommandLine(named[0] if named else "", ("--help",))


def arranged(words: Sequence[str]) -> CommandLine:
    """Return a command line with LuaRocks' common options moved behind the verb.

    ``--help`` or ``--version`` before the verb ends the search: then there is no verb. Raise
    ``UsageError`` for any other option there, and if nothing follows the options.
    """
    at, name = 0, ""
    while at < len(words) and words[at].startswith("-"):
        name, equals, _ = words[at].partition("=")
        if name in ("-h", "--help", "--version"):
            return CommandLine("", tuple(words[at:]))
        if name not in _WITH_VALUE | _FLAGS:
            raise UsageError(
                f"there is no option {quoted(name)} before a command",
                hint="see `distrorocks --help`, or `distrorocks COMMAND --help` for its options",
            )
        at += 1 if equals or name in _FLAGS else 2
    if at >= len(words) > 0:
        taken = f", {quoted(words[-1])} is the value of {name}" if words[-1] != name else ""
        raise UsageError(f"no command given{taken}", hint="see `distrorocks --help`")
    if not words:
        return CommandLine("", ())
    return CommandLine(words[at], (*words[:at], *words[at + 1 :]))


def accepted(line: CommandLine, declared: Collection[str]) -> list[str]:
    """Return the arguments without those of LuaRocks' common options that mean nothing to the verb.

    ``declared`` are the option strings of the verb. What chooses a tree or a Lua stays, unless the
    verb has to do with neither: it would be wrong to act on another one. Older names of options
    become today's.
    """
    if line.name in _WITHOUT_TREES:
        idle = _WITH_VALUE | _FLAGS
    elif line.name in _WITH_TREES:
        idle = _SERVERS | _SOURCES | _OF_RUNS
    else:
        return list(line.arguments)
    return list(_without(line.arguments, idle - frozenset(declared), frozenset(declared)))


def _without(
    arguments: Sequence[str], names: Collection[str], declared: Collection[str]
) -> Iterator[str]:
    """Yield arguments without these options and their values; all behind ``--`` stays."""
    rest = iter(arguments)
    for each in rest:
        if each == "--":
            yield each
            yield from rest
            return
        typed, equals, value = each.partition("=")
        name = typed if typed in declared else _OLDER.get(typed, typed)
        if name not in names:
            yield f"{name}{equals}{value}"
        elif name in _WITH_VALUE and not equals:
            next(rest, "")


def unknown(verb: str, program: str, verbs: Collection[str]) -> UsageError:
    """Return the error for a verb that does not exist, with the one that was probably meant."""
    meant = resembling(verb, verbs)
    hint = f"did you mean `{program} {meant}`? " if meant else ""
    return UsageError(
        f"there is no command '{plain(verb)}'", hint=f"{hint}`{program} --help` lists all"
    )


def resembling(verb: str, known: Collection[str]) -> str:
    """Return the known verb that was probably meant, "" if none is near."""
    from difflib import get_close_matches  # only for errors

    name = verb.replace("_", "-").lower()
    return next(iter(get_close_matches(name, sorted(known), 1, 0.6)), "")


class _Formatter(argparse.HelpFormatter):
    """Help as wide as the terminal, without argparse's import of shutil."""

    def __init__(self, prog: str) -> None:
        try:
            width = os.get_terminal_size().columns
        except (OSError, ValueError):
            width = 80
        super().__init__(prog, width=width - 2)


class Parser(argparse.ArgumentParser):
    """A parser that reports usage errors like all other errors."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=_Formatter, **options)

    @property
    def option_strings(self) -> frozenset[str]:
        """All options that are declared, as they are typed."""
        return frozenset(self._option_string_actions)

    def print_help(self, _file: Any = None) -> None:
        """Print help to stdout; argparse would pass over a full disk."""
        print_text(self.format_help().removesuffix("\n"))
        flush_output()

    def error(self, message: str) -> None:  # type: ignore[override]  # it never returns
        """Report a usage error, and exit."""
        print_error(DistrorocksError(message, hint=f"see `{self.prog} --help`"))
        raise SystemExit(USAGE)


def verb_parser(
    name: str, typed: str = "", program: str = "distrorocks"
) -> tuple[ModuleType, Parser]:
    """Return the module of a verb and its parser, under the names that were typed."""
    module = importlib.import_module(f"distrorocks.cli.verbs.{name.replace('-', '_')}")
    parser = Parser(
        prog=f"{program} {typed or name}",
        description=sentence(SUMMARIES[name]),
        allow_abbrev=False,
    )
    module.add_arguments(parser)
    return module, parser


def overview(program: str, verbs: Collection[str]) -> Parser:
    """Return the parser of a program without a verb, whose help lists the verbs."""
    parser = Parser(
        prog=program,
        description="Make the Lua modules installed by the distribution visible to LuaRocks.",
        epilog=f"Run `{program} COMMAND --help` for details.",
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    actions = parser.add_subparsers(metavar="COMMAND", required=True, title="commands")
    for name, summary in SUMMARIES.items():
        if name not in verbs:
            continue
        actions.add_parser(name, help=summary)
    return parser


def sentence(summary: str) -> str:
    """Return a summary as a sentence, capitalised and with a full stop."""
    return f"{summary[:1].upper()}{summary[1:]}."

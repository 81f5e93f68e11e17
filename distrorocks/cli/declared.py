"""What the verbs declare to their argument parsers, for manual pages and completion."""

from __future__ import annotations

import argparse

from distrorocks.cli.command_line import verb_parser
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.values import NamedTuple

FILES, DIRECTORIES = "files", "directories"

_DIRECTORIES = frozenset(("DESTDIR", "DIR", "FOLDER", "PREFIX", "REPOSITORY"))
_FILES = frozenset(("FILE", "INDEX", "INPUT", "ROCK", "ROCKSPEC", "SERVER", "TREE"))


class Argument(NamedTuple):
    """An option or operand of a verb.

    ``options`` is empty for an operand; ``name`` is what help calls the value and ``value`` how
    often it is given, both "" for none. ``words`` are its possible values, or ``kind`` says which
    paths they are: ``FILES``, ``DIRECTORIES``, or "" for neither.
    """

    options: tuple[str, ...]
    name: str
    value: str
    about: str
    words: tuple[str, ...]
    kind: str
    is_repeatable: bool


def declared(verb: str) -> list[Argument]:
    """Return the arguments of a verb in the order of its help."""
    parser = verb_parser(verb)[1]
    formatter = parser._get_formatter()  # nothing public expands %(default)s in texts
    return [_argument(it, formatter) for it in parser._actions if it.help != argparse.SUPPRESS]


def usage(verb: str) -> str:
    """Return the arguments of a verb in one line, as its help has them."""
    parser = verb_parser(verb)[1]
    line = " ".join(parser.format_usage().removeprefix("usage: ").split())
    return line.removeprefix(parser.prog).strip()


def _argument(action: argparse.Action, formatter: argparse.HelpFormatter) -> Argument:
    """Return what one action declares."""
    options = tuple(action.option_strings)
    words = tuple(map(str, action.choices or ()))
    name = "|".join(words) or (action.dest.upper() if options else action.dest)
    about = formatter._expand_help(action) if action.help else ""
    if action.nargs == 0:
        return Argument(options, "", "", about, (), "", False)
    if not words and action.dest == "lua_version":
        words = tuple(LUA_VERSIONS)
    metavar = action.metavar if isinstance(action.metavar, str) else name
    kind = DIRECTORIES if metavar in _DIRECTORIES else FILES if metavar in _FILES else ""
    value = formatter._format_args(action, name)
    is_repeatable = isinstance(action, argparse._AppendAction) or action.nargs in ("*", "+")
    return Argument(options, metavar, value, about, words, "" if words else kind, is_repeatable)

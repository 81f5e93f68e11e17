"""Entry point: dispatch to a verb, and turn every error into a message and an exit status."""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from distrorocks import __version__
from distrorocks.cli.command_line import (
    NEEDLESS,
    ONLY_LUAROCKS,
    CommandLine,
    accepted,
    arranged,
    resembling,
)
from distrorocks.cli.report import print_error, print_line, print_message
from distrorocks.cli.verbs import SUMMARIES
from distrorocks.errors import DistrorocksError, UsageError
from distrorocks.exit_status import DONE, FAILED, INTERRUPTED, SIGNALLED, USAGE
from distrorocks.rocks.quotation import plain
from distrorocks.system.processes.interruption import Interruption, interruptible, interruption_in
from distrorocks.system.processes.standard_streams import flush_or_forget, open_missing_streams

_SIGPIPE = 13  # signal(7)


class _Formatter(argparse.HelpFormatter):
    """Help as wide as the terminal, without argparse's import of shutil."""

    def __init__(self, prog: str) -> None:
        try:
            width = os.get_terminal_size().columns
        except (OSError, ValueError):
            width = 80
        super().__init__(prog, width=width - 2)


class _Parser(argparse.ArgumentParser):
    """A parser that reports usage errors like all other errors."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=_Formatter, **options)

    @property
    def option_strings(self) -> frozenset[str]:
        """All options that are declared, as they are typed."""
        return frozenset(self._option_string_actions)

    def error(self, message: str) -> None:  # type: ignore[override]  # it never returns
        """Report a usage error, and exit."""
        print_error(DistrorocksError(message, hint=f"see `{self.prog} --help`"))
        raise SystemExit(USAGE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command given by ``arguments``, by default those of the process.

    Return the exit status; only ``SystemExit`` from the parser is raised. A signal to terminate is
    handled like Ctrl-C: changes are undone, and a message is printed.
    """
    try:
        if arguments is not None:
            return _reported(list(arguments))
        open_missing_streams()
        gc.disable()  # collection takes a fifth of a short run and frees next to nothing
        with interruptible():
            return _reported(sys.argv[1:])
    except KeyboardInterrupt as stop:
        return _interrupted(stop)
    except Exception as error:
        stop_within = interruption_in(error)
        if stop_within is None:
            raise
        return _interrupted(stop_within)


def command() -> int:
    """Run the command of this process; print a traceback for a defect, and return ``FAILED``."""
    try:
        return main()
    except Exception:
        sys.excepthook(*sys.exc_info())
        return FAILED


def _interrupted(stop: KeyboardInterrupt) -> int:
    """Report the interruption and the state it left; return the shell's status for it."""
    what, status = "interrupted", INTERRUPTED
    if isinstance(stop, Interruption):
        what, status = stop.description, SIGNALLED + stop.number
    print_message(f"error: {what}{f'; {stop}' if stop.args else ''}")
    flush_or_forget()
    return status


def _reported(arguments: list[str]) -> int:
    """Run the command; report every error, and return its status."""
    try:
        status = _run(arguments)
        sys.stdout.flush()
    except DistrorocksError as error:
        print_error(error)
        flush_or_forget()
        return error.exit_status
    except SystemExit:
        flush_or_forget()
        raise
    except ModuleNotFoundError as error:
        print_error(_missing_library(error))
        flush_or_forget()
        return FAILED
    except (MemoryError, RecursionError) as error:
        print_error(_too_much(error))
        flush_or_forget()
        return FAILED
    except BrokenPipeError:  # a report cut short is not known to be without findings
        flush_or_forget()
        return SIGNALLED + _SIGPIPE
    except OSError as error:
        print_error(
            DistrorocksError(str(error.strerror or error), detail=str(error.filename or ""))
        )
        flush_or_forget()
        return FAILED
    return status


def _missing_library(error: ModuleNotFoundError) -> DistrorocksError:
    """Return the error for a missing library; re-raise if the module is part of distrorocks."""
    library = (error.name or "").partition(".")[0]
    if library in ("", "distrorocks"):
        raise error
    return DistrorocksError(
        f"this command needs the Python library {library}, which is not installed",
        hint=f"install the package python3-{library.replace('_', '-')}",
    )


def _too_much(error: MemoryError | RecursionError) -> DistrorocksError:
    """Return the error for input that exhausted memory or the stack."""
    too_deep = "input is nested too deeply"
    return DistrorocksError(
        "out of memory" if isinstance(error, MemoryError) else too_deep,
        hint="if a file caused this, report a bug and attach the file: a limit is missing",
    )


def _run(arguments: list[str]) -> int:
    """Import the verb's module, run it with its arguments, and return its exit status."""
    if arguments[:1] == ["--version"]:
        print_line(f"distrorocks {__version__}")
        return DONE
    is_help = arguments[:1] in (["--help"], ["-h"])
    if not arguments:
        from distrorocks.cli.first_contact import greet  # looks at the system; verbs do not

        return greet()
    line = arranged(["help", *arguments[1:]] if is_help else arguments)
    if line.name == "help":
        words = [each for each in line.arguments if not each.startswith("-")]
        line = CommandLine(words[0], ("--help",)) if words else CommandLine("", ("--help",))
    if not line.verb:
        _overview().parse_args(line.arguments)
        return USAGE
    if line.name not in SUMMARIES:
        raise _unknown(line.verb)
    module, parser = verb_parser(line.name, line.verb)
    words, forwarded = accepted(line, parser.option_strings), []
    if getattr(module, "FORWARDS", False) and "--" in words:
        at = words.index("--")
        words, forwarded = words[:at], words[at + 1 :]
    options = parser.parse_intermixed_args(words)
    options.forwarded = forwarded
    status: int = module.run(options)
    return status


def verb_parser(name: str, typed: str = "") -> tuple[ModuleType, _Parser]:
    """Return the module of a verb and its parser, under the name that was typed."""
    module = importlib.import_module(f"distrorocks.cli.verbs.{name.replace('-', '_')}")
    parser = _Parser(
        prog=f"distrorocks {typed or name}",
        description=sentence(SUMMARIES[name]),
        allow_abbrev=False,
    )
    module.add_arguments(parser)
    return module, parser


def _unknown(verb: str) -> UsageError:
    """Return the error for a verb that does not exist, with the one that was probably meant."""
    if verb.replace("-", "_") in ONLY_LUAROCKS:
        return UsageError(
            f"distrorocks has no command '{plain(verb)}'",
            hint=f"LuaRocks has: run `luarocks {verb.replace('-', '_')}`",
        )
    if verb.replace("-", "_") in NEEDLESS:
        hint = NEEDLESS[verb.replace("-", "_")]
        return UsageError(f"distrorocks has no command '{plain(verb)}'", hint=hint)
    meant = resembling(verb, SUMMARIES)
    hint = f"did you mean `distrorocks {meant}`? " if meant else ""
    return UsageError(
        f"there is no command '{plain(verb)}'", hint=f"{hint}`distrorocks --help` lists all"
    )


def _overview() -> _Parser:
    """Return the parser that lists the commands."""
    parser = _Parser(
        prog="distrorocks",
        description="Make the Lua modules installed by the distribution visible to LuaRocks.",
        epilog="Run `distrorocks COMMAND --help` for details.",
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    actions = parser.add_subparsers(metavar="COMMAND", required=True, title="commands")
    for name, summary in SUMMARIES.items():
        actions.add_parser(name, help=summary)
    return parser


def sentence(summary: str) -> str:
    """Return a summary as a sentence, capitalised and with a full stop."""
    return f"{summary[:1].upper()}{summary[1:]}."

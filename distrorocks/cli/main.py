"""The door: finds the verb, runs it, and makes every error a message with an exit status."""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

from distrorocks import __version__
from distrorocks.cli.report import print_error, print_line, print_message
from distrorocks.cli.verbs import SUMMARIES
from distrorocks.errors import DistrorocksError
from distrorocks.exit_status import DONE, FAILED, INTERRUPTED, SIGNALLED, USAGE
from distrorocks.system.processes.interruption import Interruption, interruptible, interruption_in
from distrorocks.system.processes.standard_streams import flush_or_forget, open_missing_streams


class _Formatter(argparse.HelpFormatter):
    """Help as wide as the terminal, found out without what argparse imports for it."""

    def __init__(self, prog: str) -> None:
        try:
            width = os.get_terminal_size().columns
        except (OSError, ValueError):
            width = 80
        super().__init__(prog, width=width - 2)


class _Parser(argparse.ArgumentParser):
    """A parser that reports wrong usage in the words of the house."""

    def __init__(self, **words: Any) -> None:
        super().__init__(formatter_class=_Formatter, **words)

    def error(self, message: str) -> None:  # type: ignore[override]  # it never returns
        """Tell what is wrong with the words, and where to read more."""
        print_error(DistrorocksError(message, hint=f"see `{self.prog} --help`"))
        raise SystemExit(USAGE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that ``arguments`` spell (those of the process by default).

    Returns the exit status; the only exception that leaves is ``SystemExit`` from the parser.
    What asks the process to end interrupts it, as Ctrl-C does: with an undo, and words.
    """
    try:
        if arguments is not None:
            return _told(list(arguments))
        open_missing_streams()
        gc.disable()  # one short run makes no garbage worth looking for, which costs a fifth of it
        with interruptible():
            return _told(sys.argv[1:])
    except KeyboardInterrupt as stop:
        return _interrupted(stop)
    except Exception as error:
        stop_within = interruption_in(error)
        if stop_within is None:
            raise
        return _interrupted(stop_within)


def command() -> int:
    """Run the command of this process; a defect of ours is a traceback, and no finding."""
    try:
        return main()
    except Exception:
        sys.excepthook(*sys.exc_info())
        return FAILED


def _interrupted(stop: KeyboardInterrupt) -> int:
    """Tell what interrupted the run and how things stand; return the status of shells for that."""
    what, status = "interrupted", INTERRUPTED
    if isinstance(stop, Interruption):
        what, status = stop.told, SIGNALLED + stop.number
    print_message(f"error: {what}{f'; {stop}' if stop.args else ''}")
    flush_or_forget()
    return status


def _told(words: list[str]) -> int:
    """Run the command; make every error a message and a status."""
    try:
        status = _run(words)
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
    except BrokenPipeError:
        flush_or_forget()
        return DONE
    except OSError as error:
        print_error(
            DistrorocksError(str(error.strerror or error), detail=str(error.filename or ""))
        )
        flush_or_forget()
        return FAILED
    return status


def _missing_library(error: ModuleNotFoundError) -> DistrorocksError:
    """Return the error for a library that a verb needs; raise again where it is a part of ours."""
    library = (error.name or "").partition(".")[0]
    if library in ("", "distrorocks"):
        raise error
    return DistrorocksError(
        f"this verb needs Python's library {library}, which is not installed",
        hint=f"install the package python3-{library.replace('_', '-')}",
    )


def _too_much(error: MemoryError | RecursionError) -> DistrorocksError:
    """Return the error for something that no limit has stopped before."""
    told = "something that was read is nested too deeply"
    return DistrorocksError(
        "there is not enough memory" if isinstance(error, MemoryError) else told,
        hint="if a file made this happen, report it with the file: a limit is missing",
    )


def _run(words: list[str]) -> int:
    """Import the verb's own module, give it its words, and return its exit status."""
    if words[:1] == ["--version"]:
        print_line(f"distrorocks {__version__}")
        return DONE
    verb = next((word for word in words if not word.startswith("-")), "")
    name = verb.replace("_", "-")
    if name not in SUMMARIES or words[0] != verb:
        _overview().parse_args([verb] if words[:1] == [verb] else words)
        return USAGE
    module = importlib.import_module(f"distrorocks.cli.verbs.{name.replace('-', '_')}")
    parser = _Parser(
        prog=f"distrorocks {verb}", description=_sentence(SUMMARIES[name]), allow_abbrev=False
    )
    module.add_arguments(parser)
    status: int = module.run(parser.parse_intermixed_args(words[1:]))
    return status


def _overview() -> _Parser:
    """Return the parser that only tells what verbs there are."""
    parser = _Parser(
        prog="distrorocks",
        description="Makes the Lua modules that a distribution installed visible to LuaRocks.",
        epilog="`distrorocks VERB --help` tells more of each.",
    )
    parser.add_argument("--version", action="store_true", help="print the version and leave")
    actions = parser.add_subparsers(metavar="VERB", required=True, title="verbs")
    for name, summary in SUMMARIES.items():
        actions.add_parser(name, help=summary)
    return parser


def _sentence(summary: str) -> str:
    """Return a summary as a sentence."""
    return f"{summary[:1].upper()}{summary[1:]}."

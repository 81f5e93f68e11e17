"""Entry point: dispatch to a verb, and turn every error into a message and an exit status."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from distrorocks import __version__
from distrorocks.cli.report import (
    OutputError,
    close_screen,
    flush_output,
    make_way_for_stops,
    print_error,
    print_line,
    print_message,
)
from distrorocks.cli.verbs import SUMMARIES
from distrorocks.errors import DeniedError, DistrorocksError, call_hint
from distrorocks.exit_status import DONE, FAILED, INTERRUPTED, SIGNALLED, USAGE
from distrorocks.system.processes.interruption import Interruption, interruptible, interruption_in
from distrorocks.system.processes.standard_streams import flush_or_forget, open_missing_streams
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.cli.persona import Persona

_SIGPIPE = 13  # signal(7)


def main(arguments: Sequence[str] | None = None, called: str = "") -> int:
    """Run the command given by ``arguments``, by default those of the process.

    ``called`` is the path that the program was called by: a link may give it a name of LuaRocks.
    Return the exit status; only ``SystemExit`` from the parser is raised. A signal to terminate is
    handled like Ctrl-C: changes are undone, and a message is printed.
    """
    try:
        if arguments is not None:
            return _answered(list(arguments), called)
        open_missing_streams()
        gc.disable()  # collection takes a fifth of a short run and frees next to nothing
        try:
            with interruptible():
                return _answered(sys.argv[1:], sys.argv[0])
        finally:
            gc.freeze()  # the same for Python's own collections at its end
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


def _answered(arguments: list[str], called: str) -> int:
    """Run the command under the name that it was called by; return that name's status."""
    if not called.rpartition("/")[2].startswith("luarocks"):
        return _reported(arguments, None)
    from distrorocks.cli.persona import persona  # few runs have another name

    return _reported(arguments, persona(called))


def _reported(arguments: list[str], persona: Persona | None) -> int:
    """Run the command; report every error, and return its status."""
    try:
        status = _run(arguments, persona)
        flush_output()
    except DistrorocksError as error:
        print_error(error)
        flush_or_forget()
        return _status(persona, error.exit_status, is_denied=isinstance(error, DeniedError))
    except SystemExit as end:
        flush_or_forget()
        if persona and isinstance(end.code, int):
            return _status(persona, end.code)
        raise
    except ModuleNotFoundError as error:
        print_error(_missing_library(error))
        flush_or_forget()
        return _status(persona, FAILED)
    except (MemoryError, RecursionError) as error:
        print_error(_too_much(error))
        flush_or_forget()
        return _status(persona, FAILED)
    except BrokenPipeError:  # a report cut short is not known to be without findings
        flush_or_forget()
        return SIGNALLED + _SIGPIPE
    except OSError as error:
        print_error(_failed_call(error))
        flush_or_forget()
        return _status(persona, FAILED, is_denied=isinstance(error, PermissionError))
    return _status(persona, status)


def _status(persona: Persona | None, status: int, *, is_denied: bool = False) -> int:
    """Return the exit status of a run, under a name of LuaRocks that of LuaRocks."""
    return persona.status(status, is_denied=is_denied) if persona else status


def _missing_library(error: ModuleNotFoundError) -> DistrorocksError:
    """Return the error for a missing library; re-raise if the module is part of distrorocks."""
    library = (error.name or "").partition(".")[0]
    if library in ("", "distrorocks"):
        raise error
    return DistrorocksError(
        f"this command needs the Python library {library}, which is not installed",
        hint=f"install the package python3-{library.replace('_', '-')}",
    )


def _failed_call(error: OSError) -> DistrorocksError:
    """Return the error for a call of the system that failed, with its file if that is known."""
    reason = str(error.strerror or error)
    where = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    hint = call_hint(error) or "fix this and run the command again"
    if not where and not _has_working_directory():
        return DistrorocksError(
            f"cannot determine the working directory: {reason}",
            hint="change to an existing directory and try again",
        )
    if isinstance(error, OutputError):
        return DistrorocksError(f"cannot write the output: {reason}", hint=hint)
    if not where:
        return DistrorocksError(reason)
    return DistrorocksError(f"{where}: {reason}", hint=hint)


def _has_working_directory() -> bool:
    try:
        os.getcwd()
    except OSError:
        return False
    return True


def _too_much(error: MemoryError | RecursionError) -> DistrorocksError:
    """Return the error for input that exhausted memory or the stack."""
    too_deep = "input is nested too deeply"
    return DistrorocksError(
        "out of memory" if isinstance(error, MemoryError) else too_deep,
        hint="if a file caused this, report a bug and attach the file: a limit is missing",
    )


def _run(arguments: list[str], persona: Persona | None) -> int:
    """Import the verb's module, run it with its arguments, and return its exit status."""
    if arguments[:1] == ["--version"]:
        return _print_version(persona)
    if not arguments and not persona:
        from distrorocks.cli.first_contact import greet  # looks at the system; verbs do not

        return greet()
    from distrorocks.cli.command_line import accepted, overview, requested, unknown, verb_parser

    line = requested(arguments)
    program, verbs = "distrorocks", frozenset(SUMMARIES)
    if persona:
        program, verbs = persona.program, verbs & persona.verbs
    if not line.verb:
        if line.arguments[:1] == ("--version",):
            return _print_version(persona)
        overview(program, verbs).parse_args(line.arguments)
        return USAGE
    if line.name not in verbs:
        raise unknown(line.verb, program, verbs)
    module, parser = verb_parser(line.name, line.verb, program)
    declared = parser.option_strings
    if persona:
        line, declared = persona.completed(line, declared), persona.declared(line.name, declared)
    words, forwarded = accepted(line, declared), []
    if getattr(module, "FORWARDS", False) and "--" in words:
        at = words.index("--")
        words, forwarded = words[:at], words[at + 1 :]
    if not any(each.startswith("-") and "h" in each.partition("=")[0] for each in words):
        parser.usage = ""  # only help shows it, and Python 3.11 writes it for every run
    options = parser.parse_intermixed_args(words)
    options.forwarded, options.persona = forwarded, persona
    if sys.stderr.isatty():
        _show_progress()
    try:
        status: int = module.run(options)
    finally:
        close_screen()
    return status


def _show_progress() -> None:
    """Show long work on the terminal; what does so is imported when some begins."""
    from distrorocks.progress import Awaiting, Progress, listen

    def display() -> Progress:
        from distrorocks.cli.progress import display_on

        return display_on(sys.stderr, os.environ)

    listen(Awaiting(display))
    make_way_for_stops()


def _print_version(persona: Persona | None) -> int:
    """Print the version; as LuaRocks, that of the LuaRocks which is installed comes first."""
    if persona:
        from distrorocks.luarocks.surroundings import luarocks_release
        from distrorocks.system.files.root_path import RootView

        for line in persona.banner(luarocks_release(RootView("/")) or ""):
            print_line(line)
    print_line(f"distrorocks {__version__}")
    return DONE

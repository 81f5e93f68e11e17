"""Print data to stdout and messages to stderr, with control characters escaped.

Untrusted names may contain line breaks, which could forge a line of output. So each function prints
exactly one line and escapes breaks; ``print_text`` is for text of several lines. On a terminal,
prose is broken between words, and lines that show progress are taken away before anything else is
printed.
"""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress

from distrorocks.errors import DistrorocksError, call_hint
from distrorocks.rocks.quotation import columns, escaped
from distrorocks.values import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, TextIO


class Screen(Protocol):
    """What is drawn on the terminal below all that is printed: see ``progress.py``."""

    def hidden(self) -> AbstractContextManager[None]:
        """Take it away while something is printed."""

    def paused(self) -> AbstractContextManager[None]:
        """Take it away, and draw nothing in the block."""

    def close(self) -> None:
        """Take it away for good."""


_screen: Screen | None = None


def set_screen(screen: Screen | None) -> None:
    """Make way for ``screen`` in all that is printed from now on."""
    global _screen
    _screen = screen


def paused() -> AbstractContextManager[None]:
    """Let the terminal be for the block, in which the user is asked or another program prints."""
    return _screen.paused() if _screen else nullcontext()


def make_way_for_stops() -> None:
    """Take away what is drawn before Ctrl-Z stops this process, for the shell's prompt.

    Call it in the main thread. If the signal is ignored, it stays ignored.
    """
    import _signal  # type: ignore[import-not-found]  # see ``interruption``

    def stop(number: int, _: object) -> None:
        with _screen.hidden() if _screen else nullcontext():
            _signal.signal(number, _signal.SIG_DFL)
            _signal.raise_signal(number)  # this returns when the process goes on
            _signal.signal(number, stop)

    if _signal.getsignal(_signal.SIGTSTP) == _signal.SIG_DFL:
        _signal.signal(_signal.SIGTSTP, stop)


def close_screen() -> None:
    """Take away what is drawn on the terminal, for good."""
    if _screen:
        _screen.close()
        set_screen(None)


class OutputError(OSError):
    """The output cannot be written: its disk is full, for example."""


def print_line(line: str = "") -> None:
    """Print a line of data to stdout."""
    _print(line, sys.stdout)


def print_prose(line: str) -> None:
    """Print a line of a report to stdout, for people: on a terminal it is broken between words."""
    for each in _broken(line, sys.stdout):
        print_line(each)


def print_text(text: str) -> None:
    """Print text of several lines to stdout: a file, a script, a graph."""
    for line in text.split("\n"):
        print_record(line)


def print_record(line: str) -> None:
    """Print a line for programs to stdout, such as a path: what is no text stays as it is.

    A terminal shows it escaped. Control characters are so everywhere: they could forge a line.
    """
    if sys.stdout.isatty():
        print_line(line)
    else:
        print_exactly(line.translate(_CONTROLS))


_CONTROLS = {at: escaped(chr(at)) for at in (*range(0x20), *range(0x7F, 0xA0)) if chr(at) != "\t"}
"""What steers a terminal, escaped; a tab separates fields."""


def print_exactly(text: str) -> None:
    """Print what patch(1) or a shell reads to stdout, byte for byte unless a terminal shows it."""
    if sys.stdout.isatty():
        for line in text.split("\n"):
            print_line(line)
        return
    with _as_output(), _screen.hidden() if _screen else nullcontext():
        if text.isascii():
            sys.stdout.write(f"{text}\n")
            return
        sys.stdout.flush()  # all that came before, and then the bytes
        sys.stdout.buffer.write(f"{text}\n".encode("utf-8", "surrogateescape"))


def print_title(title: str, line: str = "-") -> None:
    """Print a title, underlined, with an empty line before and after it."""
    for each in ("", title, line * columns(printable(title)), ""):
        print_line(each)


def print_message(line: str) -> None:
    """Print a message to stderr, after flushing stdout to keep the order.

    A closed stdout is ignored here; it is reported at exit.
    """
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    _print(line, sys.stderr)


def warn(text: str, *, hint: str = "") -> None:
    """Print a warning to stderr, and its hint on a line of its own."""
    print_error(DistrorocksError(text, hint=hint), "warning")


def print_error(error: DistrorocksError, label: str = "error") -> None:
    """Print an error with the lines of its detail, and its hint on a line of its own.

    One without a hint has that for the call of the system that it is about.
    """
    print_notice(f"{label}: {error.brief}")
    for line in error.detail.split("\n") if error.detail else ():
        if line.startswith(" "):  # a command, or what one has printed
            print_message(line)
        else:
            print_notice(line)
    hint, cause = error.hint, error.__cause__ or error.__context__
    if not hint and isinstance(cause, OSError) and f": {cause.strerror}" in error.brief:
        hint = call_hint(cause)
    if hint:
        print_hint(hint)


def print_hint(hint: str) -> None:
    """Print what to do next to stderr."""
    print_notice(f"hint: {hint}")


def print_notice(line: str) -> None:
    """Print a message in prose to stderr: on a terminal it is broken between words."""
    for each in _broken(line, sys.stderr):
        print_message(each)


def _broken(line: str, stream: TextIO) -> list[str]:
    """Return a line as lines that fit on the stream's terminal, if it is one."""
    shown, width = printable(line), terminal_width(stream)
    if width is None:
        return [shown]
    from distrorocks.cli.wrapping import wrapped

    return wrapped(shown, width)


def terminal_width(stream: TextIO | None = None) -> int | None:
    """Return how wide lines may be on the terminal of a stream, None if it is none.

    The stream is by default stdout.
    """
    stream = stream or sys.stdout
    try:
        return os.get_terminal_size(stream.fileno()).columns - 1 if stream.isatty() else None
    except (OSError, ValueError):
        return None


def print_json(value: Any) -> None:
    """Print a value as JSON, in ASCII whatever the locale."""
    import json

    with _screen.hidden() if _screen else nullcontext():
        sys.stdout.write(json.dumps(value, indent=2) + "\n")


def flush_output() -> None:
    """Write what is left of stdout; raise ``OutputError``."""
    with _as_output():
        sys.stdout.flush()


@contextmanager
def _as_output() -> Iterator[None]:
    """Raise ``OutputError`` for a stream that fails, but that nobody reads it is no error."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(error.errno, error.strerror) from error


def _print(line: str, stream: TextIO) -> None:
    """Write a line with control characters escaped; raise ``OutputError``."""
    with _as_output():
        if not _screen:
            _write(printable(line), stream)
            return
        with _screen.hidden():
            _write(printable(line), stream)
            stream.flush()


def _write(shown: str, stream: TextIO) -> None:
    """Write a line, in ASCII if the stream's encoding lacks some of it."""
    try:
        stream.write(shown + "\n")
    except UnicodeEncodeError:
        stream.write(shown.encode("ascii", "backslashreplace").decode() + "\n")


def printable(text: str) -> str:
    """Return ``text`` with unprintable characters other than tabs escaped."""
    return "\t".join(map(escaped, text.split("\t")))

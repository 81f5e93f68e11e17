"""Progress on a terminal: when it is drawn, and that nothing else is disturbed by it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from distrorocks.cli import report
from distrorocks.cli.progress import PATIENCE, PLAIN_INTERVAL, VARIABLE, Display, display_on
from distrorocks.cli.report import (
    close_screen,
    make_way_for_stops,
    paused,
    print_json,
    print_message,
    set_screen,
    warn,
)
from distrorocks.progress import BYTES, SILENT, Work, listen
from distrorocks.system.processes.interruption import Interruption
from tests.cli.terminal import Terminal

CHECKOUT = Path(__file__).parents[2]
XTERM = {"TERM": "xterm-256color"}


class Seconds:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


Show = Callable[..., tuple[Terminal, Display, Seconds]]


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Iterator[Show]:
    """Show all work on a terminal, to which stderr goes, too; a test ticks by itself."""
    opened: list[Terminal] = []

    def show(
        width: int = 80, height: int = 24, encoding: str = "utf-8", **environment: str
    ) -> tuple[Terminal, Display, Seconds]:
        terminal, clock = Terminal(width, height, encoding), Seconds()
        opened.append(terminal)
        monkeypatch.setattr(sys, "stderr", terminal.stream)
        display = Display(
            terminal.stream, {**XTERM, **environment}, clock=clock, is_drawn_by_thread=False
        )
        listen(display)
        set_screen(display)
        return terminal, display, clock

    yield show
    close_screen()
    listen(SILENT)
    for each in opened:
        each.__exit__(None, None, None)


def test_work_is_shown_once_it_has_taken_over_a_second(show: Show) -> None:
    """Until then nothing is written at all; when it is done, nothing of it stays."""
    terminal, display, clock = show()
    with Work("building", total=4, unit="rocks") as building:
        clock.now += PATIENCE - 0.01
        display.tick()
        assert terminal.take() == ""
        clock.now += 0.02
        building.advance()
        display.tick()
        (line,) = terminal.lines
        assert line.startswith("building")
        assert line.endswith("1/4 rocks  0:01")
    assert terminal.lines == []


def test_short_works_one_after_the_other_are_long_work(show: Show) -> None:
    """A pause between them begins anew."""
    terminal, display, clock = show()
    for _ in range(12):
        with Work("reading"):
            clock.now += 0.09
            display.tick()
        clock.now += 0.01
    assert "reading" in terminal.take()
    clock.now += 5
    with Work("reading"):
        display.tick()
        assert terminal.take() == ""


def test_what_is_drawn_takes_the_place_of_what_was(show: Show) -> None:
    """Rows come and go below each other, and no line is left behind."""
    terminal, display, clock = show()
    with Work("building", total=3, unit="rocks") as building:
        clock.now += 2
        with Work("one", of=building) as one, Work("two", of=building):
            one.at("compiling a.c")
            display.tick()
            assert [line.partition("  0:")[0].rstrip() for line in terminal.lines[1:]] == [
                "  one: compiling a.c",
                "  two",
            ]
        building.advance(2)
        display.tick()
        assert len(terminal.lines) == 1
    assert terminal.lines == []
    assert "\x1b[?25l" not in terminal.sent


@pytest.mark.parametrize("width", [60, 61, 80, 132])
@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_line_wraps(show: Show, width: int, environment: dict[str, str]) -> None:
    """From 60 columns on, whatever the names are: what wraps could not be taken away."""
    terminal, display, clock = show(width, **environment)
    with Work("building many rocks of some length", total=100, unit="rocks") as building:
        with (
            Work("日本語のとても長い名前の石 1.0-1", of=building) as wide,
            Work("lua-resty-openssl-and-more 1.2.3-1", of=building) as long,
            Work("fetching-a-file-of-a-long-name.src.rock", total=10**9, unit=BYTES) as file,
        ):
            wide.at("compiling " + "長い" * 40)
            long.at("compiling " + "/a/path" * 20)
            for _ in range(4):
                clock.now += PLAIN_INTERVAL
                file.advance(123_456_789)
                display.tick()
                assert terminal.lines
        assert not terminal.has_wrapped


def test_a_low_terminal_is_not_overrun(show: Show) -> None:
    """What has no room is counted: a line above the first could not be reached again."""
    terminal, display, clock = show(height=4)
    with Work("a"), Work("b"), Work("c"), Work("d"), Work("e"):
        clock.now += 2
        display.tick()
        assert len(terminal.lines) == 3
        assert terminal.lines[-1].startswith("and 3 more")


def test_no_color_is_respected(show: Show) -> None:
    """NO_COLOR leaves bars and numbers, and no colour; an empty one is none."""
    terminal, display, clock = show(NO_COLOR="1")
    with Work("building", total=4, unit="rocks") as building:
        building.advance()
        clock.now += 2
        display.tick()
        assert "1/4 rocks" in terminal.lines[0]
        assert not terminal.has_color


def test_colours_are_there_otherwise(show: Show) -> None:
    """On a terminal that has them."""
    terminal, display, clock = show()
    with Work("building", total=4, unit="rocks") as building:
        building.advance()
        clock.now += 2
        display.tick()
        assert "1/4 rocks" in terminal.lines[0]
        assert terminal.has_color


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"TERM": ""}, {VARIABLE: "plain"}])
def test_a_terminal_that_cannot_move_its_cursor_gets_plain_lines(
    show: Show, environment: dict[str, str]
) -> None:
    """One every few seconds, which stays; and no control sequence."""
    terminal, display, clock = show(**environment)
    with Work("building", total=4, unit="rocks") as building:
        for _ in range(int(PLAIN_INTERVAL) * 2 * 10):
            clock.now += 0.1
            display.tick()
        building.advance()
        clock.now += PLAIN_INTERVAL
        display.tick()
    assert terminal.lines[0] == "building 0/4 rocks"
    assert terminal.lines[-1] == "building 1/4 rocks"
    assert len(terminal.lines) == 3
    assert "\x1b" not in terminal.sent


def test_a_plain_line_is_of_the_newest_of_many_works(show: Show) -> None:
    """However many there are, it names one, and does not count those without room."""
    terminal, display, clock = show(TERM="dumb")
    with ExitStack() as works:
        for number in range(20):
            works.enter_context(Work(f"work {number}"))
        clock.now += 2
        display.tick()
    assert terminal.lines == ["work 0: work 19"]


def test_without_rich_there_are_plain_lines(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    """They say the same, and nobody is told to install anything."""
    monkeypatch.setitem(sys.modules, "rich", None)
    for name in [name for name in sys.modules if name.startswith("rich.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "distrorocks.cli.progress_lines", raising=False)
    terminal, display, clock = show()
    with Work("building", total=4, unit="rocks"):
        clock.now += PLAIN_INTERVAL
        display.tick()
    assert terminal.lines == ["building 0/4 rocks"]
    assert "\x1b" not in terminal.sent


def test_a_warning_in_the_middle_is_whole(show: Show) -> None:
    """It stands where the lines were, and they go on below it."""
    terminal, display, clock = show(60)
    with Work("building", total=4, unit="rocks") as building, Work("one", of=building):
        clock.now += 2
        display.tick()
        warn("something is odd", hint="look at it")
        assert terminal.lines == ["warning: something is odd", "hint: look at it"]
        display.tick()
        assert terminal.lines[:2] == ["warning: something is odd", "hint: look at it"]
        assert [line[:5] for line in terminal.lines[2:]] == ["build", "  one"]
        display.tick()
        assert len(terminal.lines) == 4
        print_message("and more")
    assert terminal.lines == ["warning: something is odd", "hint: look at it", "and more"]


def test_data_on_the_same_terminal_is_whole(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines to stdout and JSON make the progress give way, too."""
    terminal, display, clock = show()
    monkeypatch.setattr(sys, "stdout", terminal.stream)
    with Work("building"):
        clock.now += 2
        display.tick()
        report.print_line("data")
        display.tick()
        print_json({"a": 1})
        sys.stdout.flush()
    assert terminal.lines == ["data", "{", '  "a": 1', "}"]


def test_nothing_is_drawn_while_the_user_is_asked(show: Show) -> None:
    """Nor while another program has the terminal."""
    terminal, display, clock = show()
    with Work("building"):
        clock.now += 2
        display.tick()
        with paused():
            print_message("go on? [Y/n]")
            clock.now += 2
            display.tick()
            assert terminal.lines == ["go on? [Y/n]"]
        display.tick()
        assert len(terminal.lines) == 2


def test_an_interruption_leaves_a_clean_line_and_the_cursor(show: Show) -> None:
    """What was drawn is gone before the message, and the cursor was never hidden."""
    terminal, display, clock = show()

    def interrupted() -> None:
        with Work("building"):
            clock.now += 2
            display.tick()
            assert len(terminal.lines) == 1
            raise Interruption(2)

    with pytest.raises(Interruption):
        interrupted()
    print_message("error: interrupted")
    assert terminal.lines == ["error: interrupted"]
    assert terminal.is_cursor_shown
    assert "\x1b[?25l" not in terminal.sent


def test_keys_that_the_terminal_shows_leave_nothing_behind(show: Show) -> None:
    """A terminal writes ^C where the cursor is: at the end of a full line it would wrap."""
    terminal, display, clock = show(60)
    with Work("building something with a name of some length", total=9, unit="rocks"):
        clock.now += 2
        display.tick()
        os.write(terminal.slave, b"^C^C")
        (line,) = terminal.lines
        assert line.startswith("^C^Cding")
    assert terminal.lines == []


def test_a_stopped_program_leaves_a_clean_line(show: Show) -> None:
    """Ctrl-Z takes the lines away before the shell prompts; they come back with the program."""
    terminal, display, clock = show()
    child = os.fork()
    if not child:
        os.setpgid(0, 0)  # as a shell starts a program; of an orphaned group nothing stops
        make_way_for_stops()
        with Work("building"):
            clock.now += 2
            display.tick()
            os.kill(os.getpid(), signal.SIGTSTP)
            os.write(terminal.slave, b"$ fg\n")
            display.tick()
            os.kill(os.getpid(), signal.SIGTSTP)
        os._exit(0)
    stops = []
    for shown in ([], ["$ fg"]):
        stops.append(os.WIFSTOPPED(os.waitpid(child, os.WUNTRACED)[1]))
        assert terminal.lines == shown
        os.kill(child, signal.SIGCONT)
    assert os.waitpid(child, 0)[1] == 0
    assert stops == [True, True]
    assert terminal.sent.count("building") == 2
    assert terminal.lines == ["$ fg"]


def test_a_fault_in_drawing_does_not_disturb_the_work(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lines are gone, and plain ones follow."""
    terminal, display, clock = show()
    with Work("building", total=4, unit="rocks"):
        clock.now += 2
        display.tick()
        assert len(terminal.lines) == 1
        monkeypatch.setattr("distrorocks.cli.progress_lines.Lines.drawn", lambda *_: 1 / 0)
        display.tick()
        display.tick()
        assert terminal.lines == ["building 0/4 rocks"]


def test_a_closed_display_draws_nothing_more(show: Show) -> None:
    """Work that has not ended, in a thread that nobody waits for, is shown no longer."""
    terminal, display, clock = show()
    work = Work("fetching")
    work.__enter__()
    clock.now += 2
    display.tick()
    assert len(terminal.lines) == 1
    close_screen()
    work.advance()
    display.tick()
    assert terminal.lines == []


def test_what_a_forked_process_does_is_counted(show: Show) -> None:
    """Long lists are read by several processes, and only one of them draws."""
    terminal, display, clock = show()
    display.follow_forks()
    with Work("reading", total=10, unit="files") as reading:
        child = os.fork()
        if not child:
            reading.advance(3)
            print_message("unheard")  # a child has no lines to take away
            os._exit(0)
        os.waitpid(child, 0)
        reading.advance()
        clock.now += 2
        display.tick()
        assert "4/10 files" in terminal.lines[-1]
    assert terminal.lines == ["unheard"]


def test_a_name_that_the_terminal_cannot_show_is_written_out(show: Show) -> None:
    """Under LC_ALL=C lines are ASCII, and still as wide as they seem."""
    terminal, display, clock = show(60, encoding="ascii")
    with Work("fetching 日本語のとても長い名前", total=9, unit="files"):
        clock.now += 2
        display.tick()
        (line,) = terminal.lines
    assert line.startswith("fetching \\u65e5\\u672c")
    assert not terminal.has_wrapped


def test_it_can_be_turned_off() -> None:
    """Then work is not shown at all."""
    with Terminal() as terminal:
        assert display_on(terminal.stream, {**XTERM, VARIABLE: "off"}) is SILENT
        assert terminal.take() == ""


# A run of the program whose work takes as long as the clock says.
_RUN = """
import sys
from distrorocks.cli import progress
from distrorocks.progress import Work, listen
now = [0.0]
display = progress.Display(sys.stderr, {"TERM": "xterm"}, clock=lambda: now[0],
                           is_drawn_by_thread=False)
listen(display)
with Work("building", total=2):
    for seconds in (0.9, 1.1):
        now[0] = seconds
        display.tick()
        print(any(name.partition(".")[0] == "rich" for name in sys.modules))
"""


def test_rich_is_imported_when_something_is_drawn() -> None:
    """Not in the first second of any work."""
    with Terminal() as terminal:
        done = subprocess.run(
            [sys.executable, "-c", _RUN],
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            stderr=terminal.slave,
            text=True,
            check=True,
        )
        assert done.stdout == "False\nTrue\n"

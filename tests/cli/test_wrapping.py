"""Prose on a terminal is broken between words."""

from __future__ import annotations

import sys
from argparse import Namespace

import pytest
from hypothesis import example, given, strategies as st

from distrorocks.cli.build_arguments import progress_of
from distrorocks.cli.report import print_error, print_prose, terminal_width
from distrorocks.cli.wrapping import wrapped
from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import columns
from tests.cli.terminal import Terminal
from tests.effort import little_time


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("one two three", ["one two three"]),
        ("warning: one two three four", ["warning: one two three", "    four"]),
        ("  note of one two three four", ["  note of one two three", "      four"]),
        (
            "system:   debian 12, packages of deb",
            ["system:   debian 12,", "          packages of", "          deb"],
        ),
        ("日本語の 日本語の 日本語の", ["日本語の 日本語の", "    日本語の"]),
        (
            "run `apt install a b c d e f g h` now",
            ["run", "    `apt install a b c d e f g h`", "    now"],
        ),
        ("an odd ` sign and more words", ["an odd ` sign and more", "    words"]),
        ("/a/path/longer/than/a/line and", ["/a/path/longer/than/a/line", "    and"]),
        ("", [""]),
    ],
)
def test_lines_are_broken_between_words(line: str, lines: list[str]) -> None:
    """Further lines are indented, or stand below the text of a label; commands stay whole."""
    assert wrapped(line, 23) == lines


@given(st.text(st.sampled_from("ab日 `:\u0301"), max_size=60), st.integers(20, 40))
@example("::::::::```日日日日日", 20)
def test_no_word_is_lost_or_broken(line: str, width: int) -> None:
    """All words are there in their order, and only one that has no room makes a line too long."""
    lines = wrapped(line, width)
    assert " ".join(lines).split() == line.split()
    for each in lines:
        text = each.strip()
        assert columns(each.rstrip()) <= width or " " not in text or "`" in text or len(lines) == 1


def test_a_narrow_terminal_breaks_by_itself() -> None:
    """There would be a word for each line."""
    assert wrapped("one two three four five six", 19) == ["one two three four five six"]


def test_errors_are_broken_and_what_they_quote_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """An indented line of a detail is a command or its output: it can be copied."""
    command = "  apt install " + " ".join(f"lua-{number}" for number in range(9))
    error = DistrorocksError(
        "the rocks that were asked for need packages that are not installed here",
        detail=f"{command}\nand one line more of prose, which is too long for this terminal",
        hint="run `apt install something-of-a-name`, and try it again then",
    )
    with Terminal(60) as terminal:
        monkeypatch.setattr(sys, "stderr", terminal.stream)
        print_error(error)
        terminal.stream.flush()
        assert terminal.take().replace("\r", "") == (
            "error: the rocks that were asked for need packages that are\n"
            "    not installed here\n"
            f"{command}\n"
            "and one line more of prose, which is too long for this\n"
            "    terminal\n"
            "hint: run `apt install something-of-a-name`, and try it\n"
            "    again then\n"
        )


@pytest.mark.parametrize("is_verbose", [False, True])
def test_what_builds_report_is_broken_but_for_their_commands(
    monkeypatch: pytest.MonkeyPatch, is_verbose: bool
) -> None:
    """With --verbose each command is printed, which somebody may want to copy."""
    line = "cc -O2 " + " ".join(f"-DMACRO_{number}" for number in range(6))
    with Terminal(60) as terminal:
        monkeypatch.setattr(sys, "stderr", terminal.stream)
        progress_of(Namespace(verbose=is_verbose))(line)
        terminal.stream.flush()
        assert (terminal.take() == f"{line}\r\n") is is_verbose
        assert terminal.has_wrapped is is_verbose


def test_without_a_terminal_a_line_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """What scripts read never depends on a width."""
    line = "word " * 60 + "end"
    print_prose(line)
    print_error(DistrorocksError(line, detail=line, hint=line))
    told = capsys.readouterr()
    assert told.out == f"{line}\n"
    assert told.err == f"error: {line}\n{line}\nhint: {line}\n"
    assert terminal_width() is None


@pytest.mark.parametrize("sign", [" ", "`", "x ", "`x", "\t"])
def test_a_long_line_takes_no_time(sign: str) -> None:
    """A name from a server may be long: what each character takes does not grow."""
    with little_time(1):
        wrapped(f"x{sign * 50_000}", 60)

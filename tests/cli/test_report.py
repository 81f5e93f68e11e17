"""What is printed, and where."""

from __future__ import annotations

import ast
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from distrorocks.cli import report
from distrorocks.cli.report import (
    print_error,
    print_exactly,
    print_json,
    print_line,
    print_message,
    print_record,
    print_text,
    print_title,
    printable,
    warn,
)
from distrorocks.errors import DistrorocksError


def test_data_and_talk_go_their_own_ways(capsys: pytest.CaptureFixture[str]) -> None:
    """Data is on stdout; warnings and errors are on stderr, hints on a line of their own."""
    print_line("data")
    warn("odd")
    print_error(DistrorocksError("it failed", detail="here", hint="do that"))
    told = capsys.readouterr()
    assert told.out == "data\n"
    assert told.err == "warning: odd\nerror: it failed\nhere\nhint: do that\n"


def test_control_characters_are_written_out() -> None:
    """A name from a stranger cannot move the cursor or hide a line."""
    assert printable("a\x1b[2Jb\rc\u202ed") == "a\\x1b[2Jb\\rc\\u202ed"
    assert printable("tab\tand é") == "tab\tand é"


def test_bytes_that_are_no_text_are_printed_as_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    """What was not UTF-8 is shown, in text and in JSON, and never a traceback."""
    print_line("x\udcff")
    print_json({"name": "x\udcff"})
    assert capsys.readouterr().out == 'x\\udcff\n{\n  "name": "x\\udcff"\n}\n'


def test_a_terminal_that_knows_ascii_only_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """LC_ALL=C loses no line."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    print_line("é")
    sys.stdout.flush()
    assert raw.getvalue() == b"\\xe9\n"


def test_data_is_printed_before_later_messages(tmp_path: Path) -> None:
    """Also where both go into one file; one who reads no more stops nobody's work."""
    buffered = {**os.environ, "PYTHONUNBUFFERED": ""}
    program = (
        "from distrorocks.cli.report import print_line, print_message;"
        "print_line('first'); print_message('second')"
    )
    both = tmp_path / "both"
    with both.open("w") as file:
        subprocess.run(
            [sys.executable, "-c", program], stdout=file, stderr=file, check=True, env=buffered
        )
    assert both.read_text() == "first\nsecond\n"
    end, other = os.pipe()
    os.close(end)
    program += "; import os; os._exit(0)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        stdout=other,
        stderr=subprocess.PIPE,
        check=False,
        env=buffered,
    )
    os.close(other)
    assert (done.returncode, done.stderr) == (0, b"second\n")


def test_a_title_is_underlined_over_its_whole_width(capsys: pytest.CaptureFixture[str]) -> None:
    """Wide characters take two columns, and so does the line below them."""
    print_title("木: tree")
    assert capsys.readouterr().out == "\n木: tree\n--------\n\n"


def test_a_line_break_in_a_name_forges_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever prints a line prints one; briefs and hints are such, details are texts."""
    name = "a\nerror: b"
    print_line(name)
    print_title(name)
    print_message(name)
    warn(name, hint=name)
    print_error(DistrorocksError(name, detail="one\ntwo", hint=name))
    told = capsys.readouterr()
    shown = "a\\nerror: b"
    assert told.out == f"{shown}\n\n{shown}\n{'-' * len(shown)}\n\n"
    assert told.err == (
        f"{shown}\nwarning: {shown}\nhint: {shown}\nerror: {shown}\none\ntwo\nhint: {shown}\n"
    )


def test_a_text_keeps_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Differences and files are lines by nature, in which nothing else steers a terminal."""
    print_text("-a\x1b\n+b")
    assert capsys.readouterr().out == "-a\\x1b\n+b\n"


class Terminal(io.TextIOWrapper):
    """Standard output that says that it is a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


def written(monkeypatch: pytest.MonkeyPatch, kind: type[io.TextIOWrapper]) -> bytes:
    """Return what is written of bytes that are no text and of signs that steer a terminal."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", kind(raw, encoding="utf-8"))
    print_text("b\xa0c\nd\x0ce")
    print_record("/home/andr\udce9\n\t\x1b")
    print_exactly("+f\r\n\udcff\x0c\xa0\x1b")
    sys.stdout.flush()
    return raw.getvalue()


def test_programs_read_bytes_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """A path of a tree is of use to a shell then, and a difference to patch(1)."""
    assert written(monkeypatch, io.TextIOWrapper) == (
        b"b\xc2\xa0c\nd\\x0ce\n/home/andr\xe9\\n\t\\x1b\n+f\r\n\xff\x0c\xc2\xa0\x1b\n"
    )


def test_a_terminal_is_shown_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """In paths and differences, too."""
    assert written(monkeypatch, Terminal) == (
        b"b\\xa0c\nd\\x0ce\n/home/andr\\udce9\\n\t\\x1b\n+f\\r\n\\udcff\\x0c\\xa0\\x1b\n"
    )


VERBS = sorted((Path(report.__file__).parent).rglob("*.py"))


@pytest.mark.parametrize("path", VERBS, ids=lambda path: path.stem)
def test_no_verb_gives_a_line_break_to_what_prints_a_line(path: Path) -> None:
    """It would be shown as an escape; and nothing else than the report prints."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        where = f"{path}:{node.lineno}"
        if name in {"say", "print_title", "tell", "warn"} and path.stem != "report":
            assert "\\n" not in ast.unparse(node), where
        assert name != "print", where


@pytest.mark.parametrize(
    ("brief", "hint", "expected"),
    [
        ("cannot write /x: Permission denied", "", "check who owns it"),
        ("cannot write /x: Permission denied", "as written", "as written"),
        ("no rock is called x", "", ""),
    ],
)
def test_an_error_about_a_call_of_the_system_has_a_hint(
    capsys: pytest.CaptureFixture[str], brief: str, hint: str, expected: str
) -> None:
    """Its own, or else that of the call that it names; an error about something else has none."""
    for is_told in (True, False):
        try:
            try:
                raise PermissionError(13, os.strerror(13), "/x")
            except OSError as cause:
                raise DistrorocksError(brief, hint=hint) from (cause if is_told else None)
        except DistrorocksError as error:
            print_error(error)
        first, *rest = capsys.readouterr().err.splitlines()
        assert first == f"error: {brief}"
        assert len(rest) == bool(expected)
        assert all(each.startswith(f"hint: {expected}") for each in rest)

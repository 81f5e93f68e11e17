"""Errors say what to do next, and how the run ends."""

from __future__ import annotations

import errno
import os
import re

import pytest

from distrorocks.errors import (
    DeniedError,
    DistrorocksError,
    NegativeError,
    UsageError,
    call_hint,
)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOENT, "see whether its name is right"),
        (errno.ENOTDIR, "is no directory"),
        (errno.EISDIR, "a directory has this name"),
        (errno.EACCES, "what they permit this user"),
        (errno.EPERM, "what they permit this user"),
        (errno.EROFS, "mounted read-only"),
        (errno.ENOSPC, "make room on its file system"),
        (errno.EDQUOT, "your quota"),
        (errno.EMFILE, "ulimit -n"),
        (errno.ENAMETOOLONG, "a shorter name"),
    ],
)
def test_a_call_that_failed_says_what_helps(number: int, words: str) -> None:
    """By the number that the system gave."""
    hint = call_hint(OSError(number, os.strerror(number)))
    assert words in hint
    assert re.fullmatch(r"[a-z][^\n]*[^.\n]", hint)  # one line, no sentence of its own
    assert not re.search("[A-Z]", hint)


@pytest.mark.parametrize("error", [OSError("odd"), OSError(errno.EIO, "broken")])
def test_of_other_failures_only_the_case_itself_tells(error: OSError) -> None:
    """One without a number is none of permissions."""
    assert call_hint(error) == ""


def test_the_class_of_an_error_is_the_status_of_the_run() -> None:
    """A wrong command line 2, an answer that is no 1, any other error 3."""
    kinds = (UsageError, NegativeError, DeniedError, DistrorocksError)
    assert [kind.exit_status for kind in kinds] == [2, 1, 3, 3]

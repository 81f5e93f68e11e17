"""What ``distrorocks scaffold`` is given: a file or directory, or the name of a servers' rock."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from distrorocks.cli.server_words import asked_of
from distrorocks.rocks.dependency import Dependency

_FILES = (".rock", ".rockspec")


@contextmanager
def input_path(options: argparse.Namespace, lua_versions: Sequence[str]) -> Iterator[str]:
    """Yield the path of INPUT; what a name is fetched to is gone with the block."""
    word = options.input
    if not word or os.path.lexists(word) or word.endswith(_FILES) or _is_path(word):
        yield word
        return
    from distrorocks.jobs.named_rock import named_rock

    wanted = Dependency.parse(f"{word} {options.version}".strip())
    asked = asked_of(options, "/", distro="never")
    with named_rock(wanted, asked, lua_versions) as path:
        options.version = ""  # the file has it
        yield path


def _is_path(word: str) -> bool:
    """Tell whether a word is meant as a path: ``namespace/name`` has one slash, in its middle."""
    return word.startswith(("/", "./", "../")) or word.count("/") > 1 or word.endswith("/")

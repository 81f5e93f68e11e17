"""What ``distrorocks scaffold`` is given: a file or directory, or the name of a servers' rock."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from distrorocks.cli.arguments import usage_checked
from distrorocks.cli.server_words import asked_of
from distrorocks.rocks.dependency import Dependency

if TYPE_CHECKING:  # what it needs is imported when a rock is packaged
    from distrorocks.jobs.scaffold import Request

_FILES = (".rock", ".rockspec", ".tar.gz", ".tar.xz", ".tar.bz2", ".tgz", ".zip")


@contextmanager
def input_path(options: argparse.Namespace) -> Iterator[str]:
    """Yield the path of INPUT; what a name is fetched to is gone with the block."""
    word = options.input
    if not word or os.path.lexists(word) or is_file(word):
        yield word
        return
    from distrorocks.jobs.named_rock import named_rock
    from distrorocks.packaging.formats import FORMATS

    lua_versions = FORMATS[wanted_forms(options)[0]].lua_versions[::-1]
    with usage_checked():
        wanted = Dependency.parse(f"{word} {options.version}".strip())
    asked = asked_of(options, "/", distro="never")
    with named_rock(wanted, asked, lua_versions) as path:
        options.version = ""  # the file has it
        yield path


def wanted_forms(options: argparse.Namespace) -> tuple[str, ...]:
    """Return the formats that are named, or that of this system."""
    from distrorocks.system.packages.distribution import read_distribution
    from distrorocks.system.packaging.packager import own_format

    return tuple(dict.fromkeys(options.format)) or (own_format(read_distribution("/")),)


def request_of(options: argparse.Namespace, forms: tuple[str, ...]) -> Request:
    """Return the request that the words make; INPUT is where the packaging stands if not named."""
    from distrorocks.jobs.scaffold import Request
    from distrorocks.system.packaging.packager import checked_maintainer

    directory = os.path.abspath(options.output)
    with usage_checked():
        maintainer = checked_maintainer(options.maintainer) if options.maintainer else ""
    return Request(
        options.input or directory,
        directory,
        options.version,
        forms,
        maintainer,
        tuple(os.path.abspath(each) for each in options.templates),
    )


def is_file(word: str) -> bool:
    """Tell whether a word is meant as a path: ``namespace/name`` has one slash, in its middle."""
    is_path = word.startswith(("/", "./", "../")) or word.count("/") > 1 or word.endswith("/")
    return is_path or word.endswith(_FILES)

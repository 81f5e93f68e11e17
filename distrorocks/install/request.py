"""What a user asks for, as words: rocks by name and version, rock files, variables of a build.

LuaRocks takes one rock, ``NAME`` or ``NAME VERSION``; here there may be several, and constraints:
``"foo >= 1.2"``. A word that can only be a version belongs to the name before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from distrorocks.config.key_path import assigned
from distrorocks.errors import UsageError
from distrorocks.rocks.dependency import Dependency, DependencyError
from distrorocks.rocks.quotation import quoted

ROCK_FILES = (".rockspec", ".rock")

_VERSION = re.compile(r"(?:[0-9]+(?:\.[0-9A-Za-z]+)*|scm|dev|cvs)(?:-[0-9]+)?")
_NAME = re.compile(r"(?:[^\s/<>=~!@,]+/)?[^\s/<>=~!@,]+")


class OperandError(UsageError):
    """A word that asks for no rock."""


class RockOperands(NamedTuple):
    """``dependencies`` and ``files`` in the order of the words; ``variables`` are for builds."""

    dependencies: tuple[Dependency, ...]
    files: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()


def parse_operands(words: Iterable[str]) -> RockOperands:
    """Return what the words ask for; raise ``OperandError`` or what is wrong with a dependency."""
    texts: list[str] = []
    files, variables = [], []
    has_name = False
    for word in words:
        if assigned(word):
            variables.append(word)
        elif word.endswith(ROCK_FILES):
            files.append(word)
        elif has_name and _VERSION.fullmatch(word):
            texts[-1] = f"{texts[-1]} == {word}"
        else:
            texts.append(word)
        has_name = bool(texts) and word is texts[-1] and bool(_NAME.fullmatch(word))
    return RockOperands(tuple(map(_dependency, texts)), tuple(files), tuple(variables))


def _dependency(text: str) -> Dependency:
    """Return a dependency of which nothing is left out, as LuaRocks would what follows a slash."""
    if "://" in text:
        raise OperandError(
            f"{quoted(text)} is an address, and rocks are asked for by name",
            hint="name the rock, and its server with --server; or download the file and name that",
        )
    try:
        dependency = Dependency.parse(text)
    except DependencyError as error:
        hint = error.hint
        if _VERSION.fullmatch(text.strip()):
            hint = "a version stands after the name of its rock"
        raise OperandError(
            f"{quoted(text)} asks for no rock: {error.brief}", detail=error.detail, hint=hint
        ) from None
    if text.count("/") != (dependency.namespace is not None):
        raise OperandError(
            f"{quoted(text)} is neither a rock nor a rock file",
            hint="write NAME or NAMESPACE/NAME; a file ends in .rockspec or .rock",
        )
    return dependency

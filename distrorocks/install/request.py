"""Parse operands: rocks by name and version, rock files, build variables.

LuaRocks takes one rock, ``NAME`` or ``NAME VERSION``; here there may be several, with constraints:
``"foo >= 1.2"``. An operand that can only be a version belongs to the name before it.
"""

from __future__ import annotations

from collections.abc import Iterable

from distrorocks.config.key_path import assigned
from distrorocks.errors import UsageError
from distrorocks.patterns import regex
from distrorocks.rocks.dependency import Dependency, DependencyError
from distrorocks.rocks.quotation import plain, quoted
from distrorocks.values import NamedTuple

ROCK_FILES = (".rockspec", ".rock")

_VERSION = regex(r"(?:[0-9]+(?:\.[0-9A-Za-z]+)*|scm|dev|cvs)(?:-[0-9]+)?")
_NUMBERS = regex(r"[0-9][0-9.]*-?[0-9.]*")
_NAME = regex(r"(?:[^\s/<>=~!@,]+/)?[^\s/<>=~!@,]+")


class OperandError(UsageError):
    """An operand that does not name a rock."""


class RockOperands(NamedTuple):
    """``dependencies`` and ``files`` in the order given; ``variables`` are for builds."""

    dependencies: tuple[Dependency, ...]
    files: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()


def parse_operands(operands: Iterable[str]) -> RockOperands:
    """Parse operands; raise ``OperandError`` for one that does not name a rock."""
    texts: list[str] = []
    files, variables = [], []
    has_name = False
    for operand in operands:
        if assigned(operand):
            variables.append(operand)
        elif "://" in operand:
            raise _url(operand)
        elif operand.endswith(ROCK_FILES):
            files.append(operand)
        elif has_name and _VERSION.fullmatch(operand):
            texts[-1] = f"{texts[-1]} == {operand}"
        elif has_name and _NUMBERS.fullmatch(operand):
            raise OperandError(
                f"{quoted(operand)} is neither a version nor the name of a rock",
                hint=f"write the version as in {plain(texts[-1])} 1.2 or {plain(texts[-1])} 1.2-1",
            )
        else:
            texts.append(operand)
        has_name = bool(texts) and operand is texts[-1] and bool(_NAME.fullmatch(operand))
    return RockOperands(tuple(map(_dependency, texts)), tuple(files), tuple(variables))


def _dependency(text: str) -> Dependency:
    """Parse a dependency strictly; LuaRocks would ignore what follows a second slash."""
    try:
        dependency = Dependency.parse(text)
    except DependencyError as error:
        raise OperandError(
            f"{quoted(text)} is not a rock: {error.brief}", detail=error.detail, hint=error.hint
        ) from None
    is_path = dependency.namespace in (".", "..")
    if is_path or text.count("/") != (dependency.namespace is not None):
        raise OperandError(
            f"{quoted(text)} is neither a rock nor a rock file",
            hint="write NAME or NAMESPACE/NAME, or a file that ends in .rockspec or .rock",
        )
    return dependency


def _url(text: str) -> OperandError:
    from distrorocks.servers.web_address import without_secrets  # only where it is one

    return OperandError(
        f"{quoted(without_secrets(text))} is a URL, not the name of a rock",
        hint="pass the name and --server, or download the file and pass its path",
    )

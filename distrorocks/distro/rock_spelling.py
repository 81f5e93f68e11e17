"""A rock's version as a package writes it, so that package managers order it as LuaRocks does."""

from __future__ import annotations

from math import inf

from distrorocks.rocks.version import Version

_WORDS = {-1000000: "alpha", -100000: "beta", -10000: "pre", -1000: "rc"}
_NUMBER_AFTER_WORD = 100000
_LETTER = 1000
_ABOVE_ALL = "9" * 310
"""What stands for a number of so many digits that it is infinite for Lua."""


def package_version(version: Version) -> str:
    """Return a rock's version, the revision behind a dash: ``1.0rc1-2`` is ``1.0~rc1-2``.

    The words scm, cvs and dev are above every number for LuaRocks, and so they are the numbers
    that LuaRocks takes them for. A text that LuaRocks cannot read to its end says what it read.
    """
    text = spelled(version.parts or (0,))
    return text if version.revision is None else f"{text}-{version.revision}"


def spelled(parts: tuple[float, ...]) -> str:
    """Return the text of a version's slots as a package writes them.

    A word that more follows gets its number even if that is 0, which package managers then order.
    """
    text = ""
    for part in parts:
        if text and not text[-1].isdigit():
            text += "0"
        if part < 0:
            text = f"{text or '0'}~{_pre_release(part)}"
        elif part == inf:
            text = f"{text}.{_ABOVE_ALL}" if text else _ABOVE_ALL
        elif part == int(part):
            text = f"{text}.{int(part)}" if text else str(int(part))
        else:
            text = f"{text or '0'}{_letter(part)}"
    return text


def _pre_release(part: float) -> str:
    """Return the word and number of a slot below zero."""
    value = max((value for value in _WORDS if part >= value), default=min(_WORDS))
    number = max(round((part - value) * _NUMBER_AFTER_WORD), 0)
    return f"{_WORDS[value]}{number}" if number else _WORDS[value]


def _letter(part: float) -> str:
    """Return a slot between two numbers: ``a`` or ``b1``, a letter for what stands after it."""
    code, number = divmod(round(part * _NUMBER_AFTER_WORD), _NUMBER_AFTER_WORD // _LETTER)
    if code >= _LETTER:
        return f".{int(part)}.{round(part % 1 * _NUMBER_AFTER_WORD)}"
    letter = chr(code) if code < 128 and chr(code).isalpha() else "x"
    return f"{letter}{number}" if number else letter

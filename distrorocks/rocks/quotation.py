"""Untrusted text in messages: quoted, on one line, escaped and truncated; and how wide it is."""

from __future__ import annotations

from collections.abc import Sequence

_LONGEST = 120
_LONGEST_MESSAGE = 200


def plain(words: object, longest: int = _LONGEST) -> str:
    """Return ``words`` with control characters and invalid bytes escaped, truncated if long."""
    text = str(words)
    if len(text) > longest:
        text = f"{text[:longest]}..."
    return escaped(text)


def retold(message: str) -> str:
    """Return a message as a part of another one: it has quoted text and words of its own."""
    return plain(message, _LONGEST_MESSAGE)


def escaped(text: str) -> str:
    """Return ``text`` with terminal control characters and invalid bytes escaped."""
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def quoted(words: object) -> str:
    """Return ``words``, escaped by ``plain``, in quotes."""
    return f"'{plain(words)}'"


def marked(text: str, position: int) -> str:
    """Return ``text`` with a caret under ``position``, or "" if it is not a single short line."""
    if plain(text) != text:
        return ""
    return f"    {text}\n    {' ' * position}^"


def some(names: Sequence[str], most: int, separator: str = ", ") -> str:
    """Return at most ``most`` names, joined, and how many more there are."""
    more = len(names) - most
    return separator.join(names[:most]) + (f" and {more} more" if more > 0 else "")


def some_of(noun: str, names: Sequence[str], most: int) -> str:
    """Return ``some`` names behind their noun, which gets an s if they are not one."""
    return f"{noun}{'' if len(names) == 1 else 's'} {some(names, most)}"


def columns(text: str) -> int:
    """Return how many columns of a terminal a text without control characters takes.

    Wide and full-width characters take two (Unicode's annex 11), combining ones none.
    """
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    from unicodedata import category, east_asian_width  # few texts need it

    if category(character) in _WITHOUT_WIDTH:
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


_WITHOUT_WIDTH = frozenset(("Cf", "Me", "Mn"))


def padded(text: str, width: int) -> str:
    """Return a text with spaces behind it, up to ``width`` columns."""
    return text + " " * (width - columns(text))


def cut(text: str, width: int) -> str:
    """Return as much of a text as fits in ``width`` columns, with dots where it is cut."""
    if columns(text) <= width:
        return text
    kept, room = [], width - 3
    for each in text:
        room -= columns(each)
        if room < 0:
            break
        kept.append(each)
    return f"{''.join(kept)}..."

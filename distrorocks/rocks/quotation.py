"""Quoting untrusted text in messages: on one line, escaped and truncated."""

from __future__ import annotations

_LONGEST = 120


def plain(words: object) -> str:
    """Return ``words`` with control characters and invalid bytes escaped, truncated if long."""
    text = str(words)
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}..."
    return escaped(text)


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

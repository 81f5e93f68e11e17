"""Words of a stranger's file in our own messages: on one line, and never too long."""

from __future__ import annotations

_LONGEST = 120


def plain(words: object) -> str:
    """Return ``words`` with control characters and stray bytes as escapes, cut when very long."""
    text = str(words)
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}..."
    return escaped(text)


def escaped(text: str) -> str:
    """Return ``text`` with what could steer a terminal, or is no character, as escapes."""
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def quoted(words: object) -> str:
    """Return ``words``, made plain, in quotes."""
    return f"'{plain(words)}'"


def marked(text: str, position: int) -> str:
    """Return ``text`` on a line and a mark under ``position``; nothing if it is no such line."""
    if plain(text) != text:
        return ""
    return f"    {text}\n    {' ' * position}^"

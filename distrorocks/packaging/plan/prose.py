"""Turn the summary and description of a rock into those of a package."""

from __future__ import annotations

import re
import textwrap

_ARTICLE = re.compile(r"\A(?:an?|the)\s+(?=\S)", re.IGNORECASE)
_PROVIDES = re.compile(r"\Aprovides\s+(?=\S)", re.IGNORECASE)
# Words that no phrase ends in.
_UNFINISHED = re.compile(
    r"(?:[\s,;:(-]+(?:an?|the|and|or|of|for|to|in|on|with|by|that|which|is|are|from|as))+\Z",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_PLACEHOLDERS = frozenset(("xxx", "todo", "tbd", "fixme", "none", "summary"))
_ITEM = re.compile(r"(?m)\n(?=[ \t]*(?:[-*\u2022]|[0-9]{1,2}[.)]|[a-z][.)])[ \t]+\S)")
_MOST_SUMMARY = 75
_MOST_LINES = 20
_MOST_COLUMNS = 79  # of a line of a description, which Debian indents by one


def synopsis(summary: str, *, package: str, rock: str) -> str:
    """Return a summary as a short phrase without article, name and full stop; "" if empty."""
    text = _words(summary).strip(" .")
    if not _WORD.search(text) or _is_placeholder(text):
        return ""
    for name in (package, rock):
        if text.lower().startswith(name.lower()) and text[len(name) : len(name) + 1] in " :-,":
            rest = re.sub(r"^\s*(?:is|[:,\u2013\u2014-]+)\s+", "", text[len(name) :])
            text = rest if rest != text[len(name) :] else text
    text = _ARTICLE.sub("", _PROVIDES.sub("", text, count=1), count=1)
    if len(text) > _MOST_SUMMARY:
        first, _, rest = text.partition(". ")
        text = first if rest and _WORD.search(first) else text
    if len(text) > _MOST_SUMMARY:
        short = textwrap.shorten(text, _MOST_SUMMARY, placeholder="").rstrip(" ,;:-(")
        text = _UNFINISHED.sub("", short) or text[:_MOST_SUMMARY]
    return text[:1].upper() + text[1:]


def paragraphs(text: str, *, width: int = 76) -> tuple[str, ...]:
    """Return a text as wrapped lines, with empty lines between paragraphs; at most twenty."""
    if _is_placeholder(text):
        return ()
    lines: list[str] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        items = [_words(item) for item in _ITEM.split(part)]
        wrapped = [line for item in items if item for line in _wrapped(item, width)]
        lines += ["", *wrapped] if wrapped else []
    return tuple(lines[1 : _MOST_LINES + 1])


def _is_placeholder(text: str) -> bool:
    """Return whether a text is only a placeholder, such as TODO or a line with 'please'."""
    first = _WORD.search(text)
    if first is None:
        return False
    word, rest = first[0].lower(), text[first.end() :]
    if word == "please" and rest.startswith(" "):
        rest = rest.partition("\n")[2]
    elif word not in _PLACEHOLDERS:
        return False
    return not _WORD.search(rest)


def _words(text: str) -> str:
    """Return a text on one line, with single spaces and printable characters only."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _wrapped(text: str, width: int) -> list[str]:
    """Return a text as wrapped lines; indent list items, so that they are kept as they are."""
    is_item = _ITEM.match(f"\n{text}") is not None
    first, next_ones = (" ", "   ") if is_item else ("", "")
    wrapped = textwrap.wrap(
        text.replace(" .", "\0."),  # no line of a control field begins with a dot
        width,
        initial_indent=first,
        subsequent_indent=next_ones,
        break_long_words=False,
        break_on_hyphens=False,
    )
    if is_item and len(wrapped) > 1 and not _WORD.search(wrapped[0]):
        # The first word, an address, is as long as a line: it fits behind the sign of the item.
        joined = f"{wrapped[0]} {wrapped[1].lstrip()}"
        wrapped[:2] = [joined] if len(joined) <= _MOST_COLUMNS else wrapped[:2]
    return [line.replace("\0", " ") for line in wrapped]


def few(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names as they are listed: at most four, or three and how many more."""
    return names if len(names) <= 4 else (*names[:3], f"{len(names) - 3} more")


def listed(words: tuple[str, ...], most: int = 12) -> str:
    """Return words as an English list: a, b and c."""
    shown = list(words[:most]) + ([f"{len(words) - most} more"] if len(words) > most else [])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"

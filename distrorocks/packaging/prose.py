"""A rock's words about itself, as packages' descriptions have them."""

from __future__ import annotations

import re
import textwrap

_ARTICLE = re.compile(r"(?:an?|the)\s+(?=\S)", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"(?i)\W*(?:xxx|todo|tbd|fixme|none|summary|\W*please .*)\W*")
_MOST_SUMMARY = 75
_MOST_LINES = 20


def synopsis(summary: str, *, package: str, rock: str) -> str:
    """Return a summary as one short phrase without article, name and full stop; "" if empty."""
    text = " ".join(summary.split()).strip(" .")
    if not re.search(r"\w", text) or _PLACEHOLDER.fullmatch(text):
        return ""
    for name in (package, rock):
        if text.lower().startswith(name.lower()) and text[len(name) : len(name) + 1] in " :-,":
            rest = re.sub(r"^\s*(?:is|[:,\u2013\u2014-]+)\s+", "", text[len(name) :])
            text = rest if rest != text[len(name) :] else text
    text = _ARTICLE.sub("", text, count=1) if _ARTICLE.match(text) else text
    if len(text) > _MOST_SUMMARY:
        text = textwrap.shorten(text, _MOST_SUMMARY, placeholder="")
        text = text.rstrip(" ,;:-(") or summary[:_MOST_SUMMARY]
    return text[:1].upper() + text[1:] if text else ""


def paragraphs(text: str, *, width: int = 76) -> tuple[str, ...]:
    """Return a longer text in lines, paragraphs parted by empty ones, at most twenty lines."""
    if _PLACEHOLDER.fullmatch(text.strip()):
        return ()
    lines: list[str] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        words = " ".join("".join(c if c.isprintable() else " " for c in part).split())
        if words:
            kept = words.replace(" .", "\0.")  # no line of a control field begins with a dot
            wrapped = textwrap.wrap(kept, width, break_long_words=False)
            lines += ["", *(line.replace("\0", " ") for line in wrapped)]
    return tuple(lines[1 : _MOST_LINES + 1])


def listed(words: tuple[str, ...], most: int = 12) -> str:
    """Return words as people list them: a, b and c."""
    shown = list(words[:most]) + ([f"{len(words) - most} more"] if len(words) > most else [])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"

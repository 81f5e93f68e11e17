"""What a package says of itself, from the rockspec's words."""

from __future__ import annotations

import re

from distrorocks.packaging.facts import Facts
from distrorocks.packaging.field import HIGH, LOW, Draft
from distrorocks.packaging.prose import listed, paragraphs, synopsis


def describe(facts: Facts, draft: Draft, *, is_split: bool) -> None:
    """Decide the summary and the description; ``is_split`` is whether each Lua has a package."""
    words = synopsis(facts.summary, package=draft.text("package"), rock=facts.rock)
    if words:
        draft.put("summary", words, "rockspec: description.summary")
    else:
        gap = "the rockspec has no summary"
        draft.put("summary", f"Lua modules of the rock {facts.rock}", "the name", LOW, gap)
    text = facts.detailed.strip()
    source, confidence = "rockspec: description.detailed", HIGH
    if not text or " ".join(text.split()) == " ".join(facts.summary.split()):
        text, source = "", "rockspec: description.summary"
    versions = "" if is_split else f" for Lua {listed(draft.texts('lua_versions'))}"
    closing = f"This package has the rock {facts.rock}{versions}."
    if facts.commands:
        word = "command" if len(facts.commands) == 1 else "commands"
        closing += f" It brings the {word} {listed(facts.commands)}."
    said = paragraphs(_without_summary(text, facts.summary))
    lines = (*said, "", *paragraphs(closing)) if said else paragraphs(closing)
    draft.put("description", lines, source, confidence)


def _without_summary(text: str, summary: str) -> str:
    """Return a description without its beginning where that only says the summary again."""
    words = map(re.escape, summary.strip(" .").split())
    again = re.match(r"\s*" + r"\s+".join(words) + r"[.\s]+", text, re.IGNORECASE)
    return text[again.end() :] if again and again.end() < len(text) else text

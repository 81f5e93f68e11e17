"""The samples of README.md and docs/: what a reader would type, and what then comes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from integration.machines.scratch import CHECKOUT

PAGES = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "hooks/README.md")
_PROMPT = re.compile(r"([$#]) (.+)")
_ANYTHING = "..."
_NAMING_WORDS = 4


class Step(NamedTuple):
    """A command of a sample, and the lines that it prints; ``...`` stands for any lines.

    ``prompt`` is ``#`` for a command of root, and ``$`` for one of anybody.
    """

    prompt: str
    command: str
    lines: tuple[str, ...]


class Sample(NamedTuple):
    """A block of code in a page; ``name`` is the page with the block's first line."""

    page: str
    text: str

    @property
    def name(self) -> str:
        """The page and the first words of the block, which identify it."""
        words = self.text.splitlines()[0].split()
        return f"{self.page}: {' '.join(words[:_NAMING_WORDS])}"

    @property
    def steps(self) -> tuple[Step, ...]:
        """The commands behind a prompt, with what follows each; none in a block without prompts."""
        steps: list[tuple[str, str, list[str]]] = []
        for line in self.text.splitlines():
            if found := _PROMPT.fullmatch(line):
                steps.append((found[1], found[2], []))
            elif steps:
                steps[-1][2].append(line.rstrip())
        return tuple(Step(prompt, command, tuple(lines)) for prompt, command, lines in steps)


def samples() -> list[Sample]:
    """Return every block of code in the pages, fenced or indented."""
    pages = [*PAGES, *sorted(f"docs/{path.name}" for path in (CHECKOUT / "docs").glob("*.md"))]
    return [Sample(page, text) for page in pages for text in _blocks((CHECKOUT / page).read_text())]


def _blocks(text: str) -> Iterator[str]:
    """Yield the blocks of a Markdown text, as CommonMark has them in the forms that we use."""
    fence, block, above = False, [""], ""
    for line in [*text.splitlines(), "", "end"]:
        if line.startswith("```"):
            if fence:
                yield "\n".join(block)
            fence, block = not fence, []
        elif fence:
            block.append(line)
        elif line.startswith("    ") and (block or not above.strip()):
            block.append(line[4:])
        elif line.strip():
            if any(block):
                yield "\n".join(block).strip("\n")
            block = []
        elif block:
            block.append("")
        above = line


def difference(step: Step, printed: str) -> str:
    """Return how the output differs from the sample, "" where it does not.

    Empty lines at the end do not count, and tabs are spaces.
    """
    wanted, found = list(step.lines), printed.rstrip("\n").expandtabs().splitlines()
    while wanted and not wanted[-1]:
        wanted.pop()
    if _matches(wanted, [line.rstrip() for line in found]):
        return ""
    return f"$ {step.command}\n-- printed:\n{printed}\n-- the page says:\n" + "\n".join(wanted)


def _matches(wanted: list[str], found: list[str]) -> bool:
    if not wanted:
        return not found
    first, rest = wanted[0], wanted[1:]
    if first.strip() == _ANYTHING:
        return any(_matches(rest, found[at:]) for at in range(len(found) + 1))
    return bool(found) and found[0] == first and _matches(rest, found[1:])

"""The error of needs that cannot all be fulfilled: the proof, and what could be relaxed."""

from __future__ import annotations

from collections.abc import Sequence

from distrorocks.errors import NegativeError
from distrorocks.resolve.proof import Step
from distrorocks.resolve.relaxation import Relaxation

_MOST_TOLD = 24


class Conflict(NegativeError):  # noqa: N818 - what it is, not that it is one
    """No set of rocks fulfils all needs: ``steps`` prove it, ``relaxations`` are ways out.

    ``warnings`` are for who looked: what could not be read, without which the proof was made.
    """

    def __init__(
        self,
        brief: str,
        steps: Sequence[Step],
        relaxations: Sequence[Relaxation] = (),
        *,
        hint: str = "",
    ) -> None:
        self.steps = tuple(steps)
        self.relaxations = tuple(relaxations)
        self.warnings: tuple[str, ...] = ()
        lines = _numbered(self.steps)
        if self.relaxations:
            lines += ["what would help:", *(f"- {each.text}" for each in self.relaxations)]
        super().__init__(brief, detail="\n".join(lines), hint=hint)


def _numbered(steps: Sequence[Step]) -> list[str]:
    """Return the steps as lines; of a very long proof the first and the last.

    A step that follows from all before it does not list them.
    """
    lines = []
    for number, step in enumerate(steps, 1):
        follows = ""
        if len(step.because) < number - 1:
            follows = f" (from {', '.join(map(str, step.because))})" if step.because else ""
        lines.append(f"{number}. {'so ' if step.because else ''}{step.text}{follows}")
    if len(lines) > _MOST_TOLD:
        half = _MOST_TOLD // 2
        left_out = len(lines) - 2 * half
        lines[half:-half] = [f"... ({left_out} more steps)"]
    return lines

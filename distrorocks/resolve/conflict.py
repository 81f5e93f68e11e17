"""The error that reports that no set of rocks satisfies all needs, and why."""

from __future__ import annotations

from collections.abc import Sequence

from distrorocks.errors import NegativeError
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from distrorocks.resolve.core import Relaxation

_MOST_SHOWN = 24


class Step(NamedTuple):
    """One sentence of a proof: a fact, or a conclusion from the steps ``because`` (from 1)."""

    text: str
    because: tuple[int, ...] = ()


class Conflict(NegativeError):  # noqa: N818 - the established name
    """No set of rocks satisfies all needs: ``steps`` prove it, ``relaxations`` would resolve it.

    ``warnings`` list what could not be read and is therefore missing from the proof.
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
    """Return the steps as lines, only the first and last ones of a very long proof.

    A step derived from all previous ones does not list them.
    """
    lines = []
    for number, step in enumerate(steps, 1):
        follows = ""
        if len(step.because) < number - 1:
            follows = f" (from {', '.join(map(str, step.because))})" if step.because else ""
        lines.append(f"{number}. {'so ' if step.because else ''}{step.text}{follows}")
    if len(lines) > _MOST_SHOWN + 1:  # one is shown in the place of the line about it
        half = _MOST_SHOWN // 2
        left_out = len(lines) - 2 * half
        lines[half:-half] = [f"... ({left_out} more steps)"]
    return lines

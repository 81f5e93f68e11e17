"""Which attacks of a family are tried: every one, or some that tell most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from integration.faults import attack
from integration.faults.attack import Attack
from integration.faults.layer import RENAME, WRITE, Call
from integration.faults.refresh_cases import RefreshCases
from integration.faults.rock_cases import RockCases

Cases = RefreshCases | RockCases


class Choice(NamedTuple):
    """``strides`` has of how many attacks of a family one is tried (1 where it says nothing).

    ``late`` is how many signals of each kind come at random moments. ``at_content``: beside those,
    all kills at writes and renames are tried.
    """

    strides: Mapping[str, int]
    late: int
    at_content: bool = True


EVERY = Choice({}, 100)
SOME = {
    "refresh": Choice({"withdrawals": 2, "interrupts": 4, "errors": 5, "full_disk": 3}, 20),
    "rocks": Choice(
        {"kills": 13, "interrupts": 16, "halves": 25, "errors": 29, "full_disk": 23}, 5
    ),
}
PACKAGED = {
    "refresh": Choice(
        {"kills": 5, "withdrawals": 13, "interrupts": 25, "errors": 31, "full_disk": 17}, 2, False
    ),
    "rocks": Choice(
        {"kills": 13, "interrupts": 43, "halves": 61, "errors": 61, "full_disk": 41}, 2, False
    ),
}
"""For the program from a package, which has to be started anew each time."""


def chosen(cases: Cases, family: str, choice: Choice) -> list[Attack]:
    """Return the attacks of a family that are tried on a scenario."""
    if family == "late_signals":
        return list(attack.late_signals(cases.length(), choice.late, cases.scenario.name))
    every: list[Attack] = list(getattr(attack, family)(cases.calls))
    stride = choice.strides.get(family, 1)
    is_content = family == "kills" and choice.at_content
    return [
        each
        for number, each in enumerate(every)
        if number % stride == 0 or (is_content and is_at_content(cases.calls, each))
    ]


def is_at_content(calls: Sequence[Call], each: Attack) -> bool:
    """Return whether an attack is at a write or a rename: just before it, in it, or just after."""
    near = calls[max(0, each.fault.first - 2) : each.fault.first]
    return any(call.kind == RENAME for call in near) or near[-1].kind == WRITE

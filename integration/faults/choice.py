"""Which attacks of a family are tried: every one, or some that tell most."""

from __future__ import annotations

import os
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
EVERY_VARIABLE = "DISTROROCKS_EVERY_FAULT"
"""Set in the environment, this makes every attack be tried.

That takes half an hour, and some hours more for the program from a package.
"""
SOME = {
    "refresh": Choice({"withdrawals": 2, "interrupts": 4, "errors": 5, "full_disk": 3}, 20),
    "rocks": Choice({"kills": 3, "interrupts": 5, "errors": 7, "full_disk": 5}, 5),
}
PACKAGED = {
    "refresh": Choice(
        {"kills": 11, "withdrawals": 31, "interrupts": 61, "errors": 71, "full_disk": 41}, 1, False
    ),
    "rocks": Choice({"kills": 13, "interrupts": 31, "errors": 43, "full_disk": 29}, 1, False),
}
"""For the program from a package, which has to be started anew each time.

The strides share no factor with the number of signals and ends of a disk: each has turns.
"""


def is_every() -> bool:
    """Return whether every attack is asked for."""
    return bool(os.environ.get(EVERY_VARIABLE))


def packaged(subject: str) -> Choice:
    """Return what is tried with the program from a package: some, or all if they are asked for."""
    return EVERY if is_every() else PACKAGED[subject]


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

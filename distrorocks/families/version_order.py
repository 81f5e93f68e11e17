"""What the orders of all families' versions have in common: epochs, and numbers of any length."""

from __future__ import annotations

_MOST_DIGITS = 400


def epoch_and_rest(version: str) -> tuple[int, str]:
    """Return the epoch of a version, 0 where it has none, and what follows it."""
    epoch, colon, rest = version.partition(":")
    return (number_of(epoch), rest) if colon and epoch.isdecimal() else (0, version)


def number_of(digits: str) -> int:
    """Return the number that digits are; one of too many digits is as large as any.

    Python reads 4,300 digits at most, in a time that grows with their square.
    """
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS

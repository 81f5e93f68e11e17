"""Which sandbox is used: the user's choice, and what works on this machine."""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal, TypeAlias

from distrorocks.errors import DistrorocksError
from distrorocks.system.sandbox.confined import Backend
from distrorocks.values import NamedTuple

Choice: TypeAlias = Literal["auto", "require", "off"]
CHOICES: tuple[Choice, ...] = ("auto", "require", "off")

_NAMES = MappingProxyType({"bwrap": "bubblewrap", "unshare": "util-linux unshare"})
_INSTALL = "install the package bubblewrap"
_CONTAINER = "in a container, allow user namespaces (or run it privileged)"
_NOT_PROTECTED = "builds can read what {user} can, use the network, and start processes that stay"


class SandboxError(DistrorocksError):
    """There is no sandbox although one is required, or a sandbox failed."""


class Probed(NamedTuple):
    """The result of trying a backend: ``fault`` says why it does not work, "" if it does."""

    backend: Backend
    fault: str


class Chosen(NamedTuple):
    """The backend to use, and a sentence that reports it."""

    backend: Backend
    sentence: str


def choose(choice: Choice, probed: tuple[Probed, ...], plain: Backend, *, is_root: bool) -> Chosen:
    """Return the first backend that works; ``plain`` is the one without namespaces.

    Raise ``SandboxError`` if none works and the choice is "require".
    """
    user = "nobody" if is_root else "you"
    risk = _NOT_PROTECTED.format(user=user)
    if choice == "off":
        return Chosen(plain, f"builds run without a sandbox, as was asked: {risk}")
    for each in probed:
        if not each.fault:
            name = _NAMES[each.backend.kind]
            who = " as nobody" if is_root else ""
            return Chosen(each.backend, f"builds run in a sandbox of {name}{who}")
    faults = [f"{_NAMES[each.backend.kind]}: {each.fault}" for each in probed]
    if choice == "require":
        raise SandboxError(
            "no sandbox is available for builds",
            detail="\n".join(faults),
            hint=f"{_advice(probed)}, or take --build-sandbox auto",
        )
    return Chosen(
        plain,
        f"builds run without a sandbox ({'; '.join(faults)}): {risk}; {_advice(probed)}",
    )


def _advice(probed: tuple[Probed, ...]) -> str:
    """Return what makes a sandbox available."""
    is_installed = any(each.backend.kind == "bwrap" and each.backend.program for each in probed)
    return _CONTAINER if is_installed else _INSTALL

"""The flags with which a distribution builds its packages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from distrorocks.families import build_flags
from distrorocks.families.build_flags import BuildFlags, NoFlagsError
from distrorocks.families.known import FAMILIES
from distrorocks.system.processes.command import CommandError, Output

DPKG = """ASFLAGS=
CFLAGS=-g -O2 -ffile-prefix-map=/=. -Wformat -Werror=format-security
CPPFLAGS=-Wdate-time -D_FORTIFY_SOURCE=2
CXXFLAGS=-g -O2 -ffile-prefix-map=/=.
LDFLAGS=-Wl,-z,relro
"""


def answer(
    monkeypatch: pytest.MonkeyPatch, text: str, status: int = 0, error: str = ""
) -> list[Sequence[str]]:
    """Let programs answer with a text; return the commands that will have been run."""
    ran: list[Sequence[str]] = []

    def run(words: Sequence[str], **_: Any) -> Output:
        ran.append(words)
        if error:
            raise CommandError(error)
        return Output(status, text.encode(), b"no idea\n")

    monkeypatch.setattr(build_flags, "run", run)
    return ran


def test_dpkg_says_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flag that names the directory of a package's build is left out."""
    ran = answer(monkeypatch, DPKG)
    flags = FAMILIES["deb"].build_flags()
    assert ran == [("dpkg-buildflags",)]
    assert flags == BuildFlags(
        "-g -O2 -Wformat -Werror=format-security",
        "-Wdate-time -D_FORTIFY_SOURCE=2",
        "-g -O2",
        "-Wl,-z,relro",
    )
    assert flags.environment["CPPFLAGS"] == "-Wdate-time -D_FORTIFY_SOURCE=2"


def test_rpm_says_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order in which its macros are asked for; a macro that is missing gives no flag."""
    ran = answer(monkeypatch, "-O2 -g -fstack-protector-strong\n-O2 -g\n\n")
    assert FAMILIES["rpm"].build_flags() == BuildFlags(
        cflags="-O2 -g -fstack-protector-strong", cxxflags="-O2 -g"
    )
    answer(monkeypatch, "-O2\n-O3")
    assert FAMILIES["rpm"].build_flags() == BuildFlags(cflags="-O2", cxxflags="-O3")
    assert ran[0][0] == "rpm"
    assert [word for word in ran[0] if word == "--eval"] == ["--eval"] * 3


def test_flags_that_are_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install, or to pass."""
    answer(monkeypatch, "\n\n\n")
    with pytest.raises(NoFlagsError, match="rpm's macros have none"):
        FAMILIES["rpm"].build_flags()
    answer(monkeypatch, "", status=2)
    with pytest.raises(NoFlagsError, match="dpkg-buildflags failed") as caught:
        FAMILIES["deb"].build_flags()
    assert caught.value.detail == "no idea"
    answer(monkeypatch, "", error="dpkg-buildflags is not installed")
    with pytest.raises(NoFlagsError, match="not installed") as caught:
        FAMILIES["deb"].build_flags()
    assert caught.value.hint == "install the package dpkg-dev"
    with pytest.raises(NoFlagsError, match="no program of apk tells them"):
        FAMILIES["apk"].build_flags()

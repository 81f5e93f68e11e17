"""Rockspecs speak of platforms as LuaRocks understands them."""

from __future__ import annotations

import pytest

from distrorocks.rocks.platform import LINUX, ORDER, UnsupportedPlatform, check_supported


@pytest.mark.parametrize(
    "entries",
    [
        [],
        ["linux"],
        ["unix"],
        ["windows", "linux"],
        ["linux", "!unix"],
        ["!windows"],
        ["!windows", "!macosx"],
    ],
)
def test_a_rock_for_this_platform_is_let_in(entries: list[str]) -> None:
    """A match accepts at once; refusals of other platforms alone refuse nothing here."""
    check_supported("foo", entries, ("unix", "linux"))


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        (["windows"], "linux, unix"),
        (["!linux", "unix"], "linux"),
        (["!unix"], "unix"),
        (["!windows", "macosx"], "linux, unix"),
    ],
)
def test_a_rock_for_others_is_refused(entries: list[str], told: str) -> None:
    """A refusal that hits, or names of which none is active, refuse."""
    with pytest.raises(UnsupportedPlatform) as caught:
        check_supported("foo", entries, ("unix", "linux"))
    assert str(caught.value) == f"foo does not support {told} platforms"


def test_platforms_are_ordered_from_general_to_specific() -> None:
    """They are those of LuaRocks' configuration; overrides apply in this order."""
    names = (
        "unix bsd solaris netbsd openbsd freebsd dragonfly linux macosx cygwin msys haiku "
        "windows win32 mingw mingw32 msys2_mingw_w64"
    )
    assert " ".join(ORDER) == names
    assert LINUX == ("unix", "linux")

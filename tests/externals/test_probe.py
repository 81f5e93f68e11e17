"""Paths of what is probed are joined as LuaRocks joins them."""

from __future__ import annotations

import pytest

from distrorocks.externals.probe import joined


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        (("/usr", "include"), "/usr/include"),
        (("/usr/", "/include/", "a//b.h"), "/usr/include/a/b.h"),
        (("", "/usr", "lib"), "/usr/lib"),
        (("usr", "/lib"), "usr/lib"),
        (("/", "lua.h"), "/lua.h"),
        (("/",), "/"),
        (("",), ""),
        ((), ""),
    ],
)
def test_parts_are_joined_without_double_slashes(parts: tuple[str, ...], path: str) -> None:
    """The path is absolute if the first part that is not empty is."""
    assert joined(*parts) == path

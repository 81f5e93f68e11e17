"""The rockspec of a working directory is found as LuaRocks finds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.errors import UsageError
from distrorocks.install.own_rockspec import chosen_rockspec, find_rockspec


@pytest.mark.parametrize(
    ("paths", "chosen"),
    [
        (["a-1.0-1.rockspec"], "a-1.0-1.rockspec"),
        (["a-1.0-1.rockspec", "rockspecs/a-1.10-1.rockspec", "a-1.9-1.rockspec"], "rockspecs/a-1."),
        (["a-1.0-1.rockspec", "a-scm-1.rockspec"], "a-scm-1.rockspec"),
        (["a-1.0-1.rockspec", "here-1.0-1.rockspec"], "here-1.0-1.rockspec"),
        (["a-1.0-1.rockspec", "rockspec"], "rockspec"),
        (["here-1.0-1.rockspec", "rockspec/any.rockspec"], "rockspec/any.rockspec"),
    ],
)
def test_the_choice(paths: list[str], chosen: str) -> None:
    """A lone name without a version, the rock named like the directory, or the newest."""
    for order in (paths, paths[::-1]):
        assert chosen_rockspec(order, "here").startswith(chosen)


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        ([], "there is no rockspec"),
        (["a-1.0-1.rockspec", "b-1.0-1.rockspec"], "several rockspecs"),
        (["x.rockspec", "rockspec", "here-1.0-1.rockspec"], "several rockspecs"),
    ],
)
def test_no_choice(paths: list[str], told: str) -> None:
    """The user has to name one; the error lists them."""
    with pytest.raises(UsageError, match=told) as caught:
        chosen_rockspec(paths, "here")
    assert all(f"  {each}" in caught.value.detail for each in paths if each[0] != "h")


def test_where_it_looks(tmp_path: Path) -> None:
    """In the directory, rockspec, rockspecs and .rockspecs, at files whose names end so."""
    for path in (
        "rockspec/a-1-1.rockspec",
        "rockspecs/a-2-1.rockspec",
        ".rockspecs/a-3-1.rockspec",
    ):
        (tmp_path / path).parent.mkdir()
        (tmp_path / path).write_text("")
        assert find_rockspec(str(tmp_path)) == f"{tmp_path}/{path}"
    (tmp_path / "a-4-1.rockspec").mkdir()
    (tmp_path / "a-5-1.rockspec~").write_text("")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper/a-6-1.rockspec").write_text("")
    assert find_rockspec(str(tmp_path)) == f"{tmp_path}/.rockspecs/a-3-1.rockspec"
    (tmp_path / "a-7-1.rockspec").symlink_to("rockspec/a-1-1.rockspec")
    assert find_rockspec(str(tmp_path)) == f"{tmp_path}/a-7-1.rockspec"

"""What is where packages install modules and commands is known without reading their lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.families.module_files import has_command, installed_modules, may_be_packaged
from distrorocks.system.files.root_path import RootView


def filled(root: Path, *paths: str) -> RootView:
    """Return a root with empty files."""
    for path in paths:
        place = root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    return RootView(str(root))


def test_modules_of_all_directories_of_packages_are_found(tmp_path: Path) -> None:
    """In Lua and in C, for each architecture, for this Lua version only, by their names."""
    view = filled(
        tmp_path,
        "/usr/share/lua/5.4/a.lua",
        "/usr/share/lua/5.4/b/init.lua",
        "/usr/share/lua/5.4/b/readme.txt",
        "/usr/lib/x86_64-linux-gnu/lua/5.4/c/core.so",
        "/usr/lib64/lua/5.4/d.so",
        "/usr/share/lua/5.1/old.lua",
        "/usr/local/share/lua/5.4/mine.lua",
    )
    assert installed_modules(view, "5.4") == {"a", "b", "c.core", "d"}


def test_links_are_followed_as_packages_list_them(tmp_path: Path) -> None:
    """A directory of modules may be a link; below it a link to a file is a module."""
    view = filled(tmp_path, "/usr/lib/lua/5.4/a.so", "/usr/share/lua/5.3/shared.lua")
    (tmp_path / "usr/lib64").symlink_to("lib")
    (tmp_path / "usr/share/lua/5.4").mkdir()
    (tmp_path / "usr/share/lua/5.4/b.lua").symlink_to("../5.3/shared.lua")
    assert installed_modules(view, "5.4") == {"a", "b"}


def test_a_system_without_modules_has_none(tmp_path: Path) -> None:
    """Nothing has to exist."""
    assert installed_modules(RootView(str(tmp_path)), "5.4") == frozenset()


def test_commands_are_those_of_usr_bin(tmp_path: Path) -> None:
    """A link to nowhere counts, a path does not."""
    view = filled(tmp_path, "/usr/bin/run", "/usr/local/bin/mine")
    (tmp_path / "usr/bin/broken").symlink_to("nowhere")
    found = [has_command(view, name) for name in ("run", "broken", "mine", "../bin/run")]
    assert found == [True, True, False, False]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("/usr", True),
        ("/", True),
        ("/usr/share/lua/5.4", True),
        ("/usr/lib/x86_64-linux-gnu/lua/5.4/", True),
        ("/usr/bin/run", True),
        ("/usr/local/share/lua/5.4", False),
        ("/home/me/.luarocks/share/lua/5.4", False),
        ("/usr/library", False),
    ],
)
def test_only_some_places_can_have_files_of_packages(place: str, expected: bool) -> None:
    """A directory above such files counts, one beside them does not."""
    assert may_be_packaged(place) is expected

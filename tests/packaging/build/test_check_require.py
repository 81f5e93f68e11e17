"""Modules of a package are loaded by their own Lua, files alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from distrorocks.packaging.build.check_require import (
    check_require,
    lua_program,
    reason_for_none,
)

MODULE = "/usr/share/lua/5.4/foo.lua"

pytestmark = pytest.mark.skipif(not lua_program("5.4"), reason="there is no Lua 5.4")


@pytest.mark.parametrize("path", [MODULE, "/usr/share/lua/5.4/foo/init.lua"])
def test_a_special_file_is_not_given_to_lua(path: str, tmp_path: Path) -> None:
    """Lua would block on a FIFO until the time limit."""
    place = tmp_path / path.lstrip("/")
    place.parent.mkdir(parents=True)
    os.mkfifo(place)
    (done,) = check_require([path], destination=str(tmp_path), lua_versions=["5.4"])
    assert done.fault == f"{place} is not a regular file"


def test_each_module_is_loaded(tmp_path: Path) -> None:
    """One that loads has no fault; of one that does not, Lua's error is reported."""
    place = tmp_path / MODULE.lstrip("/")
    place.parent.mkdir(parents=True)
    place.write_text("return {}")
    (done,) = check_require([MODULE], destination=str(tmp_path), lua_versions=["5.4"])
    assert done.fault == ""
    place.write_text("error('no')")
    (done,) = check_require([MODULE], destination=str(tmp_path), lua_versions=["5.4"])
    assert "no" in done.fault


def test_the_systems_modules_are_searched_after_the_packages(tmp_path: Path) -> None:
    """A package without C modules still finds those of others, in Lua's own path."""
    place = tmp_path / MODULE.lstrip("/")
    place.parent.mkdir(parents=True)
    place.write_text("assert(package.cpath:find('/usr/', 1, true), package.cpath)")
    (done,) = check_require([MODULE], destination=str(tmp_path), lua_versions=["5.4"])
    assert done.fault == ""


def test_a_module_that_does_not_compile_is_reported_with_the_reason(tmp_path: Path) -> None:
    """Lua's first line names the file alone."""
    place = tmp_path / MODULE.lstrip("/")
    place.parent.mkdir(parents=True)
    place.write_text("return return")
    (done,) = check_require([MODULE], destination=str(tmp_path), lua_versions=["5.4"])
    assert "foo.lua:1:" in done.fault


@pytest.mark.parametrize(
    ("paths", "left_out", "reason"),
    [
        ([MODULE], [], ""),
        ([MODULE], ["foo"], "all modules are left out"),
        (["/usr/bin/foo"], [], "the rock has only commands"),
        (["/usr/lib/luarocks/rocks-5.4/foo/1-1/rock_manifest"], [], "the rock has no modules"),
        ([], [], ""),
    ],
)
def test_a_package_without_modules_to_load_is_told_apart(
    paths: list[str], left_out: list[str], reason: str
) -> None:
    """Where nothing is staged at all, something went wrong."""
    assert reason_for_none(paths, left_out) == reason


def test_a_library_that_is_no_module_is_told_and_not_loaded(tmp_path: Path) -> None:
    """A prebuilt library of another system lies beside the modules that choose among them."""
    path = "/usr/lib/lua/5.4/libfoo-darwin.so"
    place = tmp_path / path.lstrip("/")
    place.parent.mkdir(parents=True)
    place.write_bytes(b"\xcf\xfa\xed\xfe")
    (done,) = check_require([path], destination=str(tmp_path), lua_versions=["5.4"])
    assert (done.fault, done.no_module) == ("", "it is no shared library of this system")


def test_a_module_in_lua_is_loaded_beside_a_library_of_its_name(tmp_path: Path) -> None:
    """Lua looks for modules in Lua first."""
    paths = ["/usr/lib/lua/5.4/foo.so", MODULE]
    for path in paths:
        place = tmp_path / path.lstrip("/")
        place.parent.mkdir(parents=True)
        place.write_text("return {}")
    (done,) = check_require(paths, destination=str(tmp_path), lua_versions=["5.4"])
    assert (done.fault, done.no_module) == ("", "")

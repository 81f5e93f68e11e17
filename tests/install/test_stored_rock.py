"""A stored rock is used only where everything that made it is the same."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from distrorocks.families.build_flags import BuildFlags
from distrorocks.install.build.request import BuildRequest, Lua, Settings
from distrorocks.install.build.steps import build_steps
from distrorocks.install.stored_rock import build_inputs
from distrorocks.trees.layout import tree_layout
from tests.install.build.requests import wanted

C_ROCK = '{ type = "builtin", modules = { foo = "foo.c" } }'
MADE = '{ type = "command", build_command = "true" }'


@pytest.fixture
def request_of_c(tmp_path: Path) -> BuildRequest:
    """A request to compile a module against headers."""
    (tmp_path / "lua.h").write_text("#define LUA_VERSION_NUM 504\n")
    return wanted(C_ROCK, lua=Lua("5.4", str(tmp_path)), variables={"CC": "cc", "CFLAGS": "-O2"})


def key(request: BuildRequest, source: str = "source", **more: Any) -> str:
    """Return the key of a build in the store."""
    given = {"arch": "linux-x86_64", "needs": (), "layouts": (), **more}
    return build_inputs(request, build_steps(request), source=source, **given).key


def test_the_same_build_has_the_same_key(request_of_c: BuildRequest) -> None:
    """Whatever the private directories are that it is built in."""
    elsewhere = request_of_c.places._replace(sources="/elsewhere")
    assert key(request_of_c) == key(request_of_c._replace(places=elsewhere))


def test_everything_that_decides_a_build_changes_the_key(
    request_of_c: BuildRequest, tmp_path: Path
) -> None:
    """Sources, rockspec, machine, variables, externals, headers, and the rocks built before."""
    rock = tmp_path / "rock"
    rock.mkdir()
    (rock / "rock_manifest").write_text("rock_manifest = {}\n")
    keys = [
        key(request_of_c),
        key(request_of_c, "other"),
        key(request_of_c._replace(text=b"another rockspec")),
        key(request_of_c._replace(lock=b"return {}")),
        key(request_of_c._replace(settings=Settings(hardening=BuildFlags("-g")))),
        key(request_of_c, arch="linux-aarch64"),
        key(request_of_c._replace(variables={"CC": "cc", "CFLAGS": "-O3"})),
        key(request_of_c._replace(externals={"FOO_DIR": "/opt/foo"})),
        key(request_of_c._replace(environment={"CFLAGS": "-g"})),
        key(request_of_c._replace(environment={"AR": "gcc-ar"})),
        key(request_of_c, needs=(str(rock),)),
    ]
    (tmp_path / "luaconf.h").write_text("#define LUAI_MAXSTACK 5\n")
    keys.append(key(request_of_c))
    (rock / "rock_manifest").write_text("rock_manifest = { lua = {} }\n")
    keys.append(key(request_of_c, needs=(str(rock),)))
    assert len(set(keys)) == len(keys)


def test_programs_of_a_rock_may_look_at_the_trees(tmp_path: Path) -> None:
    """So a changed manifest of a tree counts for them, and for compilers it does not.

    A back end of LuaRocks is such a program, and may itself be in a tree.
    """
    layout = tree_layout(str(tmp_path), "5.4")
    os.makedirs(layout.rocks_dir)
    Path(layout.manifest).write_text("one")
    kinds = (MADE, '{ type = "rust-mlua" }', C_ROCK)
    before = [key(wanted(build), layouts=[layout]) for build in kinds]
    Path(layout.manifest).write_text("three")
    after = [key(wanted(build), layouts=[layout]) for build in kinds]
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, False, True]


def test_a_compiler_says_its_version_once_per_run(
    request_of_c: BuildRequest, tmp_path: Path
) -> None:
    """However many rocks it compiles."""
    compiler, asked = tmp_path / "cc", tmp_path / "asked"
    compiler.write_text(f"#!/bin/sh\necho asked >>{asked}\necho 'cc 1.0'\n")
    compiler.chmod(0o755)
    request = request_of_c._replace(variables={"CC": str(compiler)})
    assert key(request) != key(request, "other")
    assert asked.read_text() == "asked\n"

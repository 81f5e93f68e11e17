"""What a rockspec is built by: the steps of each build type, and what is refused."""

from __future__ import annotations

import pytest

from distrorocks.install.build.request import BuildError, Settings
from distrorocks.install.build.step import NeedsLuaRocks, Warn
from tests.install.build.requests import DOCUMENTS, ENDS, LUA_FOLDER, steps, told


def test_nothing_is_run_for_none() -> None:
    """`none` has only the files that the rockspec lists, its documents, and its lists."""
    found = steps('{ type = "none", install = { bin = { "foo" } } }')
    assert told(found) == ["InstallFile | foo | bin/foo | True", *DOCUMENTS, *ENDS]


def test_module_is_an_old_name_of_builtin() -> None:
    """Both have the same steps."""
    table = '{{ type = "{}", modules = {{ a = "a.lua" }} }}'
    assert steps(table.format("module")) == steps(table.format("builtin"))


@pytest.mark.parametrize("build", ["", "{}", "{ modules = {} }"])
def test_builtin_is_the_default_from_format_3_on(build: str) -> None:
    """A rockspec of format 3.0 needs neither a build table nor a type."""
    found = told(steps(build, rockspec_format="3.0"))
    assert found == [LUA_FOLDER, *DOCUMENTS, *ENDS]


def test_older_formats_name_a_type_and_modules() -> None:
    """Without one of them nothing can be built."""
    with pytest.raises(BuildError, match="no build type"):
        steps("{}")
    with pytest.raises(BuildError, match=r"no build\.modules"):
        steps('{ type = "builtin" }')


def test_a_back_end_of_luarocks_is_left_to_it() -> None:
    """One typed step says so, and names the rock that has the back end."""
    (step,) = steps('{ type = "rust-mlua" }')
    assert isinstance(step, NeedsLuaRocks)
    assert step.build_type == "rust-mlua"
    assert "luarocks-build-rust-mlua" in step.reason


def test_only_accepted_types_are_built() -> None:
    """`accepted_build_types` of the configuration refuses all others; `none` runs nothing."""
    settings = Settings.from_table({"accepted_build_types": {1: "builtin"}})
    assert steps('{ type = "none" }', settings=settings)
    assert steps('{ type = "module", modules = {} }', settings=settings)
    for kind in ("make", "rust"):
        with pytest.raises(BuildError, match="does not accept"):
            steps(f'{{ type = "{kind}" }}', settings=settings)


def test_variables_without_a_value_are_told_first() -> None:
    """Each is told once, in the order of their use."""
    found = steps('{ type = "command", build_command = "$(NO_A) $(NO_B) $(NO_A)" }')
    assert [step.message for step in found if isinstance(step, Warn)] == [
        "unmatched variable NO_A",
        "unmatched variable NO_B",
    ]
    assert isinstance(found[0], Warn)


def test_the_lock_file_is_kept_beside_the_rockspec() -> None:
    """A luarocks.lock that is given becomes a file of the rock, listed in the rock_manifest."""
    found = told(steps('{ type = "none" }', lock=b"return {}"))
    assert found[-2:] == ["WriteRockFile | luarocks.lock | b'return {}'", "WriteManifest"]


def reasons(build: str) -> list[str]:
    """Return the reasons of a build's steps."""
    return [step.reason for step in steps(build)]


def test_the_reasons_of_a_build_name_its_fields() -> None:
    """Those of builtin: modules, installed files, directories, and what every rock has."""
    build = """{ type = "builtin", modules = { a = "a.lua", c = "c.c" },
        install = { bin = { "t" } }, copy_directories = { "d" } }"""
    assert reasons(build) == [
        "of the module c",
        "the module c",
        "build.modules['a']",
        "build.modules['c']",
        "LuaRocks copies all of a directory lua/",
        "build.install.bin[1]",
        "build.copy_directories",
        "LuaRocks keeps documents of rocks without such a directory",
        "the rockspec as it is",
        "the list of the rock's files",
    ]


def test_the_reasons_of_commands_name_what_asks_for_them() -> None:
    """It is the build type, or the field that has the command."""
    assert reasons('{ type = "make", variables = { N = "$(NONE)" } }')[:4] == [
        "text without a value becomes empty",
        "LuaRocks warns of it too",
        "build.type 'make'",
        "build.type 'make'",
    ]
    assert reasons('{ type = "cmake" }')[:2] == ["build.type 'cmake'"] * 2
    build = '{ type = "command", build_command = "b", install_command = "i" }'
    assert reasons(build)[:4] == [
        "build.build_command",
        "build.install_command",
        "what the commands installed below $(PREFIX)",
        "LuaRocks copies doc/ by default",
    ]

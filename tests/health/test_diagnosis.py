"""The environment and the hooks, judged without any machine."""

from __future__ import annotations

import pytest

from distrorocks.config.configuration import Configuration, Place, Places
from distrorocks.errors import DistrorocksError
from distrorocks.health.diagnosis import (
    apply_hint,
    config_problems,
    environment_problems,
    hook_problems,
    start_up_problems,
)
from distrorocks.trees.layout import distro_layout

LAYOUT = distro_layout("5.3", library_dir="lib64")


def test_a_tree_that_is_not_listed_is_the_one_problem_of_a_configuration() -> None:
    """What LuaRocks does not see has no other; the version is that of the tree."""
    (found,) = config_problems({"rocks_trees": {1: "/usr/local"}}, LAYOUT, home="/root")
    assert found.topic == "config"
    assert found.text == "LuaRocks does not see /usr: rocks_trees does not list it"
    assert found.hint.endswith(" --lua-version 5.3")
    assert found.lua_version == "5.3"


@pytest.mark.parametrize(
    ("variables", "hidden"),
    [
        ({}, []),
        ({"LUA_PATH": "/x/?.lua;;"}, []),
        ({"LUA_PATH": "/usr/share/lua/5.3/?.lua"}, []),
        ({"LUA_PATH": "/x/?.lua"}, ["LUA_PATH"]),
        ({"LUA_PATH": "/x/?.lua", "LUA_PATH_5_3": ";;"}, []),
        ({"LUA_PATH_5_3": "./?.lua", "LUA_CPATH": ""}, ["LUA_PATH_5_3", "LUA_CPATH"]),
        ({"LUA_PATH_5_4": "/x/?.lua"}, []),
        ({"LUA_CPATH": "/usr/lib64/lua/5.3/?.so"}, []),
    ],
)
def test_a_path_without_the_tree_hides_it(variables: dict[str, str], hidden: list[str]) -> None:
    """The variable of the Lua version goes before the one for all."""
    told = [it.hint for it in environment_problems(variables, LAYOUT)]
    assert told == [f"unset {name}, or append ;; to it" for name in hidden]


def test_lua_5_1_knows_no_versioned_variable() -> None:
    """Only later versions read LUA_PATH_5_x."""
    assert environment_problems({"LUA_PATH_5_1": "/x"}, distro_layout("5.1")) == []


def test_code_that_runs_first_is_shown_and_shortened() -> None:
    """Both names count; other variables do not."""
    found = start_up_problems({"LUA_INIT": "x" * 500, "LUA_INIT_5_3": "y=1", "LUA_PATH": ""})
    assert [len(it.text) < 200 for it in found] == [True, True]
    assert "y=1" in found[1].text


def test_each_package_manager_needs_its_hooks() -> None:
    """One with hooks is no problem."""
    assert [it.text.count("(rpm)") for it in hook_problems(("deb", "rpm"), ("deb",))] == [1]


def test_a_hidden_tree_is_named_with_the_variable_that_hides_it() -> None:
    """By the directory of modules in Lua, or of those in C."""
    found = environment_problems({"LUA_PATH": "/x/?.lua", "LUA_CPATH": "/x/?.so"}, LAYOUT)
    assert [(it.topic, it.text, it.lua_version) for it in found] == [
        (
            "environment",
            f"{name} names neither {directory} nor the defaults (;;), so Lua skips them",
            "5.3",
        )
        for name, directory in (("LUA_PATH", LAYOUT.lua_dir), ("LUA_CPATH", LAYOUT.lib_dir))
    ]


@pytest.mark.parametrize(("length", "shown"), [(120, "x" * 120), (121, "x" * 120 + "...")])
def test_code_is_shortened_beyond_a_line(length: int, shown: str) -> None:
    """A line and no more is shown of it, and that there is more."""
    (found,) = start_up_problems({"LUA_INIT": "x" * length})
    assert found.text == f"LUA_INIT makes each Lua program run {shown} first"


def test_the_tree_is_to_be_listed_in_the_file_that_decides() -> None:
    """That of the project before the user's before the system's; a faulty one is mended first."""
    user, project = "/h/config-5.3.lua", "/p/.luarocks/config-5.3.lua"
    places = Places(Place("/etc/c.lua", True), Place(user, True), Place(project, True))
    config = Configuration({}, places=places, lua_version="5.3")
    assert apply_hint(config) == "distrorocks config-snippet --apply --lua-version 5.3"
    system = config._replace(origins={("rocks_trees",): "/etc/c.lua"})
    assert apply_hint(system) == apply_hint(config)
    users = config._replace(origins={("rocks_trees", 1): user})
    unset = "distrorocks config rocks_trees --unset --scope"
    assert apply_hint(users) == (
        f"list /usr in {user} too, or have the system's trees again: {unset} user --lua-version 5.3"
    )
    assert f"{unset} project" in apply_hint(config._replace(origins={("rocks_trees",): project}))
    faulty = users._replace(faults=(DistrorocksError("broken"),))
    assert apply_hint(faulty) == "fix the faulty configuration file first"

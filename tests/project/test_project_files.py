"""The files of a project are LuaRocks', and nobody's own file is replaced."""

from __future__ import annotations

import pytest

from distrorocks.project.project_files import (
    Choice,
    Decided,
    Present,
    Setup,
    configuration,
    missing_entries,
    project_files,
)
from distrorocks.trees.layout import tree_layout

HERE = "/work/it's"
SETUP = Setup(
    "5.4",
    {"LUA": "/usr/bin/lua5.4", "LUA_BINDIR": "/usr/bin", "LUA_DIR": "/usr", "CC": "cc"},
    ("/usr/bin/lua5.4", "/usr/bin/luarocks"),
    [tree_layout(f"{HERE}/lua_modules", "5.4"), tree_layout("/usr/local", "5.4")],
    "/etc/luarocks",
)
CHOICE = Choice(HERE)
CONFIG = """lua_interpreter = "lua5.4"
variables = {
   LUA_BINDIR = "/usr/bin",
   LUA_DIR = "/usr"
}
"""
LUAROCKS = """#!/bin/sh

LUAROCKS_SYSCONFDIR=/etc/luarocks exec /usr/bin/lua5.4 /usr/bin/luarocks --project-tree \
'/work/it'"'"'s/lua_modules' "$@"
"""


def texts(decided: Decided) -> dict[str, str]:
    """Return the contents by their paths in the project."""
    return {each.path.removeprefix(f"{HERE}/"): each.content.decode() for each in decided.files}


def test_an_empty_directory() -> None:
    """Gets all files; only the scripts can be executed."""
    decided = project_files(HERE, SETUP, CHOICE, Present())
    files = texts(decided)
    lua = files.pop("lua")
    assert files == {
        ".gitignore": "/luarocks\n/lua\n/lua_modules\n/.luarocks\n",
        ".luarocks/config-5.4.lua": CONFIG,
        ".luarocks/default-lua-version.lua": 'return "5.4"\n',
        "luarocks": LUAROCKS,
    }
    assert lua.startswith("#!/bin/sh\n\nLUAROCKS_SYSCONFDIR=/etc/luarocks exec /usr/bin/lua5.4 -e ")
    assert lua.index("s/lua_modules/share/lua/5.4/?.lua") < lua.index("/usr/local/share")
    assert lua.endswith(' $([ "$*" ] || echo -i) "$@"\n')
    assert [oct(each.mode) for each in decided.files] == [*["0o644"] * 3, *["0o755"] * 2]
    assert decided.kept == ()


def test_what_exists_is_kept() -> None:
    """Unless it is ours and to be written anew; a program of that name never is."""
    ours = "#!/bin/sh\nLUAROCKS_SYSCONFDIR=x"
    present = Present("/lua\nmine", has_config=True, wrappers={"luarocks": ours, "lua": "mine"})
    decided = project_files(HERE, SETUP, CHOICE, present)
    files = texts(decided)
    assert sorted(files) == [".gitignore", ".luarocks/default-lua-version.lua"]
    assert files[".gitignore"] == "/lua\nmine\n/luarocks\n/lua_modules\n/.luarocks\n"
    assert [each.split()[0] for each in decided.kept] == [
        *(".luarocks/config-5.4.lua", "luarocks", "lua"),
    ]
    decided = project_files(HERE, SETUP, CHOICE._replace(is_reset=True), present)
    assert {".luarocks/config-5.4.lua", "luarocks"} <= texts(decided).keys()
    assert decided.kept == ("lua exists, and is no wrapper script",)


def test_what_is_not_wanted() -> None:
    """Neither scripts nor their lines for git."""
    choice = Choice(HERE, has_gitignore=False, has_wrappers=False)
    files = texts(project_files(HERE, SETUP, choice, Present()))
    assert all(each.startswith(".luarocks/") for each in files)
    files = texts(project_files(HERE, SETUP, Choice(HERE, has_wrappers=False), Present()))
    assert files[".gitignore"] == "/lua_modules\n/.luarocks\n"
    whole = Present("/lua_modules/\n/.luarocks \n")
    assert ".gitignore" not in texts(
        project_files(HERE, SETUP, Choice(HERE, has_wrappers=False), whole)
    )


@pytest.mark.parametrize(
    ("directory", "entries"),
    [(f"{HERE}/bin", "/bin/luarocks\n/bin/lua\n"), ("/elsewhere", "")],
)
def test_scripts_in_another_directory(directory: str, entries: str) -> None:
    """Git ignores them there if that is in the project."""
    decided = project_files(HERE, SETUP, Choice(directory), Present())
    assert texts(decided)[".gitignore"].startswith(f"{entries}/lua_modules\n")
    assert [each.path for each in decided.files[-2:]] == [
        *(f"{directory}/luarocks", f"{directory}/lua"),
    ]


def test_what_is_not_installed() -> None:
    """Gets no script, and the configuration names no interpreter."""
    setup = SETUP._replace(luarocks=(), variables={})
    decided = project_files(HERE, setup, CHOICE, Present())
    assert "luarocks" not in texts(decided)
    assert texts(decided)[".luarocks/config-5.4.lua"] == "variables = {}\n"
    assert [each.partition(":")[0] for each in decided.kept] == [
        *("luarocks is not written", "lua is not written"),
    ]


def test_the_configuration_says_where_lua_is() -> None:
    """Its programs, headers and libraries, as far as they are known, and nothing else."""
    known = {
        "LUA_BINDIR": "/a/bin",
        "LUA_DIR": "/a",
        "LUA_INCDIR": "/a/include",
        "LUA_LIBDIR": "/a/lib",
    }
    setup = SETUP._replace(variables={"LUA_VERSION": "5.4", "CC": "cc", **known})
    assert configuration(setup) == {"variables": known}
    some = {**known, "LUA_INCDIR": ""}
    del some["LUA_DIR"]
    expected = {"LUA_BINDIR": "/a/bin", "LUA_LIBDIR": "/a/lib"}
    assert configuration(SETUP._replace(variables=some)) == {"variables": expected}


def test_lines_of_git() -> None:
    """Only a whole line counts."""
    assert missing_entries("/a/\n /b\nx/c", ["/a", "/b", "/c"]) == ["/b", "/c"]

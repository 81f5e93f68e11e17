"""Which paths matter, and what they are."""

from __future__ import annotations

import pytest

from distrorocks.families.lua_files import classify, has_lua, modules_of


@pytest.mark.parametrize(
    ("path", "kind", "lua_version", "relative", "module"),
    [
        ("/usr/share/lua/5.1/socket/http.lua", "lua", "5.1", "socket/http.lua", "socket.http"),
        ("/usr/share/lua/5.5/pl/init.lua", "lua", "5.5", "pl/init.lua", "pl"),
        ("/usr/share/lua/5.1/doc/page.lp", "lua", "5.1", "doc/page.lp", ""),
        ("/usr/share/lua/5.1/a.b/c.d.lua", "lua", "5.1", "a.b/c.d.lua", "a.b.c.d"),
        ("/usr/share/lua/5.1/init.lua", "lua", "5.1", "init.lua", "init"),
        ("/usr/share/lua/5.1/lua", "lua", "5.1", "lua", ""),
        ("/usr/share/lua/5.1/.lua", "lua", "5.1", ".lua", ""),
        ("/usr/lib/lua/5.2/lcm.so", "lib", "5.2", "lcm.so", "lcm"),
        ("/usr/lib64/lua/5.4/socket/core.so", "lib", "5.4", "socket/core.so", "socket.core"),
        ("/usr/lib/x86_64-linux-gnu/lua/5.4/lpeg.so", "lib", "5.4", "lpeg.so", "lpeg"),
        ("/usr/lib/arm-linux-gnueabihf/lua/5.1/x.so.0.1", "lib", "5.1", "x.so.0.1", ""),
        ("/usr/lib/x86_64-linux-gnu/lua/5.1/x.la", "lib", "5.1", "x.la", ""),
        ("/usr/bin/luacheck", "bin", "", "luacheck", ""),
        ("/usr/games/lua-game", "bin", "", "lua-game", ""),
        ("/usr/share/doc/lua-x/copyright", "copyright", "", "copyright", ""),
        (
            *("/usr/lib/luarocks/rocks-5.3/lpeg/1.0-1/rock_manifest", "rock", "5.3"),
            *("lpeg/1.0-1/rock_manifest", ""),
        ),
    ],
)
def test_a_path_that_matters_is_told(
    path: str, kind: str, lua_version: str, relative: str, module: str
) -> None:
    """Kind and Lua version come from the place, the module from the name in it."""
    file = classify(path)
    assert file
    assert (file.kind, file.lua_version, file.relative) == (kind, lua_version, relative)
    assert file.module == module
    assert f"{file.directory}/{file.relative}" == path


@pytest.mark.parametrize(
    "path",
    [
        "/usr/share/lua/jit/x.lua",
        "/usr/share/lua/5.1",
        "/usr/share/lua/5.1/",
        "/usr/share/lua/5.1/../5.2/x.lua",
        "/usr/share/lua/5.1//x.lua",
        "/usr/share/lua/5.1/./x.lua",
        "/usr/local/share/lua/5.1/x.lua",
        "/opt/usr/share/lua/5.1/x.lua",
        "/usr/lib/vim/lua/5.1/x.so",
        "/usr/lib/luarocks/rocks-5.3/manifest",
        "/usr/bin/a/b",
        "/usr/share/doc/lua-x/changelog",
        "usr/share/lua/5.1/x.lua",
        "",
    ],
)
def test_other_paths_do_not_matter(path: str) -> None:
    """LuaJIT's directory, directories, unclean paths, other trees, the tree's own manifest."""
    assert classify(path) is None


def test_modules_are_those_of_one_lua_version() -> None:
    """Each once, sorted, without commands and odd files."""
    paths = (
        "/usr/share/lua/5.1/b/init.lua",
        "/usr/lib/lua/5.1/a.so",
        "/usr/share/lua/5.1/a.lua",
        "/usr/share/lua/5.1/notes.txt",
        "/usr/share/lua/5.2/c.lua",
        "/usr/bin/a",
    )
    assert modules_of(paths, "5.1") == ("a", "b")


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ((), False),
        (("/usr/bin/a", "/usr/share/doc/a/copyright", "/etc/passwd"), False),
        (("/usr/bin/a", "/usr/lib/lua/5.1/a.so"), True),
        (("/etc/passwd", "/usr/lib/luarocks/rocks-5.3/a/1-1/rock_manifest"), True),
    ],
)
def test_a_package_has_lua_by_one_module_or_rock(paths: tuple[str, ...], expected: bool) -> None:
    """Commands and copyright notices alone are not of Lua."""
    assert has_lua(paths) is expected

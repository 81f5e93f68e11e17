"""What LuaRocks deployed is moved, replaced or dropped, so that a package has it as it should."""

from __future__ import annotations

import pytest

from distrorocks.packaging.build.staging_steps import Drop, Link, Move, Step, Write, linked, tidied
from distrorocks.trees.layout import distro_layout

LIBRARY = "lib/x86_64-linux-gnu"
LAYOUTS = {each: distro_layout(each, library_dir=LIBRARY) for each in ("5.1", "5.4")}
TREE = "/usr/lib/luarocks/rocks-5.4"
ROCK = f"{TREE}/foo/1.0-1"
DOCUMENTS = "/usr/share/doc/lua-foo"


def steps(
    *paths: str, contents: dict[str, bytes] | None = None, documentation: str = DOCUMENTS
) -> list[Step]:
    """Return the steps for the rock foo 1.0-1 of staged files, which are empty if not given."""
    return tidied(
        paths,
        LAYOUTS,
        rock=("foo", "1.0-1"),
        documentation=documentation,
        content=lambda path: (contents or {}).get(path, b""),
    )


def moved(path: str, **more: str) -> str:
    """Return where a file is moved to, "-" if it is dropped and "" if it stays."""
    found = steps(path, **more)  # type: ignore[arg-type]
    assert len(found) <= 1
    if not found:
        return ""
    assert found[0].path == path
    return found[0].target if isinstance(found[0], Move) else "-"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/usr/lib/lua/5.4/foo/core.so", f"/usr/{LIBRARY}/lua/5.4/foo/core.so"),
        ("/usr/lib64/lua/5.1/foo.so", f"/usr/{LIBRARY}/lua/5.1/foo.so"),
        (f"/usr/{LIBRARY}/lua/5.4/foo.so", ""),
        ("/usr/lib/lua/5.3/foo.so", ""),  # no tree of this Lua
        ("/usr/lib/lua/5.4/foo.la", "-"),
        ("/usr/share/lua/5.4/foo.lua", ""),
        (f"{TREE}/manifest", "-"),
        (f"{TREE}/manifest-5.4", "-"),
        (f"{TREE}/index.html", "-"),
        (f"{TREE}/foo/manifest", ""),
        (f"{ROCK}/foo-1.0-1.rockspec", ""),
        (f"{ROCK}/rock_manifest", ""),
        (f"{ROCK}/README.md", ""),
        *((f"{ROCK}/{each}", "") for each in ("include/foo.h", "lib/libfoo.a", "conf/foo.h")),
        (f"{ROCK}/bin/foo", "-"),
        (f"{ROCK}/test/a.lua", "-"),
        *((f"{ROCK}/{each}/a/b.lua", "-") for each in ("tests", "spec", "specs")),
        (f"{ROCK}/test", ""),
        (f"{ROCK}/doc/manual.html", f"{DOCUMENTS}/manual.html"),
        (f"{ROCK}/docs/a/b.html", f"{DOCUMENTS}/a/b.html"),
        (f"{ROCK}/examples/a.lua", f"{DOCUMENTS}/examples/a.lua"),
        *(
            (f"{ROCK}/{each}/a.html", f"{DOCUMENTS}/{each}/a.html")
            for each in ("html", "manual", "samples", "example")
        ),
        (f"{ROCK}/doc/LICENSE", "-"),
        (f"{ROCK}/doc/a/Copying.txt", "-"),
        (f"{ROCK}/doc/my-license", f"{DOCUMENTS}/my-license"),
        (f"{ROCK}/doc", ""),
        (f"{TREE}/foo/scm-1/foo-scm-1.rockspec", "-"),
        (f"{TREE}/foo/scm-1/rock_manifest", "-"),
        (f"{TREE}/foo/scm-1/etc/a.conf", f"{ROCK}/etc/a.conf"),
        (f"{TREE}/foo/scm-1/doc/a", f"{DOCUMENTS}/a"),
        (f"{TREE}/foobar/scm-1/doc/a", ""),
        ("/etc/foo.conf", ""),
    ],
)
def test_each_file_has_its_place_in_a_package(path: str, target: str) -> None:
    """By its kind, and of the rock's own directory by the part of it."""
    assert moved(path) == target


def test_without_a_directory_for_documentation_there_is_none() -> None:
    """All of it is dropped, and nothing else."""
    assert moved(f"{ROCK}/doc/manual.html", documentation="") == "-"
    assert moved(f"{ROCK}/README.md", documentation="") == ""


def test_no_file_takes_the_place_of_another() -> None:
    """A module that is there stays; of two that go to one place the first goes."""
    there = f"/usr/{LIBRARY}/lua/5.4/foo.so"
    assert steps("/usr/lib/lua/5.4/foo.so", there) == []
    old = f"{TREE.replace('5.4', '5.1')}/foo/1.0-1/doc/a"
    first, second = steps(f"{ROCK}/doc/a", old)
    assert isinstance(first, Move)
    assert first.path == old
    assert second == Drop(f"{ROCK}/doc/a", f"{DOCUMENTS}/a exists already")


WRAPPER = (
    "#!/bin/sh\nexport X=1\n"
    "LUAROCKS_SYSCONFDIR='/etc/luarocks' exec '{lua}' -e 'package.path=1' \\\n"
    "'/build/usr/lib/luarocks/rocks-5.4/foo/1.0-1/bin/{script}' \"$@\"\n"
)


@pytest.mark.parametrize(
    ("lua", "first"),
    [
        ("/usr/bin/lua5.4", b"#!/usr/bin/lua5.4\n"),
        ("/usr/bin/luajit", b"#!/usr/bin/luajit\n"),
        ("/opt/lua/bin/lua", b"#!/usr/bin/lua5.4\n"),
    ],
)
@pytest.mark.parametrize(
    ("script", "text"),
    [
        (b"#!/usr/bin/env lua\nprint(1)\n", b"print(1)\n"),
        (b"print(1)\r\nprint(2)\r\n", b"print(1)\nprint(2)\n"),
        (b"#!/x", b""),
    ],
)
def test_a_wrapper_becomes_the_command_itself(
    lua: str, first: bytes, script: bytes, text: bytes
) -> None:
    """For the interpreter of the wrapper if it is the distribution's, else for that of its Lua."""
    wrapper = WRAPPER.format(lua=lua, script="foo").encode()
    contents = {"/usr/bin/foo": wrapper, f"{ROCK}/bin/foo": script}
    found = steps(*contents, contents=contents)
    assert isinstance(found[0], Write)
    assert (found[0].path, found[0].content, found[0].is_command) == (
        "/usr/bin/foo",
        first + text,
        True,
    )
    assert [each.path for each in found[1:]] == [f"{ROCK}/bin/foo"]


def test_only_a_wrapper_whose_script_is_there_is_replaced() -> None:
    """A command of its own, and one whose script is elsewhere, stay as they are."""
    wrapper = WRAPPER.format(lua="/usr/bin/lua5.4", script="foo").encode()
    assert steps("/usr/bin/foo", contents={"/usr/bin/foo": wrapper}) == []
    own = {"/usr/bin/foo": b"#!/bin/sh\nexec lua5.4 /x\n"}
    assert steps(*own, contents=own) == []
    more = {"/usr/bin/foo": wrapper + b"echo more\n", f"{ROCK}/bin/foo": b""}
    assert [each.path for each in steps(*more, contents=more)] == [f"{ROCK}/bin/foo"]


def test_equal_modules_are_links_to_those_of_the_lowest_lua() -> None:
    """By a relative path; others, and what is no Lua file, stay files."""
    lua = "/usr/share/lua"
    found = linked(
        {
            f"{lua}/5.4/foo/a.lua": "1",
            f"{lua}/5.3/foo/a.lua": "1",
            f"{lua}/5.1/foo/a.lua": "1",
            f"{lua}/5.1/foo/b.lua": "2",
            f"{lua}/5.4/foo/b.lua": "3",
            f"{lua}/5.3/foo/c.lua": "4",
            f"{lua}/5.4/foo/c.lua": "4",  # nothing of the lowest Lua is equal to it
            f"{lua}/5.1/foo/d.txt": "5",
            f"{lua}/5.4/foo/d.txt": "5",
            "/usr/bin/foo": "1",
        }
    )
    reason = "equal to the file for Lua 5.1"
    assert found == [
        Link(f"{lua}/5.3/foo/a.lua", "../../5.1/foo/a.lua", reason),
        Link(f"{lua}/5.4/foo/a.lua", "../../5.1/foo/a.lua", reason),
    ]
    assert linked({}) == []

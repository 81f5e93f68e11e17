"""A configuration keeps what it says and gains the distribution's tree."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.lua.read import LuaTextError, parse
from distrorocks.lua.value import LuaTable, sequence
from distrorocks.trees.layout import distro_layout
from distrorocks.world.config_edit import (
    ConfigEditError,
    has_default_trees,
    is_tree_visible,
    with_block,
    without_block,
)

HOME = "/home/ann"
KNOWN: LuaTable = {"home": HOME, "lua_version": "5.3"}
LAYOUT = distro_layout("5.3", library_dir="lib/x86_64-linux-gnu")
DISTRO: LuaTable = {"name": "distro", "root": "/usr", "lib_dir": LAYOUT.lib_dir}
STOCK = b"rocks_trees = {\n   home..[[/.luarocks]],\n   [[/usr/local]]\n}\n"


def edited(text: bytes | None) -> bytes:
    """Return a file's text after the edit."""
    result = with_block(text, LAYOUT, environment=KNOWN, home=HOME).text
    assert result is not None
    return result


def evaluated(text: bytes | None) -> tuple[list[object], object]:
    """Return the trees and the deps_mode of a file after the edit."""
    after = parse(edited(text), environment=KNOWN).globals
    trees = after["rocks_trees"]
    assert isinstance(trees, dict)
    return list(sequence(trees)), after.get("deps_mode")


def test_the_stock_file_gains_the_tree_before_its_last_one() -> None:
    """Debian's own file lists the user's tree, the distribution's, and /usr/local, all named."""
    trees, mode = evaluated(STOCK)
    assert trees == [
        {"name": "user", "root": "/home/ann/.luarocks"},
        DISTRO,
        {"name": "system", "root": "/usr/local"},
    ]
    assert mode == "all"
    assert edited(STOCK).startswith(STOCK)


@pytest.mark.parametrize("text", [None, b"", b"-- nothing yet\n", b"rocks_trees = {}\n"])
def test_a_file_without_trees_is_given_luarocks_own(text: bytes | None) -> None:
    """Where no tree is listed, LuaRocks' defaults are, with the distribution's between them."""
    trees, mode = evaluated(text)
    assert [tree["root"] for tree in trees if isinstance(tree, dict)] == [
        "/home/ann/.luarocks",
        "/usr",
        "/usr/local",
    ]
    assert mode == "all"


def test_the_administrators_trees_stay() -> None:
    """Entries that are tables stay as they are, and names in use are not given twice."""
    text = b'rocks_trees = { {name="system", root="/opt/a", bin_dir="/b"}, "/opt/b", "/opt/c" }\n'
    assert evaluated(text)[0] == [
        {"name": "system", "root": "/opt/a", "bin_dir": "/b"},
        "/opt/b",
        DISTRO,
        "/opt/c",
    ]


def test_one_tree_stays_the_last() -> None:
    """The only tree of a file remains the one that LuaRocks installs to."""
    assert evaluated(b'rocks_trees = { "/opt/a" }\n')[0] == [
        DISTRO,
        {"name": "system", "root": "/opt/a"},
    ]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (b'"/usr/"', {"name": "distro", "root": "/usr/", "lib_dir": LAYOUT.lib_dir}),
        (b'{ root = "/usr" }', {"root": "/usr", "lib_dir": LAYOUT.lib_dir}),
        (b'{ name = "os", root = "/usr", lib_dir = "/x" }', None),
    ],
)
def test_a_listed_tree_is_only_completed(entry: bytes, expected: LuaTable | None) -> None:
    """A tree with root /usr gains the lib_dir it lacks; one it has stays."""
    text = b'rocks_trees = { home, %b, "/usr/local" }\n' % entry
    kept = {"name": "os", "root": "/usr", "lib_dir": "/x"}
    assert evaluated(text)[0] == [HOME, expected or kept, "/usr/local"]


def test_a_file_that_moves_all_lib_dirs_needs_nothing_more() -> None:
    """``lib_modules_path`` counts: a /usr that follows it has the right lib_dir already."""
    text = (
        b'lib_modules_path = "/lib/x86_64-linux-gnu/lua/5.3"\n'
        b'rocks_trees = { "/usr" }\ndeps_mode = "all"\n'
    )
    assert edited(text) == text


def test_another_deps_mode_stays_and_is_reported() -> None:
    """The file's own deps_mode holds, and its meaning for the distribution's rocks is said."""
    text = STOCK + b'deps_mode = "order"\n'
    edit = with_block(text, LAYOUT, environment=KNOWN, home=HOME)
    assert evaluated(text)[1] == "order"
    assert "those after it" in edit.notes[0]


def test_a_moved_rocks_dir_is_another_tree() -> None:
    """A tree of /usr whose metadata lies elsewhere does not make ours visible."""
    chunk = parse(b'rocks_trees = { { root = "/usr", rocks_dir = "/var/rocks" } }')
    assert not is_tree_visible(chunk, LAYOUT)


def test_visible_is_what_is_listed() -> None:
    """The tree is visible after the edit, not before, and never where there is no file."""
    assert is_tree_visible(parse(edited(STOCK), environment=KNOWN), LAYOUT)
    assert not is_tree_visible(parse(STOCK, environment=KNOWN), LAYOUT)
    assert not is_tree_visible(None, LAYOUT)


@pytest.mark.parametrize(
    "text",
    [
        b"return\n",
        b"local rocks_trees = {}\n",
        b'local deps_mode = "all"\n',
        b"rocks_trees = { 1 }\n",
        b"-- begin distrorocks\n",
    ],
)
def test_a_file_that_resists_is_refused(text: bytes) -> None:
    """What is added must take effect; where it could not, nothing is added."""
    with pytest.raises(ConfigEditError):
        edited(text)


@pytest.mark.parametrize("text", [b"x = f()\n", b"rocks_trees = {\n", b"--[[ no end"])
def test_a_file_that_cannot_be_read_is_never_edited(text: bytes) -> None:
    """What the strict parser declines raises with its line."""
    with pytest.raises(LuaTextError) as raised:
        edited(text)
    assert raised.value.line > 0


def test_the_default_trees_are_known() -> None:
    """LuaRocks' default trees are distinguished from an administrator's."""
    assert has_default_trees(parse(STOCK, environment=KNOWN).globals, home=HOME)
    assert not has_default_trees({"rocks_trees": {1: "/opt"}}, home=HOME)


_LINES = st.lists(
    st.sampled_from(
        [
            b"-- caf\xe9\r\n",
            b'deps_mode = "all"\n',
            b"rocks_trees = { home..'/.luarocks', '/usr/local' }\n",
            b"rocks_trees = { { root = '/usr' }, '/opt' }\n",
            b"variables.LUA = [[\n\xff]]\n",
            b"\n",
        ]
    )
).map(b"".join)


@given(_LINES, st.sampled_from([b"", b"-- the last words"]))
def test_the_edit_is_idempotent_and_undone_to_the_byte(lines: bytes, last: bytes) -> None:
    """A second edit changes nothing, and without the block the file is what it was."""
    text = lines + last
    known: LuaTable = {**KNOWN, "variables": {}}
    once = with_block(text, LAYOUT, environment=known, home=HOME).text
    assert once is not None
    assert with_block(once, LAYOUT, environment=known, home=HOME).text == once
    assert without_block(once).text == text


def test_a_file_that_the_block_made_goes_with_it() -> None:
    """Taking the block out of a file that held nothing else leaves no file."""
    assert without_block(edited(None)).text is None
    assert without_block(edited(None) + b"x = 1\n").text == b"x = 1\n"


def notes(text: bytes) -> tuple[str, ...]:
    """Return what is reported of an edit."""
    return with_block(text, LAYOUT, environment=KNOWN, home=HOME).notes


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ('"one"', 'deps_mode stays "one": LuaRocks searches only the target tree,'),
        ('"order"', "LuaRocks searches only the target tree and those after it,"),
        ('"none"', 'deps_mode stays "none": LuaRocks ignores dependencies,'),
        ('"odd"', 'deps_mode stays "odd": LuaRocks does not know this mode,'),
        ("{}", "deps_mode stays as it is: LuaRocks does not know this mode,"),
    ],
)
def test_a_note_says_what_another_deps_mode_means(mode: str, told: str) -> None:
    """And with which option all trees count."""
    (note,) = notes(STOCK + f"deps_mode = {mode}\n".encode())
    assert told in note
    assert note.endswith("`luarocks --deps-mode=all` searches all trees")
    assert "a rock in /usr may not count" in note


def test_a_lib_dir_that_stays_is_told() -> None:
    """With the place where packages have their modules; nothing else is to be said."""
    text = b'rocks_trees = { "/x", { root = "/usr", lib_dir = "/y" } } deps_mode = "all"\n'
    (note,) = notes(text)
    assert note == f'lib_dir of rocks_trees[2] stays /y, but packages use "{LAYOUT.lib_dir}"'
    assert edited(text) == text
    assert notes(STOCK) == ()


@pytest.mark.parametrize(
    ("trees", "names"),
    [
        (b'"/usr", "/opt"', ["distro", None]),
        (b'"/opt", "/usr"', [None, "system"]),
        (b'"/usr"', ["distro"]),
    ],
)
def test_the_listed_tree_gets_a_name(trees: bytes, names: list[str | None]) -> None:
    """As the last of several it is the one of ``--global``, else the distribution's."""
    found = evaluated(b"rocks_trees = { %b }\n" % trees)[0]
    assert [tree.get("name") if isinstance(tree, dict) else None for tree in found] == names


@pytest.mark.parametrize(
    ("trees", "names"),
    [
        (b'home, "/opt"', ["user", "distro", "system"]),
        (b'home.."/a", home.."/b", "/opt"', ["user", None, "distro", "system"]),
        (b'home.."x", "/opt"', [None, "distro", "system"]),
        (b'"/opt", home', [None, "distro", "user"]),
        (b'{ name = "user", root = "/a" }, home, "/opt"', ["user", None, "distro", "system"]),
    ],
)
def test_plain_trees_are_named_as_options_name_them(trees: bytes, names: list[str | None]) -> None:
    """The first below the home directory, and the last; no name is given twice."""
    found = evaluated(b"rocks_trees = { %b }\n" % trees)[0]
    assert [tree.get("name") if isinstance(tree, dict) else None for tree in found] == names


def test_a_block_without_an_end_is_told_with_its_line() -> None:
    """A person has to remove it."""
    with pytest.raises(
        ConfigEditError, match="line 3 has '-- begin distrorocks', but no"
    ) as caught:
        without_block(b"x = 1\n\n-- begin distrorocks\ny = 2\n")
    assert "by hand" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (b"x\n", b"x\n"),
        (b"x\n-- begin distrorocks\ny\n-- end distrorocks\nz\n", b"x\nz\n"),
        (b"x\n-- begin distrorocks \r\ny\r\n-- end distrorocks\t\r\nz", b"x\nz"),
        (b"x\n-- begin distrorocks\n-- end distrorocks", b"x\n"),
        (b"-- begin distrorocks\n-- end distrorocks\n", b""),
        (b"-- begin distrorocks (new file)\n-- end distrorocks\n", None),
        (b"x\n-- begin distrorocks (the line above had no end)\n-- end distrorocks\n", b"x"),
        (b" -- begin distrorocks\n", b" -- begin distrorocks\n"),
        (b"-- begin distrorocks or not\n", b"-- begin distrorocks or not\n"),
    ],
)
def test_what_is_around_the_block_stays(text: bytes, left: bytes | None) -> None:
    """To the byte, whatever the line ends; only whole lines are its marks."""
    assert without_block(text).text == left

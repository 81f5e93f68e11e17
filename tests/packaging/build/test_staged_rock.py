"""The metadata of a staged rock: for which Luas, of which files, and what a package ships of it."""

from __future__ import annotations

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse
from distrorocks.md5 import md5
from distrorocks.packaging.build.staged_rock import StagedRock, refuse_without_modules
from distrorocks.packaging.build.staging_steps import Drop, Step, Write
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.trees.layout import distro_layout

TEXT = b"""#!/usr/bin/lua
package = "Foo"
version = "scm-1"
source = { url = "git://example.org/foo" }
build = { type = "builtin", modules = {} }
"""
LAYOUT = distro_layout("5.4", library_dir="lib/x86_64-linux-gnu")
LUA = "/usr/share/lua/5.4/foo.lua"
LIB = "/usr/lib/x86_64-linux-gnu/lua/5.4/foo/core.so"
ALL = ("5.1", "5.3", "5.4")


def rock(version: str = "") -> StagedRock:
    """Return the rock of a rockspec that computes nothing."""
    return StagedRock(Rockspec.from_chunk(parse(TEXT.partition(b"\n")[2])), TEXT, version)


def metadata(*paths: str, version: str = "1.0-1", is_shared: bool = False) -> dict[str, Step]:
    """Return the steps by path; a file's digest is its path here."""
    steps = rock(version).metadata(paths, LAYOUT, is_shared=is_shared, digest=str)
    assert len({step.path for step in steps}) == len(steps)
    return {step.path: step for step in steps}


@pytest.mark.parametrize(
    ("paths", "luas"),
    [
        (("/usr/share/lua/5.4/a.lua", "/usr/lib/lua/5.1/b.so"), ("5.1", "5.4")),
        (("/usr/share/lua/5.2/a.lua",), ()),  # not asked for
        (("/usr/lib/luarocks/rocks-5.3/foo/1-1/x", "/usr/bin/foo"), ("5.3",)),
        (("/usr/lib/luarocks/rocks-5.3/foo/1-1/x", "/usr/share/lua/5.4/a.lua"), ("5.4",)),
        (("/usr/bin/foo", "/etc/x"), ()),
    ],
)
def test_the_luas_are_those_of_modules_or_of_a_rock_of_commands(
    paths: tuple[str, ...], luas: tuple[str, ...]
) -> None:
    """In order, and no others than are asked for."""
    assert rock().lua_versions(paths, reversed(ALL)) == luas


def test_a_rockspec_keeps_its_text_if_it_keeps_its_version() -> None:
    """A line for the shell is a comment in it; another version is written into it."""
    assert rock().text == TEXT.replace(b"#!", b"--", 1)
    assert rock("scm-1").text == rock().text
    other = rock("1.0-1")
    assert (other.name, other.version) == ("foo", "1.0-1")
    assert parse(other.text).globals["version"] == "1.0-1"
    assert parse(other.text).globals["package"] == "Foo"
    assert other.text.startswith(b"package")


def test_the_manifest_of_a_rock_lists_its_files_for_one_lua() -> None:
    """Modules, libraries, commands, and what else is in its directory, with their MD5s."""
    directory = "/usr/lib/luarocks/rocks-5.4/foo/1.0-1"
    steps = metadata(
        LUA,
        LIB,
        "/usr/share/lua/5.3/foo.lua",
        "/usr/lib/lua/5.4/elsewhere.so",
        "/usr/bin/foo",
        "/usr/games/bar",
        f"{directory}/README.md",
        f"{directory}/foo-1.0-1.rockspec",
        f"{directory}/rock_manifest",
        "/usr/lib/luarocks/rocks-5.4/foo/1.0-2/other",
    )
    assert list(steps) == [f"{directory}/foo-1.0-1.rockspec", f"{directory}/rock_manifest"]
    rockspec, manifest = steps.values()
    assert isinstance(rockspec, Write)
    assert isinstance(manifest, Write)
    assert parse(manifest.content).globals == {
        "rock_manifest": {
            "lua": {"foo.lua": LUA},
            "lib": {"foo": {"core.so": LIB}},
            "bin": {"foo": "/usr/bin/foo"},
            "README.md": f"{directory}/README.md",
            "foo-1.0-1.rockspec": md5(rockspec.content).hexdigest(),
        }
    }


def test_a_package_for_several_architectures_at_once_ships_no_digests_of_libraries() -> None:
    """A rock_manifest that is staged is dropped; without libraries it is the same everywhere."""
    directory = "/usr/lib/luarocks/rocks-5.4/foo/1.0-1"
    rockspec, manifest = f"{directory}/foo-1.0-1.rockspec", f"{directory}/rock_manifest"
    assert list(metadata(LUA, LIB, is_shared=True)) == [rockspec]
    steps = metadata(LIB, manifest, is_shared=True)
    assert steps[manifest] == Drop(manifest, "its digests differ by architecture")
    assert isinstance(metadata(LUA, is_shared=True)[manifest], Write)
    assert isinstance(metadata(LUA, LIB)[manifest], Write)


def test_a_package_without_modules_is_refused() -> None:
    """With the places where they were sought."""
    refuse_without_modules(("5.4",), "/x")
    with pytest.raises(DistrorocksError, match="no Lua module is staged in /x") as raised:
        refuse_without_modules((), "/x")
    assert "/usr/share/lua" in raised.value.detail

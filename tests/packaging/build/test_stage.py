"""A package's staged files become a rock, below DESTDIR and nowhere else."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.families.deb.substvars import add_substvars
from distrorocks.packaging.build.stage import Request, Staged, stage
from distrorocks.rocks.rock_manifest import RockManifest

ROCKSPEC = """
package = "Foo"
version = "scm-1"
source = { url = "git://example.org/foo" }
description = { license = "MIT" }
dependencies = { "lua >= 5.1", "luasocket >= 3.0", "some_rock ~> 1.2", "bit32" }
build = { type = "builtin", modules = {} }
"""
WRAPPER = """#!/bin/sh

LUAROCKS_SYSCONFDIR='/etc/luarocks' exec '/usr/bin/lua5.4' -e 'package.path="/build/x/?.lua;"' \
'/build/x/usr/lib/luarocks/rocks-5.4/foo/scm-1/bin/foo' "$@"
"""
TRIPLET = "/usr/lib/x86_64-linux-gnu"


def make(folder: Path, files: dict[str, str]) -> Path:
    """Stage files, "-> target" for a link, and return DESTDIR."""
    destination = folder / "staged"
    for path, text in files.items():
        place = destination / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        if text.startswith("-> "):
            place.symlink_to(text.removeprefix("-> "))
        else:
            place.write_text(text)
    (folder / "foo-scm-1.rockspec").write_text(ROCKSPEC)
    return destination


def staged(destination: Path, **more: object) -> Staged:
    """Stage the rock foo 1.0-1."""
    request = Request(
        destination=str(destination),
        rockspec=str(destination.parent / "foo-scm-1.rockspec"),
        version="1.0-1",
        lua_versions=("5.1", "5.2", "5.3", "5.4"),
        library_dir="lib/x86_64-linux-gnu",
        package="lua-foo",
    )
    return stage(request._replace(**more))  # type: ignore[arg-type]


def files(destination: Path) -> dict[str, str]:
    """Return each staged file's text, links as "-> target"."""
    return {
        f"/{path.relative_to(destination)}": (
            f"-> {os.readlink(path)}" if path.is_symlink() else path.read_text()
        )
        for path in sorted(destination.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


BUILT = {
    "/usr/share/lua/5.4/foo/init.lua": "return 1",
    "/usr/lib/lua/5.4/foo/core.so": "ELF",
    "/usr/bin/foo": WRAPPER,
    "/usr/lib/luarocks/rocks-5.4/manifest": "index",
    "/usr/lib/luarocks/rocks-5.4/foo/scm-1/bin/foo": "#!/usr/bin/env lua\nprint(1)\n",
    "/usr/lib/luarocks/rocks-5.4/foo/scm-1/foo-scm-1.rockspec": ROCKSPEC,
    "/usr/lib/luarocks/rocks-5.4/foo/scm-1/rock_manifest": "rock_manifest = {}",
    "/usr/lib/luarocks/rocks-5.4/foo/scm-1/doc/manual.html": "manual",
    "/usr/lib/luarocks/rocks-5.4/foo/scm-1/doc/LICENSE": "MIT",
    "/usr/lib/luarocks/rocks-5.4/foo/scm-1/tests/test.lua": "test",
    "/usr/lib/luarocks/rocks-5.4/foo/scm-1/conf/foo.conf": "conf",
    "/usr/lib/luarocks/rocks-5.4/other/1-1/doc/x": "x",
}


def test_what_luarocks_built_becomes_a_package(tmp_path: Path) -> None:
    """C modules, commands and documentation go where the distribution has them."""
    destination = make(tmp_path, BUILT)
    staged(destination, documentation="/usr/share/doc/lua-foo")
    found = files(destination)
    rock = "/usr/lib/luarocks/rocks-5.4/foo/1.0-1"
    assert set(found) == {
        "/usr/share/lua/5.4/foo/init.lua",
        f"{TRIPLET}/lua/5.4/foo/core.so",
        "/usr/bin/foo",
        "/usr/share/doc/lua-foo/manual.html",
        f"{rock}/foo-1.0-1.rockspec",
        f"{rock}/rock_manifest",
        f"{rock}/conf/foo.conf",
        "/usr/lib/luarocks/rocks-5.4/other/1-1/doc/x",
    }
    assert found["/usr/bin/foo"] == "#!/usr/bin/lua5.4\nprint(1)\n"
    assert os.access(destination / "usr/bin/foo", os.X_OK)
    assert 'version = "1.0-1"' in found[f"{rock}/foo-1.0-1.rockspec"]
    manifest = RockManifest.parse(found[f"{rock}/rock_manifest"].encode())
    assert manifest.lib == {"foo/core.so": hashlib.md5(b"ELF").hexdigest()}
    assert set(manifest.bin) == {"foo"}
    assert set(manifest.rest) == {"foo-1.0-1.rockspec", "conf/foo.conf"}


def test_staging_again_changes_nothing(tmp_path: Path) -> None:
    """A second run, as after stripping, leaves the same files."""
    destination = make(tmp_path, BUILT)
    staged(destination)
    before = files(destination)
    staged(destination)
    assert files(destination) == before


def test_files_that_differ_by_architecture_are_not_shipped(tmp_path: Path) -> None:
    """A shared package with C modules ships the rockspec only, one without ships both files."""
    destination = make(
        tmp_path,
        {
            "/usr/share/lua/5.1/foo.lua": "return 1",
            f"{TRIPLET}/liblua5.4-foo.so.0": "ELF",
            f"{TRIPLET}/lua/5.4/foo.so": "-> ../../liblua5.4-foo.so.0",
        },
    )
    staged(destination, is_shared=True)
    metadata = [path for path in files(destination) if "/rocks-" in path]
    assert metadata == [
        "/usr/lib/luarocks/rocks-5.1/foo/1.0-1/foo-1.0-1.rockspec",
        "/usr/lib/luarocks/rocks-5.1/foo/1.0-1/rock_manifest",
        "/usr/lib/luarocks/rocks-5.4/foo/1.0-1/foo-1.0-1.rockspec",
    ]


def test_equal_lua_files_are_linked(tmp_path: Path) -> None:
    """A file that the lowest Lua version has too becomes a link; the rock_manifests agree."""
    lua = "/usr/share/lua"
    destination = make(
        tmp_path,
        {
            f"{lua}/5.1/a/b.lua": "same",
            f"{lua}/5.3/a/b.lua": "same",
            f"{lua}/5.4/a/b.lua": "other",
            f"{lua}/5.4/c.lua": "same",
        },
    )
    staged(destination, is_linked=True)
    found = files(destination)
    assert found[f"{lua}/5.3/a/b.lua"] == "-> ../../5.1/a/b.lua"
    assert found[f"{lua}/5.4/a/b.lua"] == "other"
    assert found[f"{lua}/5.4/c.lua"] == "same"
    one, other = (
        RockManifest.parse(found[f"/usr/lib/luarocks/rocks-{v}/foo/1.0-1/rock_manifest"].encode())
        for v in ("5.1", "5.3")
    )
    assert one == other


def test_relations_name_packages_and_rocks(tmp_path: Path) -> None:
    """Known rocks are needed as packages, others as capabilities of each Lua version."""
    destination = make(
        tmp_path, {"/usr/share/lua/5.2/foo.lua": "", "/usr/share/lua/5.4/foo.lua": ""}
    )
    told = staged(destination).relations
    assert told.depends == (
        "lua-socket (>= 3)",
        "lua-socket (<< 3.0~~) | lua-socket (>= 3.0)",
        "lua5.2-rock-some-rock (>= 1.2~~)",
        "lua5.2-rock-some-rock (<< 1.3~~)",
        "lua5.4-rock-some-rock (>= 1.2~~)",
        "lua5.4-rock-some-rock (<< 1.3~~)",
        "lua-bit32",
    )
    assert told.provides == (
        "lua5.2-foo",
        "lua5.4-foo",
        "lua5.2-rock-foo (= 1.0-1)",
        "lua5.4-rock-foo (= 1.0-1)",
    )
    assert told.versions == ("5.2", "5.4")


def test_substvars_of_dh_lua_stay(tmp_path: Path) -> None:
    """Lists are joined, each entry once, and dh-lua's versions stand."""
    file = tmp_path / "lua-foo.substvars"
    file.write_text("lua:Versions=5.1 5.2\nlua:Provides=lua5.2-foo, lua5.1-foo, \nmisc:Depends=\n")
    for _ in range(2):
        add_substvars(
            str(file), {"lua:Provides": "lua5.1-foo, lua5.1-rock-foo (= 1-1)", "lua:Versions": "5"}
        )
    assert file.read_text() == (
        "lua:Versions=5.1 5.2\n"
        "lua:Provides=lua5.2-foo, lua5.1-foo, lua5.1-rock-foo (= 1-1)\n"
        "misc:Depends=\n"
    )


def test_nothing_is_written_behind_a_link(tmp_path: Path) -> None:
    """A staged link that leads out of DESTDIR stops the work before it writes there."""
    outside = tmp_path / "outside"
    outside.mkdir()
    destination = make(tmp_path, {"/usr/share/lua/5.4/foo.lua": ""})
    (destination / "usr/lib").mkdir()
    (destination / "usr/lib/luarocks").symlink_to(outside)
    with pytest.raises(DistrorocksError, match="is a link"):
        staged(destination)
    assert not list(outside.iterdir())


def test_a_folder_without_modules_is_no_rock(tmp_path: Path) -> None:
    """Where no module is staged the error says where they were looked for."""
    destination = make(tmp_path, {"/usr/share/doc/x": ""})
    with pytest.raises(DistrorocksError) as caught:
        staged(destination)
    assert "no Lua module is staged" in caught.value.brief
    assert caught.value.hint


def test_a_version_that_no_rock_has_is_refused(tmp_path: Path) -> None:
    """A rock version without revision is a fault of the rockspec that would be written."""
    destination = make(tmp_path, {"/usr/share/lua/5.4/foo.lua": ""})
    with pytest.raises(DistrorocksError):
        staged(destination, version="1.0")


def test_libtool_archives_are_not_packaged(tmp_path: Path) -> None:
    """A package has the module and no file that says how it was linked."""
    destination = make(
        tmp_path, {"/usr/lib/lua/5.4/foo.so": "so", "/usr/lib/lua/5.4/foo.la": "libdir='/usr'"}
    )
    staged(destination, lua_versions=("5.4",))
    assert not [path for path in files(destination) if path.endswith(".la")]


def test_a_readme_and_a_rockspec_are_shipped_in_utf_8(tmp_path: Path) -> None:
    """What the package documents by itself is fitted too, and so is the rockspec."""
    destination = make(
        tmp_path, {"/usr/share/lua/5.4/foo.lua": "", "/usr/share/doc/foo/README": ""}
    )
    (destination / "usr/share/doc/foo/README").write_bytes(b"caf\xe9")
    spec = tmp_path / "foo-scm-1.rockspec"
    spec.write_bytes(spec.read_bytes().replace(b'"MIT"', b'"MIT \xa9"'))
    staged(destination, lua_versions=("5.4",), documentation="/usr/share/doc/foo", version="scm-1")
    found = files(destination)
    assert found["/usr/share/doc/foo/README"] == "café"
    assert "MIT ©" in found["/usr/lib/luarocks/rocks-5.4/foo/scm-1/foo-scm-1.rockspec"]


def test_texts_are_adapted_before_digests_are_computed(tmp_path: Path) -> None:
    """The rock_manifest has the digests of the changed files."""
    page = '<img src="http://example.org/a.png">'
    destination = make(
        tmp_path,
        {
            "/usr/share/lua/5.4/foo.lua": "#!/usr/bin/lua\nreturn 1\n",
            "/usr/lib/luarocks/rocks-5.4/foo/scm-1/doc/index.html": page,
        },
    )
    staged(destination, lua_versions=("5.4",), documentation="/usr/share/doc/lua-foo")
    found = files(destination)
    assert found["/usr/share/lua/5.4/foo.lua"] == "--/usr/bin/lua\nreturn 1\n"
    assert "src=" not in found["/usr/share/doc/lua-foo/index.html"]
    text = found["/usr/lib/luarocks/rocks-5.4/foo/1.0-1/rock_manifest"]
    digest = hashlib.md5(b"--/usr/bin/lua\nreturn 1\n", usedforsecurity=False).hexdigest()
    assert digest in text


def test_libtool_archives_are_dropped(tmp_path: Path) -> None:
    """A .la file is dropped; the module beside it is kept."""
    lib = "/usr/lib/lua/5.4/foo"
    destination = make(tmp_path, {f"{lib}.la": "# libtool", f"{lib}.so": "ELF"})
    staged(destination)
    found = files(destination)
    assert f"{TRIPLET}/lua/5.4/foo.so" in found
    assert not [path for path in found if path.endswith(".la")]


def test_a_commands_lines_end_as_the_system_has_them(tmp_path: Path) -> None:
    """A script that was written on Windows is run here."""
    script = "/usr/lib/luarocks/rocks-5.4/foo/scm-1/bin/foo"
    destination = make(
        tmp_path, {"/usr/bin/foo": WRAPPER, script: "x", "/usr/share/lua/5.4/a.lua": ""}
    )
    (destination / script.lstrip("/")).write_bytes(b"#!/usr/bin/lua\r\nprint(1)\r\n")
    staged(destination, lua_versions=("5.4",))
    assert (destination / "usr/bin/foo").read_bytes() == b"#!/usr/bin/lua5.4\nprint(1)\n"

"""A build that is carried out: its rock, and nothing else."""

from __future__ import annotations

from hashlib import md5
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.install.build.build import prepare
from distrorocks.install.build.request import BuildError, Places
from tests.install.build.running import PlainRunner, built, modes


def test_a_rock_of_lua_files_is_built_without_a_command(tmp_path: Path) -> None:
    """Modules, commands, documents and rockspec have LuaRocks' modes; all are listed."""
    runner = PlainRunner()
    build = """{ type = "builtin", modules = { ["a.b"] = "src/b.lua" },
        install = { bin = { "tool" }, conf = { "c.cfg" } } }"""
    files = {"src/b.lua*": "b", "tool": "t", "c.cfg": "c", "README.md*": "r", "Copying": "l"}
    rock = built(tmp_path, build, files, runner)
    assert not runner.asked
    assert modes(tmp_path / "r") == {
        "bin/tool": "755",
        "conf/c.cfg": "644",
        "doc/Copying": "644",
        "doc/README.md": "644",
        "foo-1.0-1.rockspec": "644",
        "lua/a/b.lua": "644",
        "rock_manifest": "644",
    }
    assert rock["lua/a/b.lua"] == md5(b"b").hexdigest()


def test_the_rock_manifest_is_as_luarocks_writes_it(tmp_path: Path) -> None:
    """Directories are tables, empty ones too, and the file does not list itself."""
    files = {"doc/in/a.txt": "a", "doc/b.txt": "b", "doc/none/": ""}
    rock = built(tmp_path, '{ type = "none" }', files, PlainRunner())
    a, b, spec = (md5(text).hexdigest() for text in (b"a", b"b", b"rockspec"))
    assert (tmp_path / "r/rock_manifest").read_text() == (
        "rock_manifest = {\n"
        "   doc = {\n"
        f'      ["b.txt"] = "{b}",\n'
        '      ["in"] = {\n'
        f'         ["a.txt"] = "{a}"\n'
        "      },\n"
        "      none = {}\n"
        "   },\n"
        f'   ["foo-1.0-1.rockspec"] = "{spec}"\n'
        "}\n"
    )
    assert set(rock) == {"doc/b.txt", "doc/in/a.txt", "foo-1.0-1.rockspec"}


def test_what_commands_install_is_taken_into_the_rock(tmp_path: Path) -> None:
    """Its directories exist before; empty ones are left out, and modes are LuaRocks' two."""
    build = """{ type = "command", build_command = "test -d $(LUADIR) && echo made > made",
        install_command = "cp made $(LIBDIR)/x.so; cd $(PREFIX); umask 0; mkdir etc; touch etc/e",
        install = { lua = { a = "made.lua" } } }"""
    runner = PlainRunner()
    built(tmp_path, build, {"made.lua": "x"}, runner)
    assert {name: mode for name, mode in modes(tmp_path / "r").items() if "foo" not in name} == {
        "etc/e": "644",
        "lib/x.so": "755",
        "lua/a.lua": "644",
        "rock_manifest": "644",
    }
    writable = (f"{tmp_path}/s", f"{tmp_path}/o")
    assert [(cwd, folders) for _, cwd, folders, _ in runner.asked] == [
        (f"{tmp_path}/s/foo", writable)
    ] * 2
    assert runner.asked[0][3] == {"PATH": "/usr/local/bin:/usr/bin:/bin", "CC": "gcc"}


def test_files_of_the_rockspec_replace_what_commands_installed(tmp_path: Path) -> None:
    """They come later, as in LuaRocks."""
    build = """{ type = "command", install_command = "echo old > $(BINDIR)/t",
        install = { bin = { "t" } } }"""
    rock = built(tmp_path, build, {"t": "new"}, PlainRunner())
    assert (tmp_path / "r/bin/t").read_text() == "new"
    assert rock["bin/t"] == md5(b"new").hexdigest()


def test_a_directory_lua_is_copied_whole(tmp_path: Path) -> None:
    """So it is beside explicit modules, with all that is in it."""
    files = {"lua/x/data.txt": "d", "lua/a.lua": "a", "b.lua": "b"}
    rock = built(tmp_path, '{ type = "builtin", modules = { b = "b.lua" } }', files, PlainRunner())
    assert {path for path in rock if path.startswith("lua/")} == {
        "lua/a.lua",
        "lua/b.lua",
        "lua/x/data.txt",
    }


def test_documents_are_kept_only_without_a_copied_directory(tmp_path: Path) -> None:
    """Files at the top are documents by their names; LuaRocks makes an empty one of a directory."""
    files = {"README": "r", "doc/x": "x", "license.txt": "l", "a.MD5": "m", "LICENSES/": ""}
    files["README.link"] = "-> /etc/passwd"
    rock = built(tmp_path / "a", '{ type = "none" }', files, PlainRunner())
    assert {path for path in rock if "/" in path} == {"doc/x"}
    del files["doc/x"]
    rock = built(tmp_path / "b", '{ type = "none" }', files, PlainRunner())
    assert {path for path in rock if "/" in path} == {
        "doc/LICENSES",
        "doc/README",
        "doc/license.txt",
        "doc/a.MD5",
    }


def test_missing_files_and_directories_are_named(tmp_path: Path) -> None:
    """Those that the rockspec names have to be there."""
    for number, (table, text) in enumerate(
        [
            ('install = { lua = { "x.lua" } }', r"'x\.lua' cannot be installed: it is not there"),
            ('copy_directories = { "docs" }', r"the directory 'docs' is not in the sources"),
            ('copy_directories = { "file" }', r"the directory 'file' is not in the sources"),
            ('install = { lua = { "file/x" } }', r"'file/x' cannot be installed: it is not there"),
        ]
    ):
        with pytest.raises(BuildError, match=r"^foo 1\.0-1: " + text):
            built(
                tmp_path / str(number),
                f'{{ type = "none", {table} }}',
                {"in/": "", "file": "f"},
                PlainRunner(),
            )


def test_a_directory_that_is_installed_as_a_file_is_an_empty_one(tmp_path: Path) -> None:
    """LuaRocks 3.8 makes one, and some rocks are built like that."""
    build = '{ type = "none", install = { conf = { "etc" } } }'
    rock = built(tmp_path, build, {"etc/x": "x"}, PlainRunner())
    assert rock["conf/etc"] == md5(b"").hexdigest()


def test_a_directory_beside_the_build_directory_is_copied_into_the_rock(tmp_path: Path) -> None:
    """LuaRocks would put it beside the rock."""
    build = '{ type = "none", copy_directories = { "../doc" } }'
    rock = built(tmp_path, build, {"../doc/x": "x"}, PlainRunner())
    assert "doc/x" in rock


def test_links_out_of_the_sources_are_no_modules(tmp_path: Path) -> None:
    """Detection looks at no such link, and they do not hinder it."""
    files = {"src/a.lua": "a", "src/b.lua": "-> /etc/passwd", "src/up": "-> ..", "x": "-> /"}
    rock = built(tmp_path, "{}", files, PlainRunner(), rockspec_format="3.0")
    assert {path for path in rock if path.startswith("lua/")} == {"lua/a.lua"}


def test_modules_are_detected_and_compiled(tmp_path: Path) -> None:
    """A C module has the name that it opens; the object is loaded by that name."""
    files = {"src/x.c": "int luaopen_core(void *l) { return 0; }", "src/a.lua": "a", "bin/t": "t"}
    runner = PlainRunner()
    rock = built(tmp_path, "{}", files, runner, rockspec_format="3.0")
    assert {path for path in rock if path[-4:] != "spec"} == {
        "bin/t",
        "lib/core.so",
        "lua/a.lua",
    }
    assert b"luaopen_core" in (tmp_path / "r/lib/core.so").read_bytes()
    assert [path.name for path in (tmp_path / "l").iterdir()] == ["0001.log"]


def test_directories_can_be_prepared_for_another_user(tmp_path: Path) -> None:
    """Those that are there are left as they are, with their owner and mode."""
    (tmp_path / "o").mkdir()
    places = Places(f"{tmp_path}/s", "", f"{tmp_path}/o", f"{tmp_path}/r", f"{tmp_path}/l")
    prepare(places)
    (tmp_path / "o/lua").chmod(0o700)
    prepare(places)
    assert (tmp_path / "o/lua").stat().st_mode & 0o777 == 0o700
    assert {path.name for path in (tmp_path / "o").iterdir()} == {"lua", "lib", "bin", "conf"}


def test_a_rock_that_needs_luarocks_is_not_built(tmp_path: Path) -> None:
    """The error says what to install."""
    with pytest.raises(DistrorocksError, match="build type 'rust' needs LuaRocks") as caught:
        built(tmp_path, '{ type = "rust" }', {}, PlainRunner())
    assert "luarocks-build-rust" in caught.value.hint


HOSTILE: dict[str, tuple[str, str]] = {
    "a link out of the output": ("ln -s /etc/passwd $(LUADIR)/x", "leads over a link to"),
    "a link to another file of the output that leads out": (
        "ln -s ../../s/secret $(LUADIR)/x",
        "leads out of",
    ),
    "a directory replaced by a link": ("rmdir $(LIBDIR) && ln -s /etc $(LIBDIR)", "leads over"),
    "a link to itself": ("ln -s $(LUADIR)/x $(LUADIR)/x", "leads over a link"),
    "a directory in itself": ("ln -s . $(LUADIR)/x", "a link to a directory that it is in"),
    "a FIFO": ("mkfifo $(LUADIR)/x", "a device, a FIFO or a socket"),
    "set-id bits": ("touch $(BINDIR)/x && chmod 4755 $(BINDIR)/x", "has set-id bits"),
    "the output removed": ("rm -r $(PREFIX)", "removed the directories"),
    "the output replaced": ("rm -r $(PREFIX) && ln -s /etc $(PREFIX)", "removed the directories"),
    "deep nesting": (
        "cd $(LUADIR) && for i in `seq 70`; do mkdir d; cd d; done",
        "is in more than 64 nested directories",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_hostile_build_leaves_is_refused(tmp_path: Path, name: str) -> None:
    """Nothing of it comes into the rock, and the error says what it is."""
    command, text = HOSTILE[name]
    build = f'{{ type = "command", install_command = "{command}" }}'
    with pytest.raises(BuildError, match=text):
        built(tmp_path, build, {"../secret": "s"}, PlainRunner())
    assert not [path for path in (tmp_path / "r").rglob("*") if not path.is_dir()]


def test_links_inside_the_output_become_files(tmp_path: Path) -> None:
    """Versioned libraries are linked to each other; a dangling link is left out."""
    command = "cd $(LIBDIR); echo 1 > x.so.1; ln -s $(LIBDIR)/x.so.1 x.so; ln -s no gone.so"
    rock = built(
        tmp_path, f'{{ type = "command", install_command = "{command}" }}', {}, PlainRunner()
    )
    assert modes(tmp_path / "r/lib") == {"x.so": "755", "x.so.1": "755"}
    assert not (tmp_path / "r/lib/x.so").is_symlink()
    assert rock["lib/x.so"] == rock["lib/x.so.1"]


LINKS = {
    "l.lua": "-> /etc/passwd",
    "../top.lua": "-> /etc/passwd",
    "up.lua": "-> ../../o",
    "loop.lua": "-> loop.lua",
    "dir": "-> /etc",
    "ok.lua": "-> real/../real/r.lua",
    "real/r.lua": "r",
    "gone.lua": "-> nothing",
}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("l.lua", "leads over a link"),
        ("../top.lua", "leads over a link"),
        ("up.lua", "leads out of the sources"),
        ("loop.lua", "leads over a link"),
        ("dir/passwd.lua", "leads over a link"),
        ("../../r/x.lua", "leads out of the sources"),
        ("/etc/passwd.lua", "not there"),
        ("gone.lua", "not there"),
    ],
)
def test_links_out_of_the_sources_are_refused(tmp_path: Path, source: str, text: str) -> None:
    """Whatever the rockspec names has to be in the sources."""
    build = f'{{ type = "builtin", modules = {{ a = "{source}" }} }}'
    with pytest.raises(BuildError, match=text):
        built(tmp_path, build, LINKS, PlainRunner())


def test_links_inside_the_sources_are_followed(tmp_path: Path) -> None:
    """Checkouts have them; the rock gets the file itself."""
    build = '{ type = "builtin", modules = { a = "ok.lua", b = "../foo/real/r.lua" } }'
    rock = built(tmp_path, build, LINKS, PlainRunner())
    assert rock["lua/a.lua"] == rock["lua/b.lua"] == md5(b"r").hexdigest()


def test_special_files_in_a_copied_directory_are_refused(tmp_path: Path) -> None:
    """The command of a build can leave them there."""
    for number, command in enumerate(("mkfifo doc/x", "ln -s /etc/passwd doc/x")):
        build = f'{{ type = "command", build_command = "{command}" }}'
        with pytest.raises(BuildError, match="'doc/x' is not put into the rock"):
            built(tmp_path / str(number), build, {"doc/y": "y"}, PlainRunner())

"""The verbs that package builds call: words in, lines and an exit status out."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.packaging.build.check_require import lua_program
from tests.package_files import ELF

ROCKSPEC = """package = "foo"
version = "1.0-1"
source = { url = "git://example.org/foo" }
dependencies = { "lua >= 5.1, < 5.4", "say ~> 1.4" }
build = { type = "none" }
"""


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    """A DESTDIR with one module for Lua 5.4 and the rockspec that LuaRocks staged."""
    rock = tmp_path / "staged/usr/lib/luarocks/rocks-5.4/foo/1.0-1"
    rock.mkdir(parents=True)
    (rock / "foo-1.0-1.rockspec").write_text(ROCKSPEC)
    modules = tmp_path / "staged/usr/share/lua/5.4"
    modules.mkdir(parents=True)
    (modules / "foo.lua").write_text("return 1")
    return tmp_path / "staged"


def test_stage_finds_the_staged_rockspec(staged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --rockspec the one that LuaRocks has put there is the rock's."""
    assert main(["stage", str(staged)]) == 0
    assert capsys.readouterr().out.startswith("foo 1.0-1: Lua 5.4")
    assert (staged / "usr/lib/luarocks/rocks-5.4/foo/1.0-1/rock_manifest").is_file()


@pytest.mark.parametrize("given", ["lib64", "/usr/lib64", "/usr/lib64/", "usr/lib64"])
def test_stage_takes_the_library_directory_with_its_whole_path(staged: Path, given: str) -> None:
    """C modules are moved there, and the rock_manifest lists them."""
    library = staged / "usr/lib/lua/5.4/foo.so"
    library.parent.mkdir(parents=True)
    library.write_bytes(ELF)
    assert main(["stage", str(staged), "--library-dir", given]) == 0
    assert (staged / "usr/lib64/lua/5.4/foo.so").is_file()
    manifest = staged / "usr/lib/luarocks/rocks-5.4/foo/1.0-1/rock_manifest"
    assert "foo.so" in manifest.read_text()


@pytest.mark.parametrize("given", ["", "/", "/usr", "/lib64", "../lib", "lib//x", "/usr/./lib"])
def test_stage_refuses_a_library_directory_elsewhere(staged: Path, given: str) -> None:
    """That is a usage error, and nothing is staged."""
    before = sorted(staged.rglob("*"))
    assert main(["stage", str(staged), "--library-dir", given]) == 2
    assert sorted(staged.rglob("*")) == before


def test_stage_uses_the_package_version(staged: Path, tmp_path: Path) -> None:
    """The rockspec's revision is kept if the versions agree; another version is written."""
    file = tmp_path / "foo.rockspec"
    file.write_text(ROCKSPEC)
    rock = staged / "usr/lib/luarocks/rocks-5.4/foo"
    assert main(["stage", str(staged), "--rockspec", str(file), "--package-version", "1.0-7"]) == 0
    assert [path.name for path in rock.iterdir()] == ["1.0-1"]
    assert main(["stage", str(staged), "--rockspec", str(file), "--package-version", "2.0-7"]) == 0
    assert [path.name for path in rock.iterdir()] == ["2.0-0"]


def test_stage_refuses_the_running_system(capsys: pytest.CaptureFixture[str]) -> None:
    """/ is not a staging directory."""
    assert main(["stage", "/", "--rockspec", "foo.rockspec"]) == 3
    assert "not a staging directory" in capsys.readouterr().err


def test_lua_versions_are_those_of_the_rockspec(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the versions named those are printed that the rockspec is for; none is a failure."""
    file = tmp_path / "foo-1.0-1.rockspec"
    file.write_text(ROCKSPEC)
    words = ["lua-versions", str(file)]
    assert main(words) == 0
    assert capsys.readouterr().out == "5.1 5.2 5.3\n"
    assert main([*words, "--lua-version=5.4", "--lua-version=5.3"]) == 0
    assert capsys.readouterr().out == "5.3\n"
    assert main([*words, "--lua-version=5.4"]) == 1


def test_rpm_relations_read_paths(
    staged: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each staged rockspec on standard input gives its lines, any other path none."""
    path = next(staged.rglob("*.rockspec"))
    for kind, lines in (
        ("provides", "lua5.4dist(foo) = 1.0-1\n"),
        (
            "requires",
            "lua(abi) = 5.4\n(lua5.4dist(say) >= 1.4~~ with lua5.4dist(say) < 1.5~~)\n",
        ),
    ):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{path}\n/usr/share/lua/5.4/foo.lua\n"))
        assert main(["rpm-relations", kind]) == 0
        assert capsys.readouterr().out == lines
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{path}\n"))
    assert main(["rpm-relations", "requires", "--distribution=opensuse"]) == 0
    assert capsys.readouterr().out.startswith("Lua(API) = 5.4\n")


def test_build_prints_build_dependencies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It prints build dependencies, and with --run-time also the dependencies."""
    file = tmp_path / "foo-1.0-1.rockspec"
    more = 'rockspec_format = "3.0"\nbuild_dependencies = { "luarocks-build-x" }\n'
    file.write_text(more + ROCKSPEC)
    words = ["rpm-relations", "build", str(file), "--lua-version=5.3"]
    assert main(words) == 0
    build = "lua5.3dist(luarocks-build-x)\n"
    assert capsys.readouterr().out == build
    assert main([*words, "--run-time"]) == 0
    say = "(lua5.3dist(say) >= 1.4~~ with lua5.3dist(say) < 1.5~~)\n"
    assert capsys.readouterr().out == build + say
    assert main(["rpm-relations", "build", str(file)]) == 2


@pytest.mark.skipif(not lua_program("5.4"), reason="Lua 5.4 is not installed")
def test_check_require_names_modules_that_do_not_load(
    staged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A module that raises is reported with its error; skipping it is success."""
    assert main(["check-require", str(staged)]) == 0
    assert capsys.readouterr().out == "1 of 1 modules load\n"
    (staged / "usr/share/lua/5.4/bar.lua").write_text("error('what')")
    assert main(["check-require", str(staged)]) == 1
    told = capsys.readouterr()
    assert told.out == "1 of 2 modules load\n"
    assert "Lua 5.4: bar does not load: " in told.err
    assert main(["check-require", str(staged), "--except", "bar"]) == 0


@pytest.mark.skipif(not lua_program("5.4"), reason="Lua 5.4 is not installed")
def test_check_require_starts_the_commands_of_a_rock_without_modules(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that Lua cannot run is named with the reason."""
    command = tmp_path / "usr/bin/foo"
    command.parent.mkdir(parents=True)
    command.write_text("#!/usr/bin/lua5.4\n")
    command.chmod(0o755)
    assert main(["check-require", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "1 of 1 commands start\n"
    command.write_text("#!/usr/bin/lua5.4\nrequire 'nowhere'\n")
    assert main(["check-require", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert told.out == "0 of 1 commands start\n"
    assert "/usr/bin/foo does not start: module 'nowhere' not found\n" in told.err
    assert main(["check-require", str(tmp_path), "--json"]) == 1
    assert '"fault": "module \'nowhere\' not found"' in capsys.readouterr().out


def test_check_require_is_no_success_without_modules(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder in which nothing could be tried fails."""
    assert main(["check-require", str(tmp_path)]) == 3
    assert "no module" in capsys.readouterr().err

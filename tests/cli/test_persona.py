"""Called by LuaRocks' names, distrorocks is LuaRocks to scripts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.cli.persona import ADMIN_VERBS, RELEASE, USER_VERBS, Persona, persona
from distrorocks.cli.verbs import SUMMARIES
from distrorocks.luarocks.interpreter import luarocks_versions
from distrorocks.luarocks.program import likely_words
from distrorocks.luarocks.surroundings import has_luarocks
from distrorocks.system.files.root_path import RootView
from tests.rocks_server import SourceServer

CHECKOUT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("called", "expected"),
    [
        ("/usr/bin/luarocks", Persona("/usr/bin/luarocks", False, "")),
        ("luarocks-5.3", Persona("luarocks-5.3", False, "5.3")),
        ("/x/luarocks-admin", Persona("/x/luarocks-admin", True, "")),
        ("/x/luarocks-admin-5.4", Persona("/x/luarocks-admin-5.4", True, "5.4")),
        ("/usr/bin/distrorocks", None),
        ("/x/luarocks/distrorocks", None),
        ("luarocks-6.0", None),
    ],
)
def test_the_name_decides(called: str, expected: Persona | None) -> None:
    """Only names that LuaRocks has, whatever the directory is called."""
    assert persona(called) == expected


def test_each_name_has_verbs_that_exist() -> None:
    """All but help, which is no file, and what only LuaRocks has."""
    assert (USER_VERBS | ADMIN_VERBS) - set(SUMMARIES) <= {"help", "upload"}


@pytest.mark.parametrize(
    ("called", "words", "status"),
    [
        ("luarocks", ["refresh"], 1),
        ("luarocks", ["make_manifest", "."], 1),
        ("luarocks-admin", ["install", "x"], 1),
        ("luarocks", ["list", "--frob"], 1),
        ("luarocks", ["which"], 1),
        ("luarocks", ["which", "a", "b"], 1),
        ("luarocks", ["show", "nosuch", "--tree=/nonexistent"], 1),
        ("luarocks", [], 0),
        ("luarocks", ["help", "list"], 0),
        ("luarocks", ["help", "help"], 0),
        ("luarocks-admin", ["help", "nosuch"], 1),
        ("luarocks-admin", ["remove", "x-1.0-1.src.rock"], 1),
        ("distrorocks", ["list", "--frob"], 2),
    ],
)
def test_failures_have_one_status(
    called: str,
    words: list[str],
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Usage errors and negative answers are 1, as in LuaRocks; and each name has its own verbs."""
    monkeypatch.setenv("LUAROCKS_CONFIG", str(tmp_path / "none.lua"))
    try:
        left = main(words, called)
    except SystemExit as end:
        left = int(str(end.code))
    assert left == status


@pytest.mark.parametrize(
    ("status", "is_denied", "expected"),
    [(0, False, 0), (1, False, 1), (2, False, 1), (3, False, 1), (3, True, 2), (4, False, 4)],
)
def test_statuses_are_those_of_luarocks(status: int, is_denied: bool, expected: int) -> None:
    """It tells missing rights and locks from other failures."""
    assert Persona("luarocks", False, "").status(status, is_denied=is_denied) == expected


def test_a_signal_keeps_its_status() -> None:
    """A shell reads 128 and the number."""
    assert Persona("luarocks", False, "").status(141) == 141


def test_the_first_line_of_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    """Scripts read the last word of the first line; without LuaRocks it is 3.8."""
    assert main(["--version"], "/x/luarocks") == 0
    first, what, ours = capsys.readouterr().out.splitlines()
    assert first.startswith("/x/luarocks 3.")
    assert what == "LuaRocks main command-line interface"
    assert ours.startswith("distrorocks ")
    lines = Persona("/x/luarocks-admin", True, "").banner("")
    assert lines == (f"/x/luarocks-admin {RELEASE}", "LuaRocks repository administration interface")


def test_the_lua_of_the_name_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """Unless another one is asked for."""
    for words, expected in ((["config"], "5.3"), (["--lua-version=5.2", "config"], "5.2")):
        assert main([*words, "lua_version"], "luarocks-5.3") == 0
        assert capsys.readouterr().out == f"{expected}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a server of the rocks a 1.0 and a 2.0, and a home of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    server = SourceServer(tmp_path / "server")
    server.add("a 1.0-1").add("a 2.0-1").add("b 1.0-1", "a").publish()
    return tmp_path


OPTIONS = ("--tree=tree", "--lua-version=5.4", "--only-server=server")


def listed(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    """Return the rocks of the tree as `luarocks list --porcelain` names them."""
    capsys.readouterr()
    assert main(["list", "--porcelain", "--lua-version=5.4", *words], "luarocks") == 0
    return [" ".join(row.split("\t")[:2]) for row in capsys.readouterr().out.splitlines()]


def test_a_named_rock_is_upgraded_and_others_are_kept(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`luarocks install` takes the newest of what is named, and what is there of all else."""
    assert main(["install", "a", "1.0", *OPTIONS], "luarocks") == 0
    assert main(["install", "b", *OPTIONS], "luarocks") == 0
    assert listed(capsys, "--tree=tree") == ["a 1.0-1", "b 1.0-1"]
    assert main(["install", "a", *OPTIONS], "luarocks") == 0
    assert f"a 2.0-1 is now installed in {project}/tree" in capsys.readouterr().out
    assert listed(capsys, "--tree=tree") == ["a 2.0-1", "b 1.0-1"]


def test_force_removes_without_a_question(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And without it nothing that others need goes."""
    assert main(["install", "b", *OPTIONS], "luarocks") == 0
    tree = ["--tree=tree", "--lua-version=5.4"]
    assert main(["remove", "a", *tree, "--server=server"], "luarocks") == 1
    assert main(["remove", "a", *tree, "--force-fast"], "luarocks") == 0
    assert listed(capsys, "--tree=tree") == ["b 1.0-1"]
    assert (project / "server/a-1.0-1.rockspec").exists()


def test_the_tree_of_a_project_is_listed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It comes first, as for LuaRocks."""
    (project / ".luarocks").mkdir()
    (project / "lua_modules").mkdir()
    assert main(["install", "a", *OPTIONS[1:]], "luarocks") == 0
    assert listed(capsys) == ["a 2.0-1"]


def test_show_and_which_say_what_luarocks_says(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No line of ours is among those that scripts read."""
    assert main(["install", "a", *OPTIONS], "luarocks") == 0
    tree = ["--tree=tree", "--lua-version=5.4"]
    capsys.readouterr()
    assert main(["show", "a", "--porcelain", *tree], "luarocks") == 0
    assert "lua_version" not in capsys.readouterr().out
    assert main(["show", "a", *tree], "luarocks") == 0
    assert "For Lua:" not in capsys.readouterr().out
    assert main(["which", "a", *tree], "luarocks") == 0
    path = f"{project}/tree/share/lua/5.4/a.lua"
    assert capsys.readouterr().out == f"{path}\n(provided by a 2.0-1)\n"


def test_we_are_no_luarocks_to_ourselves(tmp_path: Path) -> None:
    """A link to distrorocks is not run for what LuaRocks has to do, nor counted as installed."""
    usual = tmp_path / "usr/bin"
    usual.mkdir(parents=True)
    ours = usual / "distrorocks"
    ours.write_text("#!/usr/bin/lua5.1\n")
    ours.chmod(0o755)
    (usual / "luarocks").symlink_to("distrorocks")
    view = RootView(str(tmp_path))
    assert likely_words("5.4", str(usual)) == ()
    assert luarocks_versions(view, "/usr/bin") == ()
    assert not has_luarocks(view)
    (usual / "luarocks").unlink()
    ours.rename(usual / "luarocks")
    assert likely_words("5.4", str(usual)) == (str(usual / "luarocks"),)
    assert luarocks_versions(view, "/usr/bin") == ("5.1",)
    assert has_luarocks(view)


def test_a_link_is_enough(tmp_path: Path) -> None:
    """The program needs no wrapper: it looks at the name that it was called by."""
    script = tmp_path / "distrorocks"
    start = f"import sys; sys.path.insert(0, {str(CHECKOUT)!r})"
    call = "from distrorocks.cli.main import command; sys.exit(command())"
    script.write_text(f"#!{sys.executable} -I\n{start}\n{call}\n")
    script.chmod(0o755)
    (tmp_path / "luarocks").symlink_to("distrorocks")
    words = [str(tmp_path / "luarocks"), "refresh"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 1
    assert "there is no command 'refresh'" in done.stderr


def test_unsetting_what_is_not_set_is_no_failure(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Under LuaRocks' name; the message is there under both."""
    assert (project / "server").is_dir()
    words = ["config", "--scope=user", "--lua-version=5.4", "variables.NOT_THERE", "--unset"]
    for called, status in (("luarocks", 0), ("distrorocks", 3)):
        assert main(words, called) == status
        assert "the file does not set variables.NOT_THERE" in capsys.readouterr().err


def test_a_search_lists_what_servers_have(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither packages nor installed rocks, but for what Lua itself provides."""
    assert main(["install", "a", f"--tree={project}/.luarocks", *OPTIONS[1:]], "luarocks") == 0
    for called, count in (("luarocks", 2), ("distrorocks", 3)):
        capsys.readouterr()
        assert main(["search", "--porcelain", "a", *OPTIONS[1:]], called) == 0
        rows = capsys.readouterr().out.splitlines()
        assert len([row for row in rows if row.startswith("a\t")]) == count

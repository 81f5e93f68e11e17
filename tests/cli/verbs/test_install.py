"""``distrorocks install`` and ``remove``, as they are typed."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.resolve.candidate import Candidate
from distrorocks.world.server_rocks import ServerRocks
from tests.install.asking import Place
from tests.rocks_server import SourceServer

BROKEN = 'type = "command", build_command = "echo no compiler; exit 7"'


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """This system with two trees below a scratch directory, and a server."""
    place = Place(tmp_path, inside=str(tmp_path))
    place.server = SourceServer(tmp_path / "server")
    place.give_headers()
    place.server.add("app 1.0-1", "leaf").add("leaf 2.0-1")
    place.server.add("bad 1.0-1", "leaf", build=BROKEN).publish()
    monkeypatch.setenv("LUAROCKS_CONFIG", str(place.root / "etc/luarocks/config-5.4.lua"))
    monkeypatch.delenv("LUAROCKS_CONFIG_5_4", raising=False)
    monkeypatch.setenv("LUAROCKS_SYSCONFDIR", str(tmp_path / "nowhere"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    return place


def install(place: Place, *words: str) -> int:
    """Install with the server, for Lua 5.4."""
    server = str(place.server.directory)
    more = ("--only-server", server, "--lua-version", "5.4", "--distro=never")
    return main(["install", *words, *more])


def test_it_shows_the_plan_installs_and_reports_it(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """The plan and the result to stdout, a line for each rock to stderr."""
    assert install(place, "app", "--yes") == 0
    told = capsys.readouterr()
    server = place.server.directory
    assert told.err == (
        "fetching the sources of 2 rocks\n"
        f"[1/2] building leaf 2.0-1 from {server}\n[2/2] building app 1.0-1 from {server}\n"
    )
    assert told.out.startswith(f"for Lua 5.4, into {place.above}/two (")
    assert told.out.endswith(f"installed in {place.above}/two: leaf 2.0-1, app 1.0-1\n")
    assert install(place, "app", "--yes") == 0
    assert "nothing to install" in capsys.readouterr().err


def test_a_rock_of_another_tree_is_enough(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Who names a tree and gets nothing there reads why, and the command that installs it there."""
    one, two = f"{place.above}/one", f"{place.above}/two"
    assert install(place, "app", "--yes") == 0
    assert install(place, "app", f"--tree={one}", "--deps-mode=all") == 0
    told = capsys.readouterr().err
    hint = f"app 1.0-1 of {two} is enough; `distrorocks build app --tree {one}` installs it there"
    assert f"nothing to install\nhint: {hint}" in told
    assert "leaf" not in told.partition("nothing to install")[2]
    assert install(place, "app", f"--tree={two}") == 0
    assert "hint: " not in capsys.readouterr().err


def test_a_newer_version_is_told(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Where LuaRocks would install it, the installed one stays, and the plan says how to get it."""
    place.server.add("leaf 3.0-1").publish()
    assert install(place, "leaf", "2.0") == 0
    assert install(place, "leaf") == 0
    told = "  leaf: 3.0-1 is newer, and the installed one is kept: see --prefer=newest\n"
    assert told in capsys.readouterr().out
    assert install(place, "leaf", "--prefer=newest") == 0
    assert "3.0-1" in capsys.readouterr().out


def test_a_dry_run_does_nothing(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """But show the plan."""
    assert install(place, "app", "--dry-run") == 0
    assert "install  app" in capsys.readouterr().out
    assert not os.path.exists(f"{place.above}/two")


def test_without_a_terminal_nothing_is_asked(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script needs no flag that LuaRocks does not have: the plan is printed and carried out."""
    assert install(place, "app") == 0
    assert "install  app" in capsys.readouterr().out
    assert os.path.exists(f"{place.above}/two")


def test_without_a_terminal_nothing_that_others_need_is_taken_away(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """--force alone is not enough for that; with --yes it is."""
    assert install(place, "app") == 0
    forced = ["remove", "leaf", "--force", "--lua-version=5.4"]
    assert main(forced) == 3
    said = capsys.readouterr().err
    assert "needs 'leaf" in said
    assert "pass --yes to proceed without asking" in said
    assert main([*forced, "--yes"]) == 0


def test_what_others_need_is_replaced_by_force(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """--force names what will be broken, and has to be confirmed; --force-fast does neither."""
    place.server.add("old 1.0-1", "leaf < 3").add("leaf 3.0-1").publish()
    assert install(place, "old") == 0
    newest = ("leaf", "3.0", "--force")
    assert install(place, *newest) == 3
    assert "old 1.0-1" in capsys.readouterr().err
    assert install(place, "leaf", "3.0", "--force-fast") == 0
    assert "old 1.0-1" not in capsys.readouterr().err
    left = Path(place.above, "two/lib/luarocks/rocks-5.4/leaf")
    assert sorted(os.listdir(left)) == ["3.0-1"]


class Terminal(io.StringIO):
    """A person who types."""

    def isatty(self) -> bool:
        """Say that somebody is there."""
        return True


@pytest.mark.parametrize(
    ("answer", "is_done"), [("n\n", False), ("", False), ("\n", True), ("Y\n", True)]
)
def test_the_user_is_asked_for_confirmation(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: str,
    is_done: bool,
) -> None:
    """Enter is yes; the end of the input, as by Ctrl-D, is no, and a no is confirmed."""
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    assert install(place, "app") == 0
    assert os.path.exists(f"{place.above}/two") is is_done
    assert ("nothing was changed" in capsys.readouterr().err) is not is_done


def test_a_failure_is_status_3_with_the_last_lines(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the tree was not touched."""
    assert install(place, "bad", "--yes") == 3
    told = capsys.readouterr().err
    assert "error: bad 1.0-1: the build failed while building (status 7)\n" in told
    assert "\n  no compiler\nhint: all of its output is in " in told
    assert not os.path.exists(f"{place.above}/two")


def test_what_was_compiled_before_comes_from_the_rock_store(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second installation says so and starts no compiler; another compiler builds anew."""
    place.server.add("made 1.0-1", build='type = "builtin", modules = { made = "made.c" }')
    (place.server.directory / "src/made-1.0-1/made.lua").rename(tmp_path / "made.c")
    place.server.publish()
    rockspec = place.server.directory / "made-1.0-1.rockspec"
    rockspec.write_text(rockspec.read_text().replace("src/made-1.0-1/made.lua", "../made.c"))
    (tmp_path / "made.c").write_text("int luaopen_made(void *L) { return 0; }\n")
    for name, expected in (("cc", False), ("cc", True), ("other", False)):
        compiler = f"sh -c 'while [ $1 != -o ]; do shift; done; : >$2' {name}"
        words = ("--yes", "--force", "--build-sandbox=off", f"CC={compiler}", f"LD={compiler}")
        assert install(place, "made", *words) == 0
        told = capsys.readouterr().err
        assert ("made 1.0-1 was built before: the rock store has it" in told) is expected
        assert main(["remove", "made", "--yes", "--lua-version=5.4"]) == 0
        capsys.readouterr()


def test_pins_are_written_once_and_then_obeyed(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """--pin makes luarocks.lock in the working directory, or takes what it says."""
    assert install(place, "app", "--yes", "--pin") == 0
    lock = tmp_path / "luarocks.lock"
    assert 'leaf = "2.0-1"' in lock.read_text()
    assert f"wrote {lock}" in capsys.readouterr().out
    lock.write_text('return { dependencies = { leaf = "9.0-1" } }')
    assert install(place, "app", "--yes", "--pin", "--deps-mode=one") == 1
    assert "luarocks.lock pins leaf to 9.0-1" in capsys.readouterr().err
    assert "9.0-1" in lock.read_text()


def test_nothing_to_recover_is_said(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """--recover without a killed run changes nothing; without it a rock has to be named."""
    assert install(place, "app", "--yes") == 0
    assert main(["install", "--recover", "--lua-version=5.4"]) == 0
    assert "no interrupted run" in capsys.readouterr().err
    assert main(["install"]) == 2
    assert "no rock given" in capsys.readouterr().err


def test_removing(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """What goes is shown before; what is needed stays."""
    assert install(place, "app", "--yes") == 0
    capsys.readouterr()
    assert main(["remove", "leaf", "--yes", "--lua-version=5.4"]) == 1
    assert f"app 1.0-1 in {place.above}/two needs 'leaf'" in capsys.readouterr().err
    assert main(["remove", "leaf", "--dry-run", "--force", "--lua-version=5.4"]) == 0
    assert "which will be unsatisfied" in capsys.readouterr().err
    assert main(["remove", "leaf", "app", "--yes", "--lua-version=5.4"]) == 0
    assert capsys.readouterr().out == (
        f"remove  app 1.0-1  {place.above}/two\nremove  leaf 2.0-1  {place.above}/two\n"
        f"removed from {place.above}/two: app 1.0-1, leaf 2.0-1\n"
    )


def test_only_some_sources_are_used(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """--only-sources is LuaRocks' option, with or without a protocol; it goes before a setting."""
    assert install(place, "leaf", "--yes", "--only-sources=https://example.org/") == 3
    assert "only sources from example.org/ are used" in capsys.readouterr().err
    assert not (Path(place.above) / "two").exists()
    path = place.root / "etc/luarocks/config-5.4.lua"
    path.write_text(f'{path.read_text()}only_sources_from = "example.org/"\n')
    assert install(place, "leaf", "--yes") == 3
    url = f"file://{place.server.directory}/"
    assert install(place, "leaf", "--yes", f"--only-sources={url}") == 0


def test_a_file_without_dependencies_asks_no_server(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --deps-mode=none a server that does not exist is not missed."""
    asked: list[str] = []

    def candidates(_: ServerRocks, name: str, namespace: str | None) -> list[Candidate]:  # noqa: ARG001
        asked.append(name)
        return []

    monkeypatch.setattr(ServerRocks, "candidates", candidates)
    rockspec = str(place.server.directory / "app-1.0-1.rockspec")
    words = ["--deps-mode=none", "--only-server=https://127.0.0.1:1/", "--lua-version=5.4"]
    assert main(["install", rockspec, *words]) == 0
    told = capsys.readouterr()
    assert "127.0.0.1" not in told.out + told.err
    assert asked == []

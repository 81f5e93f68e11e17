"""``distrorocks test``, as it is typed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from tests.install.asking import Place
from tests.rocks_server import RocksServer, SourceServer

BUSTED = 'type = "none", install = { bin = { busted = "busted.lua" } }'


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """This system with two trees below a scratch directory, a server, and a project to test."""
    place = Place(tmp_path, inside=str(tmp_path))
    place.server = SourceServer(tmp_path / "server")
    place.server.add("leaf 1.0-1").add("leaf 2.0-1").add("busted 2.0-1", build=BUSTED).publish()
    (place.server.directory / "src/busted-2.0-1/busted.lua").write_text(
        "print('busted', require 'leaf', ...) os.exit(tonumber(select('#', ...)))\n"
    )
    monkeypatch.setenv("LUAROCKS_CONFIG", str(place.root / "etc/luarocks/config-5.4.lua"))
    monkeypatch.delenv("LUAROCKS_CONFIG_5_4", raising=False)
    monkeypatch.setenv("LUAROCKS_SYSCONFDIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    project = tmp_path / "project"
    project.mkdir()
    more = 'rockspec_format = "3.0"\ntest_dependencies = { "leaf" }\n'
    RocksServer(project).add("mine 1.0-1", more=more)
    (project / "test.lua").write_text(
        "print('tests', require 'leaf', ...) os.exit(tonumber((...)) or 0)\n"
    )
    monkeypatch.chdir(project)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    return place


def outcome(place: Place, *words: str) -> int:
    """Run the verb with the server, for Lua 5.4."""
    first, dashes, rest = list(words), "--" in words, list(words)
    if dashes:
        first, rest = first[: words.index("--")], rest[words.index("--") :]
    only = ("--only-server", str(place.server.directory))
    more = ("--lua-version", "5.4", "--distro=never")
    return main(["test", *first, *only, *more, *(rest if dashes else ())])


def test_a_script_is_run_with_what_it_needs(
    place: Place, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its dependencies are installed first, its status is ours, and its words come through."""
    assert outcome(place, "7", "--", "--verbose", "--", "x") == 7
    told = capfd.readouterr()
    assert f"installed in {place.above}/two: leaf 2.0-1\n" not in told.out
    assert told.out.endswith("tests\t2.0-1\t7\t--verbose\t--\tx\n")
    assert "install  leaf" in told.out
    assert outcome(place) == 0
    assert capfd.readouterr().out == "tests\t2.0-1\n"


def test_variables_are_for_builds(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    """As in LuaRocks, wherever they stand before the dashes; behind them they are words."""
    assert outcome(place, "CC=x", "mine-1.0-1.rockspec", "7", "--", "LD=y") == 7
    assert capfd.readouterr().out.endswith("tests\t2.0-1\t7\tLD=y\n")


def test_busted_is_installed_and_run(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    """.busted shows the type; the command is that of the rock, which finds its modules."""
    Path(".busted").write_text("return {}")
    assert outcome(place, "mine-1.0-1.rockspec", "a", "b") == 2
    assert capfd.readouterr().out.endswith("busted\t2.0-1\ta\tb\n")


def test_only_to_prepare(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    """--prepare installs, --dry-run does not, and neither runs anything."""
    assert outcome(place, "--dry-run") == 0
    assert not Path(place.above, "two").exists()
    assert outcome(place, "--prepare") == 0
    assert Path(place.above, "two/share/lua/5.4/leaf.lua").exists()
    assert "tests\t" not in capfd.readouterr().out


def test_pins_hold_for_tests(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    """luarocks.lock of the project pins what they need."""
    Path("luarocks.lock").write_text('return { test_dependencies = { leaf = "1.0-1" } }')
    assert outcome(place) == 0
    assert capfd.readouterr().out.endswith("tests\t1.0-1\n")


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["--test-type=lust"], 2, "the test type 'lust' is not known"),
        (["--only-deps"], 2, "--prepare only installs"),
        (["none-1.0-1.rockspec"], 3, "none-1.0-1.rockspec"),
    ],
)
def test_what_cannot_be_run(
    place: Place, capfd: pytest.CaptureFixture[str], words: list[str], status: int, told: str
) -> None:
    """Nothing is installed then."""
    assert outcome(place, *words) == status
    assert told in capfd.readouterr().err
    assert not Path(place.above, "two").exists()


def test_there_are_no_tests(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    """A missing script, or nothing at all, is a negative answer."""
    Path("test.lua").unlink()
    assert outcome(place) == 1
    assert "has no test suite" in capfd.readouterr().err
    assert outcome(place, "--test-type=command") == 1
    assert "the test script 'test.lua' is not there" in capfd.readouterr().err


def test_a_signal_shows_in_the_status(place: Place) -> None:
    """As the shell has it."""
    Path("test.lua").write_text("os.execute('kill -KILL $PPID')")
    assert outcome(place) == 137

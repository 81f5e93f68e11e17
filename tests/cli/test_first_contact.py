"""``distrorocks`` alone says what this system is, what LuaRocks sees of it, and what is next."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.cli.first_contact import Sight, greet, greeting, look_around
from distrorocks.cli.main import main
from tests.builders import debian

SIGHT = Sight("debian 12", ("deb",), ("5.4",), "3.8.0", {}, (), "apt install luarocks")
MOST_LINES = 10


def line(sight: Sight, name: str) -> str:
    """Return the line of that name, "" for none."""
    found = (it for it in greeting(sight) if it.startswith(f"{name}:"))
    return next(found, "").partition(":")[2].strip()


@pytest.mark.parametrize(
    ("sight", "command"),
    [
        (SIGHT, "distrorocks setup"),
        (SIGHT._replace(rocks={"5.4": 2}, unseen=("5.4",)), "distrorocks setup"),
        (SIGHT._replace(rocks={"5.4": 2}), "distrorocks list"),
        (SIGHT._replace(luarocks=None), "apt install luarocks"),
        (SIGHT._replace(luarocks=None, rocks={"5.4": 2}, unseen=("5.4",)), "apt install luarocks"),
        (SIGHT._replace(rocks={"5.4": 2}, failing=("5.4",)), "distrorocks doctor"),
        (SIGHT._replace(luarocks=None, install=""), "install the package luarocks"),
        (SIGHT._replace(families=()), "distrorocks plan ROCK"),
    ],
)
def test_the_next_command_fits_what_is_there(sight: Sight, command: str) -> None:
    """It is the first thing that is missing, and the report is short."""
    assert line(sight, "next").startswith(command)
    assert len(greeting(sight)) <= MOST_LINES


@pytest.mark.parametrize(
    ("unseen", "said"),
    [
        ((), "to LuaRocks for Lua 5.1, 5.4"),
        (("5.1",), "to LuaRocks for Lua 5.4, but not for Lua 5.1"),
        (("5.1", "5.4"), "no: LuaRocks is not configured to use this tree"),
    ],
)
def test_it_says_which_rocks_luarocks_sees(unseen: tuple[str, ...], said: str) -> None:
    """For each Lua version."""
    sight = SIGHT._replace(rocks={"5.1": 1, "5.4": 2}, unseen=unseen)
    assert line(sight, "visible") == said
    assert line(sight, "published") == "1 for Lua 5.1, 2 for Lua 5.4"


def test_it_says_why_luarocks_sees_no_rock() -> None:
    """It is not there, it is not configured, or it fails."""
    sight = SIGHT._replace(rocks={"5.1": 1, "5.4": 2})
    assert line(sight._replace(luarocks=None), "visible") == "no: LuaRocks is not installed"
    failing = line(sight._replace(failing=("5.4",)), "visible")
    assert failing == "to LuaRocks for Lua 5.1, but not for Lua 5.4"
    failing = line(sight._replace(unseen=("5.1",), failing=("5.4",)), "visible")
    assert failing == "no: something keeps LuaRocks from them"


SYSTEM, USER = "etc/luarocks/config-5.3.lua", "root/.luarocks/config-5.3.lua"


@pytest.mark.parametrize(
    ("path", "text", "unseen", "failing"),
    [
        (SYSTEM, "rocks_trees = {", (), ("5.3",)),
        (SYSTEM, "", ("5.3",), ()),
        (USER, "x = ", (), ("5.3",)),
        (USER, 'rocks_trees = { "/opt" }', (), ("5.3",)),
        (USER, "x = 1", (), ()),
        ("usr/lib/luarocks/rocks-5.3/manifest", "", (), ("5.3",)),
        ("usr/lib/luarocks/rocks-5.3/manifest", "repository = {", (), ("5.3",)),
        ("usr/lib/luarocks/rocks-5.3/manifest", None, (), ("5.3",)),
        ("usr/local/lib/luarocks/rocks-5.3/manifest", "", (), ("5.3",)),
        ("usr/local/lib/luarocks/rocks-5.3/manifest", "repository = {", (), ()),
    ],
)
def test_it_says_for_which_luas_luarocks_sees_nothing(
    tmp_path: Path, path: str, text: str | None, unseen: tuple[str, ...], failing: tuple[str, ...]
) -> None:
    """Its own configuration counts, the user's and that of the system, and each tree's manifest."""
    root = str(debian(tmp_path).root)
    main(["refresh", "--root", root])
    (tmp_path / "etc/luarocks").mkdir(parents=True, exist_ok=True)
    main(["config-snippet", "--apply", "--root", root])
    place = tmp_path / path
    place.parent.mkdir(parents=True, exist_ok=True)
    if text is None:
        place.unlink()
    else:
        place.write_text(text)
    found = look_around(root)
    assert (found.unseen, found.failing) == (unseen, failing)


def test_it_sees_what_refresh_and_setup_did(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rocks are counted by Lua version; with LuaRocks configured they are visible."""
    root = str(debian(tmp_path).root)
    assert look_around(root).rocks == {}
    main(["refresh", "--root", root])
    before = look_around(root)
    assert before.families == ("deb",)
    assert before.rocks == {"5.3": 2, "5.4": 1}
    assert before.unseen == ("5.3", "5.4")
    (tmp_path / "etc/luarocks").mkdir(parents=True, exist_ok=True)
    main(["config-snippet", "--apply", "--root", root])
    assert look_around(root).unseen == ()
    capsys.readouterr()
    assert greet(root) == 0
    assert "published:  2 for Lua 5.3, 1 for Lua 5.4\n" in capsys.readouterr().out


def test_it_reads_the_release_of_luarocks(tmp_path: Path) -> None:
    """Out of its own file, without starting it; "" where that does not say."""
    assert look_around(str(tmp_path)).luarocks is None
    program, file = (tmp_path / it for it in ("usr/bin/luarocks", "usr/share/lua/5.1/x"))
    for path in (program, file):
        path.parent.mkdir(parents=True)
        path.touch()
    assert look_around(str(tmp_path)).luarocks == ""
    core = tmp_path / "usr/share/lua/5.1/luarocks/core"
    core.mkdir(parents=True)
    (core / "cfg.lua").write_text('local program_version = "3.11.1"\n')
    assert look_around(str(tmp_path)).luarocks == "3.11.1"


def test_a_command_line_without_words_is_a_first_contact(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It succeeds on whatever system this is, and names the list of commands."""
    assert main([]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("distrorocks ")
    assert "distrorocks --help" in told.out
    assert told.err == ""
    assert len(told.out.splitlines()) <= MOST_LINES

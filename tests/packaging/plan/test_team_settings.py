"""What a team sets for all of its packagings, in the user's configuration."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.packaging.plan.draft import NO_TEAM
from distrorocks.packaging.plan.settings import SettingsError, read_team, team_settings_path
from distrorocks.packaging.scaffold.scaffold import Request, Scaffold, scaffolds
from distrorocks.system.files.trust import UntrustedError
from distrorocks.system.lua.jail import Jail
from tests.packaging.scaffolding import packed

PLACE = ".config/distrorocks/packaging.toml"
TEAM = """maintainer = "Lua Team <lua@example.org>"
summary = "Words of the team"
date = "86400"

[deb]
uploaders = ["Una Uploader <una@example.org>"]
vcs_git = "https://salsa.debian.org/lua-team/{package}.git"
section = "misc"

[arch]
license = "ISC"
"""


def team_file(home: Path, text: str = TEAM) -> Path:
    """Return the path of a team's settings in a home directory."""
    path = home / PLACE
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def made(folder: Path, team: Path, *, maintainer: str = "", date: int | None = None) -> Scaffold:
    """Return Debian's packaging of a rock."""
    request = Request(packed(folder), str(folder), maintainer=maintainer, date=date, team=str(team))
    with Jail() as jail:
        (one,) = scaffolds(request, jail)
    return one


def test_the_file_is_where_the_user_keeps_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """XDG_CONFIG_HOME if it is absolute, else .config in HOME: under sudo that of root."""
    monkeypatch.setenv("HOME", "/home/pat")
    for ignored in ("", "conf"):
        monkeypatch.setenv("XDG_CONFIG_HOME", ignored)
        assert team_settings_path() == f"/home/pat/{PLACE}"
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv("HOME", "/root")
    assert team_settings_path() == f"/root/{PLACE}"
    monkeypatch.setenv("XDG_CONFIG_HOME", "/srv/conf/")
    assert team_settings_path() == "/srv/conf/distrorocks/packaging.toml"


def test_a_file_or_home_that_is_missing_sets_nothing(tmp_path: Path) -> None:
    """Most users have none, and package builds have no home."""
    assert read_team("", "deb") == NO_TEAM
    assert read_team(f"/nonexistent/{PLACE}", "deb") == NO_TEAM
    assert read_team(str(tmp_path / PLACE), "deb") == NO_TEAM


def test_the_packaging_s_own_file_comes_before_the_team_s(tmp_path: Path) -> None:
    """Key by key, also one for all formats before the team's for one; both are named as sources."""
    team = team_file(tmp_path / "home")
    (tmp_path / "distrorocks.toml").write_text('summary = "Own words"\nsection = "lua"\n')
    plan = made(tmp_path, team).plan
    of_team = f"settings of the team: {team}"
    assert {key: (plan.fields[key].value, plan.fields[key].source) for key in SHOWN} == {
        "summary": ("Own words", "distrorocks.toml"),
        "section": ("lua", "distrorocks.toml"),
        "maintainer": ("Lua Team <lua@example.org>", of_team),
        "uploaders": (("Una Uploader <una@example.org>",), of_team),
        "vcs_git": ("https://salsa.debian.org/lua-team/lua-foo.git", of_team),
        "date": ("86400", of_team),
    }
    assert plan.license == "MIT"
    (tmp_path / "distrorocks.toml").write_text('uploaders = []\nvcs_git = ""\n')
    control = made(tmp_path, team).outputs["debian/control"][0].decode()
    assert "Uploaders" not in control
    assert "Vcs-" not in control


SHOWN = ("summary", "section", "maintainer", "uploaders", "vcs_git", "date")


def test_the_command_line_comes_before_the_team(tmp_path: Path) -> None:
    """``--maintainer`` and ``--date`` are about this packaging alone."""
    team = team_file(tmp_path / "home")
    plan = made(tmp_path, team, maintainer="Pat <pat@example.org>", date=0).plan
    assert (plan.maintainer, plan.date) == ("Pat <pat@example.org>", "0")
    assert plan.uploaders == ("Una Uploader <una@example.org>",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = ", "is not TOML"),
        ("sumary = 'x'", "has invalid settings"),
        (None, "cannot be read"),
    ],
)
def test_errors_name_the_file(tmp_path: Path, text: str | None, told: str) -> None:
    """A packager looks beside the packaging first."""
    team = team_file(tmp_path, text or "")
    if text is None:
        team.unlink()
        team.mkdir()
    with pytest.raises(SettingsError) as caught:
        read_team(str(team), "deb")
    assert caught.value.brief == f"{team} {told}"


@pytest.mark.skipif(os.geteuid() != 0, reason="gives a file to another user")
def test_root_believes_no_file_of_another_user(tmp_path: Path) -> None:
    """As where sudo keeps HOME; a home of others without such a file is no obstacle."""
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 1000, 1000)
    assert read_team(str(home / PLACE), "deb") == NO_TEAM
    team = team_file(home)
    with pytest.raises(UntrustedError, match=str(home)):
        read_team(str(team), "deb")


def test_plan_and_explain_name_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """So that a packager knows which file to change."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    team = team_file(tmp_path)
    words = ["scaffold", packed(tmp_path), "--format", "deb", "-o", str(tmp_path / "out")]
    assert main([*words, "--explain", "uploaders"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "deb: uploaders = Una Uploader <una@example.org>"
    assert f"   from: settings of the team: {team} (high confidence)" in said
    assert main([*words, "--plan", "--json"]) == 0
    field = json.loads(capsys.readouterr().out)["deb"]["fields"]["maintainer"]
    assert field["source"] == f"settings of the team: {team}"
    team.write_text('sumary = "x"\n')
    assert main(words) == 3
    assert f"{team} has invalid settings" in capsys.readouterr().err

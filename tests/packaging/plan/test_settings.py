"""``distrorocks.toml``: what it may say, and how a slip is told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from distrorocks.packaging.plan.settings import SettingsError, read_settings


def settings(folder: Path, text: str) -> dict[str, object]:
    """Return what a file sets for Debian."""
    (folder / "distrorocks.toml").write_text(text)
    return dict(read_settings(str(folder), "deb"))


def test_the_table_of_a_format_overrides_the_top(tmp_path: Path) -> None:
    """Keys at the top apply to all formats; tables of other formats are ignored."""
    text = 'summary = "a"\nlicense = "MIT"\n[deb]\nsummary = "b"\n[arch]\nsummary = "c"\n'
    assert settings(tmp_path, text) == {"summary": "b", "license": "MIT"}
    (tmp_path / "distrorocks.toml").unlink()
    assert read_settings(str(tmp_path), "deb") == {}


@pytest.mark.parametrize("versions", [["5.4"], ["5.1", "5.4"]])
def test_a_list_may_have_one_member(tmp_path: Path, versions: list[str]) -> None:
    """But not none, where its members have a form."""
    found = settings(tmp_path, f"lua_versions = {versions}".replace("'", '"'))
    assert list(found["lua_versions"]) == versions  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('sumary = "x"', "sumary: there is no such key, is summary meant?"),
        ('[debian]\nsummary = "x"', "debian: there is no such key"),
        ('[alpin]\nsummary = "x"', "alpin: there is no such key, is alpine meant?"),
        ('alpin = "x"', "alpin: there is no such key"),
        ('[arch]\nsumary = "x"', "arch.sumary: there is no such key, is summary meant?"),
        ("deb = 1", "deb: "),
        ("summary = true", "summary: must be a text in quotes"),
        ("is_compiled = 1", "is_compiled: must be true or false"),
        ("conflicts = [1]", "conflicts.0: must be a text in quotes"),
        ("[deb]\nlicense = 3", "deb.license: must be a text in quotes"),
        ('lua_versions = "5.4"', "lua_versions: must be a list of texts, in brackets"),
        ("lua_versions = []", "lua_versions: must not be empty"),
        ('lua_versions = ["5.9", "6"]', "lua_versions.1: '6' does not match"),
        ('is_compiled = "yes"', "is_compiled: must be true or false"),
        ('package = "Lua_Foo"', "package: 'Lua_Foo' does not match"),
        ('homepage = "x"', "homepage: 'x' does not match"),
        ('vcs_git = "https://x.org/{rock}.git"', "vcs_git: 'https://x.org/{rock}.git' does not"),
        ('vcs_git = "git@x.org:a.git"', "vcs_git: 'git@x.org:a.git' does not match"),
        ('vcs_browser = "https://x.org/${a}"', "vcs_browser: 'https://x.org/${a}' does not match"),
        ('uploaders = ["Ann"]', "uploaders.0: 'Ann' does not match"),
        ('uploaders = ["A <a@x>, B <b@x>"]', "uploaders.0: 'A <a@x>, B <b@x>' does not match"),
        ('license = " "', "license: ' ' does not match"),
        ("license = ", "is not TOML"),
    ],
)
def test_an_invalid_setting_is_reported_with_its_place(
    tmp_path: Path, text: str, told: str
) -> None:
    """The message has the key, the fault and a similar key."""
    with pytest.raises(SettingsError) as caught:
        settings(tmp_path, text)
    assert told in str(caught.value)


def test_all_keys_are_told_where_one_is_unknown(tmp_path: Path) -> None:
    """Sixty names would hide what is wrong with a value."""
    with pytest.raises(SettingsError) as caught:
        settings(tmp_path, "sumary = 1")
    assert "summary, " in caught.value.hint
    with pytest.raises(SettingsError) as caught:
        settings(tmp_path, "summary = 1")
    assert caught.value.hint.startswith("packaging-fields.md ")


def test_all_invalid_settings_are_reported_at_once(tmp_path: Path) -> None:
    """Each has a line."""
    with pytest.raises(SettingsError) as caught:
        settings(tmp_path, "license = 1\nsummary = 2\n[deb]\nwatch = 3\n")
    assert len(caught.value.detail.splitlines()) == 3


def test_without_pydantic_the_hint_names_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings that cannot be checked are an error, and are not ignored."""
    (tmp_path / "distrorocks.toml").write_text('summary = "Words"\n')
    monkeypatch.delitem(sys.modules, "distrorocks.packaging.plan.settings_model", raising=False)
    monkeypatch.setitem(sys.modules, "pydantic", None)
    with pytest.raises(SettingsError, match=r"distrorocks\.toml cannot be checked") as raised:
        read_settings(str(tmp_path), "deb")
    assert "install pydantic 2" in raised.value.hint


def test_a_list_without_a_form_may_be_empty(tmp_path: Path) -> None:
    """So a packager takes away what was found, or the team's; each value comes back as its kind."""
    text = 'conflicts = []\nrequires = ["a", "b"]\nis_compiled = false\nhomepage = ""\n'
    text += "uploaders = []\n"
    found = settings(tmp_path, text)
    assert found == {
        "conflicts": (),
        "requires": ("a", "b"),
        "is_compiled": False,
        "homepage": "",
        "uploaders": (),
    }


def test_a_fault_has_one_line_without_more(tmp_path: Path) -> None:
    """No similar key is told where there is none, and no web page."""
    with pytest.raises(SettingsError) as caught:
        settings(tmp_path, 'zzz = 1\nlicense = 2\nhomepage = "x"\n')
    told = caught.value.detail.splitlines()
    assert len(told) == 3
    assert {"license: must be a text in quotes", "zzz: there is no such key"} < {*told}
    assert "errors.pydantic" not in caught.value.detail

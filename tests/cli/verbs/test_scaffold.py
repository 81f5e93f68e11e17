"""``distrorocks scaffold`` writes packaging, tells its gaps, explains its fields."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from tests.packaging.scaffolding import packed, rockspec
from tests.rocks_server import RocksServer


def test_packaging_is_written_and_gaps_are_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Paths go to stdout, gaps to stderr, and the exit status is 0."""
    out = tmp_path / "out"
    assert main(["scaffold", packed(tmp_path), "--format", "deb", "-o", str(out)]) == 0
    said = capsys.readouterr()
    assert f"{out}/debian/control" in said.out.splitlines()
    assert "deb: requires_missing: no package is known for unheard_of" in said.err
    assert (out / "debian/control").is_file()


def test_one_field_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its value, where it comes from and how it is changed."""
    assert main(["scaffold", packed(tmp_path), "--format", "deb", "--explain", "license"]) == 0
    said = capsys.readouterr().out
    assert "deb: license = MIT" in said
    assert "is: licence as an SPDX expression (text)" in said
    assert "LICENSE:3" in said
    assert "distrorocks.toml" in said


def test_an_unknown_field_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The hint lists the fields."""
    words = ["scaffold", packed(tmp_path), "--format", "deb", "--explain", "colour"]
    assert main(words) == 1
    assert "license" in capsys.readouterr().err


def test_a_field_of_another_format_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """--explain names the formats that have a field, if those of the run do not."""
    options = ["--format", "deb", "--format", "fedora", "--explain", "lua_packages"]
    assert main(["scaffold", packed(tmp_path), *options]) == 1
    said = capsys.readouterr().err
    assert "lua_packages is no field of deb or fedora" in said
    assert "use --format with one of arch, alpine" in said


def test_the_plan_is_printed_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each field has its source, and nothing is written."""
    words = ["scaffold", packed(tmp_path), "--format", "fedora", "--plan", "--json"]
    assert main([*words, "-o", str(tmp_path / "out")]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["fedora"]["fields"]["package"]["value"] == "lua-foo"
    assert plan["fedora"]["fields"]["package"]["source"].startswith("rule")
    assert not (tmp_path / "out").exists()


def test_conflicts_are_exit_status_1(tmp_path: Path) -> None:
    """An update that leaves conflicts says so to programs, one without is 0."""
    out = tmp_path / "out"
    words = ["--format", "fedora", "-o", str(out)]
    assert main(["scaffold", rockspec(tmp_path, "1.0"), *words]) == 0
    assert main(["scaffold", rockspec(tmp_path, "1.1"), *words, "--update"]) == 0
    spec = out / "lua-foo.spec"
    spec.write_text(spec.read_text().replace("Version:        1.1", "Version:        mine"))
    assert main(["scaffold", rockspec(tmp_path, "1.2"), *words, "--update"]) == 1


@pytest.mark.parametrize("word", ["nothing.rockspec", "a.txt", "empty"])
def test_an_input_that_is_no_rock_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    """It is reported, and nothing is written."""
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    out = tmp_path / "out"
    assert main(["scaffold", str(tmp_path / word), "--format", "deb", "-o", str(out)]) == 3
    assert capsys.readouterr().err.startswith("error: ")
    assert not out.exists()


def test_a_directory_of_sources_is_a_rock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its own rockspec is used; of several the version chooses."""
    rockspec(tmp_path / "src", "1.0")
    rockspec(tmp_path / "src", "2.0")
    words = ["--format", "deb", "--explain", "version"]
    assert main(["scaffold", str(tmp_path / "src"), *words]) == 3
    capsys.readouterr()
    assert main(["scaffold", str(tmp_path / "src"), "2.0", *words]) == 0
    assert "version = 2.0" in capsys.readouterr().out


def test_a_name_is_fetched_from_a_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The newest release, or the version that is named; packed sources where there are any."""
    server = RocksServer(tmp_path / "server")
    server.pack("foo 1.0-1", "lua >= 5.1").add("foo 1.2-1", "lua >= 5.1").add("foo scm-1")
    words = ["--only-server", server.publish(), "--format", "fedora"]
    assert main(["scaffold", "foo", *words, "-o", str(tmp_path / "new")]) == 0
    assert "Version:        1.2\n" in (tmp_path / "new/lua-foo.spec").read_text()
    assert main(["scaffold", "foo", "1.0", *words, "-o", str(tmp_path / "old")]) == 0
    assert "Version:        1.0\n" in (tmp_path / "old/lua-foo.spec").read_text()
    assert main(["scaffold", "bar", *words, "-o", str(tmp_path / "none")]) == 1
    assert "no server has bar" in capsys.readouterr().err
    update = ["scaffold", "foo", *words, "-o", str(tmp_path / "old"), "--update"]
    assert main(update) == 0
    assert "Version:        1.2\n" in (tmp_path / "old/lua-foo.spec").read_text()


def test_servers_of_the_configuration_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are used by default; an unreadable one is named in the error."""
    server = RocksServer(tmp_path / "server").add("foo 1.2-1", "lua >= 5.1").publish()
    config = tmp_path / "config.lua"
    monkeypatch.setenv("LUAROCKS_CONFIG", str(config))
    config.write_text(f'rocks_servers = {{ "{server}" }}\n')
    out = tmp_path / "out"
    assert main(["scaffold", "foo", "--format", "fedora", "-o", str(out)]) == 0
    assert (out / "lua-foo.spec").exists()
    config.write_text(f'rocks_servers = {{ "{tmp_path}/none" }}\n')
    assert main(["scaffold", "foo", "--format", "fedora", "-o", str(out)]) == 3
    assert f"{tmp_path}/none" in capsys.readouterr().err


def test_several_rocks_are_packaged_in_one_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each is reported, the exit status is 3 where one could not be; programs read a list."""
    good, bad = packed(tmp_path), str(tmp_path / "none.rockspec")
    words = ["scaffold", good, bad, "--format", "deb", "-o", str(tmp_path / "out")]
    assert main(words) == 3
    said = capsys.readouterr()
    assert f"{tmp_path}/out/deb/lua-foo/debian/control" in said.out.splitlines()
    assert f"error: cannot read {bad}" in said.err
    assert "1 of 2 rocks packaged" in said.err
    assert main([*words, "--json"]) == 3
    first, second = json.loads(capsys.readouterr().out)["rocks"]
    assert (first["input"], first["written"]) == (good, [])
    assert bad in second["error"]
    assert main([*words, "--update"]) == 2


def test_a_field_of_some_formats_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each format that has the field explains it, also as JSON; a read field says so."""
    words = ["scaffold", packed(tmp_path), "--format", "fedora", "--format", "deb", "--explain"]
    assert main([*words, "watch", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)) == ["deb"]
    assert main([*words, "rock"]) == 0
    assert "this field cannot be set" in capsys.readouterr().out

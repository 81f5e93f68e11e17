"""``distrorocks pack``, ``unpack`` and ``download`` with LuaRocks' arguments and messages."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.exit_status import DONE, FAILED, FINDINGS, USAGE
from tests.builders import Machine
from tests.package_files import CONTROL, deb
from tests.rocks_server import RocksServer

LPEG = {"/usr/share/lua/5.4/lpeg.lua": "return 1", "/usr/share/lua/5.4/re.lua": "return 2"}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a directory of the test's own."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def lpeg_deb(tmp_path: Path) -> str:
    """Write the package file of lua-lpeg."""
    path = tmp_path / "lua-lpeg_1.2-1_all.deb"
    files = {name: text.encode() for name, text in LPEG.items()}
    path.write_bytes(deb(files, CONTROL.replace("lua-foo", "lua-lpeg")))
    return str(path)


def test_a_package_file_is_packed_here(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The message is that of LuaRocks, with the whole path."""
    assert main(["pack", lpeg_deb(tmp_path), "--root", str(tmp_path)]) == DONE
    out = capsys.readouterr().out
    (path,) = (tmp_path / "here").iterdir()
    assert out == f"Packed: {path}\n"
    assert path.name.startswith("lpeg-1.2-")


def test_the_report_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It has the file, its Lua version and its package."""
    main(["pack", lpeg_deb(tmp_path), "--root", str(tmp_path), "--json", "--to", "out"])
    (packed,) = json.loads(capsys.readouterr().out)["packed"]
    assert packed["path"].startswith(f"{tmp_path}/here/out/lpeg-1.2-")
    assert (packed["lua_version"], packed["origin"]) == ("5.4", "lua-lpeg 1.2-1")


def test_all_rocks_of_a_root_make_a_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """make-manifest works on the folder, and download finds the rock there."""
    machine = Machine(tmp_path / "root")
    machine.install("lua-lpeg", LPEG)
    machine.install("lua-other", {"/usr/share/lua/5.3/lpeg.lua": "return 3"})
    (tmp_path / "root/etc/distrorocks").mkdir(parents=True)
    names = '["lua-other"]\nrock = "lpeg"\n'
    (tmp_path / "root/etc/distrorocks/names.toml").write_text(names)
    root = ["--root", str(tmp_path / "root")]
    assert main(["pack", "--all", "--to", "rocks", *root]) == DONE
    assert main(["make-manifest", "rocks"]) == DONE
    capsys.readouterr()
    words = ["--only-server", "rocks/5.4", "--lua-version", "5.4", *root]
    assert main(["download", "lpeg", *words]) == DONE
    name = capsys.readouterr().out.rpartition("/")[2].strip()
    assert main(["unpack", name]) == DONE
    directory = Path(name.rsplit(".", 2)[0])
    assert (directory / "lua/lpeg.lua").read_text() == "return 1"
    assert main(["unpack", name]) == FAILED
    assert f"error: Directory {directory} already exists." in capsys.readouterr().err


def test_sources_are_ready_to_make(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """pack makes a rock of sources, and unpack says what to do with it, as LuaRocks does."""
    server = RocksServer(tmp_path / "server")
    text = server.rockspec("foo 1.0-1").replace("https://example/foo.tar.gz", "foo.lua")
    Path("foo-1.0-1.rockspec").write_text(text)
    Path("foo.lua").write_text("return 1")
    assert main(["pack", "foo-1.0-1.rockspec"]) == DONE
    assert main(["unpack", "foo-1.0-1.src.rock"]) == DONE
    assert capsys.readouterr().out == (
        f"Packed: {tmp_path}/here/foo-1.0-1.src.rock\n\n"
        "Done. You may now enter directory \nfoo-1.0-1\nand type 'distrorocks make' to build.\n"
    )


def test_several_rockspecs_are_packed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All, or none if one cannot be."""
    server = RocksServer(tmp_path / "server")
    Path("foo.lua").write_text("return 1")
    specs = [f"{name}-1.0-1.rockspec" for name in ("foo", "bar")]
    for spec in specs:
        text = server.rockspec(f"{spec[:3]} 1.0-1")
        Path(spec).write_text(text.replace(f"https://example/{spec[:3]}.tar.gz", "foo.lua"))
    assert main(["pack", *specs, "none-1.0-1.rockspec", "--to", "out"]) == FAILED
    assert not Path("out").exists()
    assert main(["pack", *specs, "--to", "out"]) == DONE
    assert sorted(os.listdir("out")) == ["bar-1.0-1.src.rock", "foo-1.0-1.src.rock"]
    assert capsys.readouterr().out.count("Packed: ") == len(specs)


def test_what_is_not_on_a_server_is_a_negative_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With LuaRocks' sentence."""
    server = RocksServer(tmp_path / "server").add("foo 1.0-1").publish()
    words = ["nosuch", "--only-server", server, "--lua-version", "5.4", "--root", str(tmp_path)]
    for verb in ("download", "unpack"):
        assert main([verb, *words]) == FINDINGS
        assert "Could not find a result named nosuch." in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["pack"],
        ["pack", "--all"],
        ["pack", "--all", "foo", "--to", "x"],
        ["pack", "--all", "--tree", "/x", "--to", "x"],
        ["pack", "a.deb", "b"],
        ["pack", "a.deb", "--local"],
        ["pack", "a", "1", "2"],
        ["pack", "a-1-1.rockspec", "1"],
        ["pack", "a", "a-1-1.rockspec"],
        ["pack", "a", "--lua-version", "5.3", "--lua-version", "5.4"],
        ["pack", "/etc/passwd"],
        ["pack", "./a"],
        ["download"],
        ["download", "a", "--source", "--rockspec"],
        ["unpack"],
        ["unpack", "a-1-1.src.rock", "b-1-1.src.rock"],
    ],
)
def test_arguments_that_contradict_each_other(words: list[str]) -> None:
    """They are errors of usage, before anything is read."""
    try:
        status: object = main(words)
    except SystemExit as stop:
        status = stop.code
    assert status == USAGE

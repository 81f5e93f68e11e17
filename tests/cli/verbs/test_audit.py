"""``distrorocks audit``: reports for people and programs, records, and statuses."""

from __future__ import annotations

import json
from hashlib import md5
from pathlib import Path

import pytest

from distrorocks.binaries.rock_needs import parse_record
from distrorocks.cli.main import main
from distrorocks.exit_status import DONE, FAILED, FINDINGS, USAGE
from distrorocks.lua.write import persist
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.trees.layout import tree_layout
from tests.elf_files import module, rock, write, write_root

FILE = "foo-1.0-1.linux-x86_64.rock"
GOOD, BAD = module("foo", "lua_pushnil"), module("foo", "lua_pushnil", glibc="2.38")


def made(folder: Path, content: bytes, file: str = FILE) -> str:
    """Write a rock with one module, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_bytes(rock({"lib/foo.so": content}))
    return str(folder / file)


def test_a_report_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the rock needs, then each system with its reasons or packages."""
    path, root = made(tmp_path, BAD), str(write_root(tmp_path / "root"))
    words = ("--root", root, "--on", "here", "debian:13", "--lua-version", "5.4")
    assert main(["audit", path, *words]) == FINDINGS
    assert capsys.readouterr().out.splitlines() == [
        FILE,
        "  built for   x86_64 (64-bit)",
        "  fits        Lua 5.1, Lua 5.2, Lua 5.3, Lua 5.4, Lua 5.5, LuaJIT",
        "  libraries   libc.so.6",
        "  versions    GLIBC_2.38",
        f"  the system in {root}: does not load with Lua 5.4",
        "    lib/foo.so: libc.so.6 of the package libc6 lacks GLIBC_2.38",
        "  debian:13: loads with Lua 5.4",
        "    with the packages libc6",
    ]


def test_a_report_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The record of the rock, and verdicts with their reasons."""
    path = made(tmp_path, BAD)
    words = ("--on", "debian:12", "debian:13", "--lua-version", "5.4", "--json")
    assert main(["audit", path, *words]) == FINDINGS
    (report,) = json.loads(capsys.readouterr().out)
    assert (report["path"], report["newest_versions"]) == (path, ["GLIBC_2.38"])
    assert report["files"]["lib/foo.so"]["opens"] == ["luaopen_foo"]
    old, new = report["verdicts"]
    assert (old["system"], old["verdict"], new["verdict"]) == ("debian:12", "fails", "loads")
    assert old["reasons"][0]["path"] == "lib/foo.so"


def test_one_lua_that_it_loads_with_is_enough(tmp_path: Path) -> None:
    """A system counts against a rock only if no Lua there loads it."""
    path = made(tmp_path, module("foo", "luaL_register"))
    assert main(["audit", path, "--on", "debian:12"]) == DONE
    words = ("--on", "debian:12", "--lua-version", "5.4")
    assert main(["audit", path, *words]) == FINDINGS
    assert main(["audit", path, *words, "--lua-version", "5.1"]) == DONE


def test_records_are_written_beside_the_rocks_of_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """For binary rocks in it and in its folders; they say what the rocks need."""
    path = made(tmp_path / "server/5.4", GOOD)
    made(tmp_path / "server", b"print()", "foo-1.0-1.all.rock")
    assert main(["audit", str(tmp_path / "server"), "--on", "debian:12", "--write"]) == DONE
    assert capsys.readouterr().out.splitlines()[-1] == f"Written: {path}.audit.json"
    found = parse_record(Path(f"{path}.audit.json").read_bytes())
    assert (found.rock, list(found.files)) == (FILE, ["lib/foo.so"])
    assert not (tmp_path / "server/foo-1.0-1.all.rock.audit.json").exists()


def test_pack_writes_records_of_what_it_packs(tmp_path: Path) -> None:
    """With --audit, for rocks with compiled files, which then need no other step."""
    tree = tree_layout(str(tmp_path / "tree"), "5.4")
    manifest = RockManifest(lib={"foo.so": md5(GOOD).hexdigest()})
    directory = Path(tree.rock_dir("foo", "1.0-1"))
    directory.mkdir(parents=True)
    (directory / "rock_manifest").write_bytes(persist(manifest.to_table()))
    rockspec = 'package = "foo" version = "1.0-1" source = { url = "x" } build = {}'
    (directory / "foo-1.0-1.rockspec").write_text(rockspec)
    write(Path("/"), f"{tree.lib_dir}/foo.so", GOOD)
    installed = InstalledRock("foo", "1.0-1", {}, dependencies=())
    (directory.parent.parent / "manifest").write_bytes(tree_manifest([entry_of(installed)]))
    words = ("--tree", tree.root, "--lua-version", "5.4", "--to", str(tmp_path / "out"))
    assert main(["pack", "foo", *words, "--audit"]) == DONE
    (record,) = (tmp_path / "out").glob("*.audit.json")
    assert list(parse_record(record.read_bytes()).files) == ["lib/foo.so"]


def test_a_rock_without_compiled_files_loads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is to be judged."""
    path = made(tmp_path, b"return 1", "foo-1.0-1.all.rock")
    assert main(["audit", path]) == DONE
    assert "no compiled files" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["x.rock"], FAILED, "is no rock file"),
        (["foo-1.0-1.all.rock"], FAILED, "No such file or directory"),
        ([FILE], FAILED, "truncated"),
        (["."], FAILED, "truncated"),
        ([FILE, "--on", "debian:1"], USAGE, "no table is about the system 'debian:1'"),
        (["empty"], USAGE, "no binary rock"),
    ],
)
def test_what_is_wrong_is_told(
    words: list[str],
    status: int,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Files that are no rocks, damaged ones, and systems that are not known."""
    made(tmp_path, GOOD[:300])
    (tmp_path / "empty").mkdir()
    (tmp_path / "x.rock").write_bytes(GOOD)
    monkeypatch.chdir(tmp_path)
    assert main(["audit", *words]) == status
    assert told in capsys.readouterr().err

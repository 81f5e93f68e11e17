"""``mirror`` as it is run: its report, its statuses, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.serve.mirror import mirror
from distrorocks.serve.mirror.closure import Which
from tests.serve.mirror.mirrors import MirroredServer


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words that choose a server with a rock that needs another, and the folder ``out``."""
    MirroredServer(tmp_path / "server").packed("b 1-1").add("a 1-1", "b").publish()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "root").mkdir()
    chosen = ["--only-server=server", f"--root={tmp_path}/root", "--lua-version=5.4"]
    return ["mirror", "--to=out", *chosen]


def test_it_says_what_is_new_and_what_was_there(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Progress is on standard error."""
    out = f"{tmp_path}/out"
    assert main([*words, "a"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"Packed: {out}/a-1-1.src.rock",
        f"Fetched: {out}/b-1-1.src.rock",
        f"2 rocks for Lua 5.4 in {out} (1 fetched, 1 packed)",
    ]
    assert "[1/2] fetching a 1-1 from" in said.err
    assert main([*words, "a"]) == 0
    assert capsys.readouterr().out == f"2 rocks for Lua 5.4 in {out} (2 kept)\n"


def test_the_report_can_be_json(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the file, sum and origin of each rock."""
    assert main([*words, "b", "--json"]) == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert (said.err, found["directory"], found["lua_versions"]) == ("", f"{tmp_path}/out", ["5.4"])
    (rock,) = found["rocks"]
    assert rock.pop("sha256") in (tmp_path / "out/SHA256SUMS").read_text()
    assert rock == {
        "rock": "b",
        "version": "1-1",
        "namespace": None,
        "lua_versions": ["5.4"],
        "path": f"{tmp_path}/out/b-1-1.src.rock",
        "state": "fetched",
        "origin": f"{tmp_path}/server/b-1-1.src.rock",
    }
    assert f"{tmp_path}/out/manifest" in found["written"]
    assert main([*words, "no", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["conflict"] == "no cannot be satisfied"


def test_rocks_without_a_binary_are_told_with_the_command(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is a warning: their sources are there."""
    assert main([*words, "b", "--with-binaries"]) == 0
    said = capsys.readouterr().err
    assert "warning: b 1-1 has no binary rock for Lua 5.4\n" in said
    assert f"--only-server={tmp_path}/out/5.4 --pack-binary-rock` makes one" in said


@pytest.mark.parametrize(
    ("options", "which"),
    [
        ([], Which.USUAL),
        (["--with-sources"], Which.SOURCES),
        (["--with-binaries"], Which.BINARIES),
    ],
)
def test_an_option_says_which_files_are_taken(
    words: list[str], monkeypatch: pytest.MonkeyPatch, options: list[str], which: Which
) -> None:
    """And only binary rocks are looked for in the rock store."""
    asked: list[mirror.MirrorRequest] = []

    def noted(request: mirror.MirrorRequest, *_: object) -> mirror.Mirrored:
        asked.append(request)
        return mirror.Mirrored(request.directory, (), (), (), (), ())

    monkeypatch.setattr(mirror, "mirror", noted)
    assert main([*words, "a", *options]) == 0
    assert (asked[0].which, asked[0].store is not None) == (which, which is Which.BINARIES)


def test_sources_and_binaries_are_not_asked_for_together(words: list[str]) -> None:
    """One option excludes the other."""
    with pytest.raises(SystemExit) as caught:
        main([*words, "a", "--with-sources", "--with-binaries"])
    assert caught.value.code == 2


def test_a_lock_file_is_a_request(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its path is relative to the working directory."""
    (tmp_path / "luarocks.lock").write_text('return { dependencies = { b = "1-1" } }')
    assert main([*words, "--lock=luarocks.lock"]) == 0
    assert "1 rock for" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "status", "why"),
    [
        ([], 2, "no rock given"),
        (["no"], 1, "no cannot be satisfied"),
        (["a", "CC=cc"], 2, "CC=cc means nothing"),
        (["https://a"], 2, "is a URL"),
        (["--lock=none"], 2, "there is no"),
        (["a", "--to=none/below"], 3, "none"),
        (["a", "--to=tree"], 2, "is a tree"),
        (["a", "--only-server=http://127.0.0.1:9", "--offline"], 3, "--offline fetches nothing"),
    ],
)
def test_bad_input_is_told(
    words: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    more: list[str],
    status: int,
    why: str,
) -> None:
    """With the status of its kind, and no folder is made."""
    (tmp_path / "tree/lib/luarocks").mkdir(parents=True)
    assert main([*words, *more]) == status
    assert why in capsys.readouterr().err
    assert not (tmp_path / "out").exists()

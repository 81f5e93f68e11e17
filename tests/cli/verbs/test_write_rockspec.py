"""``distrorocks write-rockspec`` writes a rockspec that LuaRocks loads."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from tests.loopback import running

LICENSE = (Path(__file__).parents[3] / "LICENSE").read_text()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a working directory with the sources of a rock."""
    place = tmp_path / "project"
    files = {
        "src/foo.lua": "return 1\n",
        "src/core.c": "int  luaopen_foo_core(void *L) { return 0; }\n",
        "README.md": "# Foo\n\nIt is foo.\n",
        "LICENSE": LICENSE,
        ".git/config": '[remote "origin"]\n\turl = git@github.com:me/foo.git\n',
        "lua_modules/share/lua/5.4/other.lua": "return 2\n",
    }
    for path, text in files.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(text)
    (place / "src/link.lua").symlink_to("/etc/passwd")
    monkeypatch.chdir(place)
    monkeypatch.setenv("HOME", str(tmp_path))
    return place


def test_the_working_directory(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All of it is read from its files: nothing is left to fill in but the Lua versions."""
    assert main(["write_rockspec", "--lua-versions=5.3,5.4"]) == 0
    told = capsys.readouterr()
    path = project / "project-dev-1.rockspec"
    assert told == (f"Wrote {path}\n", "")
    text = path.read_text()
    for part in (
        'url = "git+ssh://git@github.com/me/foo.git"',
        'summary = "It is foo."',
        'homepage = "https://github.com/me/foo"',
        'license = "MIT"',
        'foo = "src/foo.lua"',
        "foo_core = {",
        '"lua >= 5.3, < 5.5"',
    ):
        assert part in text
    assert "other" not in text
    assert "link" not in text
    assert main(["lint", path.name]) == 0


def test_a_file_that_exists_stays(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Unless --force is given; --output names another, and JSON lists what to fill in."""
    (project / "a-1-1.rockspec").write_text("mine")
    assert main(["write-rockspec", "a", "1", "."]) == 3
    assert "exists already" in capsys.readouterr().err
    assert (project / "a-1-1.rockspec").read_text() == "mine"
    assert main(["write-rockspec", "a", "1", ".", "--force", "--json"]) == 0
    written = json.loads(capsys.readouterr().out)
    assert written["path"] == str(project / "a-1-1.rockspec")
    assert written["gaps"] == ["dependencies: the Lua versions, or pass --lua-versions"]
    assert main(["write-rockspec", "--output", "other"]) == 0
    assert "it lacks:" in capsys.readouterr().err
    assert (project / "other").exists()


def test_an_archive_is_fetched(project: Path) -> None:
    """Its MD5 and its directory are in the rockspec, and its modules are those of the archive."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        archive.add(project / "src", "other/src")
        archive.add(project / "README.md", "other/README.md")
    with running() as server:
        server.serve("/foo-1.2.tar.gz", content.getvalue())
        assert main(["write-rockspec", f"{server.url}/foo-1.2.tar.gz"]) == 3  # a link leads out
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w:gz") as archive:
            archive.add(project / "src/foo.lua", "other/src/foo.lua")
        server.serve("/foo-1.3.tar.gz", content.getvalue())
        assert main(["write-rockspec", f"{server.url}/foo-1.3.tar.gz"]) == 0
    text = (project / "foo-1.3-1.rockspec").read_text()
    assert 'dir = "other"' in text
    assert "md5 = " in text
    assert 'foo = "src/foo.lua"' in text
    assert not (project / "foo-1.2-1.rockspec").exists()


@pytest.mark.parametrize("words", [["--lib", "a b"], ["--lib=,"], ["--lua-versions", "5"]])
def test_wrong_words(project: Path, words: list[str]) -> None:
    """Are usage errors, and nothing is written."""
    assert main(["write-rockspec", *words]) == 2
    assert not list(project.glob("*.rockspec"))

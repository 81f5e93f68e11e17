"""``distrorocks new-version`` updates a rockspec and keeps the rest of its text."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from tests.loopback import Loopback, running
from tests.rocks_server import SourceServer

GIT = """-- of foo
package = "Foo"
version = "1.2-1" -- keep
source = { url = "git+https://example.org/foo", tag = "v1.2" }
build = { type = "builtin", modules = {} }
"""
ARCHIVE = """package = "foo"
version = "1.2-1"
source = { url = "URL/foo-1.2.zip", md5 = "0123", dir = "foo-1.2" }
build = { type = "builtin", modules = {} }
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty working directory."""
    place = tmp_path / "foo"
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.setenv("HOME", str(tmp_path))
    return place


def zipped(directory: str) -> bytes:
    """Return an archive with one file in a directory."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(f"{directory}/foo.lua", "return 1\n")
    return content.getvalue()


@pytest.fixture
def server(here: Path) -> Iterator[Loopback]:
    """Return a server, and write a rockspec whose sources it would have."""
    with running() as found:
        text = ARCHIVE.replace("URL", found.url)
        (here / "foo-1.2-1.rockspec").write_text(text)
        yield found


def test_without_a_version_the_revision_is_raised(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The rockspec is that of the directory, as for make."""
    (here / "foo-1.2-1.rockspec").write_text(GIT)
    assert main(["new_version"]) == 0
    assert capsys.readouterr().out == f"Wrote {here}/foo-1.2-2.rockspec\n"
    text = (here / "foo-1.2-2.rockspec").read_text()
    assert text == GIT.replace("1.2-1", "1.2-2")


def test_a_repository_gets_a_tag(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """That which is given tells the version, and that which is not is guessed."""
    (here / "foo-1.2-1.rockspec").write_text(GIT)
    (here / "out").mkdir()
    assert main(["new-version", "foo-1.2-1.rockspec", "1.3-2", "--dir", "out"]) == 0
    assert capsys.readouterr().out.startswith("Guessed source.tag: v1.3\n")
    text = (here / "out/foo-1.3-2.rockspec").read_text()
    assert text == GIT.replace("1.2-1", "1.3-2").replace("v1.2", "v1.3")
    assert main(["new-version", "foo-1.2-1.rockspec", "--tag=v2.0", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report == {"path": f"{here}/foo-2.0-1.rockspec", "guesses": [], "warnings": []}
    assert 'tag = "v2.0"' in (here / "foo-2.0-1.rockspec").read_text()
    assert main(["new-version", "foo-1.2-1.rockspec", "--tag=v2.0"]) == 3
    assert main(["new-version", "foo-1.2-1.rockspec", "--tag=v2.0", "--force"]) == 0


def test_an_archive_gets_its_sum(here: Path, server: Loopback) -> None:
    """And its directory, if the guess is wrong."""
    content = zipped("foo-1.3")
    server.serve("/foo-1.3.zip", content)
    assert main(["new-version", "foo-1.2-1.rockspec", "1.3"]) == 0
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    text = (here / "foo-1.3-1.rockspec").read_text()
    new = ARCHIVE.replace("URL", server.url).replace("1.2", "1.3").replace("0123", digest)
    assert text == new
    server.serve("/foo-1.4.zip", zipped("other"))
    assert main(["new-version", "foo-1.2-1.rockspec", "1.4"]) == 0
    assert 'dir = "other"' in (here / "foo-1.4-1.rockspec").read_text()
    server.serve("/x.zip", content)
    assert main(["new-version", "foo-1.2-1.rockspec", "1.5", f"{server.url}/x.zip"]) == 0
    text = (here / "foo-1.5-1.rockspec").read_text()
    assert f'url = "{server.url}/x.zip"' in text
    assert 'dir = "foo-1.3"' in text


@pytest.mark.usefixtures("server")
def test_a_guess_that_is_not_there(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Leaves the old address, with the sum of what is there; without any sources it is an error."""
    assert main(["new-version", "foo-1.2-1.rockspec", "1.3"]) == 3
    assert "the MD5 of the new sources is not known" in capsys.readouterr().err
    assert not (here / "foo-1.3-1.rockspec").exists()


def test_the_old_sources_are_better_than_none(
    here: Path, server: Loopback, capsys: pytest.CaptureFixture[str]
) -> None:
    """As LuaRocks does it, but the warning says that the address stays."""
    content = zipped("foo-1.2")
    server.serve("/foo-1.2.zip", content)
    assert main(["new-version", "foo-1.2-1.rockspec", "1.3"]) == 0
    assert "source.url stays" in capsys.readouterr().err
    text = (here / "foo-1.3-1.rockspec").read_text()
    assert f'url = "{server.url}/foo-1.2.zip"' in text
    assert 'dir = "foo-1.2"' in text


def test_sources_without_a_sum_may_come_later(
    here: Path, server: Loopback, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rockspec that names no MD5 is written before its sources are there, with a warning."""
    rockspec = here / "foo-1.2-1.rockspec"
    rockspec.write_text(rockspec.read_text().replace('md5 = "0123", ', ""))
    url = f"{server.url}/later.zip"
    assert main(["new-version", rockspec.name, "1.3", url]) == 0
    assert "not checked" in capsys.readouterr().err
    assert url in (here / "foo-1.3-1.rockspec").read_text()


def test_what_computes_is_written_anew(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a warning, for its comments are lost."""
    computed = GIT.replace('"1.2-1"', '"1." .. 2 .. "-1"')
    (here / "foo-1.2-1.rockspec").write_text(computed)
    assert main(["new-version", "foo-1.2-1.rockspec", "1.3"]) == 0
    assert "written anew" in capsys.readouterr().err
    assert 'version = "1.3-1"' in (here / "foo-1.3-1.rockspec").read_text()


def test_rockspecs_of_servers(here: Path, tmp_path: Path, server: Loopback) -> None:
    """A name is that of a server's rock; an address ends in rockspec."""
    rocks = SourceServer(tmp_path / "server")
    rocks.add("bar 1.0-1")
    rocks.publish()
    words = ["--only-server", str(tmp_path / "server")]
    assert main(["new-version", "bar", *words]) == 0
    assert (here / "bar-1.0-2.rockspec").exists()
    assert main(["new-version", "none", *words]) == 1
    server.serve("/foo-1.2-1.rockspec", GIT.encode())
    assert main(["new-version", f"{server.url}/foo-1.2-1.rockspec"]) == 0
    assert (here / "foo-1.2-2.rockspec").exists()


def test_a_far_rockspec_reads_no_file_here(
    here: Path, server: Loopback, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor does any rockspec name a file outside the directory that is written to."""
    secret = here / "foo-1.3.zip"
    secret.write_bytes(zipped("foo-1.3"))
    text = ARCHIVE.replace("URL", f"file://{here}")
    server.serve("/far-1.2-1.rockspec", text.encode())
    assert main(["new-version", f"{server.url}/far-1.2-1.rockspec", "1.3"]) == 3
    assert "on this machine" in capsys.readouterr().err
    (here / "bad.rockspec").write_text(GIT.replace("Foo", "../foo"))
    assert main(["new-version", "bad.rockspec"]) == 3
    assert "has a slash" in capsys.readouterr().err

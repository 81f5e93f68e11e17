"""``distrorocks doc`` finds a rock's documents and its home page, as LuaRocks does."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.cli.verbs import doc
from tests.rocks_server import SourceServer

LPEG = "usr/lib/luarocks/rocks-5.4/lpeg/1.0.2-1"


@pytest.fixture
def lpeg(root: str) -> str:
    """Return a root where a rock has two documents and a folder of them."""
    docs = Path(root, LPEG, "doc")
    (docs / "more").mkdir(parents=True)
    for name in ("index.html", "lpeg.txt", "more/index.html"):
        (docs / name).write_text("document\n")
    return root


def test_a_script_gets_the_path_of_the_first_document(
    lpeg: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is opened without a terminal."""
    assert main(["doc", "lpeg", "--root", lpeg]) == 0
    assert capsys.readouterr().out == f"/{LPEG}/doc/index.html\n"


def test_all_documents_are_listed(lpeg: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In LuaRocks' two forms, and as JSON."""
    assert main(["doc", "lpeg", "--list", "--root", lpeg]) == 0
    title = "Documentation files for lpeg 1.0.2-1"
    lines = ["", title, "-" * len(title), "", f"/{LPEG}/doc/"]
    files = ["index.html", "lpeg.txt", "more/index.html"]
    assert capsys.readouterr().out.splitlines() == [*lines, *(f"\t{each}" for each in files)]
    assert main(["doc", "lpeg", "--list", "--porcelain", "--root", lpeg]) == 0
    assert capsys.readouterr().out.splitlines() == [f"/{LPEG}/doc/{each}" for each in files]
    assert main(["doc", "lpeg", "--json", "--root", lpeg]) == 0
    (rock,) = json.loads(capsys.readouterr().out)["rocks"]
    assert (rock["files"], rock["first"]) == (files, f"/{LPEG}/doc/index.html")


def test_the_home_page_goes_for_what_is_missing(
    root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is printed on request, and for a rock without documents, which a message says."""
    assert main(["doc", "lpeg", "--home", "--root", root]) == 0
    assert capsys.readouterr() == ("https://example.org/lpeg\n", "")
    assert main(["doc", "lpeg", "--root", root]) == 0
    told = capsys.readouterr()
    assert told.out == "https://example.org/lpeg\n"
    assert "has no documents here" in told.err


def test_the_documents_of_a_package_are_those_of_its_rock(
    root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without those that every package has about itself."""
    docs = Path(root, "usr/share/doc/lua-lpeg")
    docs.mkdir(parents=True, exist_ok=True)
    for name in ("copyright", "changelog.Debian.gz", "manual.html"):
        (docs / name).write_text("document\n")
    assert main(["doc", "lpeg", "--list", "--porcelain", "--root", root]) == 0
    assert capsys.readouterr().out == "/usr/share/doc/lua-lpeg/manual.html\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--list"], "without documents"),
        (["--home"], "names no home page"),
        ([], "names no home page"),
    ],
)
def test_a_rock_without_anything(
    root: str, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Is an answer, with status 1."""
    rockspec = Path(root, LPEG, "lpeg-1.0.2-1.rockspec")
    rockspec.write_text(rockspec.read_text().replace("homepage", "maintainer"))
    assert main(["doc", "lpeg", *words, "--root", root]) == 1
    assert message in capsys.readouterr().err


def test_documents_with_other_names(lpeg: str, capsys: pytest.CaptureFixture[str]) -> None:
    """None of them is taken for the first page."""
    for path in Path(lpeg, LPEG, "doc").rglob("index.html"):
        path.unlink()
    assert main(["doc", "lpeg", "--root", lpeg]) == 1
    assert "`--list` lists them" in capsys.readouterr().err


def test_a_rock_of_a_server_has_a_home_page(
    tmp_path: Path, root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in LuaRocks, servers are asked about a rock that is not installed."""
    server = SourceServer(tmp_path / "server")
    server.add("far 1.0-1", more='description = { homepage = "https://far.example/" }\n')
    server.publish()
    words = ["doc", "far", "--only-server", str(tmp_path / "server"), "--lua-version", "5.4"]
    assert main([*words, "--root", root]) == 0
    assert capsys.readouterr().out == "https://far.example/\n"
    assert main([*words, "--list", "--root", root]) == 1


def test_a_terminal_gets_a_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first program of BROWSER that exists, or xdg-open; the address is never an option."""
    for name in ("xdg-open", "lynx"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("BROWSER", raising=False)
    assert doc.browser("/a.html") == [f"{tmp_path}/xdg-open", "/a.html"]
    monkeypatch.setenv("BROWSER", "nothing:'unclosed:lynx -x %s:other")
    assert doc.browser("https://a/") == [f"{tmp_path}/lynx", "-x", "https://a/"]
    monkeypatch.setenv("BROWSER", "lynx")
    assert doc.browser("http://a/") == [f"{tmp_path}/lynx", "http://a/"]
    assert doc.browser("--help") == doc.browser("file:///etc") == doc.browser("a b") == []
    monkeypatch.setenv("PATH", "/nowhere")
    assert doc.browser("/a.html") == []


def test_the_browser_replaces_us_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has the terminal to itself; documents of another root are only named."""
    started: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, argv: started.append(argv))
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(doc, "browser", lambda target: ["/bin/browser", target])
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    doc._open("/a.html", is_here=True)
    assert started == [["/bin/browser", "/a.html"]]
    assert doc._open("/b.html", is_here=False) == 0
    assert len(started) == 1
    assert capsys.readouterr().out == "/b.html\n"

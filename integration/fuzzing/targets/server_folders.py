"""Folders of rocks servers: what rockspecs say on the page, and what clients and programs say."""

from __future__ import annotations

import re
from pathlib import Path

from distrorocks.lua.read import parse
from distrorocks.lua.value import to_text
from distrorocks.rocks.manifest import PackedRock
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.serve.folder.facts import facts_of, plain_facts
from distrorocks.serve.folder.local_server import path_of
from distrorocks.serve.folder.page import page
from distrorocks.serve.folder.page_address import address_of
from distrorocks.serve.folder.served import ServedFile, served_rocks
from distrorocks.serve.folder.transfer import names_listed
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.lua.file import chunk_of
from integration.fuzzing.shapes import lua_globals
from integration.fuzzing.target import Target, plain, with_file
from integration.fuzzing.targets.rocks import ROCKSPECS

_ROCKSPEC = b"""package = "foo"
version = "1.0-1"
source = { url = "x" }
description = {
   summary = "A <b>rock</b> & more", license = "MIT", homepage = "https://rocks.example/?a=1&b"
}
dependencies = { "lua >= 5.1, < 5.5", "bar" }
"""
_NAME = "foo-1.0-1.rockspec"
_PAGE = b'<!DOCTYPE html><head><link rel="canonical" href="https://rocks.example/lua/">'
_LISTING = b"""sftp> ls -ln
drwxr-xr-x    2 0        0            4096 Nov 29 01:04 inner
-rw-r--r--    1 0        0             123 Nov 29  2025 a-1-1.rockspec
"""
_SIGNS = (b"<script>", b'"', b"'", b"&", b"</article>", b"<!--", b"{{", b"\xed\xb2\x80", b"]]>")
_MOST_LINKS = 20
_ELEMENTS = re.compile(rb"<([a-z1-6]+)")
_KNOWN = set(
    b"""html head meta title link style body header h1 p a pre code nav main article h2 span details
    summary table thead tr th tbody td small footer""".split()
)


def _shown(data: bytes) -> None:
    """Show a rockspec on a page: its text must not become elements."""
    chunk = chunk_of(data, "foo", jail=None)
    facts = facts_of(Rockspec.from_chunk(chunk, quick=True))
    file = ServedFile(PackedRock("foo", "1.0-1", "rockspec"), "foo-1.0-1.rockspec", 1, "0", facts)
    text = page(served_rocks([file]), "")
    found = _ELEMENTS.findall(text)
    assert set(found) <= _KNOWN, "a rockspec made an element"
    assert found.count(b"article") == 1, "a rockspec made a rock"
    assert text.decode("utf-8").count("<a ") < 2 * _MOST_LINKS + len(found), "it made links"


def _plain(data: bytes) -> None:
    """What the one expression accepts it reads as the general readers do."""
    found = plain_facts(data, _NAME)
    if found is None:
        return
    rockspec = Rockspec.from_chunk(parse(data), file_name=_NAME, quick=True)
    assert facts_of(rockspec) == found, "the plain reader says something else"


def _address(root: Path) -> None:
    with NamedFolder(str(root / "server")) as folder:
        found = address_of(folder)
    assert re.fullmatch(r"(https?://[A-Za-z0-9._~:/@%+,=\[\]-]+)?", found), "not for a shell"


def _asked(data: bytes) -> None:
    found = path_of(to_text(data))
    names = found.strip("/").split("/")
    assert not found or found.startswith("/"), "a path that is not absolute"
    assert "\0" not in found, "a NUL byte"
    assert found in ("", "/") or not any(each.startswith(".") for each in names), "a hidden name"


def _listed(data: bytes) -> None:
    for name in names_listed(to_text(data)):
        assert re.fullmatch(r"\w[A-Za-z0-9._+-]*", name, re.ASCII), "a name that needs quotes"


SERVER_FOLDER_TARGETS = (
    Target(
        "plain-rockspec",
        plain(_plain),
        lambda: (_ROCKSPEC, *ROCKSPECS),
        (lua_globals,),
        words=(
            b"[[",
            b"]]",
            b"--",
            b"--[=[",
            b"\\",
            b"_ENV=",
            b"end",
            b"==",
            b'"lua >= 5.1"',
            b"{",
        ),
    ),
    Target(
        "server-page", plain(_shown), lambda: (_ROCKSPEC,), words=_SIGNS, cost=10, memory=96 << 20
    ),
    Target(
        "server-page-address",
        with_file("server/index.html", _address),
        lambda: (_PAGE,),
        words=(b"$(id)", b"`", b";", b"https://a:b@", b'/">'),
    ),
    Target(
        "server-request",
        plain(_asked),
        lambda: (b"/", b"/5.4/manifest-5.4?x#y", b"/%2e%2e/etc", b"http://a/b", b"//a/..//b"),
        words=(b"%2f", b"%00", b"..", b"/.", b"%", b"\\", b";"),
        most_bytes=8192,
    ),
    Target(
        "sftp-listing",
        plain(_listed),
        lambda: (_LISTING,),
        words=(b"-rw-", b" ", b"\t", b"'", b"\n-", b"\r"),
    ),
)

"""Texts as distributions have them in packages."""

from __future__ import annotations

import pytest

from distrorocks.packaging.build.packaged_text import fitted
from distrorocks.packaging.build.staging_steps import Drop, Write

LUA = "/usr/share/lua/5.4/a.lua"
PAGE = "/usr/share/doc/lua-a/index.html"


def module(held: bytes | None) -> bytes | None:
    """Return what becomes of a module, None where nothing does."""
    steps = fitted([LUA], [], [], {LUA: held}.get)
    return steps[0].content if steps and isinstance(steps[0], Write) else None


def page(text: str | bytes, *, is_document: bool = True) -> str | None:
    """Return what becomes of a page, None where nothing does."""
    held = text.encode() if isinstance(text, str) else text
    places = ([], [PAGE]) if is_document else ([PAGE], [])
    steps = fitted([], *places, {PAGE: held}.get)
    return steps[0].content.decode() if steps and isinstance(steps[0], Write) else None


def test_a_module_loses_its_interpreter_line() -> None:
    """The first line becomes a comment of the same length: lines and sizes are kept."""
    assert module(b"#!/usr/bin/lua\nreturn 1\n") == b"--/usr/bin/lua\nreturn 1\n"
    assert module(b"return 1\n") is None


def test_a_module_is_recoded_where_only_comments_change() -> None:
    """Strings are what the program has; a comment in Latin-1 becomes UTF-8."""
    assert module(b"-- caf\xe9\nreturn 1\n") == "-- café\nreturn 1\n".encode()
    assert module(b"return 'caf\xe9'\n") is None
    assert module("-- café\n".encode()) is None
    assert module(b"return 'never closed \xe9") is None


def test_links_and_large_files_are_left_alone() -> None:
    """A link or a file larger than the limit is not changed."""
    assert module(None) is None
    assert fitted([], [], [PAGE], lambda _: None) == []


@pytest.mark.parametrize(
    ("tag", "quiet"),
    [
        (
            '<img alt="x" src="http://a.org/b.png">',
            '<img alt="x" data-elsewhere="http://a.org/b.png">',
        ),
        ('<IMG\n SRC="//a.org/b.png">', '<IMG\n data-elsewhere="//a.org/b.png">'),
        ("<script src='https://a/b.js'>", "<script data-elsewhere='https://a/b.js'>"),
        (
            '<link rel="stylesheet" href="http://a.org/c.css">',
            '<link rel="stylesheet" data-elsewhere="http://a.org/c.css">',
        ),
        ('<link rel="canonical" href="http://a.org/">', None),
        ("<link rel=canonical href=http://a.org/>", None),
        (
            '<link rel="alternate stylesheet" href="http://a.org/c.css">',
            '<link rel="alternate stylesheet" data-elsewhere="http://a.org/c.css">',
        ),
        ('<a href="http://a.org/">away</a>', None),
        ('<img src="b.png">', None),
        ('<img src="data:image/png;base64,//">', None),
        ("if a < b and src = 'http://x' then", None),
        ("<script>load('x.google-analytics.com/ga.js')</script>kept", "kept"),
        ("<script>a()</script><script>urchinTracker();</script>", "<script>a()</script>"),
    ],
)
def test_a_page_loads_no_external_resources(tag: str, quiet: str | None) -> None:
    """External resources are not loaded any more; links to follow are kept."""
    assert page(f"<html>{tag}") == (f"<html>{quiet}" if quiet else None)


def test_a_page_declares_its_encoding() -> None:
    """A page in Latin-1 becomes UTF-8, and its declaration is changed too."""
    held = b'<meta content="text/html; charset=ISO-8859-1">caf\xe9'
    assert page(held) == '<meta content="text/html; charset=utf-8">café'
    assert page(b"\xff\xfeh\x00t\x00") is None


def test_text_documents_become_utf_8() -> None:
    """Texts are converted, images are not, and empty files are dropped."""
    held = {"/d/README": b"caf\xe9", "/d/a.png": b"\x89PNG\r\n\x1a\n\xe9", "/d/.keep": b""}
    assert fitted([], [], held, held.get) == [
        Drop("/d/.keep", "the document is empty"),
        Write("/d/README", "café".encode(), "adapted to the rules for packages"),
    ]


def test_other_files_of_a_rock_are_not_run_by_lua() -> None:
    """A test or a sample that the rock brings is run by naming Lua; other programs stay."""
    held = {"/r/t.lua": b"#! /usr/bin/env lua5.1\nx()", "/r/run": b"#!/bin/sh\n", "/r/a": b"a"}
    assert page('<img src="//a.b/c">', is_document=False) == '<img data-elsewhere="//a.b/c">'
    (step,) = fitted([], held, [], held.get)
    assert isinstance(step, Write)
    assert (step.path, step.content) == ("/r/t.lua", b"-- /usr/bin/env lua5.1\nx()")
    assert not step.is_command


def test_a_script_among_documents_has_the_shells_line_ends() -> None:
    """An example that names its interpreter loses carriage returns; any other text keeps them."""
    example = "/usr/share/doc/lua-a/example.lua"
    for held, fresh in (
        (b"#!/usr/bin/lua\r\nx()\r\n", b"#!/usr/bin/lua\nx()\n"),
        (b"#!/usr/bin/lua\r\r\nx()\rx\r", b"#!/usr/bin/lua\nx()\rx\r"),
        (b"x()\r\n", None),
    ):
        steps = fitted([], [], [example], {example: held}.get)
        assert [step.content for step in steps if isinstance(step, Write)] == (
            [fresh] * bool(fresh)
        )


@pytest.mark.parametrize(
    "relation",
    [
        *("alternate", "author", "bookmark", "canonical", "copyright", "EditURI", "generator"),
        *("help", "license", "next", "prev", "schema.DCT", "search"),
    ],
)
def test_a_link_that_only_refers_stays(relation: str) -> None:
    """Browsers load nothing for such a relation, however it is spelled and quoted."""
    for value in (f'"{relation}"', f"' {relation} '", relation, relation.upper()):
        assert page(f"<link rel={value} href=//a.org/b>") is None
    loaded = page(f'<script rel="{relation}" src="//a.org/b">')
    assert loaded == f'<script rel="{relation}" data-elsewhere="//a.org/b">'


@pytest.mark.parametrize("relation", ["icon", "preload", "next help", "nextt", ""])
def test_a_link_that_is_loaded_is_quiet(relation: str) -> None:
    """Several relations at once, too: one of them may be loaded."""
    link = f'<link rel="{relation}" href="//a.org/b">'
    assert page(link) == link.replace("href", "data-elsewhere")
    assert page('<link href="//a.org/b">') == '<link data-elsewhere="//a.org/b">'


@pytest.mark.parametrize("name", ["src", "href", "data", "data-href", "codebase", "poster"])
@pytest.mark.parametrize("start", ["http://", "https://", "ftp://", "//"])
def test_any_attribute_that_is_loaded_is_quiet(name: str, start: str) -> None:
    """By each scheme, and without one, with each kind of quotes."""
    for quote in ('"', "'", ""):
        tag = f"<object {name} = {quote}{start}a.org{quote}>"
        assert page(tag) == tag.replace(f" {name} ", " data-elsewhere ")


@pytest.mark.parametrize(
    "tag",
    [
        *("applet", "audio", "div", "embed", "iframe", "frame", "img", "input", "link", "object"),
        *("script", "source", "track", "video"),
    ],
)
def test_any_tag_that_loads_is_quiet(tag: str) -> None:
    """Not one whose name only begins so."""
    assert page(f"<{tag} src=//a.b>") == f"<{tag} data-elsewhere=//a.b>"
    assert page(f"<{tag}x src=//a.b>") is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("<script>google_ad_client=1</script >b", "b"),
        ("a<script>urchinTracker()</script>b<script>urchinTracker()</script>c", "abc"),
        ("a<script><script>urchinTracker()</script>b", "ab"),
        ("a<script>urchinTracker()", None),
        ("a</script>urchinTracker()</script>", None),
        ("<script>b()</script>urchinTracker()<script>c()</script>", None),
    ],
)
def test_scripts_that_count_visitors_go(text: str, kept: str | None) -> None:
    """From where they begin to where they end; what only names a counter stays."""
    assert page(text) == kept

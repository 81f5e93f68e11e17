"""The page of a server: valid, without scripts, and safe whatever a rockspec says."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import html5lib
import pytest
from html5lib.constants import E as PARSE_ERRORS

from distrorocks.lua.read import Chunk
from distrorocks.lua.value import LuaTable
from distrorocks.rocks.manifest import PackedRock
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.serve.folder.facts import LONGEST_TEXT, facts_of
from distrorocks.serve.folder.page import page as page_of
from distrorocks.serve.folder.served import ALL_LUAS, Facts, ServedFile, served_rocks

DIGEST = "0" * 64
PLAIN = Facts()


def page(files: list[ServedFile], address: str) -> bytes:
    """Return the page of these files."""
    return page_of(served_rocks(files), address)


def served(
    name: str,
    version: str = "1.0-1",
    arch: str = "rockspec",
    *,
    size: int = 1,
    facts: Facts = PLAIN,
) -> ServedFile:
    """Return a file of a rock."""
    rest = "rockspec" if arch == "rockspec" else f"{arch}.rock"
    return ServedFile(
        PackedRock(name, version, arch), f"{name}-{version}.{rest}", size, DIGEST, facts
    )


SOME = sorted(
    [
        served(
            "lpeg",
            "1.0-1",
            facts=Facts(ALL_LUAS, "Parsing", "MIT", "https://lpeg.example/?a=1&b=2"),
        ),
        served("lpeg", "1.10-1", facts=Facts(("5.3", "5.4"), "Parsing better", "MIT", "")),
        served("lpeg", "1.9-1", "src", size=1_234_567),
        served("lpeg", "1.9-1", "linux-x86_64", size=999),
        served("9p", facts=Facts(("5.1", "5.4"))),
        served("none", facts=Facts(())),
    ]
)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</article></main></body>",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt; &amp; \x00\x07\ufffe \udc80",
    "javascript:alert(1)",
    "<!--",
    "' onmouseover='x",
)


class Elements(HTMLParser):
    """The start tags of a page with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data

    def links(self) -> list[str]:
        """Return where the links lead."""
        return [found["href"] or "" for tag, found in self.tags if tag == "a"]


def faults(text: bytes) -> list[str]:
    """Return what an HTML5 parser has to complain of."""
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(text, transport_encoding="utf-8")
    return [f"{place}: {PARSE_ERRORS[code] % more}" for place, code, more in parser.errors]


@pytest.mark.parametrize("address", ["", "https://rocks.example/lua"])
@pytest.mark.parametrize("files", [[], SOME[:1], SOME], ids=len)
def test_it_is_valid_html(files: list[ServedFile], address: str) -> None:
    """An HTML5 parser finds no fault, and no id stands twice."""
    text = page(files, address)
    assert faults(text) == []
    ids = re.findall(r'id="([^"]*)"', text.decode())
    assert len(ids) == len(set(ids)) == len({each.rock.name for each in files})


def kept_of(text: str) -> Facts:
    """Return the facts of a rockspec with a text in each field of its description."""
    described: LuaTable = dict.fromkeys(("summary", "license", "homepage"), text)
    table: LuaTable = {"package": "foo", "version": "1-1", "source": {"url": "x"}}
    chunk = Chunk({**table, "description": described}, ())
    return facts_of(Rockspec.from_chunk(chunk, quick=True))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_rockspecs_say_is_text(text: str) -> None:
    """Whatever a description has becomes no element, no attribute and no script's address."""
    plain = page([served("foo", facts=Facts(ALL_LUAS, "s", "l", "h"))], "")
    hostile = page([served("foo", facts=kept_of(text))], "")
    tags = [(tag, sorted(found)) for tag, found in Elements(hostile.decode()).tags]
    assert tags == [(tag, sorted(found)) for tag, found in Elements(plain.decode()).tags]
    assert all(
        link.startswith(("#", "http", "manifest", "SHA", "foo-"))
        for link in Elements(hostile.decode()).links()
    )


def test_a_homepage_is_a_link_if_it_is_a_web_address() -> None:
    """Valid, and not cut off; others are not even shown."""
    links = (
        "https://lpeg.example/?a=1&b=2",
        "http://a.example:8080",
        "https://[2001:db8::1]/x#part",
        "https://例え.jp/パス/%20~x",
    )
    others = (
        *("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://a b"),
        *('https://a/"x', "https://a/<b>", "https://[::1", "https://a/100%", "https://a/#b#c"),
        *("https://", "https://a/\\b", "https://me@a/", f"https://a/{'x' * LONGEST_TEXT}..."),
    )
    for homepage in (*links, *others):
        text = page([served("foo", facts=Facts(ALL_LUAS, homepage=homepage))], "").decode()
        assert (homepage in Elements(text).links()) == (homepage in links)
        assert (homepage in Elements(text).text) == (homepage in links)


def test_it_needs_no_script_and_loads_nothing() -> None:
    """No script, picture, font or style sheet: one request shows the page."""
    found = Elements(page(SOME, "https://rocks.example").decode())
    assert not {tag for tag, _ in found.tags} & {
        "script",
        "img",
        "iframe",
        "object",
        "base",
        "form",
    }
    assert {more.get("rel") for tag, more in found.tags if tag == "link"} == {"canonical"}


def test_each_rock_is_shown_with_its_newest_version_first() -> None:
    """With Lua versions, arch, licence, size, SHA-256 and the command that installs it."""
    text = Elements(page(SOME, "https://rocks.example").decode()).text
    card = " ".join(text[text.index("lpeg 1.10-1") :].split())
    assert card.startswith("lpeg 1.10-1 Parsing better Licence: MIT · Lua 5.3, 5.4")
    assert "luarocks install --server=https://rocks.example lpeg" in card
    assert card.index("1.10-1") < card.index("1.9-1") < card.index("1.0-1")
    assert "3 versions, 4 files" in card
    assert f"1.9-1Lua 5.1–5.5linux-x86_64999 bytes{DIGEST}" in card
    assert "src1.2 MB" in card
    assert "no Lua" in text


def test_it_works_on_a_phone_and_in_the_dark() -> None:
    """Width and colours follow the device."""
    text = page(SOME, "").decode()
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in text
    assert "prefers-color-scheme: dark" in text


def test_a_binary_rock_is_for_the_luas_that_it_fits() -> None:
    """The rockspec beside it, and so the manifests, may have more; without one they have all."""
    fits = Facts(("5.1", "5.4"))
    binary = served("a", "2.0-1", "linux-x86_64", facts=fits)
    spec = served("a", "2.0-1", facts=Facts(("5.3", "5.4")))
    for files, newest, row in (
        ([binary], "5.1, 5.4", "5.1, 5.4"),
        ([binary, spec], "5.3, 5.4", "5.4"),
        ([binary._replace(facts=Facts(()))], "", ""),
    ):
        text = Elements(page(files, "").decode()).text
        shown = [f"Lua {each}" if each else "no Lua" for each in (newest, row)]
        assert f"a 2.0-1\n{shown[0]}\n" in text
        assert f"2.0-1{shown[1]}linux-x86_64" in text


def test_what_a_binary_rock_needs_stands_beside_its_arch() -> None:
    """Libraries and versions, so that people see where it may load; other files say nothing."""
    facts = Facts(needs="libc.so.6, libssl.so.3, GLIBC_2.34")
    files = [served("a", "1.0-1", "linux-x86_64", facts=facts), served("a", "1.0-1", "src")]
    text = page(files, "")
    assert b"linux-x86_64</a><small>needs libc.so.6, libssl.so.3, GLIBC_2.34</small>" in text
    assert text.count(b"<small>") == 1
    assert faults(text) == []

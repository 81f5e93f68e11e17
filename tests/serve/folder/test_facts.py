"""What is taken from a rockspec for manifests and page."""

from __future__ import annotations

from random import Random

import pytest

from distrorocks.binaries.rock_needs import RockNeeds
from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse
from distrorocks.lua.value import to_bytes
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.serve.folder.facts import LONGEST_TEXT, facts_of, plain_facts, with_needs
from distrorocks.serve.folder.served import ALL_LUAS, Facts


def rockspec(more: str) -> Rockspec:
    """Return a rockspec as a server's folder loads it."""
    text = f'package="a" version="1-1" source={{url="x"}} {more}'
    return Rockspec.from_chunk(parse(text.encode()), quick=True)


@pytest.mark.parametrize(
    ("needs", "luas"),
    [
        ("", ALL_LUAS),
        ('"lua >= 5.3"', ("5.3", "5.4", "5.5")),
        ('"lua >= 5.1, < 5.3", "lua >= 5.4"', ("5.1", "5.2")),
        ('"lua-x >= 9", "lua == 5.4"', ("5.4",)),
        ('"lua > 6"', ()),
    ],
)
def test_the_first_dependency_on_lua_decides(needs: str, luas: tuple[str, ...]) -> None:
    """As in LuaRocks, a second one does not count."""
    assert facts_of(rockspec(f"dependencies={{{needs}}}")).luas == luas


def test_descriptions_are_shown_on_one_short_line() -> None:
    """Line breaks become spaces, long texts end in dots, and what cannot be shown is replaced."""
    long = "x" * (LONGEST_TEXT + 1)
    facts = facts_of(rockspec(f'description={{summary=" a\\n  b\\0", license="{long}"}}'))
    assert facts.summary == "a b\ufffd"
    assert facts.license == f"{long[:-1]}..."
    assert facts.homepage == ""


@pytest.mark.parametrize("described", ["5", "{summary=5}", "{summary={}}", "true"])
def test_descriptions_of_other_types_are_none(described: str) -> None:
    """LuaRocks does not check them when it makes a manifest."""
    assert facts_of(rockspec(f"description={described}"))[1:] == ("", "", "", "")


@pytest.mark.parametrize(
    ("fitting", "luas"),
    [
        (("5.3", "5.4"), ("5.3",)),
        (("luajit",), ("5.1",)),
        (("5.4",), ()),
        ((*ALL_LUAS, "luajit"), ("5.1", "5.3")),
    ],
)
def test_a_binary_rock_is_for_luas_that_its_files_fit(
    fitting: tuple[str, ...], luas: tuple[str, ...]
) -> None:
    """Of those that its rockspec admits; LuaJIT is a Lua 5.1."""
    needs = RockNeeds("a-1-1.linux-x86_64.rock", "", {})
    assert with_needs(Facts(("5.1", "5.3")), needs, fitting).luas == luas


def general(text: bytes, name: str) -> Facts | None:
    """Return the facts that the general readers find, None for what they refuse."""
    try:
        return facts_of(Rockspec.from_chunk(parse(text), file_name=name, quick=True))
    except DistrorocksError:
        return None


USUAL = """-- a comment
package = "Foo"
version = "1.0-1"
rockspec_format = "3.0"
source = { url = 'git+https://x', tag = "v1" }
description = {
   summary = " A  rock ", -- as upstream says
   detailed = [[ ]x
   ]], labels = { "a", "b" },
   license = [[
MIT]],
   homepage = "https://x"
}
dependencies = { "lua >= 5.1, < 5.4", "bar~>1" ; "lua == 5.4" }
build = { type = "builtin", modules = { ["foo.x"] = { sources = { "x.c" } } }, ok = true }
"""


def test_a_usual_rockspec_is_read_without_its_tables() -> None:
    """With the facts that the general readers find."""
    found = plain_facts(USUAL.encode(), "foo-1.0-1.rockspec")
    assert found == Facts(("5.1", "5.2", "5.3"), "A rock", "MIT", "https://x")
    assert found == general(USUAL.encode(), "foo-1.0-1.rockspec")


PIECES = (
    *("{", "}", '"', "'", "[[", "]]", ",", ";", "=", "--", "\n", " end ", "nil", "true", " url=1,"),
    *("\\n", "\\q", '=="', "..", "[1]=", '["a"]=', "\r", "\0", "lua >= x", 'package="z" ', "and="),
    *('"lua == 5.1",', "_ENV=", "--[[", "--[=[", "x.y=1 ", "dependencies=", "source=5 ", "local "),
    *('rockspec_format="4.0" ', "version=2 ", 'summary="q",', "\udcff", "#!x\n", "(", "a/b", "1"),
    *("platforms={linux={}},", "description={}", "source={url='x'}", "build=5 "),
)


@pytest.mark.parametrize("seed", range(20))
def test_a_rockspec_of_another_form_is_declined_or_read_alike(seed: int) -> None:
    """Whatever a file has, its facts are those of the general readers or none."""
    chosen, accepted = Random(seed), 0  # noqa: S311 - no secret
    for _ in range(200):
        text = USUAL
        for _ in range(chosen.choice((1, 1, 2))):
            at, end = sorted(chosen.choices(range(len(text) + 1), k=2))
            piece = chosen.choice((chosen.choice(PIECES), text[at : at + 40], ""))
            text = text[:at] + piece + text[chosen.choice((at, min(end, at + 9))) :]
        raw = to_bytes(text)
        found = plain_facts(raw, "foo-1.0-1.rockspec")
        accepted += found is not None
        assert found is None or found == general(raw, "foo-1.0-1.rockspec"), text
    assert accepted > 10


@pytest.mark.parametrize(
    "text",
    [
        'package="foo" version="1.0-1"',
        'package="foo" version="1.0-1" source={}',
        'package="foo" version="1.0-2" source={url="x"}',
        'package="foo/x" version="1.0-1" source={url="x"}',
        'package="foo" version="1.0-1" source={url="x"} source={url="x"}',
        'package="foo" version="1.0-1" source={url="x"} rockspec_format="3.2"',
        'package="foo" version="1.0-1" source={url="x"} build="x"',
        'package="foo" version="1.0-1" source={url="x"} dependencies={"a !"}',
        'package="foo" version="1.0-1" source={url="x"} dependencies={platforms={}}',
        'package="foo" version="1.0-1" source={url="x"} description={summary="\\n"}',
    ],
)
def test_what_is_not_certain_is_declined(text: str) -> None:
    """The general readers decide on it."""
    assert plain_facts(text.encode(), "foo-1.0-1.rockspec") is None


@pytest.mark.parametrize(
    ("libraries", "versions", "told"),
    [
        ((), (), ""),
        (("libc.so.6",), (), "libc.so.6"),
        (("libc.so.6", "libz.so.1"), ("GLIBC_2.38",), "libc.so.6, libz.so.1, GLIBC_2.38"),
    ],
)
def test_the_needs_of_compiled_files_are_told(
    monkeypatch: pytest.MonkeyPatch,
    libraries: tuple[str, ...],
    versions: tuple[str, ...],
    told: str,
) -> None:
    """Libraries, then versions of their symbols, on one short line; all else stays."""
    monkeypatch.setattr(RockNeeds, "libraries", libraries)
    monkeypatch.setattr(RockNeeds, "versions", versions)
    facts = Facts(("5.4",), "a summary", "MIT", "https://x")
    needs = RockNeeds("a-1-1.linux-x86_64.rock", "", {})
    assert with_needs(facts, needs, ("5.4",)) == facts._replace(needs=told)


@pytest.mark.parametrize("length", [LONGEST_TEXT - 1, LONGEST_TEXT, LONGEST_TEXT + 1])
def test_a_text_is_cut_off_behind_the_longest(length: int) -> None:
    """The one of just that length is whole."""
    text = "x" * length
    found = facts_of(rockspec(f'description={{homepage="{text}"}}')).homepage
    assert found == (text if length <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}...")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a  b", "a b"), (" a", "a"), ("a ", "a"), ("a\\tb", "a b"), ("a\u00a0b", "a b"), (" ", "")],
)
def test_blanks_of_a_text_are_single_spaces(text: str, shown: str) -> None:
    """None at an end."""
    assert facts_of(rockspec(f'description={{summary="{text}"}}')).summary == shown

"""Lint says what LuaRocks takes in silence."""

from __future__ import annotations

import pytest

from distrorocks.lua.read import parse
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.rocks.rockspec_advice import advice

GOOD = """
package = "foo"
version = "1.0-1"
source = { url = "git+https://example.org/foo.git", tag = "v1.0" }
description = { summary = "s", homepage = "https://example.org", license = "MIT" }
dependencies = { "lua >= 5.1" }
build = { type = "builtin", modules = {} }
"""


def warnings(text: str) -> dict[str, str]:
    """Return the warnings on a rockspec, rule and cure by place."""
    chunk = parse(text.encode())
    rockspec = Rockspec.from_chunk(chunk, strict=True)
    return {each.path: f"{each.rule}; {each.fix}" for each in advice(rockspec, chunk.globals)}


def test_a_good_rockspec_has_no_warning() -> None:
    """Silence means that there is nothing to do."""
    assert warnings(GOOD) == {}


@pytest.mark.parametrize(
    ("line", "place", "words"),
    [
        ("description.summary = nil", "description.summary", "missing"),
        ("description.homepage = nil", "description.homepage", "missing"),
        ("source.url = '*** please add URL ***'", "source.url", "write the value"),
        ("description.license = '*** specify ***'", "description.license", "write the value"),
        ("version = 'v1.0-1'", "version", "sorts before"),
        ("version = '1.0Beta1-1'", "version", "pre-release"),
        ("source.url = 'http://example.org/a.zip'", "source.url", "https://"),
        ("source.url = 'git://github.com/a/b'", "source.url", "git+https"),
        ("source.tag = nil", "source", "default branch"),
        ("source.md5 = 'd41d8'", "source.md5", "prefix"),
        ("build.type = nil", "build.type", "3.0"),
        ("build.modules = nil", "build.modules", "3.0"),
        ("build.type = 'module'", "build.type", "builtin"),
        ("build.type = 'rust-mlua'", "build.type", "luarocks-build-rust-mlua"),
        ("dependencies = {}", "dependencies", "lua >= 5.1"),
        ("dependencies[2] = 'lpeg == 1.0'", "dependencies[2]", "~> 1.0"),
        ("dependencies[2] = 'lpeg == 1.0.2-1'", "dependencies[2]", "lpeg == 1.0.2"),
        ("dependencies[1] = 'lua ~> 5.1'", "dependencies[1]", "lua >= 5.1"),
        ("dependencies[2] = 'a ~> 1.0rc1'", "dependencies[2]", "a >= 1.0rc1"),
        ("supported_platforms = { 'lunix' }", "supported_platforms[1]", "lunix"),
        ("build.platforms = { lunix = {} }", "build.platforms.lunix", "never used"),
        ("dependencies.platforms = { linux = { 'b' } }", "dependencies[1]", "merge by index"),
        ("external_dependencies = { Z = {} }", "external_dependencies.Z", "nothing is checked"),
    ],
)
def test_a_doubtful_line_is_warned_of(line: str, place: str, words: str) -> None:
    """The warning names the field and what to write instead."""
    told = warnings(GOOD + line)
    assert words in told[place]


@pytest.mark.parametrize(
    "line",
    [
        "version = 'scm-1' source.tag = nil",
        "version = '1.0rc1-1'",
        "version = '2.0.alpha.1-0'",
        "source.branch = 'x' source.tag = nil",
        "dependencies[2] = 'a == scm'",
        "dependencies[2] = 'a == 1.0.2'",
        "dependencies[2] = 'lua-x ~> 5.1'",
        "rockspec_format = '3.0' build.type = 'x' build_dependencies = { 'luarocks-build-x' }",
        "rockspec_format = '3.0' build = nil",
        "supported_platforms = { '!macosx', 'linux', 'macos' }",
        "source.md5 = 'd41d8cd98f00b204e9800998ecf8427e'",
    ],
)
def test_a_line_that_is_meant_is_let_be(line: str) -> None:
    """No warning where the rockspec says what it wants."""
    assert warnings(GOOD + line) == {}


def test_an_override_that_adds_to_a_list_replaces_nothing() -> None:
    """Lists merge by index: an entry after the last one is new."""
    assert warnings(GOOD + "dependencies.platforms = { linux = { [2] = 'b' } }") == {}


@pytest.mark.parametrize(
    ("url", "fix"),
    [
        ("http://example.org/a.zip", "use https://"),
        ("ftp://example.org/a.zip", "use https://"),
        ("git://example.org/a", "use git+https://"),
        ("git+http://example.org/a", "use git+https://"),
    ],
)
def test_an_unencrypted_source_has_its_encrypted_form(url: str, fix: str) -> None:
    """That of the same kind of protocol; only GitHub's git:// is known to be gone."""
    told = warnings(f"{GOOD}source.url = '{url}'")["source.url"]
    assert told.endswith(fix)
    assert "anyone on the network" in told

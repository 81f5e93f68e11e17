"""Sources of rocks: C and Lua files, licences, pages, texts that rockspecs say of themselves."""

from __future__ import annotations

from functools import cache

from distrorocks.licensing.dep5 import copyright_text
from distrorocks.licensing.detection import findings, is_silent
from distrorocks.licensing.free_text import says_nothing, spdx_of, vagueness
from distrorocks.licensing.holders import holders
from distrorocks.licensing.stanzas import stanzas_of
from distrorocks.licensing.verdict import verdict
from distrorocks.lua.read import parse
from distrorocks.lua.value import to_text
from distrorocks.packaging.build.packaged_text import fitted
from distrorocks.packaging.build.staging_steps import Write
from distrorocks.packaging.code.build_calls import build_calls
from distrorocks.packaging.code.c_evidence import unfit_for_c
from distrorocks.packaging.code.library_openers import openers
from distrorocks.packaging.code.lua_api import LuaApi, read_lua_api
from distrorocks.packaging.code.lua_file import read_file
from distrorocks.packaging.code.lua_versions import unfit_for_lua
from distrorocks.packaging.code.old_c import old_c
from distrorocks.packaging.code.upstream_tests import upstream_tests
from distrorocks.packaging.code.usage_text import usage_of
from distrorocks.packaging.plan.prose import paragraphs, synopsis
from distrorocks.packaging.source.members import maker_of_long_page
from distrorocks.rocks.rockspec import Rockspec
from integration.fuzzing.target import Target, plain
from tests.licensing import passages

_VERSIONS = ("5.1", "5.2", "5.3", "5.4", "5.5")
_C = b"""#include "lua.h"
#if LUA_VERSION_NUM < 502 || !defined(LUA_OK) && (LUA_VERSION_NUM > 500)
#define lua_rawlen lua_objlen
#elif defined LUA_VERSION_NUM
static int luaL_x(lua_State *L) { /* c */ return luaL_register(L, "x", NULL); }
#else
#error "no"
#endif
void lua_setuservalue(lua_State *L, int i) \\
{
  luaL_checkint(L, 1); // x
}
static f(lua_State *L, int n) { lua_tolstring(L, 1, &n); }
"""
_LUA = b"""#!/usr/bin/lua
-- SPDX-License-Identifier: MIT
local x <const> = 1 // 2
goto done
module("a", package.seeall)
table.foreach(x, setfenv) ::done::
"""
_TESTS = (
    b"LUA ?= lua5.3\nTESTS=$(wildcard *.lua)\ntest: all\n\t@cd a && $(LUA) a.lua -v\n",
    b"check: test\ntest:\n\tcd t && X=1 prove -r --exec='$(LUA) -l a' *.t $(OPTS)\n\tt/a.t b\n",
    (
        b"local a, b = require 'a', arg[1]\nos.execute [[sleep 1 &]] io.open('../x.txt')\n"
        b"describe('x', function() assert_equal(ngx.x, dofile('b' .. '.lua')) end)\n"
    ),
)
_ROCKSPEC = (
    b"rockspec_format = '3.0' package = 'a' version = '1-1' "
    b"source = { url = 'https://a.example/a.zip' }"
)
_PAGE = b"<html><meta name='generator' content='LDoc 1'><p data-x='a'>x</p></html>\r\n"
_BUILDS = (
    b"A ?= pkg-config\nB = foo \\\n bar\nB += $(A)\nL = $(shell $(A) --libs ${B}) -lz\n",
    b"ifneq ($(filter mingw%, $(OS)),)\nL = -lwin\nelse ifeq ($(OS),darwin)\nL = -la\nendif\n",
    b"find_package(ZLIB 1.2)\npkg_check_modules(FOO REQUIRED foo>=1.2 bar)\n",
    b"PKG_CHECK_MODULES([FOO], [foo >= 1.2 bar], [x=1])\nx = dependency('foo')\n",
)
_DECLARED = (
    b"MIT/X11",
    b"GPL v2 or later",
    b"(MIT OR Apache-2.0) AND BSD-3-Clause",
    b"public domain",
)


@cache
def _rockspec() -> Rockspec:
    return Rockspec.from_chunk(parse(_ROCKSPEC))


@cache
def _api() -> LuaApi:
    return read_lua_api()


def _c(data: bytes) -> None:
    text = data.decode("latin-1")
    texts = {"a.c": text, "b.h": text[::2]}
    unfit_for_c(texts, ("a.c",), _api(), _VERSIONS)
    old_c(texts, ("a.c",))


def _lua(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    unfit_for_lua({"a.lua": text}, _VERSIONS)
    read_file(text)
    assert usage_of("a", text).isprintable() or "\n" in usage_of("a", text), "signs of a terminal"


def _build(data: bytes) -> None:
    text = data.decode("latin-1")
    for path in ("Makefile", "CMakeLists.txt", "configure.ac", "meson.build"):
        found = build_calls({path: text})
        names = (*found.pkg_config, *found.libraries, *found.cmake)
        assert all(name.isascii() and " " not in name for name in names), "a name that is none"


def _license(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    paths = ("LICENSE", "README.md", "src/a.c", "lib/LICENSE")
    found = [each for path in paths for each in findings(path, text)]
    silent = [path for path in paths if is_silent(path, text)]
    result = verdict("MIT", found, silent)
    parts = stanzas_of(result.license, found, dict.fromkeys(paths, holders(text)))
    written = copyright_text("foo", "http://a.example", parts, {"MIT": text})
    assert not any(line.isspace() for line in written.split("\n")), "a blank that ends no stanza"
    for holder in holders(text):
        assert "\n" not in holder, "a holder with lines"


def _tests(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    rockspec = _rockspec()
    for names in (
        ("Makefile", "a.lua", "t/a.t"),
        ("test.lua", "a.lua"),
        ("spec/a_spec.lua", "a.lua"),
        ("spec/a_spec.moon", "a.lua"),
        ("test/go.lua", "test/b.lua", "a.lua"),
    ):
        known = dict.fromkeys(names, text)
        found = upstream_tests(rockspec, known, known, {"a.lua": "a"}, openers(rockspec, known))
        assert not any("\n" in command for command in found.commands), "a command of two lines"


def _declared(data: bytes) -> None:
    text = to_text(data)
    found = spdx_of(text)
    if found:
        assert spdx_of(found) == found, "what was said is said otherwise"
    vagueness(text)
    says_nothing(text)
    verdict(text, ())


def _page(data: bytes) -> None:
    """A text that was fitted is not changed again."""
    modules, others, documents = ("/a.lua",), ("/a.html", "/b"), ("/c.html", "/d")
    fresh = {}
    for step in fitted(modules, others, documents, lambda _: data):
        if isinstance(step, Write):
            fresh[step.path] = step.content
    again = fitted(modules, others, documents, lambda path: fresh.get(path, data))
    assert not {each.path for each in again} & fresh.keys(), "it is changed once more"
    maker_of_long_page(data.decode("utf-8", "replace"))


def _prose(data: bytes) -> None:
    text = to_text(data)
    assert "\n" not in synopsis(text, package="lua-foo", rock="foo"), "a synopsis with lines"
    for paragraph in paragraphs(text):
        assert "\n\n" not in paragraph, "a paragraph that is two"


SOURCE_TARGETS = (
    Target("c-source", plain(_c), lambda: (_C,), seconds=1.0),
    Target("lua-source", plain(_lua), lambda: (_LUA,)),
    Target("build-calls", plain(_build), lambda: _BUILDS, seconds=1.0),
    Target("upstream-tests", plain(_tests), lambda: (_LUA, *_TESTS), seconds=1.0),
    Target(
        "license-text",
        plain(_license),
        lambda: [
            text.encode()
            for name, text in sorted(vars(passages).items())
            if name.isupper() and isinstance(text, str)
        ],
        seconds=1.0,
    ),
    Target("license-declared", plain(_declared), lambda: _DECLARED, most_bytes=4096),
    Target("packaged-text", plain(_page), lambda: (_PAGE, _LUA, b"\xff\xfe#!/bin/sh\r\n")),
    Target(
        "prose",
        plain(_prose),
        lambda: (b"Foo is a library.\n\n  * one\n  * two\n\nLong. " * 3, b"a library"),
        most_bytes=8192,
    ),
)

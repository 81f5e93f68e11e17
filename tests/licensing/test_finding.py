"""Whom a file's words on the licence speak for, by its place and name."""

from __future__ import annotations

import pytest

from distrorocks.licensing.finding import (
    GRANT,
    NOTICE,
    OTHER,
    OWN_LICENSE,
    OWN_README,
    SOURCE,
    TAG,
    TEXT,
    Finding,
    is_aside,
    is_build_file,
    role,
)


@pytest.mark.parametrize(
    ("kind", "words"),
    [(TAG, "SPDX tag"), (TEXT, "licence text"), (GRANT, "grant"), (NOTICE, "notice")],
)
def test_evidence_names_the_place_and_what_stands_there(kind: str, words: str) -> None:
    """People can open the file at the line."""
    assert Finding("MIT", "src/a.lua", 7, kind).evidence == f"src/a.lua:7: {words}"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("LICENSE", OWN_LICENSE),
        ("doc/COPYING", OWN_LICENSE),
        ("Docs/license.txt", OWN_LICENSE),
        ("doc/us/license.html", OWN_LICENSE),
        ("lib/LICENSE", SOURCE),
        ("test/LICENSE", OTHER),
        ("doc/other/LICENSE", OTHER),
        ("README", OWN_README),
        ("docs/Readme.md", OWN_README),
        ("lib/README.md", OTHER),
        ("readme.html", OTHER),
        ("readme.HTM", OTHER),
        ("src/a.lua", SOURCE),
        ("a.rockspec", OTHER),
        ("tests/a.lua", OTHER),
        ("tools/readme/a.lua", OTHER),
    ],
)
def test_a_files_role_is_its_place_and_name(path: str, expected: str) -> None:
    """The top and doc speak for the rock, sources for themselves, the rest for nothing here."""
    assert role(path) == expected


FOLDERS = """test tests spec specs sample samples example examples eg demo demos perf bench
benchmarks debian tools utils doc docs topics __MACOSX .github cmake src/test"""
NAMES = """test.lua tests.lua benchmark.lua luaunit.lua lunit.lua a_test.lua a-spec.lua a.bench.lua
a_specs.lua a.rockspec a.html a.htm"""


@pytest.mark.parametrize("path", [*(f"{it}/a" for it in FOLDERS.split()), *NAMES.split()])
def test_what_is_no_part_of_the_rock_is_aside(path: str) -> None:
    """Tests, samples, tools and documentation are not what is installed."""
    assert is_aside(path)


@pytest.mark.parametrize(
    "path", ["src/a.lua", "attest/a.lua", "latest.c", "contest.lua", "a.htmlx"]
)
def test_a_name_that_only_contains_such_a_word_is_not_aside(path: str) -> None:
    """The word has to be the folder, or begin or end the name."""
    assert not is_aside(path)


BUILD_FILES = """build-aux/missing build-aux/any a/m4/lib.m4 config.guess configure configure.ac
Makefile Makefile.am src/Makefile.in install-sh ltmain.sh aclocal.m4 doc/page.css gen.py
CMakeLists.txt INSTALL"""


@pytest.mark.parametrize("path", BUILD_FILES.split())
def test_what_builds_a_rock_says_nothing_of_its_licence(path: str) -> None:
    """Its licence is not that of what is installed."""
    assert is_build_file(path)
    assert role(path) == OTHER


@pytest.mark.parametrize(
    "path", ["src/a.lua", "a.c", "build-aux/LICENSE", "README.in", "install.lua", "makefile/a.lua"]
)
def test_modules_and_documents_build_nothing(path: str) -> None:
    """They keep the role that their place and name give."""
    assert not is_build_file(path)

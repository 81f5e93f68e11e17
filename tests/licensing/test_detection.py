"""Licences in files."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from distrorocks.licensing.detection import findings, is_silent
from distrorocks.licensing.expression import PUBLIC_DOMAIN
from distrorocks.licensing.holders import holders, together
from tests.licensing import passages as words

COMMON = Path("/usr/share/common-licenses")


def said(text: str, path: str = "LICENSE") -> list[str]:
    """Return the licences that a file states."""
    return [each.license for each in findings(path, text)]


@pytest.mark.parametrize(
    ("text", "license_name"),
    [
        (words.MIT, "MIT"),
        (words.MIT + "Except as contained in this notice, the name of X shall not be", "X11"),
        (words.MIT + "The Software shall be used for Good, not Evil.", "JSON"),
        (words.BSD2, "BSD-2-Clause"),
        (words.BSD3, "BSD-3-Clause"),
        (words.BSD4, "BSD-4-Clause"),
        (words.ISC, "ISC"),
        (words.ISC.partition(", provided")[0], "0BSD"),
        (words.ZLIB, "Zlib"),
        (words.GPL3_TEXT, "GPL-3.0-only"),
        (words.GPL2_TEXT, "GPL-2.0-only"),
        (words.LGPL3_TEXT, "LGPL-3.0-only"),
        (words.GPL2_LATER, "GPL-2.0-or-later"),
        (words.GPL2_ONLY, "GPL-2.0-only"),
        (words.APACHE_NOTICE, "Apache-2.0"),
    ],
)
def test_a_licence_text_is_recognized(text: str, license_name: str) -> None:
    """A licence is distinguished from similar ones, also in comments of any kind."""
    for mark in ("", "-- ", " * ", "// ", "# ", "** "):
        assert said(words.commented(text, mark)) == [license_name]


@pytest.mark.parametrize(
    ("text", "license_name"),
    [
        ("-- @license MIT", "MIT"),
        ("This library is licensed under the terms of the MIT/X11 license.", "MIT"),
        ("Foo is free software and uses the same license as Lua 5.1", "MIT"),
        ("modify it under the same terms as Lua5 itself.", "MIT"),
        ("licensed under the BSD two-clause license", "BSD-2-Clause"),
        ("This code is hereby placed in the public domain.", PUBLIC_DOMAIN),
        ("distributed under the GNU GPL Version 2, no later one", "GPL-2.0-only"),
    ],
)
def test_a_notice_is_recognized(text: str, license_name: str) -> None:
    """A sentence that puts the work under a licence is a notice of it."""
    assert said(text, "a.lua") == [license_name]


@pytest.mark.parametrize(
    "text",
    [
        "Its licenses are compatible with the GPL.",
        "-- Based on MIT licensed code",
        "local isc_info_license = 20",
        "Redistribution is a word; use is another. No licence here.",
        "This is under an MIT-style license",
        "See the file LICENSE",
    ],
)
def test_a_mention_is_no_notice(text: str) -> None:
    """A sentence that only mentions a licence states none."""
    assert said(text, "a.lua") == []


def test_the_evidence_is_a_file_and_a_line() -> None:
    """A finding tells where its evidence begins."""
    (found,) = findings("src/a.c", f"/*\n * a.c\n{words.commented(words.BSD3, ' * ')}*/")
    assert (found.path, found.line) == ("src/a.c", 5)
    assert found.evidence == "src/a.c:5: licence text"


def test_a_tag_takes_precedence() -> None:
    """An SPDX tag gives the licence, whatever else the file contains."""
    text = f"-- SPDX-License-Identifier: mit or GPL-2.0-or-later\n{words.commented(words.BSD3)}"
    assert said(text, "a.lua") == ["MIT OR GPL-2.0-or-later"]
    assert said("/* SPDX-License-Identifier: ISC */", "a.c") == ["ISC"]


def test_the_gpls_own_text_does_not_grant_later_versions() -> None:
    """The sentence in the GPL that shows how to grant later versions grants nothing."""
    assert said(words.GPL3_TEXT + words.GPL2_LATER) == ["GPL-3.0-only"]


def test_licences_in_the_middle_of_a_source_file_are_its_data() -> None:
    """A generator's templates are not its licence; what stands at a file's end is."""
    code = "local x = 1\n" * 400
    assert said(f"{code}{words.MIT}{code}", "a.lua") == []
    assert said(f"{code}{words.commented(words.MIT)}", "a.lua") == ["MIT"]


def test_an_unknown_licence_file_is_silent() -> None:
    """A licence file with an unknown text is distinguished from one with a known text."""
    unknown = "You may use this if you send me a postcard from where you live, with a stamp on it."
    assert is_silent("LICENSE", unknown)
    assert not is_silent("LICENSE", words.MIT)
    assert not is_silent("a.lua", unknown)
    assert not is_silent("LICENSE", "\0\1" * 90)


@pytest.mark.parametrize(
    ("file", "license_name"),
    [
        ("Apache-2.0", "Apache-2.0"),
        ("Artistic", "Artistic-1.0-Perl"),
        ("CC0-1.0", "CC0-1.0"),
        ("GPL-2", "GPL-2.0-only"),
        ("GPL-3", "GPL-3.0-only"),
        ("LGPL-2.1", "LGPL-2.1-only"),
        ("LGPL-3", "LGPL-3.0-only"),
        ("MPL-2.0", "MPL-2.0"),
    ],
)
def test_debians_common_licences_are_known(file: str, license_name: str) -> None:
    """Where Debian's copies of the long licences are at hand, each is known, and nothing else."""
    if not (COMMON / file).exists():
        pytest.skip("no common licences here")
    assert said((COMMON / file).read_text(errors="replace")) == [license_name]


@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda raw: raw.decode("latin-1")))
def test_any_file_can_be_searched(text: str) -> None:
    """No content makes the search fail, and lines are within the file."""
    for path in ("LICENSE", "a.lua", "README"):
        for found in findings(path, f"license {text}"):
            assert 1 <= found.line <= len(f"license {text}".splitlines())


@pytest.mark.parametrize(
    "piece",
    [
        "gnu general public license ",
        "licensed under under under ",
        "license mit license ",
        "SPDX-License-Identifier: x\n",
        "permission is hereby granted free of charge ",
        "<a " * 9,
        "same terms as ",
        "copyright (c) " * 3,
    ],
)
def test_hostile_files_cost_little(piece: str) -> None:
    """A file of megabytes made of a licence's first words is looked at within a second or two."""
    start = time.process_time()
    findings("LICENSE", piece * (4_000_000 // len(piece)))
    assert time.process_time() - start < 3


def test_holders_without_year_come_last() -> None:
    """Holders with years come first, each group in its order."""
    lines = ("Ada", "2008 Bob", "Cid", "2001 Dan")
    assert together(lines) == ("2008 Bob", "2001 Dan", "Ada", "Cid")


def test_holders_are_names() -> None:
    """What follows the word may begin with The after a year; code that prints it is no name."""
    text = 'Copyright (c) 2008 The Foo Team\n"Copyright (c) ", -- Copyright notice\n'
    assert holders(f"{text}Copyright The law\n") == ("2008 The Foo Team",)

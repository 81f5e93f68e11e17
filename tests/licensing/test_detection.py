"""Licences in files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from distrorocks.licensing.detection import findings, is_silent
from distrorocks.licensing.expression import PUBLIC_DOMAIN
from distrorocks.licensing.finding import GRANT, NOTICE, TAG, TEXT
from distrorocks.licensing.holders import holders, together
from tests.effort import little_time
from tests.licensing import passages as words

COMMON = Path("/usr/share/common-licenses")

GIVEN = "Permission is hereby granted, free of charge, to any person obtaining a copy"
DEAL = "to deal in the Software without restriction"
KEPT = "this permission notice shall be included in all copies"
NAME = "Except as contained in this notice, the name of the holder shall not be used"
GOOD = "The Software shall be used for Good, not Evil."
USE = "Redistribution and use in source and binary forms are permitted"
SOURCE = "Redistributions of source code must retain the above copyright notice"
BINARY = "Redistributions in binary form must reproduce the above copyright notice"
ENDORSE = "may not be used to endorse or promote products"
ADS = "All advertising materials mentioning features must say so"
UC = "the University of California, Berkeley and its contributors"
ISC = "Permission to use, copy, modify, and distribute this for any"
FEE = "purpose with or without fee is hereby granted"
ABOVE = "provided that the above copyright notice appears"

TEXTS = {
    (GIVEN, DEAL, KEPT): "MIT",
    (GIVEN, DEAL): "MIT-0",
    (GIVEN, DEAL, "subject to the following conditions"): "",
    (GIVEN, KEPT): "",
    (DEAL, KEPT): "",
    (GIVEN, DEAL, KEPT, NAME): "X11",
    (GIVEN, KEPT, NAME): "",
    (DEAL, KEPT, NAME): "",
    (GIVEN, DEAL, KEPT, NAME, SOURCE): "",
    (GIVEN, DEAL, KEPT, SOURCE): "",
    (GIVEN, DEAL, KEPT, GOOD): "JSON",
    (GIVEN, KEPT, GOOD): "",
    (DEAL, KEPT, GOOD): "",
    (USE, SOURCE): "BSD-1-Clause",
    (USE, SOURCE, BINARY): "BSD-2-Clause",
    (USE, SOURCE, ENDORSE): "",
    (USE, SOURCE, ADS): "",
    (USE, BINARY): "",
    (SOURCE, BINARY): "",
    (USE, SOURCE, BINARY, ENDORSE): "BSD-3-Clause",
    (USE, BINARY, ENDORSE): "",
    (SOURCE, BINARY, ENDORSE): "",
    (USE, SOURCE, BINARY, ADS): "BSD-4-Clause",
    (USE, SOURCE, BINARY, ADS, UC): "BSD-4-Clause-UC",
    (USE, SOURCE, BINARY, ENDORSE, ADS): "BSD-4-Clause",
    (ISC, FEE, ABOVE): "ISC",
    (ISC, FEE): "0BSD",
    (FEE, ABOVE): "",
    (ISC, ABOVE): "",
    (ISC, FEE, ABOVE, "not used in advertising or publicity"): "HPND",
    ("be held liable for any damages arising", "Altered source versions must be marked"): "Zlib",
    ("be held liable for any damages arising",): "",
    ("Altered source versions must be marked",): "",
    ("free and unencumbered software released into the public domain",): "Unlicense",
    ("CC0 1.0 Universal",): "CC0-1.0",
    ("dedicated all copyright and related and neighboring rights",): "CC0-1.0",
    ("0. You just DO WHAT THE FUCK YOU WANT TO.",): "WTFPL",
    ("Boost Software License - Version 1.0",): "BSL-1.0",
    ("Mozilla Public License Version 2.0\n1. Definitions",): "MPL-2.0",
    ("Mozilla Public License, v. 2.0.", "a copy of the MPL was not distributed"): "MPL-2.0",
    ("Apache License\nVersion 2.0, January 2004",): "Apache-2.0",
    ("under the Apache License, Version 2.0", "in compliance with the License"): "Apache-2.0",
    ("under the Apache License, Version 2.0",): "",
    ("in compliance with the License",): "",
    ("Mozilla Public License, v. 2.0.",): "",
    ("a copy of the MPL was not distributed",): "",
    ("The Artistic License\nPreamble",): "",
    ("some semblance of artistic control over the package",): "",
    ("Common Public License Version 1.0",): "",
    ("THE ACCOMPANYING PROGRAM",): "",
    ("The Artistic License 2.0",): "Artistic-2.0",
    (
        "The Artistic License\nPreamble",
        "some semblance of artistic control over the package",
    ): "Artistic-1.0-Perl",
    ("Eclipse Public License - v 1.0",): "EPL-1.0",
    ("Eclipse Public License v1.0",): "EPL-1.0",
    ("Eclipse Public License - v 2.0",): "EPL-2.0",
    ("Common Public License Version 1.0\nTHE ACCOMPANYING PROGRAM",): "CPL-1.0",
    ("LPPL Version 1.3c",): "LPPL-1.3c",
    ("SIL Open Font License Version 1.1",): "OFL-1.1",
    (
        "The authors hereby grant permission to use, copy, modify, distribute, and license this",
    ): "TCL",
}


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
        (words.DTOA, "dtoa"),
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
        (
            "Code licensed under the BSD License:\nhttp://developer.yahoo.com/yui/license.html",
            "BSD-3-Clause",
        ),
        (
            'OSI-approved BSD License (the "License");\nsee accompanying file Copyright.txt for',
            "BSD-3-Clause",
        ),
        ("This code is hereby placed in the public domain.", PUBLIC_DOMAIN),
        ("The author disclaims copyright to this source code.", PUBLIC_DOMAIN),
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
        "Code licensed under the BSD License",
    ],
)
def test_a_mention_is_no_notice(text: str) -> None:
    """A sentence that only mentions a licence states none."""
    assert said(text, "a.lua") == []


@pytest.mark.parametrize(
    ("kind", "version", "license_name"),
    [
        ("General", "2", "GPL-2.0"),
        ("Lesser General", "2.1", "LGPL-2.1"),
        ("Library General", "2", "LGPL-2.0"),
        ("Affero General", "3", "AGPL-3.0"),
    ],
)
def test_each_of_gnus_licences_is_granted_by_its_long_name(
    kind: str, version: str, license_name: str
) -> None:
    """With the version behind the name, and later ones only where the sentence says so."""
    text = f"-- under the terms of the GNU {kind} Public License, version {version}"
    assert said(text, "a.lua") == [f"{license_name}-only"]
    assert said(f"{text}, or any later version", "a.lua") == [f"{license_name}-or-later"]
    assert said(text.partition(",")[0], "a.lua") == []


@pytest.mark.parametrize("words_before", ["based on", "from", "excerpt", "quoted", "use", "uses"])
def test_a_notice_of_another_work_is_none(words_before: str) -> None:
    """Directly after such words alone; a longer word that ends alike is another one."""
    assert said(f"-- It {words_before} MIT licensed code", "a.lua") == []
    assert said(f"-- It {words_before} an MIT licensed code", "a.lua") == ["MIT"]
    assert said(f"-- It x{words_before} MIT licensed code", "a.lua") == ["MIT"]


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
    with little_time(3):
        findings("LICENSE", piece * (4_000_000 // len(piece)))


def test_holders_without_year_come_last() -> None:
    """Holders with years come first, each group in its order."""
    lines = ("Ada", "2008 Bob", "Cid", "2001 Dan")
    assert together(lines) == ("2008 Bob", "2001 Dan", "Ada", "Cid")


def test_holders_are_names() -> None:
    """What follows the word may begin with The after a year; code that prints it is no name."""
    text = 'Copyright (c) 2008 The Foo Team\n"Copyright (c) ", -- Copyright notice\n'
    assert holders(f"{text}Copyright The law\n") == ("2008 The Foo Team",)


@pytest.mark.parametrize("passages", TEXTS)
def test_a_licence_file_is_recognized_by_its_passages(passages: tuple[str, ...]) -> None:
    """Each case has all that its licence requires, or lacks one passage of it."""
    text = "".join(f"{each}\n" for each in passages) + "End of the licence.\n"
    found = {each.license for each in findings("LICENSE", text) if each.kind == TEXT}
    assert found == ({TEXTS[passages]} if TEXTS[passages] else set())


def test_the_kinds_of_evidence_have_their_words() -> None:
    """As reports and plans name them."""
    assert (TAG, TEXT, GRANT, NOTICE) == ("tag", "text", "grant", "notice")


def test_a_licence_of_two_phrases_has_both() -> None:
    """One of them is the beginning of other licences, too."""
    other = words.FSFULLR.replace("with or without modifications", "unmodified")
    assert findings("m4/a.m4", words.commented(other, "dnl ")) == ()


def test_a_text_without_any_word_of_licences_is_not_searched() -> None:
    """Most source files have none, and the search takes time."""
    text = "be held liable for any damages arising\nAltered source versions must be marked\n"
    assert findings("LICENSE", text) == ()
    assert findings("LICENSE", f"{text}copyright\n")


@pytest.mark.parametrize(
    ("path", "text", "license_name"),
    [
        ("m4/a.m4", words.commented(words.FSFULLR, "dnl "), "FSFULLR"),
        ("m4/b.m4", words.commented(words.FSFAP, "# "), "FSFAP"),
        ("configure", words.commented(words.FSFUL, "# "), "FSFUL"),
        (
            "build-aux/missing",
            words.commented(words.GPL2_OF_A_TOOL + words.AUTOCONF, "# "),
            "GPL-2.0-or-later WITH Autoconf-exception-generic",
        ),
        (
            "build-aux/ltmain.sh",
            words.commented(words.GPL2_OF_A_TOOL + words.LIBTOOL, "# "),
            "GPL-2.0-or-later WITH Libtool-exception",
        ),
        (
            "config.guess",
            words.commented(
                words.GPL2_OF_A_TOOL.replace("version 2,", "version 3 of the License, ")
                + words.AUTOCONF
                + words.SECTION_7,
                "# ",
            ),
            "GPL-3.0-or-later WITH Autoconf-exception-generic",
        ),
        (
            "m4/ax_lua.m4",
            words.commented(words.GPL2_OF_A_TOOL + words.AUTOCONF_MACRO, "# "),
            "GPL-2.0-or-later WITH Autoconf-exception-macro",
        ),
        ("build-aux/missing", words.GPL2_OF_A_TOOL, "GPL-2.0-or-later"),
        ("cmake/FindX.cmake", words.commented(words.CMAKE, "# "), "BSD-3-Clause"),
    ],
)
def test_the_licence_of_a_build_tool_is_recognized(path: str, text: str, license_name: str) -> None:
    """In the comments of a shell or of m4, with what it permits beside the GPL."""
    assert [each.license for each in findings(path, text)] == [license_name]


def test_licences_in_the_middle_of_a_build_tool_are_its_data() -> None:
    """A configure script has others' notices in what it writes."""
    middle = "\n" * 400 + words.commented(words.GPL2_OF_A_TOOL, "# ") + "\n" * 400
    head = words.commented(words.FSFUL, "# ")
    assert [each.license for each in findings("configure", head + middle)] == ["FSFUL"]

"""Copyright files as python-debian's strict parser and Debian's words have them."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.licensing.dep5 import common_license, copyright_text, short_name, synopsis
from distrorocks.licensing.detection import findings
from distrorocks.licensing.holders import holders
from distrorocks.licensing.stanzas import Stanza, stanzas_of
from distrorocks.packaging.formats.rpm import license_tag
from tests.licensing import passages as words

copyright_files = pytest.importorskip("debian.copyright")

FILES = {
    "LICENSE": words.MIT,
    "src/my file.c": "/*\n" + words.commented(words.BSD3, " * ") + "*/\n",
    "vendor/z/LICENSE": words.ZLIB,
    "src/b.lua": "-- Copyright (c) 2020 Carl Example\nreturn {}\n",
}
EXPECTED = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: a-rock
Source: https://example.org/a-rock

Files: *
Copyright: 2019-2021 Ada Example <ada@example.org>
License: Expat

Files: vendor/z/*
Copyright: unknown: the sources name nobody
License: Zlib

Files: src/my?file.c
Copyright: 2010 Bob Example
License: BSD-3-Clause

Files: src/b.lua
Copyright: 2020 Carl Example
License: Expat

License: Expat
 Words of it.

License: Zlib
 The sources name the license Zlib and do not have its text.

License: BSD-3-Clause
 Line one.
 .
  .dotted
"""


def test_a_copyright_file_groups_files_by_licence() -> None:
    """Files under the rock's licence are ``*``; bundled files and directories stand apart."""
    found = [each for path, text in FILES.items() for each in findings(path, text)]
    named = {path: holders(text) for path, text in FILES.items()}
    grouped = stanzas_of("MIT AND BSD-3-Clause AND Zlib", found, named)
    texts = {"MIT": "Words of it.", "BSD-3-Clause": "Line one.\n\n.dotted"}
    written = copyright_text("a-rock", "https://example.org/a-rock", grouped, texts)
    assert written == EXPECTED.replace("BSD-3-Clause", "BSD-3-clause")
    _parsed(written)


LINES = st.text(max_size=60)


@given(
    st.lists(
        st.sampled_from(["MIT", "GPL-2.0-or-later", "", "MIT OR ISC"]), min_size=1, max_size=3
    ),
    st.lists(LINES, max_size=3),
    LINES,
    st.text(max_size=200),
)
def test_every_copyright_file_is_accepted(
    names: list[str], whose: list[str], source: str, text: str
) -> None:
    """Whatever holders, addresses and licence texts say, the strict parser reads the file."""
    people = tuple(each for line in whose for each in holders(f"Copyright 2020 {line}"))
    grouped = [
        Stanza(("*",) if not n else (f"a{n}/*",), name, people) for n, name in enumerate(names)
    ]
    _parsed(copyright_text("x", source, grouped, {"MIT": text}))


def _parsed(text: str) -> None:
    """Hold a copyright file against the strict parser, its paragraphs and its licences."""
    file = copyright_files.Copyright(text.splitlines(keepends=True), strict=True)
    named = {each.license.synopsis for each in file.all_license_paragraphs()}
    for paragraph in file.all_files_paragraphs():
        assert paragraph.copyright
        for name in paragraph.license.synopsis.replace(" and ", " or ").split(" or "):
            assert name in named


@pytest.mark.parametrize(
    ("spdx", "debian"),
    [
        ("MIT", "Expat"),
        ("BSD-2-Clause", "BSD-2-clause"),
        ("BSD-3-Clause", "BSD-3-clause"),
        ("BSD-4-Clause", "BSD-4-clause"),
        ("Artistic-1.0-Perl", "Artistic"),
        ("Artistic-1.0", "Artistic"),
        ("GPL-2.0-or-later", "GPL-2+"),
        ("AGPL-3.0-only", "AGPL-3"),
        ("LGPL-2.1-only", "LGPL-2.1"),
        ("Apache-2.0", "Apache-2.0"),
        ("LicenseRef-Public-Domain", "public-domain"),
        ("Zlib", "Zlib"),
    ],
)
def test_debian_has_names_of_its_own(spdx: str, debian: str) -> None:
    """The short names are those of the copyright format."""
    assert short_name(spdx) == debian


def test_an_expression_is_a_synopsis() -> None:
    """Operators are small letters, and an exception is said as the format has it."""
    assert synopsis("MIT OR (GPL-2.0-only AND ISC)") == "Expat or (GPL-2 and ISC)"
    assert synopsis("GPL-2.0-only WITH x-exception") == "GPL-2 with x-exception exception"


@pytest.mark.parametrize(
    ("spdx", "file"),
    [
        ("Apache-2.0", "Apache-2.0"),
        ("Artistic-1.0-Perl", "Artistic"),
        ("CC0-1.0", "CC0-1.0"),
        ("GPL-1.0-only", "GPL-1"),
        ("GPL-2.0-or-later", "GPL-2"),
        ("GPL-3.0-only WITH x-exception", "GPL-3"),
        ("LGPL-2.0-only", "LGPL-2"),
        ("LGPL-2.1-or-later", "LGPL-2.1"),
        ("LGPL-3.0-only", "LGPL-3"),
        ("MPL-1.1", "MPL-1.1"),
        ("MPL-2.0", "MPL-2.0"),
        ("AGPL-3.0-only", ""),
        ("Artistic-1.0", ""),
        ("MIT", ""),
    ],
)
def test_the_common_licences_are_those_of_base_files(spdx: str, file: str) -> None:
    """Debian has these in /usr/share/common-licenses, whether later versions do as well or not."""
    assert common_license(spdx) == file


def test_a_spec_file_names_the_public_domain_by_distribution() -> None:
    """What SPDX has no name for is named as each distribution does; all else is SPDX."""
    said = "LicenseRef-Public-Domain AND MIT"
    assert license_tag(said, "fedora") == "LicenseRef-Fedora-Public-Domain AND MIT"
    assert license_tag(said, "opensuse") == "SUSE-Public-Domain AND MIT"
    assert license_tag("MIT", "fedora") == "MIT"


@pytest.mark.parametrize(
    ("line", "whose"),
    [
        (
            "-- Copyright (c) 2009 Rob Example <rob@example.net>",
            "2009 Rob Example <rob@example.net>",
        ),
        (" * Copyright (C) 2000-2001, A. Example. All rights reserved.", "2000-2001 A. Example"),
        ("Copyright © 2013 Example Project", "2013 Example Project"),
        ("Copyright (C) 2011\u20142012, Example authors", "2011-2012 Example authors"),
        ("** Copyright Example Project 2003 - 2020", "2003-2020 Example Project"),
        ("# Copyright: Copyright (c) 2013 Example Ltd", "2013 Example Ltd"),
        ("Copyright (c) example authors (see file `COPYRIGHT`)", "example authors"),
    ],
)
def test_a_copyright_line_names_its_holder(line: str, whose: str) -> None:
    """The years and the name are kept, the decoration is not."""
    assert holders(line) == (whose,)


@pytest.mark.parametrize(
    "line",
    [
        "the above copyright notice",
        "COPYRIGHT HOLDERS BE LIABLE",
        "Copyright (c) <year> <name>",
        '"Copyright" also means copyright-like laws that apply to other kinds of',
        "copyright rights in its Contribution, if any, to grant the copyright license",
        "copyright,'release','license','author'",
        " Copyright (C) 2007 Free Software Foundation, Inc.\n Everyone is permitted to copy it",
    ],
)
def test_a_sentence_about_copyright_is_no_holder(line: str) -> None:
    """Sentences about copyright contain no holders."""
    assert holders(line) == ()


def test_a_note_is_a_comment_of_the_whole_file() -> None:
    """It stands on one line in the first paragraph; without a note there is no comment."""
    stanza = Stanza(("*",), "MIT", ("Ann Author",))
    head = copyright_text("foo", "", [stanza], {}, "first\nsecond").split("\n\n")[0]
    assert head.splitlines()[-1] == "Comment: first second"
    assert "Comment" not in copyright_text("foo", "", [stanza], {})


def test_files_that_uscan_leaves_out_are_named() -> None:
    """Each is a pattern on a line of its own, before the comment."""
    stanza = Stanza(("*",), "MIT", ("2020 Carl Example",))
    head = copyright_text("foo", "", [stanza], {}, "note", ("a.so", "b c.dll")).split("\n\n")[0]
    assert head.splitlines()[2:] == ["Files-Excluded:", " a.so", " b?c.dll", "Comment: note"]


PERMITTED = {
    "Autoconf-exception-generic": """\
        As a special exception to the GNU General Public License, if you distribute this file as
        part of a program that contains a configuration script generated by Autoconf, you may
        include it under the same distribution terms that you use for the rest of that program.""",
    "Autoconf-exception-macro": """\
        As a special exception, the respective Autoconf Macro's copyright owner gives unlimited
        permission to copy, distribute and modify the configure scripts that are the output of
        Autoconf when processing the Macro.""",
    "Libtool-exception": """\
        As a special exception to the GNU General Public License, if you distribute this file as
        part of a program or library that is built using GNU Libtool, you may include this file
        under the same distribution terms that you use for the rest of that program.""",
}


@pytest.mark.parametrize(
    ("exception", "debian"),
    [
        ("Autoconf-exception-generic", "Autoconf"),
        ("Autoconf-exception-macro", "Autoconf-Macro"),
        ("Libtool-exception", "Libtool"),
    ],
)
def test_exceptions_have_the_names_of_debian_and_their_words(exception: str, debian: str) -> None:
    """The common licence alone would not say what the exception permits; lines are no longer."""
    name = f"GPL-2.0-or-later WITH {exception}"
    assert short_name(name) == f"GPL-2+ with {debian} exception"
    written = copyright_text("a-rock", "", [Stanza(("*",), name, ("2020 Carl Example",))], {})
    head, _, said = written.partition(" /usr/share/common-licenses/GPL-2.\n .\n")
    assert head
    assert said.split() == PERMITTED[exception].split()
    assert 70 < max(len(line) for line in said.splitlines()) <= 79
    _parsed(written)


def test_an_exception_without_words_ends_with_the_common_licence() -> None:
    """So does a licence without an exception."""
    for name in ("GPL-2.0-only WITH x-exception", "GPL-2.0-only"):
        written = copyright_text("a-rock", "", [Stanza(("*",), name, ("2020 Carl Example",))], {})
        assert written.endswith("\n /usr/share/common-licenses/GPL-2.\n")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("GPL-2.0-only", "published by the Free Software Foundation; version 2 of the License."),
        (
            "GPL-3.0-or-later",
            "version 3 of the License, or (at your option) any later version.",
        ),
        ("LGPL-2.0-or-later", "the terms of the GNU Library General Public License as published"),
        (
            "LGPL-2.1-only",
            "the GNU Lesser General Public License as published by the Free",
        ),
        ("GPL-2.0-or-later WITH Libtool-exception", "either version 2 of the License, or"),
    ],
)
def test_a_gnu_licence_has_the_words_that_grant_it(name: str, words: str) -> None:
    """Its text alone does not say whether later versions may be chosen."""
    written = copyright_text("foo", "", [Stanza(("*",), name, ("2019 A",))], {})
    paragraph = " ".join(written.partition("\n\nLicense: ")[2].split())
    assert words in paragraph
    assert "WITHOUT ANY WARRANTY" in paragraph
    assert "can be found in /usr/share/common-licenses/" in paragraph


def test_other_licences_of_debian_are_only_pointed_to() -> None:
    """They have no such words."""
    written = copyright_text("foo", "", [Stanza(("*",), "MPL-2.0", ("2019 A",))], {})
    assert written.endswith(
        "\n\nLicense: MPL-2.0\n On Debian systems, the full text of this license can be found in\n"
        " /usr/share/common-licenses/MPL-2.0.\n"
    )

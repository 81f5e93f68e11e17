"""The very words of a licence: out of pages, comments, strings and a README."""

from __future__ import annotations

import pytest

from distrorocks.licensing.detection import findings
from distrorocks.licensing.expression import PUBLIC_DOMAIN
from distrorocks.licensing.license_text import legal_text, license_texts, quoted_text

PAGE = """<html><head><title>Licence</title></head><body>
<!-- no text --><ul><li>Copyright of the menu</li></ul>
<h2>License</h2><p>It is <b>free</b>.</p>
<p>Copyright &copy; 2006<br/>The   Project.</p>
<p>Permission is hereby granted,
to any person</p>
<p>WITHOUT WARRANTY OF ANY KIND</p>
<div>made with a tool</div></body></html>"""


def test_of_a_page_the_licence_is_kept_without_marks() -> None:
    """From the copyright to the last word on warranty, each line and paragraph for itself."""
    assert legal_text("doc/license.html", PAGE) == (
        "Copyright © 2006\nThe Project.\n\n"
        "Permission is hereby granted,\nto any person\n\nWITHOUT WARRANTY OF ANY KIND"
    )


def test_a_page_without_such_words_is_kept_whole() -> None:
    """Nothing but the marks is dropped."""
    assert legal_text("LICENSE.HTM", "<p>Do what</p><p>you like &amp; can</p>") == (
        "Do what\n\nyou like & can"
    )


def test_what_is_no_page_is_kept_as_it_is() -> None:
    """Angle brackets in a plain text are part of it."""
    assert legal_text("LICENSE", PAGE) == PAGE


BSD = """Copyright (c) 2010 Ada Lovelace
All rights reserved.

Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:
  * Redistributions of source code must retain the above copyright notice.
  * Redistributions in binary form must reproduce the above copyright notice.
  * The name of Ada Lovelace may not be used to endorse or promote products.

ADA LOVELACE GIVES NO WARRANTY.""".splitlines()


def _quoted(path: str, lines: list[str]) -> list[str]:
    text = "\n".join(lines) + "\n"
    (one,) = findings(path, text)
    return quoted_text(one, text).splitlines()


@pytest.mark.parametrize(
    ("before", "sign", "after"),
    [
        (["/*", " * a.c: a module", " *"], " * ", [" *", " * It was easy.", " */", "int a;"]),
        (["/* ----", "   a.c"], "   ", ["", "  $Id$", "*/", "/* no warranty */"]),
        (["-- A module", "--------"], "-- ", ["--", "-- See the manual.", "local a = 1"]),
        (["-- A module", ""], "--- ", ["", "", "-- No warranty of mine"]),
        (["#!/usr/bin/lua", "#"], "# ", ["print(1)"]),
        (["--[[ A module", ""], "  ", ["", "More of it", "]]", "return {}"]),
        (["<!-- A module", ""], "  ", ["", "-->", "<p>No warranty of ours</p>"]),
        (['"""A module', ""], "", ["", '"""', "no_warranty = 1"]),
        (["local m = {", "  _LICENSE = [==["], "    ", ["  ]==]", "}"]),
        (["-- A module", "  --[[ its licence:"], "  ", ["]]", "  --[[ no warranty of mine ]]"]),
    ],
)
def test_a_comment_gives_the_text_without_its_signs(
    before: list[str], sign: str, after: list[str]
) -> None:
    """It begins with the copyright and ends with the warranty; indentation of lists is kept."""
    lines = [*before, *(f"{sign}{line}".rstrip() for line in BSD), *after]
    assert _quoted("src/a.c", lines) == BSD


def test_a_box_in_a_readme_is_no_part_of_a_text() -> None:
    """Each line of it has the signs at both ends; lists and words in bold are kept."""
    boxed = ["*" * 90, *(f"* {line:84}*" for line in BSD), "*" * 90]
    assert _quoted("README", ["All:", *boxed, "* one", "**two**"]) == BSD
    listed = ["Foo", "", *BSD, "", "* one"]
    assert _quoted("README", listed) == BSD


def test_a_frame_of_stars_is_no_part_of_a_text() -> None:
    """Headers of C files are often boxes."""
    framed = ["/" + "*" * 90, *(f"* {line:84} *" for line in BSD), "*" * 90 + "/", "int a;"]
    assert _quoted("src/a.c", framed) == BSD


def test_what_follows_the_warranty_belongs_to_a_licence_that_needs_it() -> None:
    """The X11 licence has its last condition there; without it the text is another licence's."""
    text = [
        "Copyright (C) 1994 X Consortium",
        "",
        "Permission is hereby granted, free of charge, to any person obtaining a copy, to deal",
        "in the Software without restriction. This",
        "permission notice shall be included in all copies.",
        "",
        "THERE IS NO WARRANTY.",
        "",
        "Except as contained in this notice, the name of the X Consortium shall not be used.",
    ]
    assert _quoted("install-sh", ["#!/bin/sh", *(f"# {it}".rstrip() for it in text), "x"]) == text


def test_a_readme_gives_the_section_of_its_licence() -> None:
    """The next heading ends it."""
    readme = [
        "# A",
        "",
        "No copyright here.",
        "",
        "## License",
        "",
        *BSD,
        "",
        "## Warranty",
        "",
        "x",
    ]
    assert _quoted("README.md", readme) == BSD


@pytest.mark.parametrize(
    "lines",
    [
        ["-- This file is under the MIT license."],
        [f"print {line!r}" for line in BSD],
        ["/* one */ int a; /* two */", *BSD, "/* three */"],
    ],
)
def test_what_is_no_text_in_a_comment_is_not_quoted(lines: list[str]) -> None:
    """A licence that is only named has no text there, and code is none."""
    assert _quoted("src/a.c", lines) == []


def test_the_words_that_give_a_file_to_the_public_are_quoted() -> None:
    """Debian asks for them, since the public domain is no licence."""
    code = ["-- a.lua", "", "-- It has changes by me,", "-- which are in the public domain.", "a()"]
    text = "\n".join(code)
    (one,) = findings("a.lua", text)
    assert one.license == PUBLIC_DOMAIN
    assert quoted_text(one, text) == "It has changes by me,\nwhich are in the public domain."


@pytest.mark.parametrize(
    "code",
    [
        ["  --[[ It is in the public domain.", "    So be it. ]]", "a()"],
        ["-- It is in the public domain.", "-- So be it.", "  --[[ More words ]]", "-- End"],
        ["  --[[ More words ]]", "-- It is in the public domain.", "-- So be it."],
        ["  --[==[ a ]==] --[=[ It is in the public domain.", "    So be it.", "]=]", "a()"],
        ["a() -- one", "", "", "-- It is in the public domain.", "-- So be it.", "", "", "-- two"],
        ["# one", "-- It is in the public domain.", "-- So be it.", "# two"],
    ],
)
def test_a_comment_ends_where_another_begins(code: list[str]) -> None:
    """A block that is indented is a block, also where its mark begins like a line's sign."""
    text = "\n".join(code)
    (one,) = findings("a.lua", text)
    words = quoted_text(one, text)
    assert [line.strip() for line in words.splitlines()] == [
        "It is in the public domain.",
        "So be it.",
    ]


def test_a_licence_file_goes_before_comments() -> None:
    """The first of the rock's own, then its README, its modules, and tests."""
    whole = "\n".join(BSD)
    said = {
        place: "\n".join(f"-- {it}" for it in BSD).replace("Ada", name)
        for place, name in (("tests/a.lua", "Bo"), ("src/z.lua", "Cy"), ("src/y.lua", "Di"))
    }
    every = {"lib/LICENSE": whole.replace("Ada", "Ed"), "LICENSE": whole, **said}
    order = []
    while every:
        found = [one for path, text in every.items() for one in findings(path, text)]
        (text,) = license_texts(found, every).values()
        order.append(text.split()[3])
        every = {path: it for path, it in every.items() if text.split()[3] not in it}
    assert order == ["Ada", "Ed", "Di", "Cy", "Bo"]

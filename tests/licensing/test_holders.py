"""Copyright holders are found in sources, each once with all years."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.licensing.holders import authors, holders, joined_years, together

_YEARS = st.integers(1900, 2099)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Copyright (c) 2019 Some Body", "2019 Some Body"),
        ("-- Copyright © 2019-2021 Some Body.", "2019-2021 Some Body"),
        ("/* copyright: 2019–2021, Some Body */", "2019-2021 Some Body"),
        ("Copyright (C) Copyright 2019 by Some Body", "2019 Some Body"),
        ("REM Copyright 2019 Some Body", "2019 Some Body"),
        ("Copyright 2019, 2021 Some Body, all rights reserved.", "2019, 2021 Some Body"),
        ("Copyright 2019 Some Body and is released under MIT", "2019 Some Body"),
        ("Copyright 2019 Some Body (see AUTHORS)", "2019 Some Body"),
        ("Copyright 2019 The Authors", "2019 The Authors"),
        ("Copyright Some Body <a@b.org>", "Some Body <a@b.org>"),
        ("Copyright 2019 'Some Body'", "2019 Some Body"),
        ("copyright 2019 xx   yy", "2019 xx yy"),
        ("Copyright (c) 2013 Some B., MIT License", "2013 Some B"),
        ("Copyright (c) 2013 Some Body (MIT/X11 license).", "2013 Some Body"),
        ("Copyright 2013 Some Body, under the Apache 2.0 License", "2013 Some Body"),
        ("Copyright 2013 The BSD Licence Project", "2013 The BSD Licence Project"),
        ("Copyright (c) 2002, Dr Some Body <     >, Worcester", "2002 Dr Some Body, Worcester"),
        ("#  Copyright (C) 2013 Some Body            #", "2013 Some Body"),
        ("|  Copyright (C) 2013 Some Body   |", "2013 Some Body"),
        ('   "Copyright (c) 2002-2016 Some Body\\n"', "2002-2016 Some Body"),
        ('printf("Copyright (c) 2002-2016 Some Body\\r\\n");', "2002-2016 Some Body"),
        ("Copyright 2013 Team of C#", "2013 Team of C#"),
        (
            "-- (c) Some Body (maintainer) <a@b.org> 2010-2012",
            "2010-2012 Some Body (maintainer) <a@b.org>",
        ),
        (" * Written in 2015 by Some Body", "2015 Some Body"),
        (" * Written in 2015, 2017 by Some Body <a@b.org>", "2015, 2017 Some Body <a@b.org>"),
        ("# Copyright (C) 1996, 1997,\n#   1999-2001 Some Body", "1996, 1997, 1999-2001 Some Body"),
        (
            "# Copyright (C) 1996 Free\n# Software Foundation, Inc.",
            "1996 Free Software Foundation, Inc",
        ),
        (
            "# Copyright (C) 1996 Free Software\n# Foundation, Inc.",
            "1996 Free Software Foundation, Inc",
        ),
    ],
)
def test_a_copyright_line_has_years_and_a_name(line: str, expected: str) -> None:
    """Comment signs, formulas and what follows the name are dropped."""
    assert holders(line) == (expected,)


@pytest.mark.parametrize(
    "line",
    [
        "(c) You must cause files that you changed in 1999",
        "# written in 2015 by hand",
        "Copyright of the years 1996,\nand more",
    ],
)
def test_points_of_a_licence_and_sentences_name_no_holder(line: str) -> None:
    """They begin as notices do."""
    assert holders(line) == ()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("--   This module is Copyright (c) 2011, Some Body     --", "2011 Some Body"),
        ('lua_pushliteral(L, "Copyright (C) 2003-2017 Some Body");', "2003-2017 Some Body"),
        ('print("foo 1.0 Copyright © 2003 Some Body\\n")', "2003 Some Body"),
        ('set(L, "_COPYRIGHT", "(C) 2003-2006 Some Body AG");', "2003-2006 Some Body AG"),
        ("print('Copyright (c) 2003 Some Body')", "2003 Some Body"),
        ("print('Copyright (c) 2003 Pat O'Body', 1)", "2003 Pat O'Body"),
    ],
)
def test_words_may_stand_before_a_sign_with_a_year(line: str, expected: str) -> None:
    """Such a line is a notice, also in a string of code, where the name ends with the string."""
    assert holders(line) == (expected,)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("-- (c) 2012 Some Body", ("2012 Some Body",)),
        ("   © 2012-2013 Some Body", ("2012-2013 Some Body",)),
        ("see (c) 2012 Some Body", ()),
        ("(c) the second case", ()),
        ("(c) 2012", ()),
    ],
)
def test_a_line_may_begin_with_the_sign_and_a_year(line: str, expected: tuple[str, ...]) -> None:
    """As the second line of a notice does; a list that has an item c is none."""
    assert holders(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Copyright Some Body 2003 - 2020", "2003-2020 Some Body"),
        ("Copyright Some Body, 2003, 2005", "2003, 2005 Some Body"),
        ("Copyright Some Body,, 2003", "2003 Some Body"),
        ("Copyright Some Body ( 2003", "2003 Some Body"),
        ("Copyright Some Body 2003 -2005", "2003-2005 Some Body"),
        ("Copyright Some Body (2003)", "2003 Some Body"),
        ("Copyright Some Body 2005 (http://example.org/x)", "2005 Some Body"),
        ("Copyright Some Body <a@b.org> 2004-2007", "2004-2007 Some Body <a@b.org>"),
        ("Copyright (c) 2010 Area 2000", "2010 Area 2000"),
        ("Copyright (c) 2007-10 Some Body", "2007-2010 Some Body"),
        ("Copyright (c) 2010-07 Some Body", "2010-07 Some Body"),
        ("<p>Copyright (c) 2007 Some Body.</p>", "2007 Some Body"),
        ("Copyright (c) 2007 Some Body.</p>", "2007 Some Body"),
        ("Copyright (c) 2007 Some Body. Released under the MIT license", "2007 Some Body"),
        ("(c) 2011 Some Body &lt;<a@b.org>&gt;", "2011 Some Body <a@b.org>"),
        ("Copyright (c) 2007 Some Body, LLC, and licensed under the", "2007 Some Body, LLC"),
    ],
)
def test_years_come_first_and_spans_are_whole(line: str, expected: str) -> None:
    """So that the same holder is one, wherever the years stood; marks and licences are no name."""
    assert holders(line) == (expected,)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("-- Author: Some Body", ("Some Body",)),
        ("* Author    : Some Body <a@b.org>         *", ("Some Body <a@b.org>",)),
        ("-- @author Some Body (a@b.org)", ("Some Body <a@b.org>",)),
        (
            "** Authors: Some Body, Pat O'Body and Third-One De Body",
            ("Some Body", "Pat O'Body", "Third-One De Body"),
        ),
        ("-- author of all this is Some Body", ()),
        ("author = author,", ()),
        ("AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM", ()),
        ("-- @author leafo", ()),
        ("-- Author: The Foo Team", ()),
        ("-- Author: Of Some Body", ()),
        ("-- @author: Some Body & Other Body.", ("Some Body", "Other Body")),
        ("-- Author: A Name Of Five Words", ("A Name Of Five Words",)),
        ("-- Author: A Name Of Six Long Words", ()),
        ("-- Author: Some Body */", ("Some Body",)),
        ("-- Author: Some Body ]]--", ("Some Body",)),
        ("-- Author: see the file AUTHORS", ()),
        ("-- Author: Some Body" + " " * 300, ()),
        ('_AUTHOR = "Some Body"', ("Some Body",)),
        ("M._author = 'Some Body, Other Body';", ("Some Body", "Other Body")),
        ("author = some.body", ()),
        ("* Some Body <a@b.org>", ("Some Body <a@b.org>",)),
        ("-- Some Body <a@b.org>.", ("Some Body <a@b.org>",)),
        ("// Some Body <a@b.org> */", ("Some Body <a@b.org>",)),
        ("Some Body <a@b.org>", ()),
        ("* some letters to <a@b.org>", ()),
        ("* Some Body <https://example.org>", ()),
        ("* Some Body <a@b.org>" + " " * 300, ()),
        ("\n" * 8 + "* Some Body <a@b.org>", ()),
    ],
)
def test_authors_are_named_with_a_colon_or_a_tag(line: str, expected: tuple[str, ...]) -> None:
    """Names of two to five words, each once; addresses are kept."""
    assert authors(f"{line}\n{line}") == expected


@pytest.mark.parametrize(
    "line",
    [
        "the copyright 2019 Some Body",
        "Copyright notice",
        "Copyright 2019",
        "Copyright the authors of this",
        "Copyright some body without a year",
        "Copyright [year] [name of copyright owner]",
        "Copyright 2019 x",
        "    Lua 5.1.4  Copyright (C) 1994-2008 Lua.org, PUC-Rio",
        "LuaJIT 2.0.0-beta9 -- Copyright (C) 2005-2011 Mike Pall. http://luajit.org/",
        "Copyright 2019 Some\x1bBody",
        "Copyright 2019 Some Body" + "y" * 300,
    ],
)
def test_other_lines_name_no_holder(line: str) -> None:
    """Sentences about copyright, forms, control characters, long lines, what interpreters print."""
    assert holders(line) == ()


def test_lines_after_one_that_names_nobody_are_read() -> None:
    """Each kind of such a line is skipped alone."""
    text = "\n".join(
        [
            "x" * 301,
            "nothing here",
            "see the copyright 2018 of Others",
            "Copyright notice",
            "Copyright 2019 One Body",
            "Copyright 2019 One Body",
            "Copyright 2020 Other Body",
        ]
    )
    assert holders(text) == ("2019 One Body", "2020 Other Body")


def test_the_copyright_of_the_gpl_itself_is_not_the_rocks() -> None:
    """It is followed by the permission to copy that text."""
    head = (
        "GNU GENERAL PUBLIC LICENSE\nCopyright (C) 2007 Free Software Foundation, Inc.\n"
        "Everyone is permitted to copy and distribute verbatim copies\n"
    )
    assert holders(f"Copyright 2019 Some Body\n{head}") == ("2019 Some Body",)
    assert holders("Copyright 2019 Free Software Foundation\nOther text\n") != ()


def test_at_most_twenty_holders_are_returned() -> None:
    """In the order of the text."""
    lines = [f"Copyright 20{number:02} Body {number} Xx" for number in range(25)]
    assert len(holders("\n".join(lines))) == 20
    assert len(together(f"20{number:02} Body {number}" for number in range(25))) == 20


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["2019 A", "2020 A"], ("2019-2020 A",)),
        (["2019 A", "2021 A"], ("2019, 2021 A",)),
        (["2019-2021 A", "2020-2023 A"], ("2019-2023 A",)),
        (["2019, 2021 A", "2020 A"], ("2019-2021 A",)),
        (["2019 A", "2020 B", "2021 A"], ("2019, 2021 A", "2020 B")),
        (["A", "2019 A"], ("2019 A",)),
        (["2021-2019 A"], ("2021-2019 A",)),
        (["1850 A"], ("1850 A",)),
        (["2019 A", "2020 A <a@b.org>", "A (a@c.org)"], ("2019-2020 A <a@b.org>",)),
        (["2019 A, <a@b.org>", "2020 A <a@b.org>"], ("2019-2020 A, <a@b.org>",)),
        (["2019 The A", "2020 A"], ("2019-2020 The A",)),
        (["<a@b.org>", "<a@c.org>"], ("<a@b.org>", "<a@c.org>")),
    ],
)
def test_the_years_of_a_holder_are_joined(lines: list[str], expected: tuple[str, ...]) -> None:
    """Consecutive ones become a span; a reversed span and an odd year stay as written."""
    assert joined_years(lines) == expected


def test_lines_without_a_year_come_last() -> None:
    """Others keep their order."""
    assert together(["B", "2020 C", "A", "2019 D"]) == ("2020 C", "2019 D", "B", "A")
    assert together(["3com Ltd", "2019 D", "20th Body"]) == ("2019 D", "3com Ltd", "20th Body")
    assert together(["1850 A", "2020"]) == ("1850 A", "2020")


def test_a_holder_stands_once_with_all_years() -> None:
    """Spans that meet become one, others stand side by side, the order of holders is kept."""
    lines = ("2011 Ann", "2005 Bob", "2012-2013 Ann", "2015, 2017 Ann", "Cy 2001", "Cy 2001")
    assert joined_years(lines) == ("2011-2013, 2015, 2017 Ann", "2005 Bob", "Cy 2001")


def test_years_that_are_none_stay() -> None:
    """A span that goes backwards, a number that is no year, a line without one."""
    lines = ("2012-2011 Ann", "3com Ltd", "20001 Bob", "Dee")
    assert joined_years(lines) == lines


@given(st.lists(st.tuples(_YEARS, st.integers(0, 9)), min_size=1, max_size=8))
def test_no_year_is_lost(spans: list[tuple[int, int]]) -> None:
    """Whatever the spans, joining what was joined changes nothing."""
    lines = tuple(f"{first}-{min(first + more, 2099)} Ann" for first, more in spans)
    once = joined_years(lines)
    assert len(once) == 1
    assert joined_years(once) == once
    assert str(min(first for first, _ in spans)) in once[0]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (
            r"Copyright \(co 2004\(en2010 Ada Body, and \(co 2013 Bee Body.",
            ("2004-2010 Ada Body", "2013 Bee Body"),
        ),
        (
            "(c) Ada Body <ada AT example.org> 2004-2007",
            ("2004-2007 Ada Body <ada AT example.org>",),
        ),
        ("Copyright (C) 2004 by Ada Body, and released into the public", ("2004 Ada Body",)),
        ("Copyright 2006 Ada Body; update to Lua 5.2 by Bee Body", ("2006 Ada Body",)),
        ("* Copyright (c) 2008 Ada Body (example.org)\\", ("2008 Ada Body (example.org)",)),
        ("Copyright (c) 2009 [Ada Body](mailto:ada@e.org)", ("2009 Ada Body",)),
        ("uses X Copyright (c) 2006, 2007 Ada Body also", ("2006, 2007 Ada Body",)),
        ("** See Copyright Notice in lua.h", ("Lua.org, PUC-Rio",)),
    ],
)
def test_notices_in_other_forms_are_read(line: str, found: tuple[str, ...]) -> None:
    """Those of manual pages, with a hidden address, with what follows, and of Lua's own sources."""
    assert holders(line) == found

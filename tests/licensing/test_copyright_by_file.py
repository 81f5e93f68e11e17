"""The labelled files: a set of its own, and how what is said of them is counted."""

from __future__ import annotations

import pytest

from distrorocks.licensing.expression import licenses_in, spelled_expression
from integration.corpus.chosen_rocks import Chosen
from integration.corpus.copyright_by_file import (
    MAYBE,
    NOTHING,
    PACKAGING,
    REST,
    UNCLEAR,
    Row,
    Sums,
    files_of,
    held,
    is_same,
    licensed,
    names_of,
    read,
    rows,
    sums,
    words_of,
)
from integration.corpus.license_labels import ROCKS

ROCK = Row("a-1", REST, "MIT", ("Ada Body",))


def test_the_files_of_a_hundred_rocks_are_labelled() -> None:
    """Each rock's first row is of the files without a notice; licences are those of SPDX."""
    every = rows()
    assert len({row.rock for row in every}) == 100
    assert len({(row.rock, row.path) for row in every}) == len(every)
    firsts = {row.rock: row for row in reversed(every)}
    assert {row.path for row in firsts.values()} == {REST}
    for row in every:
        assert all(name.removeprefix(MAYBE) for name in row.holders), row
        for name in licenses_in(row.license):
            is_known = name in (NOTHING, UNCLEAR, "public-domain") or spelled_expression(name)
            assert is_known, row


def test_a_holder_is_the_same_in_more_words() -> None:
    """All words of one name are in the other one."""
    assert is_same("Lua.org, PUC-Rio", "PUC-Rio")
    assert is_same("ada body", "Ada Body (Somewhere)")
    assert not is_same("Ada Body", "Ada Other")
    assert not is_same("", "Ada")


def test_holders_count_by_what_is_said_and_what_is_due() -> None:
    """An author may be named and need not be; the rock's holder may stand for nobody."""
    row = Row("a-1", "b.c", "MIT", ("Bee", f"{MAYBE}Cee"))
    assert held(("Bee", "Cee", "Dee"), row, ROCK) == Sums(3, 2, 1, 1)
    assert held((), row, ROCK) == Sums(0, 0, 1, 0)
    assert held(("Ada Body",), Row("a-1", "c.c", NOTHING, ()), ROCK) == Sums(1, 1, 0, 0)
    assert held(("Ada Body",), row, ROCK) == Sums(1, 0, 1, 0)


def test_a_licence_is_right_as_a_whole() -> None:
    """In Debian's words; where a file names none, that of the rock is due."""
    row = Row("a-1", "b.c", "MIT AND Zlib", ())
    assert licensed(frozenset({"expat", "zlib"}), row, "") == Sums(1, 1, 1, 1)
    assert licensed(frozenset({"expat"}), row, "") == Sums(1, 0, 1, 0)
    assert licensed(frozenset(), row, "") == Sums(0, 0, 1, 0)
    assert licensed(frozenset({"isc"}), Row("a-1", "c.c", NOTHING, ()), "ISC") == Sums(1, 1, 1, 1)
    assert licensed(frozenset({"isc"}), Row("a-1", "c.c", UNCLEAR, ()), "ISC") == Sums()


def test_fields_are_read_without_years_and_addresses() -> None:
    """Nobody's names are none."""
    said = "2007-2009, 2011 Ada Body <ada@example.org>\n 2010 Bee\nthe authors of x\n2012"
    assert list(names_of(said)) == ["Ada Body", "Bee"]
    assert words_of("GPL-2+ and/or Expat, Zlib or UNKNOWN") == {"gpl-2+", "expat", "zlib"}


def test_a_pattern_is_for_files_or_for_those_of_the_only_folder() -> None:
    """An archive may have a folder of its packer's beside that of the sources."""
    assert files_of("src/*", ["src/a/b.c", "c.c"]) == ["src/a/b.c"]
    assert files_of("a.c", ["x-1/a.c", "__MACOSX/b"]) == ["x-1/a.c"]


@pytest.mark.skipif(not ROCKS.exists(), reason="the labelled rocks are not at hand")
def test_copyright_files_are_right_for_most_files() -> None:
    """Of 659 files: 84 of 100 licences, 82 of 100 holders that are named, 92 that are due."""
    ((_, told),) = read(ROCKS, Chosen(), (PACKAGING,))
    licenses, holders = sums(told)
    assert licenses.right / licenses.due >= 0.84, licenses
    assert holders.right / holders.said >= 0.82, holders
    assert holders.found / holders.due >= 0.92, holders

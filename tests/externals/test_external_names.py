"""The order of the names that one word stands for, as properties and in examples."""

from __future__ import annotations

import re

from hypothesis import given, strategies as st

from distrorocks.externals.search import candidates
from distrorocks.externals.settings import FileName, file_names

LIB = ("lib?.a", "lib?.so", "lib?.so.*")
STEMS = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)


def told(word: str, patterns: tuple[str, ...] = LIB) -> list[str]:
    """Return the names as texts."""
    return [each.name for each in file_names([word], patterns, "so")]


@given(STEMS)
def test_a_bare_word_goes_into_every_pattern(stem: str) -> None:
    """`foo` is libfoo.a, libfoo.so, and then whatever begins with libfoo.so."""
    assert told(stem) == [f"lib{stem}.a", f"lib{stem}.so", f"lib{stem}.so.*"]


@given(STEMS)
def test_a_file_name_that_fits_a_pattern_is_taken_apart(stem: str) -> None:
    """`libfoo.so` stands for what `foo` does, for no more and no less."""
    assert told(f"lib{stem}.so") == told(stem)
    assert set(told(stem)) < {*told(f"lib{stem}.so.1")}


@given(st.lists(st.text("ab.*?lso", max_size=8), max_size=4), st.sampled_from([LIB, ("?.h",), ()]))
def test_patterns_of_names_come_last(words: list[str], patterns: tuple[str, ...]) -> None:
    """Whatever is asked for, no directory is listed before all plain names were looked for."""
    names = file_names(words, patterns, "so")
    kinds = [each.is_pattern for each in names]
    assert kinds == sorted(kinds)
    assert len(set(names)) == len(names)


@given(st.lists(STEMS, max_size=4, unique=True), st.lists(STEMS, max_size=4, unique=True))
def test_names_are_outside_and_directories_inside(names: list[str], places: list[str]) -> None:
    """The second directory is looked at for the first name before any for the second name."""
    files = [FileName(name) for name in names]
    found = list(candidates(files, places))
    assert found == [(file, place) for file in files for place in places]


@given(st.text("ab.*", max_size=10), st.text("ab.", max_size=10))
def test_an_asterisk_means_anything(pattern: str, name: str) -> None:
    """A pattern fits what the same regular expression fits."""
    expected = re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name)
    assert FileName(pattern).among([name]) == bool(expected)


def test_other_signs_mean_themselves() -> None:
    """What is special in Lua's patterns or in regular expressions is a letter like any other."""
    assert FileName("a%[b*").among(["a%[bc"])
    assert not FileName("a.c*").among(["abc"])
    assert told("50%d") == ["lib50%d.a", "lib50%d.so", "lib50%d.so.*"]


def test_many_asterisks_cost_little() -> None:
    """A pattern of thousands of asterisks is answered at once."""
    assert not FileName("*a" * 2000 + "b").among(["a" * 250])


def test_endings_become_this_systems() -> None:
    """`.dll` and `.dylib` of a rockspec that forgot Linux are `.so` here."""
    assert told("foo.dll", ()) == ["foo.so"]
    assert told("foo.1.dylib", ()) == ["foo.1.so"]

"""Patterns that are compiled when they are first used match as those of ``re`` do."""

from __future__ import annotations

import copy
import pickle
import re
from typing import Any

import pytest

from distrorocks.patterns import regex


@pytest.mark.parametrize(
    "use",
    [
        lambda form: form.match("ab1").groups(),
        lambda form: form.fullmatch("ab1x"),
        lambda form: form.search("- AB12")["number"],
        lambda form: form.sub("x", "ab1 ab2"),
        lambda form: form.subn("x", "ab1 ab2"),
        lambda form: form.split("0ab1 ab2"),
        lambda form: form.findall("ab1 ab2"),
        lambda form: [found.span() for found in form.finditer("ab1 ab2")],
        lambda form: form.pattern,
        lambda form: (form.flags, form.groups, dict(form.groupindex)),
    ],
)
def test_a_late_pattern_is_as_one_of_re(use: Any) -> None:
    """The first use and the second one give what a compiled pattern gives, with its flags."""
    text = r"(ab)(?P<number>[0-9]+)"
    late, compiled = regex(text, re.IGNORECASE), re.compile(text, re.IGNORECASE)
    assert use(late) == use(compiled)
    assert use(late) == use(compiled)


def test_a_late_pattern_of_bytes_matches_bytes() -> None:
    """Bytes are matched by patterns of bytes."""
    assert regex(rb"a+").fullmatch(b"aaa")


def test_a_pattern_is_compiled_once_and_not_before_its_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Declaring a pattern does not compile it; using it twice compiles it once."""
    compiled, compile_pattern = [], re.compile

    def counted(*given: Any) -> Any:
        compiled.append(given)
        return compile_pattern(*given)

    monkeypatch.setattr(re, "compile", counted)
    words = {"sub": ("x", "a"), "subn": ("x", "a")}
    names = ("finditer", "findall", "fullmatch", "match", "search", "split", "sub", "subn")
    for name in names:
        compiled.clear()
        late = regex("a+")
        assert compiled == []
        for each in (name, *names):
            assert getattr(late, each)(*words.get(each, ("a",)))
        assert len(compiled) == 1


def test_what_a_pattern_does_not_have_is_an_error() -> None:
    """A name that no pattern has raises what ``re`` raises."""
    late: Any = regex("a")
    with pytest.raises(AttributeError):
        late.nothing  # noqa: B018


@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, lambda form: pickle.loads(pickle.dumps(form))],  # noqa: S301
)
def test_a_late_pattern_can_be_copied(copied: Any) -> None:
    """Before its first use and after it, with its flags."""
    late = regex("a+", re.IGNORECASE)
    assert copied(late).match("AA")
    assert late.match("AA")
    assert copied(late).fullmatch("AA")

"""Splicing: the texts of a folder after a change are those that are made anew."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings, strategies as st

from distrorocks.serve.folder.decide import Decided, decide
from distrorocks.serve.folder.kept import Outcome
from distrorocks.serve.folder.rock_names import rock_of
from distrorocks.serve.folder.served import ALL_LUAS, Facts, Reading
from distrorocks.serve.folder.splice import Changes, splice

ADDRESS = "https://rocks.example"
NAMES = st.sampled_from(["a", "a-b", "ab", "end", "lua-x", "x.y", "9p", "Z", "A_b"])
VERSIONS = st.sampled_from(["1-1", "1.0-1", "10.0-1", "scm-2"])
ENDINGS = st.sampled_from([".rockspec", ".src.rock", ".all.rock"])
FILES = st.builds("{}-{}{}".format, NAMES, VERSIONS, ENDINGS)
FACTS = st.builds(
    Facts,
    st.sets(st.sampled_from(ALL_LUAS)).map(lambda found: tuple(sorted(found))),
    st.sampled_from(
        ["", "A summary", '<article id="a">\n   a = {', "1 versions, 2 files</summary>"]
    ),
)
GOOD = st.builds(Reading, st.just("0" * 64), st.just(1), FACTS, st.just(""))
BAD = st.just(Reading("", 0, Facts(()), "not listed: it is bad"))
FOLDERS = st.dictionaries(FILES, GOOD | BAD, max_size=12)


def spliced(before: Decided, old: Mapping[str, Reading], new: Mapping[str, Reading]) -> Decided:
    """Return what is spliced into the texts of an old folder so that they are those of a new."""
    changed = {name for name in {*old, *new} if old.get(name) != new.get(name)}
    rocks = frozenset(rock.name for each in changed if (rock := rock_of(each)))
    there = {
        name: each for name, each in new.items() if (rock := rock_of(name)) and rock.name in rocks
    }
    read = {name: new[name] for name in sorted(changed) if name in new}
    outputs = dict.fromkeys(before.texts, (1,))
    last = Outcome(b"", outputs, tuple(before.unlisted), before.rocks, ADDRESS)
    return splice(before.texts, Changes(changed, rocks, there, read), last)


@settings(max_examples=50)
@given(FOLDERS, FOLDERS)
def test_spliced_texts_are_those_made_anew(
    old: dict[str, Reading], new: dict[str, Reading]
) -> None:
    """Whatever is added, removed, replaced or broken, also the first rock and the last."""
    old, new = ({name: each[name] for name in sorted(each)} for each in (old, new))
    before, after = decide(old, ADDRESS), decide(new, ADDRESS)
    found = spliced(before, old, new)
    assert {**before.texts, **found.texts} == after.texts
    assert (found.unlisted, found.rocks) == (after.unlisted, after.rocks)


def test_only_texts_that_differ_are_given() -> None:
    """In the order in which they are written: a rock for one Lua leaves the others' manifests."""
    before = decide({}, ADDRESS)
    new = {"a-1-1.rockspec": Reading("0" * 64, 1, Facts(("5.4",)), "")}
    names = list(spliced(before, {}, new).texts)
    assert "manifest-5.4" in names
    assert "manifest-5.1" not in names
    assert names == [name for name in before.texts if name in names]
    assert names[-1] == "manifest"


@pytest.mark.parametrize(
    ("finals", "is_final"),
    [((), True), ((True, True), True), ((True, False), False), ((False, False), False)],
)
def test_a_change_is_final_where_all_that_is_read_is(
    finals: tuple[bool, ...], is_final: bool
) -> None:
    """What was read before was final already, else it would be read again."""
    new = {
        f"a-{at}-1.rockspec": Reading("0" * 64, 1, Facts(), "", each)
        for at, each in enumerate(finals)
    }
    assert spliced(decide({}, ADDRESS), {}, new).is_final is is_final


@pytest.mark.parametrize("name", ["index.html", "manifest.json"])
def test_a_text_of_another_form_is_an_error(name: str) -> None:
    """Then all is made anew; such a text is never half changed."""
    before = decide({"a-1-1.rockspec": Reading("0" * 64, 1, Facts(), "")}, ADDRESS)
    broken = before._replace(texts={**before.texts, name: b'\n"a": {<article id="a">'})
    with pytest.raises((ValueError, KeyError)):
        spliced(broken, {"a-1-1.rockspec": Reading("0" * 64, 1, Facts(), "")}, {})

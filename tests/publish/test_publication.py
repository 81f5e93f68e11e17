"""From what should be and what is, the changes between."""

from __future__ import annotations

from hashlib import md5

from hypothesis import given, settings, strategies as st

from distrorocks.publish.publication import Publication, publication
from distrorocks.trees.change import (
    Change,
    Content,
    Keep,
    RemoveDirectory,
    RemoveFile,
    WriteFile,
)
from distrorocks.trees.ledger import Ledger


def digest(content: bytes) -> str:
    """Return the MD5 of some content."""
    return md5(content).hexdigest()


def published(desired: dict[str, bytes], **words: object) -> Publication:
    """Return a publication with nothing there yet, unless the words say otherwise."""
    state: dict[str, object] = {
        "present": {},
        "ledger": Ledger(),
        "owned": set(),
        "indexes": set(),
        "existing_directories": set(),
        **words,
    }
    contents = {path: Content.of(text) for path, text in desired.items()}
    return publication(contents, dict.fromkeys(desired, "why"), **state)  # type: ignore[arg-type]


def kinds(found: Publication) -> list[tuple[type[Change], str]]:
    """Return what is done to which path, in order."""
    return [(type(change), change.path) for change in found.changes]


def test_what_is_missing_is_written_and_recorded() -> None:
    """The ledger knows the file, its digest, and the directories that were made."""
    found = published({"/d/e/x": b"1"}, existing_directories={"/d"})
    assert kinds(found) == [(WriteFile, "/d/e/x")]
    assert found.ledger == Ledger({"/d/e/x": digest(b"1")}, frozenset({"/d/e"}))


def test_what_is_right_is_left() -> None:
    """No change where the content is the same already."""
    found = published({"/x": b"1"}, present={"/x": digest(b"1")}, ledger=Ledger({"/x": "old"}))
    assert found.changes == []


def test_what_a_package_owns_is_kept_and_leaves_the_ledger() -> None:
    """A package that begins to ship a file takes it over from us."""
    ledger = Ledger({"/x": "0", "/y": "0"})
    present = {"/x": "1", "/y": "1"}
    found = published({"/x": b"ours"}, present=present, ledger=ledger, owned={"/x", "/y"})
    assert kinds(found) == [(Keep, "/x")]
    assert found.ledger == Ledger()


def test_a_strangers_file_is_kept() -> None:
    """What the ledger does not know is neither replaced nor recorded."""
    found = published({"/x": b"ours"}, present={"/x": "theirs"})
    assert kinds(found) == [(Keep, "/x")]
    assert found.ledger.files == {}


def test_an_index_may_replace_one_that_was_generated_and_comes_last() -> None:
    """The manifest is written after all that it lists."""
    found = published({"/m": b"i", "/a": b"1"}, present={"/m": "old"}, indexes={"/m"})
    assert kinds(found) == [(WriteFile, "/a"), (WriteFile, "/m")]


def test_what_is_stale_goes_with_the_directories_that_were_made_for_it() -> None:
    """Deeper directories first; those that still hold something of ours stay."""
    ledger = Ledger({"/d/e/x": "0", "/d/y": "0"}, frozenset({"/d", "/d/e"}))
    found = published({"/d/y": b"1"}, present={"/d/e/x": "0", "/d/y": "0"}, ledger=ledger)
    assert kinds(found) == [(WriteFile, "/d/y"), (RemoveFile, "/d/e/x"), (RemoveDirectory, "/d/e")]
    assert found.ledger.directories == {"/d"}


def test_what_is_not_asked_about_stays_as_it_is() -> None:
    """Files of other trees remain, on disk and on the list."""
    ledger = Ledger({"/other/x": "0"}, frozenset({"/other"}))
    found = published({}, present={"/other/x": "0"}, ledger=ledger, kept_files={"/other/x"})
    assert found == Publication([], ledger)


PATHS = st.sampled_from(["/a", "/d/b", "/d/e/c", "/m"])
CONTENT = st.sampled_from([b"1", b"2"])


@settings(max_examples=200)
@given(
    st.dictionaries(PATHS, CONTENT),
    st.dictionaries(PATHS, CONTENT),
    st.sets(PATHS),
    st.sets(PATHS),
)
def test_the_outcome_is_right_whatever_was_there(
    desired: dict[str, bytes], there: dict[str, bytes], known: set[str], owned: set[str]
) -> None:
    """After the changes: owned and strange files as before, ours right, a second run idle."""
    ledger = Ledger(dict.fromkeys(known, "?"))
    present = {path: digest(content) for path, content in there.items()}
    found = published(desired, present=present, ledger=ledger, owned=owned, indexes={"/m"})
    after = dict(there)
    for change in found.changes:
        if isinstance(change, WriteFile):
            after[change.path] = change.content
        elif isinstance(change, RemoveFile):
            del after[change.path]
    for path, content in there.items():
        if path in owned or (path not in known and path != "/m"):
            assert after[path] == content
    for path, recorded in found.ledger.files.items():
        assert digest(after[path]) == recorded
        assert path in desired
        assert path not in owned
    again = published(
        desired,
        present={path: digest(content) for path, content in after.items()},
        ledger=found.ledger,
        owned=owned,
        indexes={"/m"},
    )
    assert [change for change in again.changes if not isinstance(change, Keep)] == []


def test_an_index_that_is_stale_goes_after_what_it_lists() -> None:
    """A reader never finds an index without the rocks in it that are still there."""
    ledger = Ledger({"/m": "0", "/z": "0"}, frozenset({"/d"}))
    present = {"/m": "0", "/z": "0"}
    found = published({}, present=present, ledger=ledger, indexes={"/m"})
    assert found.changes == [
        RemoveFile("/z", "no package provides it any more"),
        RemoveFile("/m", "no package provides it any more"),
        RemoveDirectory("/d", "nothing of ours is left in it"),
    ]


def test_each_change_has_its_reason() -> None:
    """What is written has that of its caller, what is kept says whose it is."""
    present = {"/owned": "0", "/theirs": "0"}
    desired = {"/owned": b"1", "/theirs": b"1", "/x": b"1"}
    found = published(desired, present=present, owned={"/owned"})
    assert found.changes == [
        Keep("/owned", "a package owns it"),
        Keep("/theirs", "it was not written by distrorocks"),
        WriteFile("/x", b"1", "why"),
    ]


def test_directories_go_deepest_first_and_then_by_name() -> None:
    """So that each is empty when its turn comes."""
    gone = frozenset({"/a", "/b", "/b/c/d", "/b/c", "/a/z"})
    found = published({}, ledger=Ledger({}, gone))
    assert [each.path for each in found.changes] == ["/b/c/d", "/a/z", "/b/c", "/a", "/b"]

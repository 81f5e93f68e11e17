"""What a folder publishes follows from what is known of its files, and from nothing else."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given, strategies as st

from distrorocks.rocks.manifest import PackedRock
from distrorocks.serve.folder.decide import decide, listed
from distrorocks.serve.folder.served import PAGE, SUMS, Facts, Reading, ServedFile, Unlisted
from distrorocks.servers.manifest_reader import server_manifest_of

ADDRESS = "https://rocks.example"


def known(digest: str = "d" * 64, *, why: str = "", size: int = 7, **more: bool) -> Reading:
    """Return what is known of a file."""
    return Reading(digest, size, Facts(), why, **more)


def test_an_empty_folder_publishes_empty_manifests() -> None:
    """And a page, and the sums of those."""
    found = decide({}, ADDRESS)
    assert (found.unlisted, found.rocks, found.is_final) == ([], 0, True)
    assert list(server_manifest_of(found.texts["manifest-5.4"]).rocks) == []


def test_page_and_sums_come_first_and_the_plain_manifest_last() -> None:
    """In this order they are written: who finds the manifest finds all that it names."""
    names = list(decide({"a-1-1.src.rock": known()}, ADDRESS).texts)
    assert names[:2] == [PAGE, SUMS]
    assert names[-1] == "manifest"
    assert len(names) == 19


def test_files_are_listed_by_rock_however_they_were_found() -> None:
    """By names, then versions as text, then kinds; what has no digest or no rock's name is not."""
    names = (
        *("b-1-1.src.rock", "a-2-1.src.rock", "a-1-1.src.rock", "a-1-1.rockspec"),
        *("a-1-1.all.rock", "notes.txt", "c.rock"),
    )
    read = {name: known(size=at) for at, name in enumerate(names)}
    read["gone-1-1.src.rock"] = known("", why="it is no rock")
    assert [(file.file_name, file.size) for file in listed(read)] == [
        ("a-1-1.all.rock", 4),
        ("a-1-1.rockspec", 3),
        ("a-1-1.src.rock", 2),
        ("a-2-1.src.rock", 1),
        ("b-1-1.src.rock", 0),
    ]
    facts = Facts(("5.4",), "a summary")
    assert listed({"a-1-1.all.rock": Reading("x", 5, facts, "")}) == [
        ServedFile(PackedRock("a", "1-1", "all"), "a-1-1.all.rock", 5, "x", facts)
    ]


def test_what_is_not_understood_is_told_whether_it_is_listed_or_not() -> None:
    """In the order in which it was read; what is understood is not told."""
    read = {
        "b-1-1.src.rock": known("", why="it is no zip archive"),
        "c-1-1.src.rock": known(),
        "a-1-1.rockspec": known(why="its Lua computes"),
    }
    found = decide(read, ADDRESS)
    assert found.unlisted == [
        Unlisted("b-1-1.src.rock", "it is no zip archive"),
        Unlisted("a-1-1.rockspec", "its Lua computes"),
    ]
    assert list(server_manifest_of(found.texts["manifest-5.1"]).rocks) == ["a", "c"]


def test_versions_are_counted_and_not_files() -> None:
    """Two files of one version are one."""
    names = ("a-1-1.src.rock", "a-1-1.rockspec", "a-2-1.rockspec", "b-1-1.all.rock")
    assert decide({name: known() for name in names}, ADDRESS).rocks == 3


def test_a_result_is_final_where_all_readings_are() -> None:
    """One that may be another next time makes it so, listed or not."""
    sure, unsure = known(), known("", why="no library", is_final=False)
    assert decide({"a-1-1.src.rock": sure}, ADDRESS).is_final
    assert not decide({"a-1-1.src.rock": sure, "b-1-1.src.rock": unsure}, ADDRESS).is_final


@given(
    st.dictionaries(
        st.sampled_from(["a-1-1.src.rock", "a-1-1.rockspec", "b-2-1.all.rock", "notes"]),
        st.builds(known, st.sampled_from(["", "0" * 64, "f" * 64])),
    )
)
def test_the_sums_have_all_files_but_themselves(read: dict[str, Reading]) -> None:
    """Of the rocks that are listed as they were read, of what is written as it is written."""
    texts = decide(read, ADDRESS).texts
    lines = texts[SUMS].decode().splitlines()
    found = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert len(found) == len(lines)
    rocks = {name: each.digest for name, each in read.items() if each.digest and name != "notes"}
    written = {name: sha256(text).hexdigest() for name, text in texts.items() if name != SUMS}
    assert found == rocks | written


def test_the_page_has_the_address_and_the_rocks() -> None:
    """The address is that of the commands to copy."""
    text = decide({"some-rock-1-1.src.rock": known()}, ADDRESS).texts[PAGE].decode()
    assert f'href="{ADDRESS}/"' in text
    assert "some-rock" in text

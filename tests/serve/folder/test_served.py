"""Files of a folder are gathered by rock and version, and a loose rockspec says for which Luas."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.rocks.manifest import PackedRock
from distrorocks.serve.folder.served import (
    ALL_LUAS,
    Facts,
    ServedFile,
    ServedRock,
    luas_of,
    served_rocks,
)


def file(name: str, version: str = "1-1", arch: str = "src", *luas: str) -> ServedFile:
    """Return a file of a rock."""
    facts = Facts(luas) if luas else Facts()
    return ServedFile(
        PackedRock(name, version, arch), f"{name}-{version}.{arch}.rock", 1, "", facts
    )


def test_no_files_are_no_rocks() -> None:
    """An empty folder has none."""
    assert served_rocks([]) == []


def test_a_rock_has_its_versions_and_a_version_its_files() -> None:
    """Two rocks whose neighbouring versions are alike stay two."""
    files = [
        file("a", "1-1", "all"),
        file("a", "1-1", "src"),
        file("a", "2-1"),
        file("b", "2-1"),
        file("b", "3-1"),
    ]
    assert served_rocks(iter(files)) == [
        ServedRock("a", [("1-1", files[:2]), ("2-1", files[2:3])]),
        ServedRock("b", [("2-1", files[3:4]), ("3-1", files[4:])]),
    ]


@given(
    st.lists(
        st.builds(
            file,
            st.sampled_from("ab"),
            st.sampled_from(["1-1", "2-1"]),
            st.sampled_from(["all", "rockspec", "src"]),
        )
    ).map(sorted)
)
def test_gathering_keeps_every_file_in_its_order(files: list[ServedFile]) -> None:
    """No rock and no version is there twice, and none is empty."""
    rocks = served_rocks(files)
    assert [one for rock in rocks for _, those in rock.versions for one in those] == files
    places = [(rock.name, version) for rock in rocks for version, _ in rock.versions]
    assert len(set(places)) == len(places)
    assert len({rock.name for rock in rocks}) == len(rocks)
    assert all(those for rock in rocks for _, those in rock.versions)
    assert all(
        one.rock[:2] == (rock.name, version)
        for rock in rocks
        for version, those in rock.versions
        for one in those
    )


@pytest.mark.parametrize(
    ("files", "luas"),
    [
        ([], ALL_LUAS),
        ([file("a", "1-1", "src", "5.1")], ALL_LUAS),
        ([file("a", "1-1", "linux-x86_64", "5.1"), file("a", "1-1", "src", "5.2")], ALL_LUAS),
        ([file("a", "1-1", "rockspec", "5.1", "5.4")], ("5.1", "5.4")),
        ([file("a", "1-1", "all", "5.2"), file("a", "1-1", "rockspec", "5.1")], ("5.1",)),
        ([ServedFile(PackedRock("a", "1-1", "rockspec"), "", 1, "", Facts(()))], ()),
    ],
)
def test_the_loose_rockspec_says_for_which_luas(
    files: list[ServedFile], luas: tuple[str, ...]
) -> None:
    """What rocks say does not count, as in LuaRocks; one for no Lua is listed for none."""
    assert luas_of(files) == luas


def test_all_luas_are_those_of_manifests() -> None:
    """A file about which nothing is known counts for every one."""
    assert ALL_LUAS == ("5.1", "5.2", "5.3", "5.4", "5.5")
    assert Facts().luas == ALL_LUAS

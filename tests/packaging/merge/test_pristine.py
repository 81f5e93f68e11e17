"""The stored render: what comes back, what is refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from distrorocks.packaging.merge.pristine import (
    Making,
    Pristine,
    PristineError,
    own_files,
    read_pristine,
    store_path,
    stored_forms,
)
from distrorocks.packaging.scaffold.folder import PackagingFile

FILES = st.dictionaries(
    st.sampled_from(["a", "debian/rules", "debian/source/format", "x.spec"]),
    st.builds(PackagingFile, st.binary(max_size=60), st.sampled_from([0o644, 0o755])),
)


@given(FILES | st.just({"a": PackagingFile(b"=== 644 b\n|\n\\ the last line\nend")}))
def test_a_stored_render_round_trips(files: dict[str, PackagingFile]) -> None:
    """Every byte and the permissions of each file are restored."""
    pristine = Pristine("foo", "1.0-1", files)
    assert Pristine.parse(str(pristine), "place") == pristine


@given(
    st.builds(
        Making,
        st.sampled_from(["", "plain"]),
        st.sampled_from(["", "sid", "43"]),
        st.none() | st.integers(0, 10**11 - 1),
    )
)
def test_what_a_render_was_made_with_round_trips(made: Making) -> None:
    """What is not known has no word, so older stores are read as ever."""
    pristine = Pristine("foo", "1.0-1", {}, made)
    assert Pristine.parse(str(pristine), "place") == pristine


@pytest.mark.parametrize(
    "words", ["other", "plain plain", "release=", "date=", "date=x", "date=1 release=sid", "x=y"]
)
def test_words_that_nobody_writes_are_a_damaged_store(words: str) -> None:
    """So a newer distrorocks' store is not taken for one of less."""
    with pytest.raises(PristineError, match="place is damaged"):
        Pristine.parse(stored(f"rock a 1 {words}\n"), "place")


def test_a_stored_render_is_text_that_can_be_read() -> None:
    """Each line of a file stands on a line of its own."""
    pristine = Pristine("foo", "1.0-1", {"debian/rules": PackagingFile(b"%:\n\tdh $@\n", 0o755)})
    assert str(pristine).endswith("\nrock foo 1.0-1\n\n=== 755 debian/rules\n|%:\n|\tdh $@\n")


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "a//b", ""])
def test_a_stored_path_that_leads_out_is_refused(path: str) -> None:
    """A store that somebody made cannot name files elsewhere, even with the right checksum."""
    with pytest.raises(PristineError):
        Pristine.parse(str(Pristine("foo", "1", {path: PackagingFile(b"x\n")})), "place")


@pytest.mark.parametrize("cut", [0, 10, 200, -1])
def test_a_damaged_store_is_an_error_with_a_hint(cut: int) -> None:
    """A truncated or edited store is not used as a base."""
    text = str(Pristine("foo", "1.0-1", {"a": PackagingFile(b"text of it\n" * 9)}))
    with pytest.raises(PristineError, match="place is damaged") as error:
        Pristine.parse(text[:cut], "place")
    assert "version control" in error.value.hint


def test_a_render_is_stored_beside_its_files() -> None:
    """In the folder that all files share, hidden, by format."""
    some = PackagingFile(b"")
    assert store_path("deb", {"debian/control": some, "debian/rules": some}) == (
        "debian/.distrorocks-deb"
    )
    assert store_path("fedora", {"x.spec": some, "x.rockspec": some}) == ".distrorocks-fedora"
    assert store_path("deb", {"a/x": some, "b/x": some}) == ".distrorocks-deb"
    assert store_path("deb", {"a/b/x": some, "a/y": some}) == "a/.distrorocks-deb"
    assert store_path("deb", {"debian/x": some, "x": some}) == ".distrorocks-deb"
    assert store_path("deb", {}) == ".distrorocks-deb"


def stored(body: str) -> str:
    """Return a stored text with its right checksum."""
    head = str(Pristine("a", "1", {})).partition("sha256 ")[0]
    return f"{head}sha256 {hashlib.sha256(body.encode()).hexdigest()}\n{body}"


@pytest.mark.parametrize(
    ("body", "files"),
    [
        ("rock a 1\n", {}),
        ("rock a 1\n\n=== 644 x\n", {"x": (b"", 0o644)}),
        ("rock a 1\n=== 644 x\n|y\n", {"x": (b"y\n", 0o644)}),
        (
            "rock a 1\n\n=== 755 x y\n||\n|\n\n=== 600 z\n|w\n",
            {"x y": (b"|\n\n", 0o755), "z": (b"w\n", 0o600)},
        ),
        (
            "rock a 1\n=== 644 x\n|y\n\\ the last line has no line break\n",
            {"x": (b"y", 0o644)},
        ),
    ],
)
def test_a_stored_text_is_read(body: str, files: dict[str, tuple[bytes, int]]) -> None:
    """Bars stand before lines, and files below their path and permissions."""
    found = Pristine.parse(stored(body), "place")
    assert (found.rock, found.version) == ("a", "1")
    assert found.files == {path: PackagingFile(*file) for path, file in files.items()}


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ("", "it names no rock"),
        ("rock a\n", "it names no rock"),
        ("rock a 1 2\n", "it names no rock"),
        ("Rock a 1\n", "it names no rock"),
        ("rock a 1\n=== 644 x\ny\n", "a line is invalid: 'y'"),
        ("rock a 1\n=== 844 x\n", "a line is invalid: '=== 844 x'"),
        ("rock a 1\n=== 644 x\n" + "y" * 70 + "\n", f"a line is invalid: '{'y' * 60}'"),
        ("rock a 1\n\\ the last line has no line break\n", "a line is invalid"),
        ("rock a 1\n=== 644 x\n=== 644 x\n", "'x' cannot be a file of a packaging"),
        ("rock a 1\n=== 644 /x\n", "'/x' cannot be a file of a packaging"),
    ],
)
def test_a_stored_text_of_another_form_is_damaged(body: str, detail: str) -> None:
    """What is wrong is told, though the checksum is right."""
    with pytest.raises(PristineError, match="place is damaged") as caught:
        Pristine.parse(stored(body), "place")
    assert caught.value.detail.startswith(detail)


def test_a_header_and_a_checksum_come_first() -> None:
    """Without them nothing else is read."""
    text = stored("rock a 1\n")
    for damaged, detail in (
        (f"x{text}", "its header is missing"),
        (text.replace("rock a", "rock b"), "its checksum is wrong"),
    ):
        with pytest.raises(PristineError) as caught:
            Pristine.parse(damaged, "place")
        assert caught.value.detail.startswith(detail)


def test_equal_renders_have_equal_texts() -> None:
    """Files stand in the order of their paths; each has permissions of three digits."""
    one, other = PackagingFile(b"1"), PackagingFile(b"", 0o44)
    text = str(Pristine("a", "1", {"z": one, "b": other}))
    assert text == str(Pristine("a", "1", {"b": other, "z": one}))
    assert text.endswith("\n\n=== 044 b\n\n=== 644 z\n|1\n\\ the last line has no line break\n")


def test_stored_renders_are_found_in_a_directory_and_its_folders(tmp_path: Path) -> None:
    """By their formats, the nearest first; hidden folders and links are not looked into."""
    for path in ("b/.distrorocks-deb", "c/.distrorocks-deb", "c/.distrorocks-arch", "c/x"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("")
    for path in (".distrorocks-fedora", "c/.distrorocks-fedora", "other"):
        (tmp_path / path).write_text("")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/.distrorocks-alpine").write_text("")
    (tmp_path / "a").symlink_to(tmp_path / "c")
    assert stored_forms(str(tmp_path)) == {
        "fedora": ".distrorocks-fedora",
        "deb": "b/.distrorocks-deb",
        "arch": "c/.distrorocks-arch",
    }
    assert stored_forms(str(tmp_path / "none")) == {}
    assert own_files(str(tmp_path), "c") == ["c/x"]
    assert own_files(str(tmp_path), "") == ["c/x", "other"]


def test_a_stored_render_is_read_with_its_file(tmp_path: Path) -> None:
    """One that is not there is told by its whole path."""
    kept = Pristine("a", "1", {"x": PackagingFile(b"y\n")})
    (tmp_path / "store").write_text(str(kept))
    found, file = read_pristine(str(tmp_path), "store")
    assert (found, file.text) == (kept, str(kept))
    with pytest.raises(PristineError, match=f"{tmp_path}/none is missing") as caught:
        read_pristine(str(tmp_path), "none")
    assert "version control" in caught.value.hint

"""The stored render: what comes back, what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.packaging.merge.pristine import Pristine, PristineError, store_path
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

"""A new render's history goes on from the stored one's; the rest is the render's."""

from __future__ import annotations

from distrorocks.packaging.merge.file import HISTORY, with_history
from distrorocks.packaging.scaffold.folder import PackagingFile

OLD = (
    "a (1-1) unstable; urgency=medium\n\n  * Old.\n\n -- A <a@b>  Mon, 01 Jan 2024 00:00:00 +0000\n"
)
NEW = (
    "a (2-1) unstable; urgency=medium\n\n  * New.\n\n -- A <a@b>  Tue, 02 Jan 2024 00:00:00 +0000\n"
)
SPEC = "Name: a\nVersion: {0}\n\n%changelog\n* Mon Jan 01 2024 A <a@b> - {0}-1\n- {1}\n"


def rendered(
    base: dict[str, str], theirs: dict[str, str], *, again: bool = False
) -> dict[str, str]:
    """Return the texts of a new render whose history goes on."""
    old, new = (
        {path: PackagingFile(text.encode()) for path, text in each.items()}
        for each in (base, theirs)
    )
    found = with_history(old, new, is_same_version=again)
    return {path: file.text for path, file in found.items()}


def test_entries_of_earlier_versions_stand_below_the_new_one() -> None:
    """In Debian's changelog and in a spec, whose other lines are the new render's."""
    base = {HISTORY: OLD, "a.spec": SPEC.format(1, "Old."), "rules": "old\n"}
    theirs = {HISTORY: NEW, "a.spec": SPEC.format(2, "New."), "rules": "new\n"}
    found = rendered(base, theirs)
    assert found[HISTORY].startswith(NEW)
    assert "Old." in found[HISTORY]
    spec = found["a.spec"]
    assert spec.startswith("Name: a\nVersion: 2\n\n%changelog\n")
    assert spec.index("New.") < spec.index("Old.")
    assert found["rules"] == "new\n"


def test_the_same_version_has_no_new_entry() -> None:
    """Its history is the stored one, and the rest is new."""
    base = {HISTORY: OLD, "a.spec": SPEC.format(1, "Old.")}
    theirs = {HISTORY: NEW, "a.spec": SPEC.format(2, "New.")}
    found = rendered(base, theirs, again=True)
    assert found[HISTORY] == OLD
    assert found["a.spec"].startswith("Name: a\nVersion: 2\n")
    assert "New." not in found["a.spec"]


def test_a_history_that_was_not_stored_is_the_renders_own() -> None:
    """A file that is new in this render is as it was rendered."""
    assert rendered({}, {HISTORY: NEW, "a.spec": "Name: a\n"}) == {
        HISTORY: NEW,
        "a.spec": "Name: a\n",
    }

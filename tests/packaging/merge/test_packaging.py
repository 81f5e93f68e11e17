"""A whole packaging merged three ways, file by file."""

from __future__ import annotations

import pytest

from distrorocks.packaging.merge.packaging import PackagingMerge, merge_packaging
from distrorocks.packaging.scaffold.folder import PackagingFile

A, B, C = (PackagingFile(f"{each}\nmore\nlines\n".encode()) for each in "abc")
Side = dict[str, PackagingFile]


def result(ours: Side, merge: PackagingMerge) -> Side:
    """Return the packager's files after a merge."""
    files = dict(ours)
    for change in merge.changes:
        assert files.get(change.path) == change.before
        if change.after is None:
            del files[change.path]
        else:
            files[change.path] = change.after
    return files


def merged(base: Side, ours: Side, theirs: Side) -> tuple[Side, int, int]:
    """Return the files after a merge, how many conflicts there are, and how many notes."""
    found = merge_packaging(base, ours, theirs)
    return result(ours, found), len(found.conflicts), len(found.notes)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "after", "conflicts", "notes"),
    [
        ({"f": A}, {"f": A}, {"f": B}, {"f": B}, 0, 0),
        ({"f": A}, {"f": B}, {"f": A}, {"f": B}, 0, 0),
        ({"f": A}, {"f": A}, {}, {}, 0, 0),
        ({"f": A}, {}, {"f": A}, {}, 0, 1),
        ({"f": A}, {}, {"f": B}, {}, 0, 1),
        ({"f": A}, {"f": B}, {}, {"f": B}, 1, 0),
        ({}, {"f": A}, {}, {"f": A}, 0, 0),
        ({}, {"f": A}, {"f": A}, {"f": A}, 0, 0),
        ({}, {}, {"f": A}, {"f": A}, 0, 0),
        ({"f": A}, {"f": B}, {"f": B}, {"f": B}, 0, 0),
    ],
)
def test_whole_files_are_merged(
    base: Side, ours: Side, theirs: Side, after: Side, conflicts: int, notes: int
) -> None:
    """Changes of one side are applied; a file that the packager removed stays removed."""
    assert merged(base, ours, theirs) == (after, conflicts, notes)


def test_a_file_that_both_added_keeps_both() -> None:
    """Where the packager has a file that is now rendered too, both stand in it."""
    after, conflicts, _ = merged({}, {"f": A}, {"f": B})
    assert conflicts == 1
    assert "a\n" in after["f"].text
    assert "b\n" in after["f"].text


def test_a_file_with_a_version_in_its_name_takes_its_edits_along() -> None:
    """Edits of the old rockspec are edits of the new one."""
    was, new = (PackagingFile(f'v = "{n}"\nx\ny\nz\n'.encode()) for n in (1, 2))
    mine = was.with_text(was.text + "mine\n")
    after, conflicts, _ = merged(
        {"r-1.rockspec": was}, {"r-1.rockspec": mine}, {"r-2.rockspec": new}
    )
    assert after == {"r-2.rockspec": new.with_text(new.text + "mine\n")}
    assert not conflicts


def test_permissions_that_the_packager_chose_stay() -> None:
    """A new render brings its permissions only where the packager left the old ones."""
    after, _, _ = merged({"f": A}, {"f": A._replace(mode=0o600)}, {"f": B._replace(mode=0o755)})
    assert after["f"] == B._replace(mode=0o600)


def test_binary_files_are_not_merged() -> None:
    """A file with NUL bytes is left as it is."""
    mine = PackagingFile(b"\0\1")
    assert merged({"f": A}, {"f": mine}, {"f": B}) == ({"f": mine}, 1, 0)


def test_a_field_that_both_added_is_a_conflict_or_one() -> None:
    """A field that each side added elsewhere never comes out twice."""
    base = PackagingFile(b"Source: x\nSection: y\nPriority: z\n\nPackage: x\n")
    ours = base.with_text(base.text.replace("Section", "Homepage: mine\nSection"))
    theirs = base.with_text(base.text.replace("z\n", "z\nHomepage: new\n"))
    after, conflicts, _ = merged(
        {"debian/control": base}, {"debian/control": ours}, {"debian/control": theirs}
    )
    assert conflicts == 1
    assert after["debian/control"].text.startswith("Source: x\n<<<<<<< yours\nHomepage: mine\n")
    same = base.with_text(theirs.text.replace("new", "mine"))
    after, conflicts, _ = merged(
        {"debian/control": base}, {"debian/control": ours}, {"debian/control": same}
    )
    assert not conflicts
    assert after["debian/control"].text.count("Homepage: mine\n") == 1

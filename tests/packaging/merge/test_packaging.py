"""A packaging merged three ways, file by file, and its changelogs entry by entry."""

from __future__ import annotations

import pytest

from distrorocks.packaging.merge.lines import Labels
from distrorocks.packaging.merge.packaging import (
    HISTORY,
    PackagingMerge,
    merge_history,
    merge_packaging,
    merge_text,
    renames,
    spec_parts,
    with_history,
)
from distrorocks.packaging.scaffold.folder import PackagingFile
from tests.effort import little_time

A, B, C = (PackagingFile(f"{each}\nmore\nlines\n".encode()) for each in "abc")
Side = dict[str, PackagingFile]

OLD = (
    "a (1-1) unstable; urgency=medium\n\n  * Old.\n\n -- A <a@b>  Mon, 01 Jan 2024 00:00:00 +0000\n"
)
NEW = (
    "a (2-1) unstable; urgency=medium\n\n  * New.\n\n -- A <a@b>  Tue, 02 Jan 2024 00:00:00 +0000\n"
)
SPEC = "Name: a\nVersion: {0}\n\n%changelog\n* Mon Jan 01 2024 A <a@b> - {0}-1\n- {1}\n"


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


@pytest.mark.parametrize(
    ("old", "new", "is_renamed"),
    [
        ("a b c", "a b c", True),
        ("a b c", "a x y", True),
        ("a b c", "x y z", False),
        ("a", "a b c", True),
        ("a", "a b c d", False),
        ("a b c d", "a", False),
    ],
)
def test_a_file_is_renamed_where_enough_lines_are_the_same(
    old: str, new: str, is_renamed: bool
) -> None:
    """Three tenths of the lines of the longer one."""
    was, now = (PackagingFile(each.replace(" ", "\n").encode()) for each in (old, new))
    found = renames({"r-1.x": was}, {"r-1.x": was}, {"r-2.x": now})
    assert found == ({"r-1.x": "r-2.x"} if is_renamed else {})
    assert renames({"r-1.x": was}, {"r-1.x": was}, {"r-2.y": was, "d/r-2.x": was}) == {}
    assert renames({"r-1.x": was}, {}, {"r-2.x": was}) == {}
    dotted = renames({"r-1.0.x": was}, {"r-1.0.x": was}, {"r-2.1.x": was})
    assert dotted == {"r-1.0.x": "r-2.1.x"}


def test_conflicts_and_notes_of_all_files_are_told() -> None:
    """In the order of their paths."""
    base = {"a": A, "b": A, "c": A, "d": A}
    found = merge_packaging(base, {"a": B, "b": B}, {"c": B, "d": A})
    assert [place.path for place in found.conflicts] == ["a", "b"]
    assert [place.path for place in found.notes] == ["c", "d"]


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


def entry(version: str, text: str) -> str:
    """Return an entry of a debian/changelog."""
    return f"lua-x ({version}) UNRELEASED; urgency=medium\n\n  * {text}\n\n -- A <a@b.c>  today\n"


def test_a_new_version_goes_on_top() -> None:
    """The packager's entries follow, to the letter."""
    base = entry("1.0-1", "First.")
    ours = entry("1.0-2", "Mend.") + "\n" + entry("1.0-1", "First, by me.")
    theirs = entry("1.1-1", "New.")
    assert merge_history(base, ours, theirs) == f"{theirs}\n{ours}"


def test_a_known_version_changes_nothing() -> None:
    """Rendering a version again leaves its entry as the packager has it."""
    ours = entry("1.0-1", "First, by me.")
    assert merge_history(entry("1.0-1", "First."), ours, entry("1.0-1", "Another day.")) == ours


def test_a_generated_changelog_is_kept() -> None:
    """A spec file with %autochangelog gets no entries."""
    spec = "Name: x\n%changelog\n"
    base, theirs = (f"{spec}* Mon Jan 01 2024 A <a@b.c> - {v}-1\n- x\n" for v in ("1", "2"))
    merged = merge_text("x.spec", base, f"{spec}%autochangelog\n", theirs, Labels())
    assert merged.text == f"{spec}%autochangelog\n"


def test_a_changelog_in_a_spec_file_is_merged_by_entry() -> None:
    """Fields are merged by line, the changelog by entry, wherever it is."""
    base = "Version: 1\n\n%changelog\n* Mon Jan 01 2024 A <a@b.c> - 1-1\n- First\n"
    ours = base.replace("%changelog\n", "%changelog\n* Tue Jan 02 2024 B <b@b.c> - 1-2\n- Mine\n\n")
    ours += "\n%files\n%doc mine\n"
    theirs = base.replace("Version: 1", "Version: 2").replace("01 2024", "09 2024")
    theirs = theirs.replace("- 1-1", "- 2-1")
    merged = merge_text("x.spec", base, ours, theirs, Labels())
    assert not merged.conflicts
    assert merged.text == (
        "Version: 2\n\n%changelog\n* Mon Jan 09 2024 A <a@b.c> - 2-1\n- First\n\n"
        "* Tue Jan 02 2024 B <b@b.c> - 1-2\n- Mine\n\n"
        "* Mon Jan 01 2024 A <a@b.c> - 1-1\n- First\n\n%files\n%doc mine\n"
    )


HEADS = {
    "* Mon Jan 01 2024 A B <a@b.c> - 1.0-1": "1.0-1",
    "* Mon Jan 01 2024 A B <a@b.c> -1.0-1": "1.0-1",
    "* Mon Jan 01 2024 A - B <a@b.c> - 1.0-1 \t": "1.0-1",
    "* Mon Jan 01 2024 A B <a@b.c>": "",
    "* Mon Jan 01 2024 A B <a@b.c> - ": "",
    "* Mon Jan 01 2024 A B <a@b.c> - 1.0-1 x": "",
    "*": "",
}


@pytest.mark.parametrize("head", HEADS)
def test_a_head_names_its_version_at_the_end(head: str) -> None:
    """After a dash and a blank; one without is told from others as a whole."""
    ours = f"{head}\n- x\n"
    other = HEADS[head] or "9"
    theirs = f"* another head - {other}\n- y\n"
    merged = merge_history("", ours, theirs, is_spec=True)
    assert ("- y" in merged) == (not HEADS[head])


def test_a_head_of_blanks_costs_what_its_bytes_cost() -> None:
    """A packager's file may be of a megabyte; 16 KiB of blanks took two seconds once."""
    text = f"*{' ' * (1 << 20)}x\n- y\n"
    with little_time(2):
        assert merge_history("", text, text, is_spec=True) == text


@pytest.mark.parametrize(
    "section",
    [
        *("prep", "build", "install", "check", "files", "package", "description"),
        *("pre", "post", "preun", "postun"),
    ],
)
def test_a_changelog_of_a_spec_ends_with_a_section(section: str) -> None:
    """A line that only begins so is one of the changelog."""
    before, entry = "Name: a\n%changelog \n", "* x - 1-1\n"
    assert spec_parts(f"{before}{entry}%{section} -n x\ny\n") == (
        before,
        entry,
        f"%{section} -n x\ny\n",
    )
    for line in (f"%{section}s\n", f" %{section}\n"):
        assert spec_parts(before + entry + line) == (before, entry + line, "")
    for text in (f"%{section}\n", "%changelogs\n", " %changelog\n"):
        assert spec_parts(text) == (text, "", "")


@pytest.mark.parametrize(
    ("known", "is_new"),
    [
        ("* Mon Jan 01 2024 A <a@b> - 2-1", False),
        ("* other - 2-1 \t", False),
        ("* other -2-1", False),
        ("* other - 2-2", True),
        ("* other 2-1", True),
    ],
)
def test_an_entry_of_a_spec_is_known_by_its_version(known: str, is_new: bool) -> None:
    """Which stands at the end of its head, behind a hyphen."""
    new, ours = "* Tue Jan 02 2024 A <a@b> - 2-1\n- New.\n", f"{known}\n- Old.\n"
    found = merge_history("", ours, new, is_spec=True)
    assert found == (f"{new}\n{ours}" if is_new else ours)
    same = merge_history("", "* x\n- a\n", "* x\n- b\n* y\n", is_spec=True)
    assert same == "* y\n\n* x\n- a\n"


def change(version: str, text: str, day: int = 1) -> str:
    """Return an entry of a .changes file."""
    head = f"{'-' * 67}\nThu Jan {day:2} 12:00:00 UTC 2026 - A <a@b.c>\n\n"
    return f"{head}- {text}{f' version {version}' if version else ''}\n"


def test_a_changes_file_is_merged_by_entry() -> None:
    """An entry is known by the version in its first item, else by its head."""
    first, second = change("1.0", "Initial"), change("2.0", "Update to", 3)
    ours = change("", "Mend the summary", 2) + "\n" + first
    merged = merge_text("lua-x.changes", first, ours, second, Labels())
    assert (merged.text, merged.conflicts) == (f"{second}\n{ours}", ())
    again = merge_text("lua-x.changes", first, ours, change("1.0", "Initial", 9), Labels())
    assert again.text == ours
    known = change("", "Mend the summary", 2)
    assert merge_history("", ours, known, is_changes=True) == ours


def test_a_changes_file_goes_on_in_the_next_render() -> None:
    """As Debian's changelog does; the same version adds nothing."""
    first, second = change("1.0", "Initial"), change("2.0", "Update to", 3)
    found = rendered({"a.changes": first}, {"a.changes": second})
    assert found == {"a.changes": f"{second}\n{first}"}
    assert rendered({"a.changes": first}, {"a.changes": second}, again=True) == {"a.changes": first}


def test_the_packaging_is_of_the_year_of_its_first_version() -> None:
    """A new render changes no line that the packager may have added names to."""
    path = "debian/copyright"
    text = "Format: x\n\nFiles: debian/*\nCopyright: {} A B <a@b.c>\nLicense: Expat\n"
    found = rendered({path: text.format(2026)}, {path: text.format(2028)})
    assert found[path] == text.format(2026)
    other = text.format(2028).replace("A B", "C D")
    assert rendered({path: text.format(2026)}, {path: other})[path] == other
    unknown = text.replace("{} ", "")
    assert rendered({path: unknown}, {path: text.format(2028)})[path] == text.format(2028)


def test_files_that_both_sides_added_are_merged_without_a_base() -> None:
    """Nothing stands there for it, in the conflict of what differs."""
    found = merge_packaging({}, {"f": A}, {"f": B}).changes[0].after
    assert found is not None
    assert found.text == (
        "<<<<<<< yours\na\n||||||| as it was rendered\n=======\nb\n>>>>>>> new\nmore\nlines\n"
    )

"""Histories: new entries on top, the packager's as they are."""

from __future__ import annotations

import time

import pytest

from distrorocks.packaging.merge.file import merge_text
from distrorocks.packaging.merge.history import merge_history
from distrorocks.packaging.merge.lines import Labels


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
    before = time.process_time()
    assert merge_history("", text, text, is_spec=True) == text
    assert time.process_time() - before < 2

"""Patches and extra files change the folder of the sources, and nothing beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.sources.patches import MARKER, apply_changes
from distrorocks.sources.source import SourceError
from tests.sources.fetching import rockspec, tree

URL = 'url = "https://h/a.zip"'
MADE = "--- /dev/null\n+++ b/new.lua\n@@ -0,0 +1 @@\n+return 2\n"
REMOVED = "--- a/x.lua\n+++ /dev/null\n@@ -1 +0,0 @@\n-return 1\n"
CHANGED = "--- a/x.lua\n+++ b/x.lua\n@@ -1 +1 @@\n-return 1\n+return 3\n"


def change(place: Path, build: str, *, since: str = "3.0") -> dict[str, str]:
    """Apply what a build table says, and return the files."""
    (place / "x.lua").write_text("return 1\n")
    (place / "x.lua").chmod(0o755)
    apply_changes(rockspec(URL, build=build, since=since), str(place))
    return {path: text for path, text in tree(place).items() if path != MARKER}


def patches(**texts: str) -> str:
    """Return a table of patches."""
    entries = ", ".join(f'["{name}.diff"] = [[\n{text}]]' for name, text in texts.items())
    return f"patches = {{ {entries} }}"


def test_patches_change_make_and_remove_files(tmp_path: Path) -> None:
    """The first directory of names is dropped, and modes stay."""
    assert change(tmp_path, patches(a=CHANGED)) == {"x.lua": "755 return 3\n"}
    (tmp_path / MARKER).unlink()
    found = change(tmp_path, patches(a=MADE, b=REMOVED))
    assert found == {"new.lua": "644 return 2\n"}


def test_patches_are_applied_once(tmp_path: Path) -> None:
    """A marker says so, as LuaRocks': make runs again and again in one folder."""
    change(tmp_path, patches(a=CHANGED))
    assert change(tmp_path, patches(a=CHANGED)) == {"x.lua": "755 return 1\n"}


def test_patches_go_in_the_order_of_their_names(tmp_path: Path) -> None:
    """The second one fits only after the first."""
    later = CHANGED.replace("return 3", "return 4").replace("return 1", "return 3")
    assert change(tmp_path, patches(b=later, a=CHANGED)) == {"x.lua": "755 return 4\n"}


def test_old_formats_create_no_files(tmp_path: Path) -> None:
    """The error says which format does."""
    with pytest.raises(SourceError) as caught:
        change(tmp_path, patches(a=MADE), since="1.0")
    assert "3.0" in caught.value.hint


def test_extra_files_are_written_with_their_folders(tmp_path: Path) -> None:
    """LuaRocks crashes where the folder is missing."""
    found = change(tmp_path, 'extra_files = { ["a/b.lua"] = "return 5" }')
    assert found["a/b.lua"] == "644 return 5"


def test_a_patch_that_does_not_fit_is_named_with_the_file(tmp_path: Path) -> None:
    """And with the number of the hunk."""
    with pytest.raises(SourceError, match=r"p\.diff, its hunk 1 .* 'x\.lua'"):
        change(tmp_path, patches(p=CHANGED.replace("return 1", "return 7")))

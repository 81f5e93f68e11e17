"""What is done before Sphinx runs, and after it; ``.ci/run`` builds the whole site twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.website.accessible import accessible
from docs.website.build import SiteError, build


def test_a_folder_of_somebody_is_not_replaced(tmp_path: Path) -> None:
    """It is named, and what is in it stays."""
    (tmp_path / "work.txt").write_text("mine")
    with pytest.raises(SiteError, match="is no site"):
        build(tmp_path)
    assert (tmp_path / "work.txt").read_text() == "mine"


def test_landmarks_have_names_and_headings_levels() -> None:
    """Readers of screens jump between them."""
    html = (
        '<aside class="sidebar-drawer"><p class="caption" role="heading">a</p></aside>'
        '<aside class="toc-drawer"><h2 role="heading" aria-level="3">b</h2></aside>'
    )
    assert accessible(html) == (
        '<aside class="sidebar-drawer" aria-label="All pages">'
        '<p class="caption" role="heading" aria-level="2">a</p></aside>'
        '<aside class="toc-drawer" aria-label="On this page">'
        '<h2 role="heading" aria-level="3">b</h2></aside>'
    )

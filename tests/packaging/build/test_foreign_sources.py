"""Root adopts source packages of other users: it shows no more than they see, and changes none."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.packaging.build.adopt import adopt
from distrorocks.system.files.trust import UntrustedError
from distrorocks.system.trees.tree_rights import ForeignTreeError
from tests.packaging.build.test_adopt import CONTROL, source
from tests.packaging.foreign import SECRET, hidden, link, made_hers
from tests.system.trees.planting import by_root, watched


@by_root
def test_adopt_shows_no_file_behind_a_link_of_another_user(tmp_path: Path) -> None:
    """A source package whose control file is such a link is refused, not quoted."""
    (tmp_path / "hers").mkdir()
    folder = source(tmp_path / "hers")
    (folder / "debian/control").unlink()
    link(folder / "debian/control", hidden(tmp_path / "secret", f"{CONTROL}# {SECRET}\n"))
    with pytest.raises(UntrustedError, match="a link of another user"):
        adopt(str(folder))


@by_root
def test_adopt_lists_no_directory_behind_a_link_of_another_user(tmp_path: Path) -> None:
    """The names of rockspecs that only root can list are not told."""
    (tmp_path / "hers").mkdir()
    folder = source(tmp_path / "hers")
    link(folder / "rockspecs", hidden(tmp_path / "roots/lpeg-1.0.2-1.rockspec").parent)
    with pytest.raises(UntrustedError, match="a link of another user"):
        adopt(str(folder))


@by_root
def test_adopt_writes_nothing_behind_a_link_of_another_user(tmp_path: Path) -> None:
    """A linked debian/ leads no patch into a directory of root's."""
    (tmp_path / "roots").mkdir()
    roots = source(tmp_path / "roots")
    (tmp_path / "hers").mkdir()
    link(tmp_path / "hers/debian", roots / "debian")
    before = watched(roots)
    with pytest.raises(UntrustedError, match="a link of another user"):
        adopt(str(tmp_path / "hers"), is_applied=True)
    assert watched(roots) == before


@by_root
@pytest.mark.parametrize("hers", ["", "debian"])
def test_adopt_changes_no_folder_of_another_user(hers: str, tmp_path: Path) -> None:
    """Root is told to change it as its owner, who can do the same."""
    folder = source(tmp_path)
    made_hers(folder / hers)
    before = watched(folder)
    assert adopt(str(folder)).diff
    with pytest.raises(ForeignTreeError) as caught:
        adopt(str(folder), is_applied=True)
    assert "run it as its owner" in caught.value.hint
    assert watched(folder) == before

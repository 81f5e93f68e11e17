"""Root changes no tree that another user can write, and users none of another user."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.serve.make_manifest import make_server_manifests
from distrorocks.system.files.trust import UntrustedError
from distrorocks.system.trees.tree_rights import (
    ForeignTreeError,
    refuse_foreign,
    refuse_unwritable,
    refuse_unwritable_directory,
)
from distrorocks.trees.layout import Layout, tree_layout
from tests.system.trees.planting import MALLORY, NOBODY, as_user, by_root, made
from tests.system.trees.racing import scratch

pytestmark = by_root
STAFF = 50  # of Debian; it has no members there until somebody adds them
WORDS = ["install", "a rock", "--yes"]


@pytest.fixture
def layout(monkeypatch: pytest.MonkeyPatch) -> Iterator[Layout]:
    """A sound tree of root's in a place that every user can enter."""
    monkeypatch.setattr(sys, "argv", ["distrorocks", *WORDS])
    monkeypatch.delenv("SUDO_USER", raising=False)
    with scratch() as above:
        yield made(above / "tree")


def hint(layout: Layout) -> str:
    """Return what is said to do about a tree that is refused."""
    with pytest.raises(ForeignTreeError) as caught:
        refuse_foreign(layout)
    return caught.value.hint


def test_a_tree_of_roots_is_changed(layout: Layout) -> None:
    """Also where parts of it are not there, and where root made links."""
    refuse_foreign(layout)
    refuse_foreign(tree_layout(f"{layout.root}/not/there", "5.1"))
    above = Path(layout.root).parent
    (above / "link").symlink_to(layout.root)
    refuse_foreign(tree_layout(f"{above}/link", "5.4"))


TOPS = ["", "lib/luarocks", "lib/luarocks/rocks-5.4", "share/lua/5.4", "lib/lua", "bin"]
DEEP = ["share/lua/5.4/bar", "lib/luarocks/rocks-5.4/foo"]


@pytest.mark.parametrize("path", [*TOPS, *DEEP])
def test_what_others_can_write_is_refused(layout: Layout, path: str) -> None:
    """By its owner or its mode, and the hint mends it."""
    place = Path(layout.root, path)
    place.chmod(0o777)
    assert f"chmod go-w {place}" in hint(layout)
    place.chmod(0o755)
    refuse_foreign(layout)
    os.chown(place, MALLORY, MALLORY)
    assert str(MALLORY) in hint(layout) if path == "" else f"chown root {place}" in hint(layout)
    os.chown(place, 0, 0)
    refuse_foreign(layout)


@pytest.mark.parametrize("path", ["", "lib/luarocks/rocks-5.4", "share/lua/5.4", "bin", DEEP[0]])
def test_the_sticky_bit_does_not_protect_what_luarocks_makes(layout: Layout, path: str) -> None:
    """Another user could have put a link there first, which LuaRocks follows."""
    place = Path(layout.root, path)
    place.chmod(0o1777)
    assert f"chmod go-w {place}" in hint(layout)


def test_a_sticky_directory_in_which_the_tree_is_missing_is_refused(layout: Layout) -> None:
    """A directory that all may write keeps what is there, and lets others make the rest."""
    above = Path(layout.root, "lib/luarocks")
    above.chmod(0o1777)
    refuse_foreign(layout)
    with pytest.raises(ForeignTreeError):
        refuse_foreign(tree_layout(layout.root, "5.2"))


@pytest.mark.parametrize("name", ["lib/luarocks/rocks-5.4/manifest", "share/lua/5.4/other.lua"])
def test_files_and_links_of_others_in_a_tree_are_refused(layout: Layout, name: str) -> None:
    """LuaRocks runs its manifests and modules, and writes through its links."""
    place = Path(layout.root, name)
    if name.endswith("other.lua"):
        place.symlink_to("/nowhere")
    else:
        place.write_text("")
    os.chown(place, MALLORY, MALLORY, follow_symlinks=False)
    assert f"root {place}" in hint(layout)


def test_root_writes_no_manifest_where_a_user_leads_it(layout: Layout) -> None:
    """A server's directory may be a link of another user's to anywhere."""
    above = Path(layout.root).parent
    (above / "home").mkdir()
    (above / "target").mkdir()
    (above / "home/server").symlink_to(above / "target")
    os.chown(above / "home", MALLORY, MALLORY)
    for place in (above / "home/server", above / "home"):
        with pytest.raises(ForeignTreeError):
            make_server_manifests(str(place))
    assert not list((above / "target").iterdir())
    make_server_manifests(str(above / "target"))
    assert (above / "target/manifest").exists()


def test_a_group_other_than_root_s_is_others(layout: Layout) -> None:
    """As /usr/local was staff's on Debian up to 11, also where nobody is in the group."""
    places = [Path(layout.root), Path(layout.root, "share/lua"), Path(layout.root, "bin")]
    for place in places:
        place.chmod(0o2775)
    refuse_foreign(layout)
    for place in places:
        os.chown(place, 0, STAFF)
        place.chmod(0o2775)
    listed = " ".join(map(str, sorted(places)))
    assert f"chmod go-w {listed}" in hint(layout)
    for place in places:
        place.chmod(0o2755)
    refuse_foreign(layout)


def owned(layout: Layout, user: int) -> Layout:
    """Give a tree to a user."""
    for path in [Path(layout.root), *Path(layout.root).rglob("*")]:
        os.chown(path, user, user, follow_symlinks=False)
    return layout


def test_the_owner_of_a_tree_is_named(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that does the same, and for who typed sudo, the one without it."""
    words = "distrorocks install 'a rock' --yes"
    owned(layout, NOBODY)
    assert f"runuser -u nobody -- {words}" in hint(layout)
    monkeypatch.setenv("SUDO_USER", "nobody")
    assert f"omit sudo: {words}" in hint(layout)
    owned(layout, MALLORY)
    assert f"setpriv --reuid={MALLORY} --regid={MALLORY} --clear-groups -- {words}" in hint(layout)


def test_a_tree_below_a_directory_of_others_is_refused(layout: Layout) -> None:
    """They could put another tree in its place."""
    above = Path(layout.root).parent
    os.chown(above, MALLORY, MALLORY)
    assert f"chown root {above}" in hint(layout)
    os.chown(above, 0, 0)
    above.chmod(0o1777)
    refuse_foreign(layout)
    missing = tree_layout(f"{above}/missing", "5.4")
    assert hint(missing) == f"make {above}/missing as root, or name another tree with --tree"


def test_a_link_of_another_user_is_not_followed(layout: Layout) -> None:
    """Who made it can make another one."""
    link = Path(layout.root).parent / "link"
    link.symlink_to(layout.root)
    os.lchown(link, MALLORY, MALLORY)
    assert str(link) in hint(tree_layout(str(link), "5.4"))


def told(layout: Layout, *, is_refused: bool) -> Callable[[], None]:
    """Return what looks whether a tree is refused, for another process."""

    def look() -> None:
        if is_refused:
            assert "sudo -u nobody -- distrorocks install" in hint(layout)
        else:
            refuse_foreign(layout)

    return look


def test_a_user_changes_no_tree_of_another_user(layout: Layout) -> None:
    """Their own ones and root's are for the modes to decide."""
    as_user(MALLORY, told(layout, is_refused=False))
    as_user(MALLORY, told(owned(layout, MALLORY), is_refused=False))
    os.chown(layout.lua_dir, NOBODY, NOBODY)
    as_user(MALLORY, told(layout, is_refused=True))


def unwritable(layout: Layout) -> DistrorocksError:
    """Return the error about a tree in which this user cannot create files."""
    with pytest.raises(DistrorocksError) as caught:
        refuse_unwritable(layout)
    return caught.value


def test_a_tree_that_a_user_cannot_write_is_refused_before_any_work(layout: Layout) -> None:
    """The error names the directory and both ways out; a missing tree counts as its parent."""

    def look() -> None:
        error = unwritable(layout)
        assert error.brief == f"this user cannot write to {layout.rocks_dir}"
        assert "--local" in error.hint
        assert "sudo distrorocks install 'a rock' --yes" in error.hint
        missing = tree_layout(f"{layout.root}/not/there", "5.1")
        assert unwritable(missing).brief == f"this user cannot write to {layout.root}"

    as_user(MALLORY, look)


def test_nobody_who_asked_for_the_own_tree_is_sent_to_that_of_root(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With sudo, --local would mean the tree in root's home."""
    monkeypatch.setattr(sys, "argv", ["distrorocks", "install", "a", "--local"])

    def look() -> None:
        assert unwritable(layout).hint == "name another tree with --tree"

    as_user(MALLORY, look)
    refuse_unwritable(layout)
    refuse_unwritable(tree_layout(f"{layout.root}/not/there", "5.1"))


def test_a_users_tree_that_others_can_write_is_refused_before_any_work(layout: Layout) -> None:
    """Its journal would be refused afterwards; a missing tree below a shared place is no fault."""
    owned(layout, MALLORY)

    def look() -> None:
        refuse_unwritable(layout)
        Path(layout.root).chmod(0o777)
        with pytest.raises(UntrustedError, match="everybody can write it"):
            refuse_unwritable(layout)
        Path(layout.root).chmod(0o755)
        refuse_unwritable(tree_layout("/tmp/not-there-yet/tree", "5.4"))

    as_user(MALLORY, look)


def test_a_folder_that_a_user_cannot_write_is_refused_before_any_work(layout: Layout) -> None:
    """Such as the one that packed rocks are written to."""

    def look() -> None:
        with pytest.raises(DistrorocksError, match="cannot write to") as caught:
            refuse_unwritable_directory(layout.root)
        assert caught.value.hint == "run it in a folder of your own"

    as_user(MALLORY, look)
    refuse_unwritable_directory(layout.root)


def test_a_tree_that_is_mounted_read_only_is_refused_before_any_work(layout: Layout) -> None:
    """Not even root can write there, and sudo would not help."""
    place = Path(layout.root)
    command = ["mount", "-t", "tmpfs", "-o", "ro,mode=755", "none", str(place)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        error = unwritable(layout)
    finally:
        subprocess.run(["umount", str(place)], check=True)
    assert error.brief == f"{place} is on a file system that is mounted read-only"
    assert "sudo" not in error.hint

"""Links inside another root lead where that root's own programs would go."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.system.files.root_path import RootView


def resolve(root: str, path: str) -> str | None:
    """Return where a path of a root leads, or None where it leads nowhere."""
    found = RootView(root).find(path)
    return found.path if found else None


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root with a file and some directories, below a place that is not the root."""
    place = tmp_path / "root"
    (place / "usr/lib/a").mkdir(parents=True)
    (place / "etc").mkdir()
    (place / "usr/lib/a/file").write_text("x")
    (tmp_path / "outside").write_text("secret")
    return place


@pytest.mark.parametrize(
    ("link", "target", "leads_to"),
    [
        ("etc/relative", "../usr/lib/a/file", "/usr/lib/a/file"),
        ("etc/absolute", "/usr/lib/a/file", "/usr/lib/a/file"),
        ("etc/dots", "/usr/./lib/a/../a/file", "/usr/lib/a/file"),
        ("etc/above", "../../../../usr/lib/a/file", "/usr/lib/a/file"),
        ("etc/directory", "/usr/lib", "/usr/lib"),
        ("etc/out", "../../outside", None),
        ("etc/loop", "loop", None),
        ("etc/dangling", "nothing", None),
        ("etc/through", "/usr/lib/a/file/more", None),
        ("etc/top", "/", "/"),
        ("etc/up", "..", "/"),
    ],
)
def test_a_link_is_followed_inside_the_root(
    root: Path, link: str, target: str, leads_to: str | None
) -> None:
    """Absolute targets start at the root, .. stops at it, loops and gaps lead nowhere."""
    (root / link).symlink_to(target)
    assert resolve(str(root), f"/{link}") == leads_to


def test_linked_directories_on_the_way_are_followed(root: Path) -> None:
    """As with merged /usr: /lib is a link to usr/lib."""
    (root / "lib").symlink_to("usr/lib")
    assert resolve(str(root), "/lib/a/file") == "/usr/lib/a/file"
    assert resolve(str(root), "/lib/a/../a/file") == "/usr/lib/a/file"


def test_two_links_that_lead_to_each_other_lead_nowhere(root: Path) -> None:
    """Also when they are directories on the way to something."""
    (root / "one").symlink_to("two")
    (root / "two").symlink_to("one")
    assert resolve(str(root), "/one/usr/lib") is None


def test_a_long_chain_of_links_is_given_up_as_the_kernel_does(root: Path) -> None:
    """Forty links are followed, more are not."""
    (root / "c0").symlink_to("etc")
    for number in range(1, 60):
        (root / f"c{number}").symlink_to(f"c{number - 1}")
    assert resolve(str(root), "/c39") == "/etc"
    assert resolve(str(root), "/c45") is None


def test_the_whole_system_is_a_root_too(root: Path) -> None:
    """With / as the root, paths are the system's own."""
    path = str(root / "usr/lib/a/file")
    assert resolve("/", path) == str(Path(path).resolve())


def test_a_name_with_nul_is_not_there(root: Path) -> None:
    """A name that no file can have is no error."""
    assert resolve(str(root), "/etc/a\0b") is None
    assert resolve(str(root), "/a\0b/c") is None


def test_what_is_found_says_whether_it_is_a_file(root: Path) -> None:
    """Directories are found, and are no files."""
    view = RootView(f"{root}/")
    found = view.find("/usr/lib/a/file")
    assert found
    assert found.is_file
    assert view.host_path(found.path) == str(root / "usr/lib/a/file")
    directory = view.find("/usr/lib")
    assert directory
    assert not directory.is_file


def test_a_path_of_more_steps_than_there_can_be_is_not_there(root: Path) -> None:
    """A package's list or a link may name one; it is no error."""
    assert resolve(str(root), "/a" * 5000) is None
    assert RootView(str(root)).entry("/a" * 5000) is None
    (root / "deep").symlink_to("etc/" + "../etc/" * 500)
    assert resolve(str(root), "/deep/x" + "/a" * 5000) is None

"""rpm reads another root's database from a copy: no link leads out, nothing is written there."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.families.rpm import database as rpm_database, database_copy
from distrorocks.families.rpm.database import has_package, read_packages
from distrorocks.families.rpm.database_copy import MOST_COPIED
from distrorocks.system.processes.command import Output
from tests.system.trees.planting import watched

SPEC = """
Name: lua-foo
Version: 1.0
Release: 1
Summary: foo
License: MIT
BuildArch: noarch
%description
foo
%install
install -d %{buildroot}/usr/share/lua/5.4
echo 'return {}' > %{buildroot}/usr/share/lua/5.4/foo.lua
%files
/usr/share/lua/5.4/foo.lua
"""


class Rpm:
    """Stands for the rpm program: it notes its arguments and the files of the database."""

    def __init__(self) -> None:
        self.calls: list[Sequence[str]] = []
        self.databases: list[dict[str, str]] = []

    def __call__(self, argv: Sequence[str], *, timeout: float) -> Output:
        """Answer that no package owns anything."""
        assert timeout > 0
        self.calls.append(argv)
        place = Path(argv[argv.index("--dbpath") + 1])
        self.databases.append({path.name: path.read_text() for path in place.iterdir()})
        return Output(0, b"file is not owned by any package\n", b"")


@pytest.fixture
def rpm(monkeypatch: pytest.MonkeyPatch) -> Rpm:
    """Return a program that stands for rpm."""
    rpm = Rpm()
    monkeypatch.setattr(rpm_database, "run", rpm)
    return rpm


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root with a Lua file and a database, beside a database of this system."""
    root = tmp_path / "root"
    for path, text in {
        "usr/share/lua/5.4/foo.lua": "return {}",
        "var/lib/rpm/rpmdb.sqlite": "inside",
        "var/lib/rpm/rpmdb.sqlite-wal": "wal",
        "var/lib/rpm/rpmdb.sqlite-shm": "shm",
        "var/lib/rpm/.rpm.lock": "",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/rpmdb.sqlite").write_text("outside")
    return root


def moved_inside(root: Path) -> None:
    """Move the root's database to the path that the outer one has on this system."""
    inner = root / str(root.parent / "outside").lstrip("/")
    inner.parent.mkdir(parents=True)
    (root / "var/lib/rpm").rename(inner)


def test_rpm_reads_a_copy_that_is_removed_afterwards(root: Path, rpm: Rpm) -> None:
    """It has the database and its journal, without locks and shared memory."""
    before = watched(root)
    read_packages(str(root))
    has_package(str(root), "foo")
    whole = {"rpmdb.sqlite": "inside", "rpmdb.sqlite-wal": "wal"}
    assert rpm.databases == [whole, whole]
    for call in rpm.calls:
        assert "--root" not in call
        assert not Path(call[2]).exists()
        assert not call[2].startswith(str(root))
    assert watched(root) == before


def test_the_database_of_this_system_is_read_where_it_lies(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, rpm: Rpm
) -> None:
    """A copy at each run of a hook would cost more than all the rest."""
    monkeypatch.setattr(rpm_database, "database_directory", lambda _: str(tmp_path))
    has_package("/", "foo")
    assert [list(call) for call in rpm.calls] == [["rpm", "--dbpath", str(tmp_path), "-q", "foo"]]


@pytest.mark.parametrize("place", ["var/lib/rpm", "usr/lib/sysimage/rpm"])
def test_a_directory_that_is_a_link_is_followed_inside_the_root(
    root: Path, rpm: Rpm, place: str
) -> None:
    """An absolute target is a path of the root, not of this system."""
    moved_inside(root)
    (root / place).parent.mkdir(parents=True, exist_ok=True)
    (root / place).symlink_to(root.parent / "outside")
    before = watched(root.parent / "outside")
    read_packages(str(root))
    has_package(str(root), "foo")
    assert [found["rpmdb.sqlite"] for found in rpm.databases] == ["inside", "inside"]
    assert watched(root.parent / "outside") == before


@pytest.mark.parametrize("name", ["rpmdb.sqlite", "rpmdb.sqlite-wal"])
def test_a_file_that_is_a_link_is_refused(root: Path, rpm: Rpm, name: str) -> None:
    """Even if it leads to a file of the same root: the error names it, and rpm is not started."""
    place = root / "var/lib/rpm" / name
    place.rename(root / "kept")
    place.symlink_to("/kept")
    with pytest.raises(DistrorocksError, match=f"{name} is a link"):
        read_packages(str(root))
    assert not has_package(str(root), "foo")
    assert rpm.calls == []


def test_a_file_that_leads_to_this_systems_database_is_none(root: Path, rpm: Rpm) -> None:
    """In the root its target does not exist."""
    place = root / "var/lib/rpm/rpmdb.sqlite"
    place.unlink()
    place.symlink_to(root.parent / "outside/rpmdb.sqlite")
    assert read_packages(str(root)).packages == ()
    assert not has_package(str(root), "foo")
    assert rpm.calls == []


def large(path: Path) -> None:
    """Make a file without content that is larger than any database."""
    path.touch()
    os.truncate(path, MOST_COPIED)


def many(path: Path) -> None:
    """Make many small files."""
    for number in range(200):
        path.with_name(f"x{number}").touch()


@pytest.mark.parametrize(
    ("make", "why"),
    [(os.mkfifo, "not a regular file"), (large, "more than 4 GiB"), (many, "or 100 files")],
)
def test_what_no_rpm_writes_is_not_copied(
    root: Path, rpm: Rpm, make: Callable[[Path], None], why: str
) -> None:
    """FIFOs, sparse files and crowds of files end the reading before anything is copied."""
    make(root / "var/lib/rpm/Name")
    with pytest.raises(DistrorocksError, match=why):
        read_packages(str(root))
    assert rpm.calls == []


def test_a_database_that_changes_meanwhile_is_an_error(
    root: Path, rpm: Rpm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts of two states are no database."""
    copy = database_copy._copy

    def disturbed(*words: object) -> None:
        copy(*words)  # type: ignore[arg-type]
        (root / "var/lib/rpm/rpmdb.sqlite").write_text("changed")

    monkeypatch.setattr(database_copy, "_copy", disturbed)
    with pytest.raises(DistrorocksError, match="changes while it is read"):
        read_packages(str(root))
    assert rpm.calls == []


@pytest.mark.skipif(
    not (shutil.which("rpm") and shutil.which("rpmbuild")) or os.geteuid() != 0,
    reason="installs a package with the real rpm",
)
@pytest.mark.parametrize("is_linked", [False, True])
def test_the_real_rpm_finds_packages_in_the_copy_and_writes_nothing(
    tmp_path: Path, is_linked: bool
) -> None:
    """Owners of files are found, also where a directory above is a link; other files have none."""
    root, database = tmp_path / "root", "/var/lib/rpm"
    (tmp_path / "foo.spec").write_text(SPEC)
    top = f"--define=_topdir {tmp_path}/top"
    build = ["rpmbuild", "-bb", "--quiet", top, f"--dbpath={tmp_path}/none"]
    subprocess.run([*build, str(tmp_path / "foo.spec")], check=True, capture_output=True)
    (built,) = (tmp_path / "top/RPMS").rglob("*.rpm")
    (root / "usr/share").mkdir(parents=True)
    if is_linked:
        (root / "usr/share/others").mkdir()
        (root / "usr/share/lua").symlink_to("others")
    install = ["rpm", f"--root={root}", f"--dbpath={database}", "-i", "--nodeps", str(built)]
    subprocess.run(install, check=True, capture_output=True)
    unowned = tmp_path / "unowned"
    (unowned / "var/lib").mkdir(parents=True)
    shutil.copytree(root / "var/lib/rpm", unowned / "var/lib/rpm")
    (unowned / "usr/share/lua/5.4").mkdir(parents=True)
    (unowned / "usr/share/lua/5.4/bar.lua").touch()
    assert read_packages(str(unowned)) == ((), ())
    before = watched(root / "var")
    (package,) = read_packages(str(root)).packages
    assert (package.name, package.version) == ("lua-foo", "1.0-1")
    assert has_package(str(root), "lua-foo")
    assert not has_package(str(root), "lua-bar")
    assert watched(root / "var") == before

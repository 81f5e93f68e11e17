"""dpkg's lists of files are searched by the ends of paths."""

from __future__ import annotations

from pathlib import Path

from distrorocks.families.deb.file_lists import INFO
from distrorocks.families.deb.file_owners import find_installed
from distrorocks.families.ordinary import Indexed


def put(root: Path, package: str, *paths: str) -> None:
    """Put a list of a package's files where dpkg does."""
    place = root / INFO.lstrip("/")
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{package}.list").write_text("".join(f"{path}\n" for path in paths))


def test_files_are_found_by_their_ends(tmp_path: Path) -> None:
    """Whole names only, unless a dot says that they go on; the shortest path comes first."""
    put(tmp_path, "zlib1g-dev:amd64", "/.", "/usr/include/zlib.h", "/usr/include/zlib.hpp")
    put(tmp_path, "other", "/usr/include/deep/zlib.h", "/usr/lib/libz.so.1", "/usr/lib/libzz.so")
    found = find_installed(str(tmp_path), ["/zlib.h", "/libz.so."])
    assert found == (
        Indexed("/usr/lib/libz.so.1", "other"),
        Indexed("/usr/include/zlib.h", "zlib1g-dev"),
        Indexed("/usr/include/deep/zlib.h", "other"),
    )


def test_without_dpkg_there_is_nothing(tmp_path: Path) -> None:
    """And nothing is found where nothing is looked for."""
    assert find_installed(str(tmp_path), ["/zlib.h"]) == ()
    put(tmp_path, "a", "/usr/include/zlib.h")
    assert find_installed(str(tmp_path), []) == ()


def test_a_list_that_is_a_link_is_passed_over(tmp_path: Path) -> None:
    """It could lead out of the root; the other lists still count."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    outside.write_text("/usr/include/deep/zlib.h\n")
    put(root, "a", "/usr/include/zlib.h")
    (root / INFO.lstrip("/") / "b.list").symlink_to(outside)
    assert find_installed(str(root), ["/zlib.h"]) == (Indexed("/usr/include/zlib.h", "a"),)

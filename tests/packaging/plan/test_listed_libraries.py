"""What the table of libraries lacks is found in the lists of files of the system."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.families.external_library import ExternalLibraries, ExternalLibrary
from distrorocks.families.package import Indexed
from distrorocks.packaging.code.build_calls import BuildCalls
from distrorocks.packaging.code.c_evidence import OutsideHeaders
from distrorocks.packaging.formats.deb import DEB
from distrorocks.packaging.formats.rpm import FEDORA
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.external_needs import external_fields
from distrorocks.packaging.plan.listed_libraries import (
    asked_files,
    listed_libraries,
    with_listed,
)
from distrorocks.packaging.plan.observe import read_tables
from distrorocks.packaging.plan.release import find_release
from distrorocks.packaging.source.facts import Facts
from tests.builders import debian
from tests.packaging.plan.test_dependencies import facts

TABLE = ExternalLibraries(
    [
        ExternalLibrary("zlib", ("zlib.h",), ("z",), (), ("zlib",), {"debian": "zlib1g-dev"}, ""),
        ExternalLibrary("far", ("far.h",), ("far",), ("far",), (), {"fedora": "far-devel"}, ""),
    ]
)
CALLS = BuildCalls(("zlib", "new"), ("z", "new", "t"), ("ZLIB", "NewLib", "Torch", "Lua"))
MORE = """external_dependencies = { FAR = { header = "far.h" }, X = { program = "xx" } }
build.modules.c = { "c.c", libraries = { "z", "far", "lua5.4" } }"""


def rock() -> Facts:
    """Return a rock in C with one need of each kind that the table has, and one that it lacks."""
    headers = OutsideHeaders(("zlib.h", "sys/new.h", "vector", "lua.h", "lauxlib.h"), ("config.h",))
    return facts("torch", more=MORE)._replace(has_c=True, headers=headers, build_calls=CALLS)


def apt_lists(root: Path) -> Path:
    """Return the empty directory of apt's lists in a root with Debian 13."""
    debian(root)
    (root / "etc").mkdir(exist_ok=True)
    (root / "etc/os-release").write_text('ID=debian\nVERSION_ID="13"\n')
    lists = root / "var/lib/apt/lists"
    lists.mkdir(parents=True)
    return lists


def test_what_the_table_has_no_package_for_is_asked_for() -> None:
    """By kind; not Lua's own, rocks, headers of C++, and what RPM finds by its name."""
    asked = [(each.column, each.name) for each in asked_files(rock(), DEB, TABLE)]
    assert asked == [
        ("headers", "far.h"),
        ("headers", "sys/new.h"),
        ("libraries", "far"),
        ("libraries", "new"),
        ("programs", "xx"),
        ("pkg_config", "new"),
        ("name", "NewLib"),
    ]
    fedora = [each.name for each in asked_files(rock(), FEDORA, TABLE) if each.column != "headers"]
    assert fedora == ["new", "xx", "ZLIB", "NewLib"]


@pytest.mark.parametrize(
    ("path", "column"),
    [
        ("/usr/include/sys/new.h", "headers"),
        ("/usr/include/x86_64-linux-gnu/sys/new.h", "headers"),
        ("/usr/lib/x86_64-linux-gnu/libnew.so", "libraries"),
        ("/usr/lib64/libnew.so", "libraries"),
        ("/usr/bin/xx", "programs"),
        ("/usr/lib64/pkgconfig/new.pc", "pkg_config"),
        ("/usr/share/pkgconfig/new.pc", "pkg_config"),
        ("/usr/lib/aarch64-linux-gnu/cmake/NewLib-1/newlib-config.cmake", "name"),
        ("/usr/share/newlib/cmake/NewLibConfig.cmake", "name"),
        ("/usr/include/other/sys/new.h", ""),
        ("/usr/lib/new/libnew.so", ""),
        ("/usr/lib/x86_64-linux-gnu/libnewer.so", ""),
        ("/usr/lib/x86_64-w64-mingw32/include/sys/new.h", ""),
    ],
)
def test_a_file_counts_where_builds_look(path: str, column: str) -> None:
    """In the directories of compiler, linker, pkg-config and CMake themselves."""
    asked = tuple(asked_files(rock(), DEB, TABLE))
    found = listed_libraries(asked, [Indexed(path, "libnew-dev")], "debian")
    assert [each.packages for each in found] == ([{"debian": "libnew-dev"}] if column else [])
    for library in found:
        assert getattr(library, column) in (("new",), ("xx",), ("sys/new.h",), "newlib")


def test_of_several_packages_none_is_taken() -> None:
    """Nor the package of the compiler's own files."""
    asked = tuple(asked_files(rock(), DEB, TABLE))
    path = "/usr/include/sys/new.h"
    both = [Indexed(path, "liba-dev"), Indexed(path, "libb-dev")]
    assert listed_libraries(asked, both, "debian") == []
    assert listed_libraries(asked, [Indexed(path, "libc6-dev")], "debian") == []


def test_the_lists_of_the_system_fill_the_gaps(tmp_path: Path) -> None:
    """For packaging for its own release, and no other one."""
    (apt_lists(tmp_path) / "x_main_Contents-amd64").write_text(
        "usr/include/sys/new.h libdevel/libnew-dev\nusr/bin/xx utils/xx\n"
        "usr/lib/x86_64-linux-gnu/libfar.so libdevel/libfar-dev\n"
    )
    for release, packages in (
        ("", ("libfar-dev", "xx", "libnew-dev", "zlib1g-dev")),
        ("trixie", ("libfar-dev", "xx", "libnew-dev", "zlib1g-dev")),
        ("bookworm", ("zlib1g-dev",)),
    ):
        wanted = find_release("deb", release) if release else None
        table = with_listed(TABLE, rock(), DEB, str(tmp_path), wanted)
        draft = Draft({})
        external_fields(rock(), DEB, draft, table)
        assert sorted(draft.external_requires) == sorted(packages), release


@pytest.mark.parametrize(
    ("header", "package", "is_taken"),
    [
        ("cmocka.h", "libcmocka-dev", True),
        ("X11/Xatom.h", "x11proto-dev", True),
        ("GL/glut.h", "freeglut3-dev", True),
        ("tcrdb.h", "libtokyotyrant-dev", False),
        ("buffer.h", "libowfat-dev", False),
        ("windows.h", "libowfat-dev", False),
        ("version.h", "libcodcif-dev", False),
        ("io.h", "libio-dev", False),
    ],
)
def test_a_header_tells_by_its_name_too(header: str, package: str, is_taken: bool) -> None:
    """One of a common name is in one package by chance: the build writes it, or Windows has it."""
    given = rock()._replace(headers=OutsideHeaders((header,), ()))
    found = listed_libraries(
        asked_files(given, DEB, TABLE), [Indexed(f"/usr/include/{header}", package)], "debian"
    )
    assert bool(found) is is_taken


def test_what_a_package_is_called_for_others_does_not_matter() -> None:
    """Libraries for another processor, a package's least part, and the names of files."""
    more = 'external_dependencies = { X = { library = "libnew.so", program = "python3" } }'
    asked = tuple(asked_files(facts(more=more), FEDORA, TABLE))
    files = [
        Indexed("/usr/lib64/libnew.so", "libnew-devel"),
        Indexed("/usr/lib/libnew.so", "libnew-devel-32bit"),
        Indexed("/usr/bin/python3", "python3-minimal"),
    ]
    found = {each.packages["fedora"] for each in listed_libraries(asked, files, "fedora")}
    assert found == {"libnew-devel", "python3"}
    essential = [Indexed("/usr/bin/python3", "coreutils")]
    assert listed_libraries(asked, essential, "fedora") == []


def test_a_package_that_is_found_is_not_told_to_be_missing(tmp_path: Path) -> None:
    """Versions are read of packages that are known before."""
    lists = apt_lists(tmp_path)
    (lists / "x_main_Contents-amd64").write_text("usr/bin/xx utils/xx\n")
    (lists / "x_main_Contents-source").write_text("usr/bin/xx source/xx-src\n")
    (lists / "x_main_binary-amd64_Packages").write_text(
        "Package: lua-socket\nVersion: 3.1-1\nArchitecture: amd64\n\n"
    )
    table = with_listed(TABLE, rock(), DEB, str(tmp_path), None)
    names = read_tables(DEB, root=str(tmp_path)).names
    draft = Draft({})
    external_fields(rock(), DEB, draft, table, names.where_not)
    assert "xx" in draft.external_requires

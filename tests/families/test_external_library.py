"""The table of libraries: what it says of headers, libraries and programs."""

from __future__ import annotations

from pathlib import Path

import pytest

import distrorocks
from distrorocks.families.external_library import (
    Brought,
    ExternalLibraries,
    ExternalLibrary,
    development_package,
    parse_external_libraries,
)

SHIPPED = Path(distrorocks.__file__).parent / "data" / "external_libraries.tsv"


@pytest.fixture(scope="module")
def table() -> ExternalLibraries:
    """Return the shipped table."""
    return parse_external_libraries(SHIPPED.read_text())


@pytest.mark.parametrize(
    ("header", "package", "directory"),
    [
        ("openssl/ssl.h", "libssl-dev", ""),
        ("zlib.h", "zlib1g-dev", ""),
        ("libpq-fe.h", "libpq-dev", "/usr/include/postgresql"),
        ("dbus/dbus.h", "libdbus-1-dev", "/usr/include/dbus-1.0"),
        ("libxml/xmlreader.h", "libxml2-dev", "/usr/include/libxml2"),
        ("libxml2/libxml/xmlreader.h", "libxml2-dev", ""),
        ("event2/event.h", "libevent-dev", ""),
    ],
)
def test_a_header_is_known_by_its_path_or_its_end(
    table: ExternalLibraries, header: str, package: str, directory: str
) -> None:
    """A header that is deeper than a rock asks for comes with the directory to name."""
    brought = table.with_header(header)
    assert brought is not None
    assert (brought.library.packages["debian"], brought.directory) == (package, directory)


@pytest.mark.parametrize("header", ["", "*", "/*", "no.h", "nowhere/zlib.h", "zlib", "/zlib.h"])
def test_what_is_not_known_is_not_guessed(table: ExternalLibraries, header: str) -> None:
    """A header that no library has, or a pattern, finds nothing."""
    assert table.with_header(header) is None


@pytest.mark.parametrize("name", ["ssl", "libssl.so", "libssl.a", "libssl.so.3"])
def test_a_library_is_known_by_its_word_and_by_its_file(
    table: ExternalLibraries, name: str
) -> None:
    """``ssl``, libssl.so and libssl.so.3 are one library."""
    brought = table.with_library(name)
    assert brought is not None
    assert brought.library.packages["fedora"] == "openssl-devel"


def test_a_program_is_known(table: ExternalLibraries) -> None:
    """The one program that rocks of the corpus ask for is there."""
    brought = table.with_program("cargo")
    assert brought is not None
    assert brought.library.packages["alpine"] == "cargo"


def test_rows_have_one_form(table: ExternalLibraries) -> None:
    """Every library is found by something, has a package somewhere, and says how that is known."""
    for library in table.all:
        assert library.headers or library.libraries or library.programs, library.name
        assert library.packages, library.name
        assert library.evidence in ("contents", "depends", "partly", "name", "known")
    names = [library.name for library in table.all]
    assert names == sorted(set(names))


@pytest.mark.parametrize(
    ("distribution", "package"),
    [("debian", "x-dev"), ("fedora", "pkgconfig(x)"), ("opensuse", "pkgconfig(x)"), ("arch", "")],
)
def test_a_development_package_is_known_or_a_capability(distribution: str, package: str) -> None:
    """Only RPM's distributions install by ``pkgconfig(NAME)``."""
    library = ExternalLibrary("x", (), (), (), ("x", "y"), {"debian": "x-dev"}, "")
    assert development_package(library, distribution) == package
    assert development_package(library._replace(pkg_config=()), "fedora") == ""


def test_a_row_has_all_columns() -> None:
    """The table is ours: a row of another length is a mistake in it."""
    with pytest.raises(ValueError, match="zip"):
        parse_external_libraries("#name\theaders\nz\n")


def test_a_row_is_read_by_its_columns() -> None:
    """The columns that are not the library's own are distributions; a dash is nothing."""
    table = parse_external_libraries(
        "# a comment\n"
        "#name\theaders\tlibraries\tprograms\tpkg_config\tevidence\tdebian\tarch\tfedora\n"
        "\n"
        "z\tz.h zz/*\tz zz\tzip unzip\tz-1 z-2\tcontents\tz-dev\t-\tz-devel\n"
        "y\t-\t-\tz\t-\tname\ty-dev\t-\t-\n"
    )
    z = ExternalLibrary(
        "z",
        ("z.h", "zz/*"),
        ("z", "zz"),
        ("zip", "unzip"),
        ("z-1", "z-2"),
        {"debian": "z-dev", "fedora": "z-devel"},
        "contents",
    )
    assert table.all == (z, ExternalLibrary("y", (), (), ("z",), (), {"debian": "y-dev"}, "name"))
    assert table.with_program("unzip") == Brought(z)
    assert table.with_program("z") == Brought(table.all[1])
    assert table.with_library("zz") == Brought(z)
    assert table.with_program("zz") is table.with_library("zip") is None


def test_of_two_libraries_with_one_file_the_first_is_taken() -> None:
    """The order of the table decides for headers, libraries and programs."""
    one = ExternalLibrary("one", ("a.h", "d/e/b.h"), ("x",), ("p",), (), {}, "")
    two = ExternalLibrary("two", ("a.h", "f/b.h"), ("x",), ("p",), (), {}, "")
    table = ExternalLibraries([one, two])
    assert table.with_header("a.h") == Brought(one)
    assert table.with_header("b.h") == Brought(one, "/usr/include/d/e")
    assert table.with_header("e/b.h") == Brought(one, "/usr/include/d")
    assert table.with_header("f/b.h") == Brought(two)
    assert table.with_library("x") == table.with_program("p") == Brought(one)


def test_a_pattern_stands_for_all_headers_of_a_directory() -> None:
    """At any depth below it; below a directory of its own, that one is to be named."""
    one = ExternalLibrary("one", ("one-2/one/*", "two/*"), (), (), (), {}, "")
    table = ExternalLibraries([one])
    assert table.with_header("two/deep/a.h") == Brought(one)
    assert table.with_header("one/a.h") == Brought(one, "/usr/include/one-2")
    assert table.with_header("one-2/one/a.h") == Brought(one)
    assert table.with_header("one/deep/a.h") is table.with_header("a.h") is None


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("libz.so", "z"),
        ("libz.so.1.2", "z"),
        ("libz.a", "z"),
        ("libz.dylib", "z"),
        ("libz.1.so", "z.1"),
        ("libz", "libz"),
        ("z.so", "z.so"),
        ("libz.sox", "libz.sox"),
    ],
)
def test_a_files_name_is_that_of_its_library(name: str, word: str) -> None:
    """Between ``lib`` and what shared and static libraries end in; else it is the word itself."""
    library = ExternalLibrary("z", (), (word,), (), (), {}, "")
    assert ExternalLibraries([library]).with_library(name) == Brought(library)

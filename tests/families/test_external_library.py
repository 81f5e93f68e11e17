"""The table of libraries: what it says of headers, libraries and programs."""

from __future__ import annotations

from pathlib import Path

import pytest

import distrorocks
from distrorocks.families.external_library import (
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

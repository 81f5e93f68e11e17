"""Documents and licence files are found among the files of a rock's sources."""

from __future__ import annotations

from distrorocks.packaging.source.documents import documents, license_files, read_above

TOP_FILES = (
    "README.md",
    "NEWS",
    "readme.lua",
    "docs/README",
    "LICENSE",
    "src/COPYING",
    "src/x/foo.lua",
)


def test_only_those_at_the_top_are_documents() -> None:
    """Folders have documents of their own, and code is none whatever its name."""
    assert documents(TOP_FILES) == ("README.md", "NEWS")
    assert license_files(TOP_FILES) == ("LICENSE",)


def test_documents_above_the_build_directory_are_found() -> None:
    """Documents of each parent directory are found, relative to the build directory."""
    above = read_above(TOP_FILES, "src/x")
    assert above == ("../../LICENSE", "../../NEWS", "../../README.md", "../COPYING")
    assert documents(above, "src/x") == ("NEWS", "README.md")
    assert license_files(above, "src/x") == ("LICENSE", "src/COPYING")


def test_licences_in_folders_of_documents_beside_the_build_directory_are_found() -> None:
    """An archive whose modules are built in a folder has its licence in another."""
    files = ("doc/LICENCE.txt", "doc/manual.txt", "doc/README", "a/docs/COPYING", "x/LICENSE")
    assert read_above(files, "a/b") == ("../../doc/LICENCE.txt", "../docs/COPYING")

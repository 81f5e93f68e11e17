"""Documents and licence files are found among the files of a rock's sources."""

from __future__ import annotations

import pytest

from distrorocks.packaging.source.documents import (
    document_folders,
    documents,
    example_folders,
    license_files,
    manuals,
    read_above,
)

TOP_FILES = (
    "README.md",
    "NEWS",
    "readme.lua",
    "README.win32",
    "docs/README",
    "LICENSE",
    "src/COPYING",
    "src/x/foo.lua",
)


def test_only_those_at_the_top_are_documents() -> None:
    """Folders have documents of their own, and code or what is for Windows is none."""
    assert documents(TOP_FILES) == ("README.md", "NEWS")
    assert license_files(TOP_FILES) == ("LICENSE",)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        *((each, True) for each in ("readme", "Changes.txt", "ChangeLog", "news.md", "History")),
        *((f"README{each}", False) for each in (".lua", ".win32", ".windows", ".Windows.md")),
        *((f"README{each}", False) for each in (".win", ".osx", ".mac")),
        *(("README.macros", True), ("thereadme", False), ("a/README", False), ("READ ME", False)),
    ],
)
def test_documents_are_known_by_the_words_they_begin_with(name: str, is_one: bool) -> None:
    """Code and what is for other systems ends in their names."""
    assert documents([name]) == ((name,) if is_one else ())


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        *((f"a.{each}", True) for each in ("html", "htm", "md", "markdown", "pdf", "rst")),
        *(("a.textile", True), ("a.PDF", True), ("a.txt", False), (".md", False)),
        *(("Contributing.md", False), ("code_of_conduct.md", False), ("INSTALL.html", False)),
        *(("code-of-conduct.rst", False), ("security.md", False), ("history.md", False)),
        *(("news.html", False), ("readme.html", False), ("changelog.md", False)),
        *(("copying.md", False), ("guide-to-install.md", True)),
    ],
)
def test_a_manual_is_a_page_for_who_uses_the_rock(name: str, is_one: bool) -> None:
    """By its ending, and not by the words of other documents at its beginning."""
    assert manuals([name]) == ((name,) if is_one else ())


def test_pages_of_a_browser_bring_their_pictures() -> None:
    """And style sheets, of the same folder; a page in Markdown brings none."""
    files = ("a.png", "b.css", "c/d.png", "x.c", "logo.GIF")
    assert manuals(("a.html", *files), "top") == tuple(
        f"top/{it}" for it in ("a.html", "a.png", "b.css", "logo.GIF")
    )
    assert manuals(("a.md", "readme.html", *files)) == ("a.md",)


def test_a_licence_file_among_the_documents_counts_where_none_is_at_the_top() -> None:
    """Distributions ask for the file with the licence, wherever upstream has it."""
    files = ("doc/us/license.html", "doc/us/index.html", "docs/COPYING", "x/LICENSE", "README")
    assert license_files(files) == ("doc/us/license.html", "docs/COPYING")
    assert license_files((*files, "LICENSE")) == ("LICENSE",)
    assert license_files(("../doc/LICENSE", "a.c"), "src") == ("doc/LICENSE",)


@pytest.mark.parametrize("name", ["doc", "docs", "manual", "html", "DOC"])
def test_folders_of_documentation_have_these_names(name: str) -> None:
    """In letters of any case."""
    assert document_folders([f"{name}/a"], ()) == (name,)


@pytest.mark.parametrize("name", ["example", "examples", "sample", "samples", "Samples"])
def test_folders_of_examples_have_these_names(name: str) -> None:
    """In letters of any case."""
    assert example_folders([f"{name}/a"], ()) == (name,)


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
    assert read_above(("doc/us/license.html", "doc/x/LICENSE"), "a") == ("../doc/us/license.html",)


@pytest.mark.parametrize(
    ("copied", "folders"),
    [
        ((), ("Docs", "doc")),
        (("doc",), ("Docs",)),
        (("./doc/us",), ("Docs",)),
        (("a",), ("Docs", "doc")),
    ],
)
def test_folders_of_documentation_that_are_not_copied_are_left_out(
    copied: tuple[str, ...], folders: tuple[str, ...]
) -> None:
    """They are at the top; a folder of which a part is copied is not one of them."""
    files = ("doc/us/index.html", "Docs/a.md", "src/doc/a.html", "docs.lua", "a/b.lua")
    assert document_folders(files, copied) == folders
    assert example_folders(files, copied) == ()


def test_folders_of_examples_have_their_own_names() -> None:
    """Debian has a place of its own for them."""
    files = ("examples/a.lua", "sample/b.lua", "test/c.lua")
    assert example_folders(files, ()) == ("examples", "sample")
    assert example_folders(files, ("examples",)) == ("sample",)


def test_pages_at_the_top_are_manuals() -> None:
    """But no licence, README, history or what is for developers, and no odd name."""
    files = (
        *("foo.html", "API.md", "guide.pdf", "README.md", "LICENSE.md", "CHANGES.md"),
        "README.windows.md",
        *("CONTRIBUTING.md", "notes.txt", "a b.html", "doc/b.html"),
    )
    assert manuals(files) == ("foo.html", "API.md", "guide.pdf")
    assert manuals(("a.html",), "src") == ("src/a.html",)

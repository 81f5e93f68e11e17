"""The build directory, the documents and the modules of a rock's sources."""

from __future__ import annotations

import pytest

from distrorocks.packaging.source.facts import (
    declared_place,
    found_place,
)

FILES = ("foo-1.0/LICENSE", "foo-1.0/lua/src/foo.lua")


@pytest.mark.parametrize(
    ("source_dir", "place"),
    [
        ("", ("", "")),
        ("foo-1.0", ("foo-1.0", "")),
        ("./foo-1.0/lua/src/", ("foo-1.0", "lua/src")),
        ("foo-1.0/../..", ("", "")),
        ("foo-1.0/$(touch x)", ("", "")),
        ("foo-1.0/a\nb", ("", "")),
    ],
)
def test_without_sources_source_dir_is_used(source_dir: str, place: tuple[str, str]) -> None:
    """Its first part is the archive's top directory; unusual characters give nothing."""
    assert declared_place(source_dir) == place


@pytest.mark.parametrize(
    ("source_dir", "below"),
    [
        ("", ""),
        ("foo-1.0", ""),
        ("foo-1.0/lua/src", "lua/src"),
        ("foo-1.0/lua", "lua"),
        ("foo-1.0/lu", ""),
        ("foo-1.0/..", ""),
        ("other/lua/src", ""),
    ],
)
def test_with_sources_the_build_directory_has_files(source_dir: str, below: str) -> None:
    """A directory is used only if the archive has files in it."""
    assert found_place(source_dir, "foo-1.0", FILES) == ("foo-1.0", below)


def test_an_archive_of_several_folders_is_built_in_the_one_named() -> None:
    """Where no single folder holds all, ``source.dir`` is a path from the archive's top."""
    files = ("foo/src/foo.lua", "extra/readme")
    assert found_place("foo/src", "", files) == ("", "foo/src")
    assert found_place("foo", "", files) == ("", "foo")
    assert found_place("bar", "", files) == ("", "")


def test_the_only_folder_is_built_in() -> None:
    """An archive may have files beside its folder, such as a list of what it holds."""
    assert found_place("", "", ("package.xml", "foo-1.0/foo.lua")) == ("", "foo-1.0")
    assert found_place("", "", ("a/foo.lua", "b/foo.lua", "package.xml")) == ("", "")

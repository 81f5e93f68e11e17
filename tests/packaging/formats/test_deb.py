"""Watch files of Debian packages: which later releases they find."""

from __future__ import annotations

import re

import pytest

from distrorocks.packaging.formats.deb import Released, watch_lines
from distrorocks.packaging.source.facts import Sources
from tests.packaging.scaffolding import plan_of, rock_facts

GITHUB = ("https://github.com/a/foo.git", "https://github.com/a/foo")
GITLAB = ("https://gitlab.com/a/foo.git", "https://gitlab.com/a/foo")
KINDS = r"(?:\.(?:tar\.gz|zip))"  # as uscan has it, and shorter


@pytest.mark.parametrize(
    ("version", "tag", "later"),
    [
        ("1.0", "v1.0", "v1.2"),
        ("1.0", "1.0", "1.10"),
        ("1.8.0", "v1_8_0", "v1_9_0"),
        ("31", "release-v31", "release-v32"),
        ("1.3", "foo-1.3", "foo-1.4"),
        ("1.0~rc1", "v1.0-rc1", "v1.0"),
        ("1.0", "v1.0-1", "v1.1-2"),
        ("1.0", "v1.0-1", "v1.1"),
        ("1.3", "foo-1_3-2", "foo-1_4-1"),
    ],
)
def test_later_tags_are_found(version: str, tag: str, later: str) -> None:
    """Tags are looked for as this release's is spelled; pre-releases are none."""
    options, page, pattern = watch_lines(Released(version, tag, "", *GITHUB))
    assert page == "https://github.com/a/foo/tags \\"
    expression = pattern.replace("@ARCHIVE_EXT@", KINDS)
    assert re.fullmatch(expression, f"/a/foo/archive/refs/tags/{later}.tar.gz")
    assert not re.fullmatch(expression, f"/a/foo/archive/refs/tags/{later}-rc2.tar.gz")
    assert ("uversionmangle" in options) == ("_" in tag)


def test_the_file_that_is_kept_has_its_ending() -> None:
    """The mangled name is the package's, the version and the archive's kind."""
    options = watch_lines(Released("1.0", "v1.0", "", *GITHUB))[0]
    expression, name, _ = options.partition("filenamemangle=s%")[2].split("%")
    said = re.sub(expression.replace("@ARCHIVE_EXT@", KINDS), name.replace("$", "\\"), "x/v2.0.zip")
    assert said == "@PACKAGE@-2.0.zip"


def test_the_file_that_is_kept_lacks_the_revision_of_a_rock() -> None:
    """Such a tag ends in it, as the rock's version does; Debian's name of the archive does not."""
    options = watch_lines(Released("1.0", "foo-1.0-1", "", *GITHUB))[0]
    expression, name, _ = options.partition("filenamemangle=s%")[2].split("%")
    said = re.sub(
        expression.replace("@ARCHIVE_EXT@", KINDS), name.replace("$", "\\"), "foo-2.0-3.zip"
    )
    assert said == "@PACKAGE@-2.0.zip"


def test_a_tag_in_an_address_is_one() -> None:
    """A rockspec may name the archive of a tag alone."""
    archive = "https://github.com/a/foo/archive/version_1.3.tar.gz"
    assert "version_(" in watch_lines(Released("1.3", "", archive, *GITHUB))[2]


def test_other_forges_are_asked_by_git() -> None:
    """They have no page of archives that stays as it is."""
    assert watch_lines(Released("1.0", "v1.0", "", *GITLAB)) == (
        'opts="mode=git, pgpmode=none" \\',
        "https://gitlab.com/a/foo.git \\",
        r"refs/tags/v?(\d[\d.]*)",
    )


def test_a_folder_of_archives_is_listed() -> None:
    """Where the file's name has the version; else there is nothing to look at."""
    here = "https://example.org/dl"
    assert watch_lines(Released("1.0", "", f"{here}/foo-1.0.tar.gz", "", "")) == (
        f"{here}/ foo-@ANY_VERSION@@ARCHIVE_EXT@",
    )
    assert watch_lines(Released("1.0", "", f"{here}/latest.zip", "", "")) == ()


@pytest.mark.parametrize(
    ("license_name", "maintainer", "stanza"),
    [
        ("MIT", "Pat <pat@example.org>", ("Copyright: Pat <pat@example.org>", "License: Expat")),
        ("", "Pat <pat@example.org>", ()),
        ("Public domain", "Pat <pat@example.org>", ()),
        ("MIT", "", ()),
    ],
)
def test_the_packaging_has_a_stanza_of_its_packager(
    license_name: str, maintainer: str, stanza: tuple[str, ...]
) -> None:
    """It is under the licence of the rock, so there is none where there is no licence to take."""
    text = (
        'package = "foo" version = "1.0-1" source = { url = "https://example.org/foo-1.0.zip" } '
        f'description = {{ license = "{license_name}" }} '
        'build = { type = "builtin", modules = { foo = "foo.lua" } }'
    )
    facts = rock_facts(text, Sources(("foo.lua",)))
    lines = plan_of(facts, maintainer=maintainer).copyright_lines
    found = lines[lines.index("Files: debian/*") + 1 :][:2] if "Files: debian/*" in lines else ()
    assert tuple(found) == stanza

"""The licence of a whole rock."""

from __future__ import annotations

import pytest

from distrorocks.licensing.detection import findings, is_silent
from distrorocks.licensing.expression import PUBLIC_DOMAIN
from distrorocks.licensing.finding import is_license_file
from distrorocks.licensing.verdict import HIGH, LOW, Verdict, verdict
from tests.licensing import passages as words


def of(declared: str | None, **files: str) -> Verdict:
    """Return the verdict on files: in their names ``__`` is a stroke and ``_`` a dot."""
    paths = {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}
    found = [each for path, text in paths.items() for each in findings(path, text)]
    return verdict(declared, found, [path for path, text in paths.items() if is_silent(path, text)])


def test_the_rockspec_and_the_licence_file_agree() -> None:
    """Where both say the same, the answer is sure and its evidence is the file."""
    found = of("MIT/X11", LICENSE=words.MIT)
    assert found == Verdict("MIT", "LICENSE:3: licence text, and the rockspec agrees", HIGH)


def test_a_disagreement_is_a_gap_and_stops_nothing() -> None:
    """Where both differ, the file's licence is given, and both are told."""
    found = of("Apache-2.0", COPYING=words.MIT)
    assert found.license == "MIT"
    assert "Apache-2.0" in found.gap
    assert "COPYING:3" in found.gap


def test_no_licence_is_a_gap() -> None:
    """If no licence is stated anywhere, there is a gap and no error."""
    assert of(None).license == ""
    assert of(None).gap == "neither the rockspec nor the files state a licence"
    assert of("UNKNOWN").confidence == LOW


def test_an_unknown_text_is_kept_in_the_gap() -> None:
    """A licence field that means nothing known is told as it was written."""
    assert "'Tiny'" in of("Tiny").gap
    assert "which of the BSD licences" in of("BSD").gap


def test_a_family_is_made_exact_by_the_files() -> None:
    """BSD in the rockspec is what the files say, if that is a BSD licence."""
    assert of("BSD", LICENSE=words.BSD3)[0] == "BSD-3-Clause"
    assert of("BSD", LICENSE=words.BSD3).gap == ""
    assert "'BSD'" in of("BSD", LICENSE=words.MIT).gap


def test_a_grant_tells_what_the_gpls_text_does_not() -> None:
    """The text of the GPL with a header that grants later versions is "or later"."""
    header = words.commented(words.GPL2_LATER)
    assert of("GPL", COPYING=words.GPL2_TEXT, src__a_lua=header).license == "GPL-2.0-or-later"
    assert of("GPL-2.0", COPYING=words.GPL2_TEXT).license == "GPL-2.0-only"


def test_text_and_grant_of_different_versions_are_a_gap() -> None:
    """A GPL 3 text beside a grant of version 2 is told."""
    found = of("GPL", COPYING=words.GPL3_TEXT, README=words.GPL2_ONLY)
    assert "GPL-3.0-only" in found.gap
    assert "GPL-2.0-only" in found.gap


def test_the_lgpls_two_texts_are_one_licence() -> None:
    """The LGPL 3 comes with the GPL 3's text, which does not count beside it."""
    found = of("LGPLv3", COPYING=words.GPL3_TEXT, COPYING_LESSER=words.LGPL3_TEXT)
    assert found.license == "LGPL-3.0-only"


def test_files_under_another_licence_add_theirs() -> None:
    """A bundled file's licence is part of the rock's, a test's or a public domain file's is not."""
    found = of(
        "MIT",
        LICENSE=words.MIT,
        src__a_c=words.commented(words.BSD3, " * "),
        test__b_lua=words.commented(words.ISC),
        src__c_lua="-- This is in the public domain.",
    )
    assert found.license == "MIT AND BSD-3-Clause"
    assert "src/a.c" in found.source
    assert found.gap == ""


def test_the_public_domain_is_a_licence_where_there_is_no_other() -> None:
    """A rock in the public domain is that."""
    found = of("Public domain", src__a_c="/* This code is hereby placed in the public domain. */")
    assert found.license == PUBLIC_DOMAIN
    assert found.gap == ""


def test_a_choice_stays_a_choice() -> None:
    """Two licence files and a rockspec with OR are a choice."""
    found = of("MIT OR ISC", LICENSE_MIT=words.MIT, LICENSE_ISC=words.ISC)
    assert found.license == "MIT OR ISC"


def test_a_readme_that_contradicts_the_licence_file_is_a_gap() -> None:
    """A README names one licence, the only licence text is that of another."""
    assert of("BSD2", README="Licensed under the BSD two-clause license", a_c=words.MIT).gap


def test_an_unknown_licence_file_is_a_gap() -> None:
    """The rockspec does not hide that the licence file has an unknown text."""
    found = of("MIT", LICENSE="You may use this if you send a postcard from where you are to me.")
    assert found.license == "MIT"
    assert found.gap == "LICENSE is not a known licence text"


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("LICENSE", True),
        ("doc/Licence.txt", True),
        ("COPYING.LESSER", True),
        ("MIT-LICENSE.txt", True),
        ("UNLICENSE", True),
        ("license.lua", False),
        ("src/copying.c", False),
        ("README", False),
    ],
)
def test_a_licence_file_is_known_by_its_name(path: str, *, is_one: bool) -> None:
    """Names of licence files are the usual ones, and no source file's."""
    assert is_license_file(path) is is_one


def test_a_readme_adds_the_licences_of_parts() -> None:
    """Where it names the licence file's and others beside, the others are of parts of the rock."""
    readme = "Foo is released under the MIT license.\n\n# Bar\n\nIt is released under the %s."
    both = of("MIT", LICENSE=words.MIT, README=readme % "DWTFYWT Public License")
    assert (both.license, both.gap) == ("MIT AND WTFPL", "")
    other = readme.partition("\n")[2] % "ISC license"
    assert of("MIT", LICENSE=words.MIT, README=other).license == "MIT"

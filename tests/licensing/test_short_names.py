"""Licences have the short names of copyright-format 1.0, and stanzas their holders."""

from __future__ import annotations

import pytest

from distrorocks.licensing.dep5 import common_license, copyright_text, short_name, synopsis
from distrorocks.licensing.expression import PUBLIC_DOMAIN
from distrorocks.licensing.stanzas import Stanza


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("MIT", "Expat"),
        ("GPL-2.0-only", "GPL-2"),
        ("GPL-3.0-or-later", "GPL-3+"),
        ("LGPL-2.1-or-later", "LGPL-2.1+"),
        ("AGPL-3.0-only", "AGPL-3"),
        ("MPL-2.0", "MPL-2.0"),
        ("Apache-2.0", "Apache-2.0"),
        ("BSD-2-Clause", "BSD-2-clause"),
        ("BSD-3-Clause", "BSD-3-clause"),
        ("BSD-4-Clause", "BSD-4-clause"),
        ("Artistic-1.0-Perl", "Artistic"),
        ("Artistic-1.0", "Artistic"),
        ("CC0-1.0", "CC0-1.0"),
        (PUBLIC_DOMAIN, "public-domain"),
        ("LicenseRef-Own", "Own"),
        ("GPL-2.0-or-later WITH Classpath-exception-2.0", None),
    ],
)
def test_a_licence_has_its_short_name(name: str, short: str | None) -> None:
    """GNU's without .0, with + for later versions; an exception is spelled out."""
    expected = short or "GPL-2+ with Classpath-exception-2.0 exception"
    assert short_name(name) == expected


def test_an_expression_becomes_a_synopsis() -> None:
    """Operators are in lower case, and an exception stays with its licence."""
    assert synopsis("MIT OR GPL-2.0-only") == "Expat or GPL-2"


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Apache-2.0", "Apache-2.0"),
        ("Artistic-1.0-Perl", "Artistic"),
        ("CC0-1.0", "CC0-1.0"),
        ("GPL-1.0-or-later", "GPL-1"),
        ("GPL-2.0-only", "GPL-2"),
        ("GPL-3.0-or-later WITH x", "GPL-3"),
        ("LGPL-2.0-only", "LGPL-2"),
        ("LGPL-2.1-or-later", "LGPL-2.1"),
        ("LGPL-3.0-only", "LGPL-3"),
        ("MPL-1.1", "MPL-1.1"),
        ("MPL-2.0", "MPL-2.0"),
        ("MIT", ""),
    ],
)
def test_debian_has_files_of_common_licences(name: str, file: str) -> None:
    """Those of base-files; the version counts, not whether later ones are allowed."""
    assert common_license(name) == file


def test_a_line_of_a_licence_text_has_at_most_a_thousand_characters() -> None:
    """A licence file is untrusted input; an empty line is a dot."""
    stanza = Stanza(("*",), "Zlib", ("2020 A",))
    text = copyright_text("r", "https://e.org", [stanza], {"Zlib": "x" * 1001 + "\n\n.y"})
    assert f"\n {'x' * 1000}\n .\n  .y" in text

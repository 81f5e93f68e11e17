"""A rockspec's licence field, as SPDX."""

from __future__ import annotations

import pytest
from hypothesis import example, given, strategies as st

from distrorocks.licensing import expression
from distrorocks.licensing.expression import ALIASES, PUBLIC_DOMAIN, licenses_in, spelled_expression
from distrorocks.licensing.free_text import says_nothing, spdx_of, vagueness

USUAL = {
    "MIT/X11": "MIT",
    "MIT": "MIT",
    "MIT <http://opensource.org/licenses/MIT>": "MIT",
    "*** MIT License ***": "MIT",
    "The same as Lua": "MIT",
    "X11/MIT": "MIT",
    "MIT/X11, MIT": "MIT",
    "BSD 3-clause": "BSD-3-Clause",
    "New BSD License": "BSD-3-Clause",
    "Two-clause BSD": "BSD-2-Clause",
    "BSD/2 Clause": "BSD-2-Clause",
    "Apache 2": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache/2.0": "Apache-2.0",
    "GPLv2+": "GPL-2.0-or-later",
    "GPL-3.0": "GPL-3.0-only",
    "GNU GPL v3": "GPL-3.0-only",
    "GNU/GPLv3": "GPL-3.0-only",
    "GPL version 2 or later": "GPL-2.0-or-later",
    "LGPL-3.0+": "LGPL-3.0-or-later",
    "LGPLv2.1": "LGPL-2.1-only",
    "AGPL3 only": "AGPL-3.0-only",
    "GNU Lesser General Public License v2.1": "LGPL-2.1-only",
    "Public domain": PUBLIC_DOMAIN,
    "Public domain, MIT": f"{PUBLIC_DOMAIN} AND MIT",
    "zlib": "Zlib",
    "Mozilla Public License v. 2.0": "MPL-2.0",
    "The Unlicense": "Unlicense",
    "Creative Commons CC0 1.0 Universal": "CC0-1.0",
    "MIT or Apache-2.0": "MIT OR Apache-2.0",
    "MIT OR (Apache-2.0 AND ISC)": "MIT OR (Apache-2.0 AND ISC)",
    "Tcl License + MIT/X11": "TCL AND MIT",
    "BSD-3-clause": "BSD-3-Clause",
}


@pytest.mark.parametrize(("text", "spdx"), USUAL.items())
def test_the_usual_texts_are_spdx(text: str, spdx: str) -> None:
    """What people write for a licence is one SPDX expression."""
    assert spdx_of(text) == spdx


@pytest.mark.parametrize("text", ["BSD", "GPL", "LGPL+", "Artistic", "Apache", "LPPL-1.3", "AGPL"])
def test_a_family_of_licences_is_vague(text: str) -> None:
    """The name of a family is no licence, and the gap names what is open."""
    assert spdx_of(text) is None
    assert vagueness(text).startswith("which")


@pytest.mark.parametrize("text", ["", "UNKNOWN", "*** please specify a license ***", "?"])
def test_a_placeholder_is_no_licence(text: str) -> None:
    """LuaRocks' placeholders for a licence are recognized."""
    assert says_nothing(text)
    assert spdx_of(text) is None


@pytest.mark.parametrize("text", ["Tiny", "GFL", "https://example.org/LICENSE", "MIT/LuaSocket"])
def test_the_unknown_stays_unknown(text: str) -> None:
    """A text that is no known licence is never taken for one."""
    assert spdx_of(text) is None


def test_every_name_of_the_table_is_one_of_spdx() -> None:
    """The table maps to names that SPDX has, and to the one for the public domain."""
    for name in set(ALIASES.values()) - {PUBLIC_DOMAIN}:
        assert spelled_expression(name) == name


def test_the_usual_texts_need_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without license-expression the usual texts are SPDX all the same."""
    monkeypatch.setattr(expression, "_licensing", lambda: None)
    for text, spdx in USUAL.items():
        if "(" not in spdx:
            assert spdx_of(text) == spdx


@example("()")
@example("(")
@given(st.text(max_size=80) | st.text("MITGPLv23+-/(), andorwith", max_size=40))
def test_any_text_is_answered_with_an_expression_or_nothing(text: str) -> None:
    """Whatever the field holds, the answer is none or names at least one licence."""
    said = spdx_of(text)
    assert said is None or licenses_in(said)


@pytest.mark.parametrize("text", ["(OR MIT", "MIT OR OR", "( ( MIT", "MIT WITH", "AND"])
def test_an_incomplete_expression_is_none(text: str) -> None:
    """Errors of the library are caught, its assertions included."""
    assert spelled_expression(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GNU General Public License version 2", "GPL-2.0-only"),
        ("General Public License v3 or later", "GPL-3.0-or-later"),
        ("GNU Lesser General Public License 2.1+", "LGPL-2.1-or-later"),
        ("Library General Public License version 2", "LGPL-2.0-only"),
        ("GNU Affero General Public License version 3", "AGPL-3.0-only"),
        ("AGPL v3", "AGPL-3.0-only"),
    ],
)
def test_gnu_licences_are_known_by_their_long_names(text: str, expected: str) -> None:
    """Each of the four; a version without a point is its .0."""
    assert spdx_of(text) == expected


def test_a_field_has_at_most_five_hundred_characters() -> None:
    """A longer one is a licence text, not a name."""
    assert spdx_of("MIT" + " " * 497) == "MIT"
    assert spdx_of("MIT" + " " * 498) is None


@pytest.mark.parametrize(
    ("texts", "left_open"),
    [
        (("BSD", "BSD License", "BSD style", "BSD-style"), "which of the BSD licences it is"),
        (("GPL", "GNU", "GNU GPL", "GNU General Public License"), "which version of the GPL it is"),
        (("LGPL", "LGPL+", "GNU LGPL"), "which version of the LGPL it is"),
        (("AGPL",), "which version of the AGPL it is"),
        (("Apache", "the Apache Licence"), "which version of the Apache licence it is"),
        (("Artistic License",), "which version of the Artistic licence it is"),
        (("MPL",), "which version of the MPL it is"),
        (("Eclipse Public License",), "which version of the EPL it is"),
        (("LPPL-1.3", "LPPL 1.3"), "which of 1.3a and 1.3c it is"),
        (("LPPL",), "which version of the LPPL it is"),
        (("SIL",), "which of SIL's licences it is"),
        (("GPL-compatible",), "which licence it is"),
        (("Kong Proprietary",), "what it permits: it is no licence of SPDX's list"),
        (("All rights reserved.", "Closed"), "what it permits: it is no licence at all"),
    ],
)
def test_what_a_vague_field_leaves_open_is_named(texts: tuple[str, ...], left_open: str) -> None:
    """Each family of the table, as people write it, is a gap of its own and no licence."""
    for text in texts:
        assert (vagueness(text), spdx_of(text)) == (left_open, None)
        assert not says_nothing(text)


def test_every_vague_name_is_looked_up_as_fields_are_cleaned() -> None:
    """A name in the table that cleaning changes would never be found."""
    for name, left_open in expression.VAGUE.items():
        assert vagueness(name) == left_open
        assert spdx_of(name) is None


@pytest.mark.parametrize(
    "text",
    ["unknow", "None", "N/A", "?", "see in README file", "TBD", "the license", "License: TBD."],
)
def test_words_that_stand_for_no_licence_say_nothing(text: str) -> None:
    """They are neither vague nor a licence; other words are not taken for them."""
    text = text.replace("License: ", "")
    assert says_nothing(text)
    assert (vagueness(text), spdx_of(text)) == ("", None)
    assert not says_nothing(f"{text} x")


@pytest.mark.parametrize(
    ("text", "spdx"),
    [
        ("MIT (Expat)", "MIT"),
        ("MIT (X11)", "MIT"),
        ("(MIT", "MIT"),
        ("MIT)", "MIT"),
        ("GPL version 2 (or later)", "GPL-2.0-or-later"),
        ("GPLv2 or newer", "GPL-2.0-or-later"),
        ("GPLv2, or any later version", None),
        ("GPL-2 or any later version", "GPL-2.0-or-later"),
        ("GPL 3 or greater", "GPL-3.0-or-later"),
        ("GPL-1", "GPL-1.0-only"),
        ("LGPL 2.0", "LGPL-2.0-only"),
        ("LGPL-2.1+ and MIT", "LGPL-2.1-or-later AND MIT"),
        ("GPL-2.0 OR (LGPL-2.1+ AND MIT)", "GPL-2.0-only OR (LGPL-2.1-or-later AND MIT)"),
        ("MIT/ICU", "MIT AND ICU"),
        ("MIT / ISC", "MIT AND ISC"),
        ("MIT/ISC/Zlib", None),
        ("MIT | ISC", "MIT OR ISC"),
        ("MIT; ISC", "MIT AND ISC"),
        ("MIT & ISC", "MIT AND ISC"),
        ("MIT or ISC, Zlib", "MIT AND ISC AND Zlib"),
        ("MIT or ISC and Tiny", None),
        ("MIT, GPL", None),
        ("MIT,", "MIT"),
        ('"MIT"', "MIT"),
        ("[MIT]", "MIT"),
        ("MIT , ISC", "MIT AND ISC"),
        ("Eclipse Public License - v 2.0", None),
        ("apache-license-2.0", None),
    ],
)
def test_lists_brackets_and_marks_are_read(text: str, spdx: str | None) -> None:
    """A list is a choice only where it says so throughout; one unknown part makes it unknown."""
    assert spdx_of(text) == spdx

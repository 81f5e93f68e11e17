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

"""The rules of the verdict, each on findings made by hand."""

from __future__ import annotations

import pytest

from distrorocks.licensing.expression import PUBLIC_DOMAIN
from distrorocks.licensing.finding import GRANT, NOTICE, TAG, TEXT, Finding
from distrorocks.licensing.verdict import Verdict, verdict

AGREES = "LICENSE:1: licence text, and the rockspec agrees"
SOURCE_AGREES = "src/a.lua:1: SPDX tag, and the rockspec agrees"
ROCKSPEC = "rockspec: description.license"


def text(name: str, path: str = "LICENSE") -> Finding:
    """Return that a file has a licence's own words."""
    return Finding(name, path, 1, TEXT)


def tag(name: str, path: str = "src/a.lua") -> Finding:
    """Return that a file has an SPDX tag."""
    return Finding(name, path, 1, TAG)


def grant(name: str, path: str = "src/a.lua") -> Finding:
    """Return that a sentence in a file puts the work under one of GNU's licences."""
    return Finding(name, path, 1, GRANT)


def notice(name: str, path: str = "README") -> Finding:
    """Return that a file names a licence."""
    return Finding(name, path, 1, NOTICE)


def test_the_three_degrees_of_confidence_have_their_names() -> None:
    """Reports and templates compare them as text."""
    assert verdict("MIT", [text("MIT")]).confidence == "high"
    assert verdict("MIT", []).confidence == "medium"
    assert verdict(None, []).confidence == "low"


@pytest.mark.parametrize(
    ("declared", "found", "expected"),
    [
        (None, [text("MIT")], Verdict("MIT", "LICENSE:1: licence text", "medium")),
        ("MIT", [text("MIT")], Verdict("MIT", AGREES, "high")),
        ("  MIT\n OR  ISC ", [text("MIT")], Verdict("MIT OR ISC", AGREES, "high")),
        ("X11", [text("MIT")], Verdict("X11", AGREES, "high")),
        ("BSD-4-Clause-UC", [text("BSD-4-Clause")], Verdict("BSD-4-Clause-UC", AGREES, "high")),
        ("0BSD", [text("ISC")], Verdict("0BSD", AGREES, "high")),
        ("GPL-2.0+", [tag("GPL-2.0-only", "LICENSE")], "GPL-2.0-or-later"),
        ("GPL-2.0", [tag("GPL-2.0-or-later", "LICENSE")], "GPL-2.0-or-later"),
        ("GPL-2.0", [tag("GPL-2.0-only WITH Classpath-exception-2.0", "LICENSE")], None),
    ],
)
def test_names_of_one_licence_agree(
    declared: str | None, found: list[Finding], expected: Verdict | str | None
) -> None:
    """Twins and versions "or later" are no disagreement: the wider name of the two is given."""
    given = verdict(declared, found)
    if not isinstance(expected, Verdict):
        source = "LICENSE:1: SPDX tag, and the rockspec agrees"
        expected = Verdict(expected or found[0].license, source, "high")
    assert given == expected


@pytest.mark.parametrize(
    ("declared", "found", "license_", "gap"),
    [
        (
            "MIT",
            [text("MIT"), text("ISC", "COPYING")],
            "MIT AND ISC",
            "the rockspec says MIT alone, the files MIT AND ISC (LICENSE:1: licence text)",
        ),
        (
            "Apache-2.0",
            [text("MIT")],
            "MIT",
            "the rockspec says Apache-2.0, the files MIT (LICENSE:1: licence text)",
        ),
        (
            "X11 OR Apache-2.0",
            [text("MIT")],
            "MIT",
            "the rockspec says X11 OR Apache-2.0, the files MIT (LICENSE:1: licence text)",
        ),
        (
            "BSD",
            [text("MIT")],
            "MIT",
            "the rockspec says 'BSD', the files MIT (LICENSE:1: licence text)",
        ),
        (
            "BSD",
            [text("BSD-3-Clause"), text("MIT", "COPYING")],
            "BSD-3-Clause AND MIT",
            "the rockspec says 'BSD', the files BSD-3-Clause AND MIT (LICENSE:1: licence text)",
        ),
        (
            "BSD",
            [text("GPL-2.0-only")],
            "GPL-2.0-only",
            "the rockspec says 'BSD', the files GPL-2.0-only (LICENSE:1: licence text)",
        ),
    ],
)
def test_what_disagrees_is_a_gap(
    declared: str, found: list[Finding], license_: str, gap: str
) -> None:
    """The licence is the files', the gap names both and the first evidence, and nothing is sure."""
    assert verdict(declared, found) == Verdict(license_, "LICENSE:1: licence text", "medium", gap)


@pytest.mark.parametrize(
    ("declared", "license_"),
    [
        ("BSD", "BSD-3-Clause"),
        ("GNU General Public License", "GPL-3.0-or-later"),
        ("Eclipse Public License", "EPL-2.0"),
        ("LGPL+", "LGPL-2.1-only"),
        ("GNU GPL", "GPL-2.0-only"),
        ("UNKNOWN", "MIT"),
        ("Tiny", "MIT"),
    ],
)
def test_a_vague_word_is_made_exact(declared: str, license_: str) -> None:
    """A family's name, or one that means nothing, does not contradict the licence file."""
    source = "LICENSE:1: SPDX tag"
    assert verdict(declared, [tag(license_, "LICENSE")]) == Verdict(license_, source, "medium")


def test_sources_add_their_licences_to_the_rocks() -> None:
    """The source of what they add is told; names of the same licence and public domain add none."""
    found = [
        text("MIT"),
        tag("X11", "src/x.lua"),
        tag(PUBLIC_DOMAIN, "src/p.lua"),
        tag("ISC", "src/i.lua"),
        tag("Zlib", "src/z.lua"),
    ]
    given = verdict("MIT", found)
    assert given.license == "MIT AND ISC AND Zlib"
    assert given.confidence == "high"
    assert given.source.startswith(AGREES)
    also = verdict("MIT", [*found[:2], *found[3:]])
    assert also == Verdict("MIT AND ISC AND Zlib", f"{AGREES}; src/i.lua:1: SPDX tag: ISC", "high")


def test_a_source_may_be_under_several_licences() -> None:
    """An SPDX tag with AND adds each of them that the rock does not have, with the tag's place."""
    given = verdict("MIT", [text("MIT"), tag("MIT AND ISC AND Zlib")])
    source = f"{AGREES}; src/a.lua:1: SPDX tag: MIT AND ISC AND Zlib"
    assert given == Verdict("MIT AND ISC AND Zlib", source, "high")


def test_a_licence_that_is_only_named_needs_sources_that_bear_it_out() -> None:
    """A README that no source agrees with is a gap; one source that does makes it none."""
    gap = "README:1: notice is BSD-2-Clause, the sources have MIT"
    assert verdict("BSD-2-Clause", [notice("BSD-2-Clause"), tag("MIT")]).gap == gap
    both = [notice("BSD-2-Clause"), tag("MIT"), tag("BSD-2-Clause", "src/b.lua")]
    assert verdict("BSD-2-Clause", both).gap == ""
    assert verdict("BSD-2-Clause", [notice("BSD-2-Clause", "LICENSE"), tag("MIT")]).gap
    assert verdict("BSD-2-Clause", [text("BSD-2-Clause"), tag("MIT")]).gap == ""
    mixed = [notice("BSD-2-Clause", "LICENSE"), text("ISC", "COPYING"), tag("MIT")]
    assert verdict("BSD-2-Clause AND ISC", mixed).gap == ""


@pytest.mark.parametrize(
    ("declared", "found", "expected"),
    [
        (None, [tag("MIT")], Verdict("MIT", "src/a.lua:1: SPDX tag", "medium")),
        ("UNKNOWN", [tag("MIT")], Verdict("MIT", "src/a.lua:1: SPDX tag", "medium")),
        ("BSD", [tag("BSD-3-Clause")], Verdict("BSD-3-Clause", "src/a.lua:1: SPDX tag", "medium")),
        (
            "BSD",
            [tag("MIT")],
            Verdict(
                "MIT",
                "src/a.lua:1: SPDX tag",
                "medium",
                "the rockspec says 'BSD', the files MIT (src/a.lua:1: SPDX tag)",
            ),
        ),
        (
            "Tiny",
            [tag("MIT"), tag("ISC")],
            Verdict(
                "MIT AND ISC",
                "src/a.lua:1: SPDX tag",
                "medium",
                "the rockspec says 'Tiny', the files MIT AND ISC (src/a.lua:1: SPDX tag)",
            ),
        ),
        (None, [tag("MIT"), tag(PUBLIC_DOMAIN)], Verdict("MIT", "src/a.lua:1: SPDX tag", "medium")),
        ("MIT", [tag("MIT")], Verdict("MIT", SOURCE_AGREES, "high")),
        ("MIT", [tag("X11")], Verdict("MIT", SOURCE_AGREES, "high")),
        ("MIT OR ISC", [tag("MIT"), tag("ISC")], Verdict("MIT OR ISC", SOURCE_AGREES, "high")),
        (
            "GPL-2.0",
            [tag("GPL-2.0-or-later")],
            Verdict("GPL-2.0-or-later", SOURCE_AGREES, "high"),
        ),
        (
            "Apache-2.0",
            [tag("MIT")],
            Verdict("Apache-2.0 AND MIT", f"{ROCKSPEC}; src/a.lua:1: SPDX tag: MIT", "medium"),
        ),
        (
            "MIT OR Apache-2.0",
            [tag("MIT")],
            Verdict("MIT OR Apache-2.0", f"{ROCKSPEC}; src/a.lua:1: SPDX tag: MIT", "high"),
        ),
        (
            "MIT",
            [tag("MIT"), tag("ISC"), tag(PUBLIC_DOMAIN)],
            Verdict("MIT AND ISC", SOURCE_AGREES, "medium"),
        ),
    ],
)
def test_source_files_alone_speak_for_themselves(
    declared: str | None, found: list[Finding], expected: Verdict
) -> None:
    """Where no file speaks for the rock, the rockspec does, and the sources add theirs."""
    assert verdict(declared, found) == expected


@pytest.mark.parametrize(
    ("found", "license_", "evidence"),
    [
        ([grant("GPL-2.0-or-later")], "GPL-2.0-or-later", "src/a.lua:1: grant"),
        ([grant("GPL-2.0-only")], "GPL-2.0-only", "src/a.lua:1: grant"),
        (
            [grant("GPL-2.0-only"), grant("GPL-2.0-or-later", "src/b.lua")],
            "GPL-2.0-or-later",
            "src/b.lua:1: grant",
        ),
        (
            [grant("GPL-2.0-or-later"), grant("GPL-2.0-only", "src/b.lua")],
            "GPL-2.0-or-later",
            "src/a.lua:1: grant",
        ),
        (
            [grant("GPL-2.0-or-later", "README"), grant("GPL-2.0-or-later", "src/b.lua")],
            "GPL-2.0-or-later",
            "README:1: grant",
        ),
        ([], "GPL-2.0-only", "COPYING:1: licence text"),
        ([tag("GPL-2.0-or-later", "test/a.lua")], "GPL-2.0-only", "COPYING:1: licence text"),
        (
            [grant("LGPL-2.0-or-later", "README")],
            "GPL-2.0-only",
            "COPYING:1: licence text",
        ),
    ],
)
def test_a_grant_tells_the_version_of_a_bare_text(
    found: list[Finding], license_: str, evidence: str
) -> None:
    """The first grant of the text's own licence decides, "or later" before "only"."""
    given = verdict(None, [text("GPL-2.0-only", "COPYING"), *found])
    assert given == Verdict(license_, evidence, "medium")


def test_of_several_bare_texts_a_grant_picks_one() -> None:
    """A rock that brings the texts of two versions is under the one that is granted."""
    texts = [text("GPL-2.0-only", "COPYING"), text("GPL-3.0-only", "COPYING3")]
    given = verdict(None, [*texts, grant("GPL-3.0-or-later")])
    assert given == Verdict("GPL-3.0-or-later", "src/a.lua:1: grant", "medium")


def test_a_grant_of_another_version_than_the_text_is_a_gap() -> None:
    """The grant is what counts, and both are told; what other files say stays."""
    found = [text("GPL-3.0-only", "COPYING"), grant("GPL-2.0-only"), text("MIT", "COPYING.MIT")]
    gap = "COPYING:1: licence text is GPL-3.0-only, src/a.lua:1: grant GPL-2.0-only"
    assert verdict(None, found) == Verdict(
        "MIT AND GPL-2.0-only", "COPYING.MIT:1: licence text", "medium", gap
    )


def test_a_bare_text_beside_a_readme_that_names_another_licence_is_a_gap() -> None:
    """The text is kept, with what other licence files say."""
    found = [text("GPL-3.0-only", "COPYING"), text("ISC", "LICENSE"), notice("MIT")]
    given = verdict(None, found)
    assert given.license == "ISC AND GPL-3.0-only"
    assert given.gap == "COPYING:1: licence text and README:1: notice (MIT) differ"


def test_other_licence_files_stand_beside_a_granted_text() -> None:
    """Also a file that grants one of GNU's licences by itself."""
    found = [
        text("GPL-2.0-only", "COPYING"),
        tag("LGPL-2.1-or-later", "LICENSE"),
        grant("GPL-2.0-or-later"),
    ]
    assert verdict(None, found).license == "LGPL-2.1-or-later AND GPL-2.0-or-later"
    assert verdict(None, found[:2]).license == "LGPL-2.1-or-later AND GPL-2.0-only"


def test_the_gpls_text_belongs_to_the_lgpls() -> None:
    """It is no licence of the rock beside it; a grant of the GPL is then a gap."""
    both = [text("GPL-3.0-only", "COPYING"), text("LGPL-3.0-only", "COPYING.LESSER")]
    assert verdict(None, both).license == "LGPL-3.0-only"
    assert verdict(None, [*both, grant("LGPL-3.0-or-later")]).license == "LGPL-3.0-or-later"
    assert verdict(None, [*both, grant("GPL-3.0-or-later")]).gap.startswith("COPYING.LESSER:1")


@pytest.mark.parametrize(
    ("readme", "license_"),
    [
        ([notice("MIT"), notice("WTFPL")], "MIT AND WTFPL"),
        ([notice("WTFPL")], "MIT"),
        ([notice("MIT")], "MIT"),
        ([tag("MIT", "README"), tag("WTFPL", "README")], "MIT"),
        ([notice("MIT AND WTFPL")], "MIT AND WTFPL"),
    ],
)
def test_a_readme_tells_of_parts_where_it_names_the_rocks_licence_too(
    readme: list[Finding], license_: str
) -> None:
    """Else it is a word on something else, and the licence file is believed."""
    assert verdict("MIT", [text("MIT"), *readme]).license == license_


@pytest.mark.parametrize(
    ("declared", "silent", "expected"),
    [
        (
            "MIT",
            ["test/LICENSE", "LICENSE", "COPYING"],
            Verdict("MIT", ROCKSPEC, "low", "LICENSE is not a known licence text"),
        ),
        ("MIT", ["src/a.lua", "lib/LICENSE"], Verdict("MIT", ROCKSPEC, "medium")),
        (
            None,
            ["LICENSE"],
            Verdict("", "nothing", "low", "LICENSE is not a known licence text"),
        ),
        (
            "BSD",
            [],
            Verdict("", ROCKSPEC, "low", "'BSD' leaves open which of the BSD licences it is"),
        ),
        (
            "none",
            [],
            Verdict(
                "",
                ROCKSPEC,
                "low",
                "neither the rockspec nor the files state a licence",
            ),
        ),
        (
            "Tiny",
            [],
            Verdict("", ROCKSPEC, "low", "the rockspec's licence 'Tiny' is unknown"),
        ),
    ],
)
def test_without_findings_only_the_rockspec_is_left(
    declared: str | None, silent: list[str], expected: Verdict
) -> None:
    """What it leaves open, or what a licence file of the rock may hide, is the gap."""
    assert verdict(declared, [], silent) == expected


def test_a_gap_of_the_files_comes_before_one_of_the_rockspec() -> None:
    """One gap is told, the first: what is odd among the files, or in a file nobody understands."""
    odd = [text("GPL-3.0-only", "COPYING"), grant("GPL-2.0-only")]
    assert verdict("MIT", odd, ["LICENSE"]).gap.startswith("COPYING:1")
    unread = "LICENSE is not a known licence text"
    for declared in ("Apache-2.0", "BSD", "MIT OR Zlib", "MIT"):
        assert verdict(declared, [text("ISC", "COPYING")], ["LICENSE"]).gap == unread
        assert verdict(declared, [notice("ISC")], ["LICENSE"]).gap == unread
    assert (
        verdict("MIT", [text("MIT", "COPYING"), text("ISC", "COPYING")], ["LICENSE"]).gap == unread
    )
    assert verdict("Tiny", [tag("MIT")], ["LICENSE"]).gap == unread
    assert verdict(None, [notice("ISC"), tag("MIT")], ["LICENSE"]).gap == unread

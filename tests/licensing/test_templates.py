"""Each licence is recognized by its passages, and by fewer it is another licence or none."""

from __future__ import annotations

import pytest

from distrorocks.licensing.detection import findings
from distrorocks.licensing.finding import GRANT, NOTICE, TAG, TEXT

GIVEN = "Permission is hereby granted, free of charge, to any person obtaining a copy"
DEAL = "to deal in the Software without restriction"
KEPT = "this permission notice shall be included in all copies"
NAME = "Except as contained in this notice, the name of the holder shall not be used"
GOOD = "The Software shall be used for Good, not Evil."
USE = "Redistribution and use in source and binary forms are permitted"
SOURCE = "Redistributions of source code must retain the above copyright notice"
BINARY = "Redistributions in binary form must reproduce the above copyright notice"
ENDORSE = "may not be used to endorse or promote products"
ADS = "All advertising materials mentioning features must say so"
UC = "the University of California, Berkeley and its contributors"
ISC = "Permission to use, copy, modify, and distribute this for any"
FEE = "purpose with or without fee is hereby granted"
ABOVE = "provided that the above copyright notice appears"

TEXTS = {
    (GIVEN, DEAL, KEPT): "MIT",
    (GIVEN, DEAL): "MIT-0",
    (GIVEN, DEAL, "subject to the following conditions"): "",
    (GIVEN, KEPT): "",
    (DEAL, KEPT): "",
    (GIVEN, DEAL, KEPT, NAME): "X11",
    (GIVEN, KEPT, NAME): "",
    (DEAL, KEPT, NAME): "",
    (GIVEN, DEAL, KEPT, NAME, SOURCE): "",
    (GIVEN, DEAL, KEPT, SOURCE): "",
    (GIVEN, DEAL, KEPT, GOOD): "JSON",
    (GIVEN, KEPT, GOOD): "",
    (DEAL, KEPT, GOOD): "",
    (USE, SOURCE): "BSD-1-Clause",
    (USE, SOURCE, BINARY): "BSD-2-Clause",
    (USE, SOURCE, ENDORSE): "",
    (USE, SOURCE, ADS): "",
    (USE, BINARY): "",
    (SOURCE, BINARY): "",
    (USE, SOURCE, BINARY, ENDORSE): "BSD-3-Clause",
    (USE, BINARY, ENDORSE): "",
    (SOURCE, BINARY, ENDORSE): "",
    (USE, SOURCE, BINARY, ADS): "BSD-4-Clause",
    (USE, SOURCE, BINARY, ADS, UC): "BSD-4-Clause-UC",
    (USE, SOURCE, BINARY, ENDORSE, ADS): "BSD-4-Clause",
    (ISC, FEE, ABOVE): "ISC",
    (ISC, FEE): "0BSD",
    (FEE, ABOVE): "",
    (ISC, ABOVE): "",
    (ISC, FEE, ABOVE, "not used in advertising or publicity"): "HPND",
    ("be held liable for any damages arising", "Altered source versions must be marked"): "Zlib",
    ("be held liable for any damages arising",): "",
    ("Altered source versions must be marked",): "",
    ("free and unencumbered software released into the public domain",): "Unlicense",
    ("CC0 1.0 Universal",): "CC0-1.0",
    ("dedicated all copyright and related and neighboring rights",): "CC0-1.0",
    ("0. You just DO WHAT THE FUCK YOU WANT TO.",): "WTFPL",
    ("Boost Software License - Version 1.0",): "BSL-1.0",
    ("Mozilla Public License Version 2.0\n1. Definitions",): "MPL-2.0",
    ("Mozilla Public License, v. 2.0.", "a copy of the MPL was not distributed"): "MPL-2.0",
    ("Apache License\nVersion 2.0, January 2004",): "Apache-2.0",
    ("under the Apache License, Version 2.0", "in compliance with the License"): "Apache-2.0",
    ("The Artistic License 2.0",): "Artistic-2.0",
    (
        "The Artistic License\nPreamble",
        "some semblance of artistic control over the package",
    ): "Artistic-1.0-Perl",
    ("Eclipse Public License - v 1.0",): "EPL-1.0",
    ("Eclipse Public License v1.0",): "EPL-1.0",
    ("Eclipse Public License - v 2.0",): "EPL-2.0",
    ("Common Public License Version 1.0\nTHE ACCOMPANYING PROGRAM",): "CPL-1.0",
    ("LPPL Version 1.3c",): "LPPL-1.3c",
    ("SIL Open Font License Version 1.1",): "OFL-1.1",
    (
        "The authors hereby grant permission to use, copy, modify, distribute, and license this",
    ): "TCL",
}


@pytest.mark.parametrize("passages", TEXTS)
def test_a_licence_file_is_recognized_by_its_passages(passages: tuple[str, ...]) -> None:
    """Each case has all that its licence requires, or lacks one passage of it."""
    text = "".join(f"{each}\n" for each in passages) + "End of the licence.\n"
    found = {each.license for each in findings("LICENSE", text) if each.kind == TEXT}
    assert found == ({TEXTS[passages]} if TEXTS[passages] else set())


def test_the_kinds_of_evidence_have_their_words() -> None:
    """As reports and plans name them."""
    assert (TAG, TEXT, GRANT, NOTICE) == ("tag", "text", "grant", "notice")


def test_a_text_without_any_word_of_licences_is_not_searched() -> None:
    """Most source files have none, and the search takes time."""
    text = "be held liable for any damages arising\nAltered source versions must be marked\n"
    assert findings("LICENSE", text) == ()
    assert findings("LICENSE", f"{text}copyright\n")

"""Which files of a rock stand together in Debian's copyright file."""

from __future__ import annotations

from distrorocks.licensing.detection import findings
from distrorocks.licensing.holders import holders
from distrorocks.licensing.stanzas import stanzas_of
from tests.licensing import passages as words


def test_where_no_file_speaks_for_the_rock_its_rockspec_does() -> None:
    """The licence of a bundled file is that of this file alone, with its holder."""
    other = "Redistribution and use in source and binary forms are permitted.\n" + "\n".join(
        f"{it} must reproduce the above copyright notice."
        if "binary" in it
        else f"{it} must retain the above copyright notice."
        for it in ("Redistributions of source code", "Redistributions in binary form")
    )
    files = {
        "a.lua": "-- Copyright 2011 Ada Lovelace\n",
        "b.c": f"/* Copyright 1988 Bo Body\n\n{other}\n*/\n",
    }
    found = [each for path, text in files.items() for each in findings(path, text)]
    named = {path: holders(text) for path, text in files.items()}
    first, second = stanzas_of("MIT AND BSD-2-Clause", found, named, "MIT")
    assert first == (("*",), "MIT", ("2011 Ada Lovelace",))
    assert second == (("b.c",), "BSD-2-Clause", ("1988 Bo Body",))
    first, second = stanzas_of("MIT AND BSD-2-Clause", found, named, "")
    assert (first.license, second.files) == ("MIT AND BSD-2-Clause", ("b.c",))


def test_a_stanza_has_the_holders_of_its_own_files_alone() -> None:
    """Neither of a file whose name only begins alike, nor those of bundled files in ``*``."""
    files = {
        "LICENSE": words.MIT,
        "b.c": words.commented(words.BSD3, "// ").replace("Bob", "Bee"),
        "b.cpp": "// Copyright 2015 Cee Example\n",
        "d.c": words.commented(words.BSD3, "// ").replace("Bob", "Dee"),
        "vendor/z/LICENSE": words.ZLIB,
        "vendor/z/z.c": "// Copyright 2016 Zed Example\n",
        "vendor/zz.c": "// Copyright 2017 Eve Example\n",
    }
    found = [each for path, text in files.items() for each in findings(path, text)]
    named = {path: holders(text) for path, text in files.items()}
    grouped = stanzas_of("MIT AND BSD-3-Clause AND Zlib", found, named)
    assert [(each.files, each.license, each.holders[0]) for each in grouped] == [
        (("*",), "MIT", "2019-2021 Ada Example <ada@example.org>"),
        (("vendor/z/*",), "Zlib", "2016 Zed Example"),
        (("b.c",), "BSD-3-Clause", "2010 Bee Example"),
        (("d.c",), "BSD-3-Clause", "2010 Dee Example"),
        (("b.cpp",), "MIT", "2015 Cee Example"),
        (("vendor/zz.c",), "MIT", "2017 Eve Example"),
    ]
    assert all(len(each.holders) == 1 for each in grouped)


def test_a_holder_is_the_rocks_own_in_other_words() -> None:
    """Who is named with others in the licence file is a holder of the rock."""
    named = {
        "LICENSE": ("2007-2009 Ada Example, Bob Example",),
        "a.lua": ("2008 Ada Example",),
        "b.lua": ("The Bob Example <bob@example.org>",),
        "c.lua": ("2008 Carl Example",),
    }
    first, other = stanzas_of("MIT", (), named)
    assert (first.files, other.files) == (("*",), ("c.lua",))


def test_a_folder_with_the_licence_file_of_others_has_a_stanza() -> None:
    """Under the licence of the rock too: all of it is by them."""
    named = {
        "LICENSE": ("2010 Ada",),
        "vendor/z/LICENSE": ("2011 Zed",),
        "vendor/z/z.c": ("2011 Zed",),
    }
    found = [each for path in named for each in findings(path, words.MIT)]
    first, other = stanzas_of("MIT", found, named)
    assert (first.holders, other) == (
        ("2010 Ada",),
        (("vendor/z/*",), "MIT", ("2011 Zed",)),
    )


def test_without_a_licence_file_the_holder_of_most_files_is_the_rocks() -> None:
    """Where none has more than half of them, all are together."""
    named = {"a.lua": ("2008 Ada",), "b.lua": ("2009 Ada",), "c.lua": ("2008 Carl",)}
    first, other = stanzas_of("MIT", (), named)
    assert (first.holders, other.files) == (("2008-2009 Ada",), ("c.lua",))
    (alone,) = stanzas_of("MIT", (), {**named, "d.lua": ("Dee",)})
    assert alone.holders == ("2008-2009 Ada", "2008 Carl", "Dee")


def test_many_holders_share_a_stanza() -> None:
    """Each under another licence; those under the rock's are in the first one."""
    others = {f"{number}.c": (f"2010 Holder{number}",) for number in range(17)}
    named = {"LICENSE": ("2010 Ada",), **others}
    (alone,) = stanzas_of("MIT", (), named)
    assert len(alone.holders) == 18


def test_a_stanza_has_the_holders_of_its_files_alone() -> None:
    """Those below a directory with a licence file, and of single files; others are in ``*``."""
    found = [
        *findings("src/a.lua", "-- SPDX-License-Identifier: ISC\n"),
        *findings("lib/LICENSE", "SPDX-License-Identifier: Zlib\n"),
    ]
    named = {
        "src/a.lua": ("2020 A",),
        "src/b.lua": ("2020 B",),
        "lib/LICENSE": ("2020 C",),
        "lib/d/e.lua": ("2020 D",),
    }
    grouped = stanzas_of("MIT", found, named)
    assert {each.files: each.holders for each in grouped[1:]} == {
        ("src/a.lua",): ("2020 A",),
        ("lib/*",): ("2020 C", "2020 D"),
    }
    assert "2020 B" in grouped[0].holders

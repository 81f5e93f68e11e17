"""The compiled files of a rock are found by what they are, and bounded together."""

from __future__ import annotations

import pytest

from distrorocks.binaries import rock_needs as needs_module
from distrorocks.binaries.elf_image import ElfError
from distrorocks.errors import DistrorocksError
from distrorocks.system.files.archive_member import ArchiveError
from distrorocks.world import rock_binaries
from distrorocks.world.rock_binaries import rock_needs
from tests.elf_files import module, rock

FILE = "foo-1.0-1.linux-x86_64.rock"
GOOD = module("foo", "lua_pushnil")


def test_what_is_deployed_and_compiled_is_read() -> None:
    """In lib, lua and bin, whatever the names; not documents, sources and scripts."""
    files = {
        "lib/foo.so": GOOD,
        "lua/odd.lua": GOOD,
        "bin/tool": GOOD,
        "doc/foo.so": GOOD,
        "lib/text.so": b"#!/usr/bin/lua\n",
        "lib/empty.so": b"",
    }
    found = rock_needs(FILE, rock(files))
    assert sorted(found.files) == ["bin/tool", "lib/foo.so", "lua/odd.lua"]
    assert (found.rock, len(found.sha256)) == (FILE, 64)


@pytest.mark.parametrize("size", [4, 20, 63, 64, 200, len(GOOD) - 1])
def test_a_damaged_file_is_named(size: int) -> None:
    """With what is wrong with it."""
    with pytest.raises(ElfError, match=r"its compiled file 'lib/foo.so' is refused: it is"):
        rock_needs(FILE, rock({"lib/foo.so": GOOD[:size]}))


def test_files_and_symbols_of_a_rock_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """All files together."""
    content = rock({"lib/a.so": GOOD, "lib/b.so": GOOD})
    for place, name, value, reason in (
        (rock_binaries, "MOST_FILES", 1, "more than 1 compiled files"),
        (rock_binaries, "MOST_SYMBOLS", 5, "more than 5 symbols"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(place, name, value)
            with pytest.raises(ArchiveError, match=reason):
                rock_needs(FILE, content)
    assert needs_module.MOST_FILES > 1


@pytest.mark.parametrize("cut", [0, 10, 100, -30, -1])
def test_a_damaged_archive_is_refused(cut: int) -> None:
    """Wherever it ends."""
    with pytest.raises(DistrorocksError):
        rock_needs(FILE, rock({"lib/foo.so": GOOD})[:cut])

"""Lines are found wherever the parts of the file are cut."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, strategies as st

from distrorocks.system.files.marked_lines import marked_lines

CONTENTS = b"""bin/ls                                    utils/coreutils
usr/share/lua/5.4/a.lua                 interpreters/lua-a
usr/share/lua/5.4/a/b c.lua      interpreters/lua-a
usr/share/doc/lua/5.4/readme            doc/lua-doc
"""


@given(st.lists(st.integers(0, len(CONTENTS)), max_size=5))
def test_parts_may_end_anywhere(cuts: list[int]) -> None:
    """The lines are those of the whole."""
    places = [0, *sorted(cuts), len(CONTENTS)]
    parts = [CONTENTS[one:other] for one, other in pairwise(places)]
    whole = [line for line in CONTENTS.splitlines() if b"/lua/5." in line]
    assert list(marked_lines(parts, [b"/lua/5."])) == whole

"""What holds of every text that is taken as lines."""

from __future__ import annotations

from hypothesis import given, strategies as st

from distrorocks.packaging.merge.lines import split_lines


@given(st.text(st.sampled_from("ab \n\r\x0c\x1c\u2028")))
def test_lines_are_the_text_and_end_at_line_feeds_alone(text: str) -> None:
    """Joined they are the text again, and each but the last ends with its one line feed."""
    lines = split_lines(text)
    assert "".join(lines) == text
    assert all(line.endswith("\n") for line in lines[:-1])
    assert all("\n" not in line[:-1] for line in lines)

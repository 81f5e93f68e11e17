"""Copyright lines of one holder."""

from __future__ import annotations

from hypothesis import given, strategies as st

from distrorocks.licensing.holders import joined_years

_YEARS = st.integers(1900, 2099)


def test_a_holder_stands_once_with_all_years() -> None:
    """Spans that meet become one, others stand side by side, the order of holders is kept."""
    lines = ("2011 Ann", "2005 Bob", "2012-2013 Ann", "2015, 2017 Ann", "Cy 2001", "Cy 2001")
    assert joined_years(lines) == ("2011-2013, 2015, 2017 Ann", "2005 Bob", "Cy 2001")


def test_years_that_are_none_stay() -> None:
    """A span that goes backwards, a number that is no year, a line without one."""
    lines = ("2012-2011 Ann", "3com Ltd", "20001 Bob", "Dee")
    assert joined_years(lines) == lines


@given(st.lists(st.tuples(_YEARS, st.integers(0, 9)), min_size=1, max_size=8))
def test_no_year_is_lost(spans: list[tuple[int, int]]) -> None:
    """Whatever the spans, joining what was joined changes nothing."""
    lines = tuple(f"{first}-{min(first + more, 2099)} Ann" for first, more in spans)
    once = joined_years(lines)
    assert len(once) == 1
    assert joined_years(once) == once
    assert str(min(first for first, _ in spans)) in once[0]

"""A dependency in a manifest is read back as it was written there."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.lua.value import LuaTable, LuaValue, table_of
from distrorocks.rocks.dependency import Dependency, DependencyTableError, dependency_of

VERSIONS = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}(rc[0-9])?(-[0-9])?", fullmatch=True)
CONSTRAINTS = st.tuples(
    st.sampled_from(["", "@"]), st.sampled_from(["==", "~=", "<", ">", "<=", ">=", "~>"]), VERSIONS
).map("".join)
TEXTS = st.builds(
    lambda name, constraints: f"{name} {', '.join(constraints)}",
    st.sampled_from(["lpeg", "me/Lpeg", "a.b-c_d"]),
    st.lists(CONSTRAINTS, max_size=3),
)


@given(TEXTS)
def test_what_was_written_is_read(text: str) -> None:
    """``to_table`` and ``dependency_of`` are each other's inverse."""
    dependency = Dependency.parse(text)
    assert dependency_of(dependency.to_table(), "here") == dependency


GOOD: LuaTable = {"op": ">=", "version": {"string": "1.0"}}


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (None, "d[1] has no name"),
        ("lpeg", "d[1] has no name"),
        ({"name": "x"}, "d[1] has no name or no constraints"),
        ({"name": "x", "constraints": {}, "namespace": 1}, "d[1].namespace is not a string"),
        (
            {"name": "x", "constraints": table_of([GOOD, {"op": "=>"}])},
            "d[1].constraints[2] has no operator",
        ),
        ({"name": "x", "constraints": table_of([{**GOOD, "version": "1"}])}, "d[1].constraints[1]"),
        ({"name": "x", "constraints": table_of([{**GOOD, "op": {}}])}, "d[1].constraints[1]"),
    ],
)
def test_an_invalid_table_is_refused_with_its_place(value: LuaValue, place: str) -> None:
    """A manifest is untrusted input, so its errors name the field."""
    with pytest.raises(DependencyTableError) as raised:
        dependency_of(value, "d[1]")
    assert raised.value.brief.startswith(place)

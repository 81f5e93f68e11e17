"""The line of a dependency is the one that it stands on."""

from __future__ import annotations

from distrorocks.servers.rockspec_needs import lines_of

TEXT = """package = "a"
dependencies = {
   "lua >= 5.1",
   'b ~> 1', "c"
}
build_dependencies = { "c" }
"""


def test_each_has_its_line() -> None:
    """In either kind of quotes; 0 stands for what is not written so."""
    assert lines_of(TEXT, ["lua >= 5.1", "b ~> 1", "c", "d"]) == [3, 4, 4, 0]


def test_the_same_twice_is_on_two_lines() -> None:
    """Each search begins after the one before."""
    assert lines_of('{"a",\n"a"}', ["a", "a"]) == [1, 2]

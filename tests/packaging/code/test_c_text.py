"""C source without what a compiler does not look at."""

from __future__ import annotations

from distrorocks.packaging.code.c_text import bare_lines


def test_comments_and_strings_say_nothing() -> None:
    """What stands in comments and strings is gone; the numbers of lines stay."""
    text = 'a; /* lua_objlen\n lua_open */ b;\n// lua_open\n"lua_open \\" x" c \'"\' d\n'
    assert [(n, line.split()) for n, line in bare_lines(text)] == [
        (1, ["a;", "b;"]),
        (4, ['""', "c", '""', "d"]),
    ]


def test_a_line_that_goes_on_is_one() -> None:
    """A backslash joins lines, the next one keeps its own number."""
    assert [n for n, _ in bare_lines("#define a \\\n b \\\n c\nd\n")] == [1, 4]


def test_what_is_never_closed_ends_with_the_text() -> None:
    """An open comment takes the rest; an open string ends with its line."""
    assert [n for n, _ in bare_lines("a\n/* b\nc\n")] == [1]
    assert [n for n, _ in bare_lines('a "b\nc\n')] == [1, 2]

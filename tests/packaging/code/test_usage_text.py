"""What commands in Lua print for --help is found in their sources."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.usage_text import usage_of

OPTIONS = "  -h  help\n  -v  version"


@pytest.mark.parametrize(
    ("text", "usage"),
    [
        (f"print [[\nUsage: foo [options]\n\n{OPTIONS}\n]]", f"Usage: foo [options]\n\n{OPTIONS}"),
        (f"#!/usr/bin/lua\nlapp [==[\nDoes it\n{OPTIONS}\n]==]", f"Does it\n{OPTIONS}"),
        (r"io.write('usage: %s FILE\n\n\t-h\n')", "usage: foo FILE\n\n        -h"),
        (f"a = [[usage: a\nb\nc]] b = [[usage: b\n{OPTIONS}]]", f"usage: b\n{OPTIONS}"),
        ("print [[Usage: foo]]", ""),
        ("print [[one\ntwo\nthree]]", ""),
        ("print [[one\n  -h\nthree]]", ""),
        ("print [[usage: %s\n  %s\n  -h]]", ""),
        (r"print('usage: \q\n\n\n')", ""),
        (f"-- [[usage: foo\n{OPTIONS}]]", ""),
        (f"print [[usage: foo\n{OPTIONS}{'x' * 8192}]]", ""),
        ("print [[usage: foo\n\x1b[1m bold\n  -h\n  -v]]", "usage: foo\n  -h\n  -v"),
        ("usage: no Lua", ""),
    ],
)
def test_the_longest_text_that_tells_the_use_is_taken(text: str, usage: str) -> None:
    """Of several lines, with its usage or options; what would be put in has to be the name."""
    assert usage_of("foo", text) == usage

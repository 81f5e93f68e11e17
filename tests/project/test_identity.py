"""The name and the version of a rock follow from its place, as in LuaRocks."""

from __future__ import annotations

import pytest

from distrorocks.errors import UsageError
from distrorocks.project.identity import Identity, identity, parsed_version

HERE = "/work/lua-foo"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", ("lua-foo", "dev", 1, ".")),
        (".", ("lua-foo", "dev", 1, ".")),
        ("../bar/", ("bar", "dev", 1, "../bar/")),
        ("/srv/bar", ("bar", "dev", 1, "/srv/bar")),
        ("foo .", ("foo", "dev", 1, ".")),
        ("foo 1.0 .", ("foo", "1.0", 1, ".")),
        ("foo 1.0-3 .", ("foo", "1.0", 3, ".")),
        ("foo 1.0-beta-3 .", ("foo", "1.0beta", 3, ".")),
        ("https://a.b/lua-foo-1.2.tar.gz", ("lua-foo", "1.2", 1)),
        ("https://a.b/foo-1.2.tar.bz2", ("foo", "1.2", 1)),
        ("https://a.b/foo-1.2.zip", ("foo", "1.2", 1)),
        ("bar https://a.b/foo-1.2.zip", ("bar", "1.2", 1)),
        ("bar 2 https://a.b/x.zip", ("bar", "2", 1)),
        ("https://h/o/repo/archive/v1.2.tar.gz", ("repo", "1.2", 1)),
        ("https://h/o/repo/archive/refs/tags/1.2.zip", ("repo", "1.2", 1)),
        ("https://h/o/repo/archive/repo-1.2.zip", ("repo", "1.2", 1)),
        ("https://h/o/repo/-/archive/vest/x.tgz", UsageError),
        ("git+https://h/o/repo.git", ("repo", "dev", 1)),
        ("git://h/o/repo.nvim", ("repo.nvim", "dev", 1)),
        ("git+ssh://git@h/o/repo.git/", ("repo", "dev", 1)),
        ("git://h/o/repo/", ("repo", "dev", 1)),
        ("https://h/o/repo.git", UsageError),
        ("https://h/x.zip", UsageError),
        ("a b c d", UsageError),
        ("-x .", UsageError),
        ("foo 1~2 .", UsageError),
    ],
)
def test_words_name_a_rock(words: str, expected: tuple[object, ...] | type[Exception]) -> None:
    """What is not said follows from the location."""
    if isinstance(expected, type):
        with pytest.raises(expected):
            identity(words.split(), tag="", here=HERE)
        return
    found = identity(words.split(), tag="", here=HERE)
    assert found[: len(expected)] == expected
    assert found.location == (words.split() or ["."])[-1]


def test_a_tag_tells_the_version() -> None:
    """If none is given: without the v before it."""
    assert identity(["."], tag="v1.2", here=HERE).full_version == "1.2-1"
    assert identity(["a", "3", "."], tag="v1.2", here=HERE).full_version == "3-1"


def test_a_rock_has_a_file_name() -> None:
    """In lower case; only a version is a release."""
    rock = Identity("Foo", "1.0", 2, ".")
    assert (rock.file_name, rock.is_released) == ("foo-1.0-2.rockspec", True)
    assert not rock._replace(version="dev").is_released


@pytest.mark.parametrize("text", ["", "-1", "1 0", "1/2", "é"])
def test_what_is_no_version(text: str) -> None:
    """Is a usage error, so that no file of a strange name is written."""
    with pytest.raises(UsageError):
        parsed_version(text)

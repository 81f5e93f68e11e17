"""A source table becomes one checked value, as LuaRocks reads it."""

from __future__ import annotations

import pytest

from distrorocks.sources.checkout import commands_of
from distrorocks.sources.source import Kind, SourceError, source_of
from tests.sources.fetching import rockspec


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ('url = "https://h/a-1.tar.gz"', (Kind.DOWNLOAD, "https://h/a-1.tar.gz", "a-1", "")),
        ('url = "/srv/a-1.zip"', (Kind.FILE, "/srv/a-1.zip", "a-1", "")),
        ('url = "file:///srv/a.lua"', (Kind.FILE, "/srv/a.lua", "", "")),
        ('url = "git://h/a.git", tag = "v1"', (Kind.GIT, "git://h/a.git", "a", "v1")),
        ('url = "git://github.com/o/a"', (Kind.GIT, "https://github.com/o/a", "a", "")),
        ('url = "git+https://h/a", branch = "b"', (Kind.GIT, "https://h/a", "a", "b")),
        ('url = "git+ssh://git@h:o/a.git"', (Kind.GIT, "git@h:o/a.git", "a", "")),
        ('url = "git+ssh://git@h:22/a.git"', (Kind.GIT, "ssh://git@h:22/a.git", "a", "")),
        ('url = "git+file:///srv/a"', (Kind.GIT, "file:///srv/a", "a", "")),
        ('url = "hg+https://h/a", tag = "t"', (Kind.HG, "https://h/a", "a", "t")),
        ('url = "hg:///srv/a"', (Kind.HG, "/srv/a", "a", "")),
        ('url = "svn://https://h/a/trunk", module = "m"', (Kind.SVN, "https://h/a/trunk", "m", "")),
        ('url = "svn://h/a"', (Kind.SVN, "svn://h/a", "a", "")),
        (
            'url = "cvs://:pserver:me@h:/cvs", cvs_module = "m/n", cvs_tag = "t"',
            (Kind.CVS, ":pserver:me@h:/cvs", "m/n", "t"),
        ),
    ],
)
def test_each_protocol_gives_what_its_program_takes(
    table: str, expected: tuple[Kind, str, str, str]
) -> None:
    """Kind, place, likely folder and reference follow LuaRocks' fetchers."""
    source = source_of(rockspec(table))
    assert (source.kind, source.place, source.directory, source.reference) == expected


@pytest.mark.parametrize(("since", "has_them"), [("1.0", False), ("3.0", True)])
def test_submodules_belong_to_format_3(since: str, has_them: bool) -> None:
    """Older rockspecs were written for a checkout without them."""
    assert source_of(rockspec('url = "git://h/a"', since=since)).has_submodules is has_them


def test_an_unknown_protocol_is_told_with_those_that_are_known() -> None:
    """The hint lists them."""
    with pytest.raises(SourceError, match="'sscm'") as caught:
        source_of(rockspec('url = "sscm://h/a"'))
    assert "git+ssh" in caught.value.hint


def test_a_password_is_not_shown() -> None:
    """Messages have the address without it."""
    assert "secret" not in source_of(rockspec('url = "https://me:secret@h/a.zip"')).shown


@pytest.mark.parametrize(("url", "may"), [("hg+https://h/a", False), ("hg:///srv/a", True)])
def test_a_far_repository_of_hg_brings_none_of_this_machine(url: str, may: bool) -> None:
    """A subrepository may be any path; only who named a local one may mean that."""
    [command] = commands_of(source_of(rockspec(f'url = "{url}"')))
    assert ("subrepos.allowed=false" in command.argv) is not may

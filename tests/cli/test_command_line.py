"""Command lines are taken as LuaRocks takes them."""

from __future__ import annotations

import pytest

from distrorocks.cli.command_line import CommandLine, accepted, arranged, resembling
from distrorocks.errors import UsageError


@pytest.mark.parametrize(
    ("words", "verb", "arguments"),
    [
        ("list --tree /usr", "list", "--tree /usr"),
        ("--tree /usr list x", "list", "--tree /usr x"),
        ("--tree=/usr --local list", "list", "--tree=/usr --local"),
        ("--verbose make_manifest x", "make_manifest", "--verbose x"),
        ("--local --version", "", "--version"),
        ("--tree /usr --help list", "", "--help list"),
        ("", "", ""),
    ],
)
def test_common_options_move_behind_the_verb(words: str, verb: str, arguments: str) -> None:
    """Their values move with them; help and the version need no verb."""
    assert arranged(words.split()) == CommandLine(verb, tuple(arguments.split()))


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("--tree list", "no command given, 'list' is the value of --tree"),
        ("--lua-version", "no command given"),
        ("--tree=x --verbose", "no command given"),
        ("--frob list", "there is no option '--frob' before a command"),
        ("--local -V", "there is no option '-V' before a command"),
        ("-- list", "there is no option '--' before a command"),
    ],
)
def test_options_alone_are_no_command(words: str, what: str) -> None:
    """A verb that was taken for an option's value is named, and an option that there is not."""
    with pytest.raises(UsageError) as caught:
        arranged(words.split())
    assert caught.value.brief == what


def test_underscores_are_hyphens() -> None:
    """LuaRocks' own spelling is understood, and stays what the user typed."""
    assert CommandLine("write_rockspec", ()).name == "write-rockspec"


@pytest.mark.parametrize(
    ("verb", "words", "left"),
    [
        ("show", "--verbose --server x --only-server=y foo", "foo"),
        ("show", "--tree x foo", "--tree x foo"),
        ("show", "--timeout", ""),
        ("lint", "--tree x --local foo", "foo"),
        ("lint", "-- --local", "-- --local"),
        ("refresh", "--verbose", "--verbose"),
    ],
)
def test_what_means_nothing_to_a_verb_is_left_out(verb: str, words: str, left: str) -> None:
    """As LuaRocks does, for its verbs alone; what chooses a tree stays where there are trees."""
    assert accepted(CommandLine(verb, tuple(words.split())), ()) == left.split()


def test_what_a_verb_declares_stays() -> None:
    """The verb's own meaning of an option counts."""
    line = CommandLine("install", ("--server", "x", "--timeout", "3", "--pin"))
    assert accepted(line, {"--server", "--pin"}) == ["--server", "x", "--pin"]


def test_older_names_of_options() -> None:
    """LuaRocks takes them still; what a verb itself calls so is that."""
    line = CommandLine("install", ("--from=x", "--to", "/t", "--only-from", "y", "--", "--to"))
    known = {"--server", "--only-server", "--tree"}
    new = ["--server=x", "--tree", "/t", "--only-server", "y", "--", "--to"]
    assert accepted(line, known) == new
    assert accepted(CommandLine("pack", ("--to=x",)), {"--to", "--tree"}) == ["--to=x"]


@pytest.mark.parametrize(
    ("typed", "meant"), [("instal", "install"), ("make_manifst", "make-manifest"), ("xyz", "")]
)
def test_a_typo_resembles_a_verb(typed: str, meant: str) -> None:
    """Only what is near is offered."""
    assert resembling(typed, ["install", "list", "make-manifest"]) == meant

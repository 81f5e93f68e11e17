"""The command line as LuaRocks takes it: common options before or after the verb, underscores.

LuaRocks accepts its common options with every verb, also where they mean nothing; scripts rely on
that. Sources: ``luarocks help`` of 3.8 and 3.11.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from distrorocks.errors import UsageError
from distrorocks.rocks.quotation import quoted
from distrorocks.values import NamedTuple

_SERVERS = frozenset(("--server", "--from", "--only-server", "--only-from", "--namespace"))
_SOURCES = frozenset(("--only-sources", "--only-sources-from", "--timeout"))
_TREES = frozenset(("--tree", "--to", "--lua-dir", "--lua-version", "--project-tree"))
_WITH_VALUE = _SERVERS | _SOURCES | _TREES
_OLDER = {
    "--from": "--server",
    "--only-from": "--only-server",
    "--only-sources-from": "--only-sources",
    "--to": "--tree",
}
"""Older names of options, which LuaRocks takes without listing them, and today's."""

_OF_RUNS = frozenset(("--dev", "--pin", "--verbose", "--no-project"))
_FLAGS = _OF_RUNS | {"--local", "--global", "--force-lock"}
_BUILDING = frozenset(("build", "init", "install", "make", "pack", "test"))
_WITH_TREES = _BUILDING | frozenset(
    (*("config", "doc", "list", "make-manifest", "path", "purge", "remove", "show", "which"),)
)
_WITHOUT_TREES = frozenset(
    (
        "add",
        "download",
        "lint",
        "new-version",
        "refresh-cache",
        "search",
        "unpack",
        "upload",
        "write-rockspec",
    )
)


class CommandLine(NamedTuple):
    """A verb, "" for none, as it was typed, and all other arguments in order."""

    verb: str
    arguments: tuple[str, ...]

    @property
    def name(self) -> str:
        """The verb's name: LuaRocks also has underscores."""
        return self.verb.replace("_", "-")


def arranged(words: Sequence[str]) -> CommandLine:
    """Return a command line with LuaRocks' common options moved behind the verb.

    Another option before the verb ends the search: then there is no verb. Raise ``UsageError`` if
    nothing follows the options.
    """
    at, name = 0, ""
    while at < len(words) and words[at].startswith("-"):
        name, equals, _ = words[at].partition("=")
        if name not in _WITH_VALUE | _FLAGS:
            return CommandLine("", tuple(words))
        at += 1 if equals or name in _FLAGS else 2
    if at >= len(words) > 0:
        taken = f", {quoted(words[-1])} is the value of {name}" if words[-1] != name else ""
        raise UsageError(f"no command given{taken}", hint="see `distrorocks --help`")
    if not words:
        return CommandLine("", ())
    return CommandLine(words[at], (*words[:at], *words[at + 1 :]))


def accepted(line: CommandLine, declared: Collection[str]) -> list[str]:
    """Return the arguments without those of LuaRocks' common options that mean nothing to the verb.

    ``declared`` are the option strings of the verb. What chooses a tree or a Lua stays, unless the
    verb has to do with neither: it would be wrong to act on another one. Older names of options
    become today's.
    """
    if line.name in _WITHOUT_TREES:
        idle = _WITH_VALUE | _FLAGS
    elif line.name in _WITH_TREES:
        idle = _SERVERS | _SOURCES | _OF_RUNS
    else:
        return list(line.arguments)
    return list(_without(line.arguments, idle - frozenset(declared), frozenset(declared)))


def _without(
    arguments: Sequence[str], names: Collection[str], declared: Collection[str]
) -> Iterator[str]:
    """Yield arguments without these options and their values; all behind ``--`` stays."""
    rest = iter(arguments)
    for each in rest:
        if each == "--":
            yield each
            yield from rest
            return
        typed, equals, value = each.partition("=")
        name = typed if typed in declared else _OLDER.get(typed, typed)
        if name not in names:
            yield f"{name}{equals}{value}"
        elif name in _WITH_VALUE and not equals:
            next(rest, "")


def resembling(verb: str, known: Collection[str]) -> str:
    """Return the known verb that was probably meant, "" if none is near."""
    from difflib import get_close_matches  # only for errors

    name = verb.replace("_", "-").lower()
    return next(iter(get_close_matches(name, sorted(known), 1, 0.6)), "")

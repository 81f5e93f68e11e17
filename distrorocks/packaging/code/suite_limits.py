"""What a file of tests does that a build cannot do, and functions that only some Luas have.

The file is read as tokens. A build has no network, no servers and no host programs, and waits for
no program that a test leaves running.
"""

from __future__ import annotations

import re
from collections.abc import Container

from distrorocks.packaging.code.lua_globals import defines
from distrorocks.packaging.code.removed_calls import VERSIONS

_HOSTS = frozenset(("ngx", "vim", "love", "kong", "box", "minetest", "wx", "iup"))
_BACKGROUND = re.compile(r"[\"'\[]{1,3}(?:.*[^&]&\s*|kill\s.*)[\"'\]]+", re.DOTALL)
_LOCAL = frozenset(('"localhost"', "'localhost'", '"127.0.0.1"', "'127.0.0.1'"))
# Functions of 5.1 that Debian's 5.2 still has where it says so (LUA_COMPAT_ALL).
_GONE = {
    "unpack": "5.3",
    "loadstring": "5.3",
    "setfenv": "5.2",
    "getfenv": "5.2",
    "gcinfo": "5.2",
    "newproxy": "5.2",
}
_GONE_FIELDS = {
    ("table", "getn"): "5.2",
    ("table", "foreach"): "5.2",
    ("table", "foreachi"): "5.2",
    ("table", "maxn"): "5.3",
    ("string", "gfind"): "5.2",
    ("math", "mod"): "5.2",
}
_NEW_FIELDS = {("table", "unpack"): "5.2", ("table", "pack"): "5.2", ("table", "move"): "5.3"}


def wanted_of_build(words: list[str], *, is_spec: bool) -> str:
    """Return what a file of tests does that a build cannot do, "" if it does nothing of this.

    ``is_spec`` is whether busted runs it.
    """
    if host := _host(words):
        return f"uses the global {host}"
    if _connects(words) or _names_port(words):
        return "connects to a server"
    if _starts_program(words):
        return "starts a program in the background"
    if is_spec and (missing := _not_of_busted(words)):
        return f"calls {missing}, which busted does not have"
    return ""


def _host(words: list[str]) -> str:
    """Return a global of a host program that a file reads and does not define, "" if none."""
    own = _defined(words, _HOSTS)
    for at, word in enumerate(words):
        is_read = word in _HOSTS and words[at + 1] in (".", ":")
        before = words[at - 1] if at else ""
        if is_read and before not in (".", ":") and word not in own:
            return word
    return ""


def _connects(words: list[str]) -> bool:
    """Return whether a file calls a function that is named ``connect``."""
    return any(
        word == "connect" and words[at - 1] in (".", ":") and words[at + 1] == "("
        for at, word in enumerate(words)
        if at
    )


def _names_port(words: list[str]) -> bool:
    """Return whether a file gives this machine and a port to a function, and listens to none."""
    places = (at for at, word in enumerate(words) if word in _LOCAL and words[at + 1] == ",")
    is_port = any(words[at + 2].isdecimal() for at in places)
    return is_port and not {"bind", "listen"} & {*words}


def _starts_program(words: list[str]) -> bool:
    """Return whether a file gives a command to the shell that ends in ``&``, or that kills one."""
    is_shell = any(words[at : at + 2] == [".", "execute"] for at in range(len(words)))
    return (is_shell or "popen" in words) and any(map(_BACKGROUND.fullmatch, words))


def _not_of_busted(words: list[str]) -> str:
    """Return a function that a spec calls and nothing in it defines, "" if there is none.

    ``async`` is of busted before 2.0, ``assert_equal`` and others are of telescope.
    """
    foreign = {word for word in words if word == "async" or word.startswith("assert_")}
    own = _defined(words, foreign)
    for at, word in enumerate(words):
        is_called = word in foreign and words[at + 1][:1] in ("(", "'", '"')
        if is_called and words[at - 1] not in (".", ":") and word not in own:
            return word
    return ""


def _defined(words: list[str], names: Container[str]) -> set[str]:
    """Return which of some names a file defines."""
    places = (at for at, word in enumerate(words) if word in names)
    return {words[at] for at in places if words[at + 1] == "=" or defines(words, at)}


def lacking_luas(words: list[str]) -> dict[str, str]:
    """Return the Lua versions that lack a function which a file uses, each with its name.

    One that is taken only where it is there, as in ``unpack or table.unpack``, does not count.
    """
    found: dict[str, str] = {}
    own = {word for at, word in enumerate(words) if word in _GONE and defines(words, at)}
    for at, word in enumerate(words):
        before, after = words[at - 1] if at else "", words[at + 1] if word else ""
        is_plain = after == "(" and before not in (".", ":")
        if is_plain and word in _GONE and word not in own:
            _add(found, word, gone=_GONE[word])
        elif before == "." and (pair := (words[at - 2], word)) in _GONE_FIELDS | _NEW_FIELDS:
            if {words[at - 3], after} & {"or", "and", "then"}:
                continue
            name = ".".join(pair)
            _add(found, name, gone=_GONE_FIELDS.get(pair, ""), since=_NEW_FIELDS.get(pair, ""))
    return found


def _add(found: dict[str, str], name: str, *, gone: str = "", since: str = "") -> None:
    """Add the versions before ``since`` and from ``gone`` on, if they are given."""
    for version in VERSIONS:
        if version < since or (gone and version >= gone):
            found.setdefault(version, name)

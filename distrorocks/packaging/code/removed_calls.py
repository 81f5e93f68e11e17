"""Which functions that newer versions of Lua removed a file calls as soon as it is loaded.

The code is read as tokens. A call in a block may be left undone, and is no evidence, but for those
in a branch that the version of Lua alone decides, and in a function that the file calls. What the
file defines itself, as in ``local setfenv = setfenv or ...``, is not removed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from operator import eq, ge, gt, le, lt, ne

from distrorocks.packaging.code.lua_tokens import CLOSING, NAME, OPENING, condition_at
from distrorocks.values import NamedTuple

VERSIONS = ("5.1", "5.2", "5.3", "5.4", "5.5")
# Lua 5.2 is compiled with LUA_COMPAT_ALL, so 5.3 is the first without some of them.
_GONE_AT = {
    "module": "5.3",
    "setfenv": "5.2",
    "getfenv": "5.2",
    "unpack": "5.3",
    "loadstring": "5.3",
}
_LONGEST_LOCAL = 64  # tokens
_VERSION_ASKED = re.compile(
    r"(?:\( )?_VERSION (?P<sign>[<>=~]=|[<>]) [\"'](?P<text>[\w. ]*)[\"'](?: \))?"
)
_COMPARISONS = {"==": eq, "~=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
_ALL = frozenset(VERSIONS)
_FILE = ""  # what is called outside of any function


class RemovedCall(NamedTuple):
    """A call of a removed function, the first version without it, and those that come to it."""

    function: str
    gone: str
    using: frozenset[str]


class _Call(NamedTuple):
    """What calls a function, by name, and the versions that come to the call."""

    caller: str
    function: str
    using: frozenset[str]


def removed_calls(tokens: list[str]) -> Iterator[RemovedCall]:
    """Yield the calls of removed functions that a file does when it is loaded.

    They may have another name there, as in ``local getenv = getfenv``.
    """
    aliases = _aliases(tokens)
    own = {name for index, name in enumerate(tokens) if name in _GONE_AT and _is_own(tokens, index)}
    called = {name: name for name in _GONE_AT if name not in own} | aliases
    calls: dict[str, list[_Call]] = {}
    for call in _calls(tokens):
        calls.setdefault(call.caller, []).append(call)
    reached = {_FILE: _ALL}  # the functions that are called, each with the versions that call it
    left = {_FILE: None}
    while left:
        caller, _ = left.popitem()
        for call in calls.get(caller, ()):
            if not (using := call.using & reached[caller]):
                continue
            if call.function in called:
                function = called[call.function]
                yield RemovedCall(function, _GONE_AT[function], using)
            elif not using <= reached.get(call.function, frozenset()):
                reached[call.function] = reached.get(call.function, frozenset()) | using
                left[call.function] = None


def _calls(tokens: list[str]) -> Iterator[_Call]:
    """Yield the calls that a file or a function of it does in any case, or by version of Lua.

    What follows a ``return`` in a block may be left undone.
    """
    blocks: list[_Block] = []
    for index, word in enumerate(tokens):
        if word in OPENING:
            blocks.append(_Block(tokens, index))
        elif word in CLOSING:
            if not blocks:
                return  # it does not compile
            closed = blocks.pop()
            closed.end_statement()
            if closed.returns and not closed.is_function and blocks:
                blocks[-1].returns = True
        elif word == "return" and blocks:
            blocks[-1].is_returning = True  # at its end: what it returns is called before
        elif word in ("elseif", "else") and blocks:
            blocks[-1].end_statement()
            blocks[-1].turn_to(tokens, index)
        elif _is_called(tokens, index):
            at = max((at for at, each in enumerate(blocks) if each.is_function), default=-1)
            inside = blocks[at + 1 :]
            caller = blocks[at].name if at >= 0 else _FILE
            may_be_over = at >= 0 and any(each.returns for each in blocks[at:])
            is_known = at < 0 or (caller != _FILE and not may_be_over)
            if is_known and (using := _all_of(inside)):
                yield _Call(caller, _name_before(tokens, index + 1), using)


def _is_called(tokens: list[str], index: int) -> bool:
    """Return whether a token is the last of a name that is called."""
    if not NAME.fullmatch(tokens[index]):
        return False
    after = tokens[index + 1]
    if not (after[:1] in ("(", '"', "'") or after.startswith("[[")):
        return False
    start = _start_of_name(tokens, index)
    before = tokens[start - 1] if start else ""
    return before not in ("or", "and", "function")


def _name_before(tokens: list[str], index: int) -> str:
    """Return the name that ends before a token, with dots; "" if it does not begin with a name."""
    words = tokens[_start_of_name(tokens, index - 1) : index]
    return ".".join(words[::2]) if all(map(NAME.fullmatch, words[::2])) else ""


def _start_of_name(tokens: list[str], index: int) -> int:
    """Return where a name with dots begins, of which a token is the last."""
    while index > 1 and tokens[index - 1] in (".", ":"):
        index -= 2
    return index


class _Block:
    """A block, and the versions that run the branch of it that is read; none if that is unknown.

    ``name`` is that of a function, "" for others and for those without a name. ``returns`` is
    whether a part of it that was read may end its function, ``is_returning`` whether that is done
    by the statement that is read.
    """

    def __init__(self, tokens: list[str], index: int) -> None:
        self._left = _ALL
        self.running = frozenset[str]()
        self.returns = self.is_returning = False
        self.is_function = tokens[index] == "function"
        self.name = _name_of_function(tokens, index) if self.is_function else ""
        if tokens[index] == "if":
            self.turn_to(tokens, index)

    def end_statement(self) -> None:
        """Note that what follows a statement that returns may be left undone."""
        self.returns = self.returns or self.is_returning
        self.is_returning = False

    def turn_to(self, tokens: list[str], index: int) -> None:
        """Read the branch that begins at a token; after an unknown condition nothing is known."""
        asked = self._left if tokens[index] == "else" else _versions_asked(tokens, index)
        self.running = self._left & asked if asked is not None else frozenset()
        self._left = self._left - asked if asked is not None else frozenset()


def _name_of_function(tokens: list[str], index: int) -> str:
    """Return the name of a function that begins at a token, also of one that is assigned."""
    if tokens[index + 1] == "(":
        return _name_before(tokens, index - 1) if index > 1 and tokens[index - 1] == "=" else ""
    at = index + 2
    while tokens[at] in (".", ":"):
        at += 2
    return ".".join(tokens[index + 1 : at : 2])


def _all_of(blocks: Iterable[_Block]) -> frozenset[str]:
    """Return the versions that run what is in all blocks."""
    return _ALL.intersection(*(block.running for block in blocks))


def _versions_asked(tokens: list[str], index: int) -> frozenset[str] | None:
    """Return the versions for which a condition holds that compares ``_VERSION``, None for others.

    Of several comparisons all are joined by ``or``.
    """
    found = frozenset[str]()
    for term in " ".join(condition_at(tokens, index)).split(" or "):
        said = _VERSION_ASKED.fullmatch(term)
        if not said:
            return None
        compare = _COMPARISONS[said["sign"]]
        found |= {it for it in VERSIONS if compare(f"Lua {it}", said["text"])}
    return found


def _aliases(tokens: list[str]) -> dict[str, str]:
    """Return the local names that only stand for a removed function, each with its own name."""
    found: dict[str, str] = {}
    for index, word in enumerate(tokens):
        if word != "local" or "=" not in tokens[index : index + _LONGEST_LOCAL]:
            continue
        at = tokens.index("=", index)
        names, values = tokens[index + 1 : at : 2], []
        if set(tokens[index + 2 : at : 2]) - {","}:
            continue
        while NAME.fullmatch(tokens[at + 1]) and tokens[at + 2] == ",":
            values.append(tokens[at + 1])
            at += 2
        if NAME.fullmatch(tokens[at + 1]) and not _goes_on(tokens[at + 2]):
            values.append(tokens[at + 1])
        found |= {name: it for name, it in zip(names, values, strict=False) if it in _GONE_AT}
    return found


def _goes_on(token: str) -> bool:
    """Return whether an expression goes on with a token after a name."""
    return token in ("or", "and", ".", ":", "(", "[", "{", "..") or token[:1] in ('"', "'")


def _is_own(tokens: list[str], index: int) -> bool:
    """Return whether the file defines a name at a token: as a variable, or as a parameter."""
    first, after = index, index + 1
    while tokens[first - 1] == "," and first > 1 and NAME.fullmatch(tokens[first - 2]):
        first -= 2
    while tokens[after] == "," and NAME.fullmatch(tokens[after + 1]):
        after += 2
    if tokens[first - 1] == "(" and first > 1:
        is_named = NAME.fullmatch(tokens[first - 2]) and tokens[first - 2] != "function"
        start = _start_of_name(tokens, first - 2) - 1 if is_named else first - 2
        return tokens[start] == "function"
    return tokens[first - 1] in ("local", "function", "for") or tokens[after] == "="

"""Of which modules a Lua file needs one or another, as soon as it is loaded.

A file may try a module, and require another where that one is missing:

    local ok, json = pcall(require, "cjson")
    if not ok then json = require "dkjson" end

Either will do, so neither is needed; where both are missing, the file does not load. Alternatives
are the branches of ``if``, and what stands between ``or``. Of a condition that does not ask for a
module each branch may be run. What a function requires counts nothing: it may never be called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import TypeAlias

from distrorocks.packaging.code.lua_tokens import (
    CLOSING,
    NAME,
    OPENING,
    UNSURE,
    after_call,
    asks_version,
    required_at,
)
from distrorocks.values import NamedTuple

# Sets of modules, of which the file needs one set; none where it fails in any case.
Choice: TypeAlias = tuple[frozenset[str], ...]
# Variables that hold nothing unless one of these modules is there. After a question mark stands one
# that holds what ``pcall`` returned, which is an error where none is there.
_Tried: TypeAlias = dict[str, tuple[str, ...]]
_MOST_ALTERNATIVES = 16
_NOTHING: Choice = (frozenset(),)  # where it may need no module
# Names of functions that try a module, where a file has them of another one.
TRIER = re.compile(r"(?:p|try|soft|safe|opt(?:ional)?)_?req(?:uire)?")
_PCALL = ["pcall", "(", "require", ","]
_PCALL_OF_FUNCTION = ["pcall", "(", "function", "(", ")", "return", "require"]


# Modules that are globals in some Lua versions or in LuaJIT, and nothing in others.
_OF_SOME_LUAS = ("bit32", "utf8", "jit")
_KINDS = ("nil", "table", "function", "userdata")  # what a module that was tried can be


class _Branch(NamedTuple):
    """The places of a condition and of what is run under it; that of ``else`` has no condition."""

    condition: range
    body: range


def choices_of(words: list[str]) -> tuple[Choice, ...]:
    """Return the choices of a file, given as its tokens.

    One that needs a module in any case is among them, with one alternative.
    """
    found = _Reading(words).choices(range(len(words)), {})
    return tuple(dict.fromkeys(each for each in found if each and all(each)))


class _Reading:
    """The tokens of a file, and the functions in it that try a module, such as ``prequire``."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        defined = {words[at + 1] for at, word in enumerate(words) if word == "function"}
        imported = {word for word in words if TRIER.fullmatch(word)} - defined
        self._triers = imported.union(self._trying_functions())
        self._globals = {it for it in _OF_SOME_LUAS if not any(_is_set(words, it))}

    def choices(self, places: range, tried: _Tried) -> list[Choice]:
        """Return the choices of a block in their order, and note in ``tried`` what it tries."""
        words, found, at = self._words, list[Choice](), places.start
        while at < places.stop:
            word, before = words[at], words[at - 1] if at else ""
            if word == "if":
                branches, after = self._branches(at)
                choice = self._of_branches(branches, tried)
                found.append(_NOTHING if asks_version(words, at) else choice)
                if any(self._returns(each.body) for each in branches):
                    return found  # what follows may not be run
                at = after
            elif word in ("function", "repeat", "while", "for"):
                after = self._after(at)
                if word != "function" and self._returns(range(at, after)):
                    return found
                at = after
            else:
                if word == "require" and before not in UNSURE:
                    wanted = required_at(words, at)
                    found += [(frozenset((wanted,)),)] if wanted else []
                elif word == "=":
                    found += self._assigned(at, tried)
                elif words[at : at + 2] == ["assert", "("] and before not in UNSURE:
                    found += self._asserted(at + 2, tried)
                elif before not in (*UNSURE, "function") and _fails(words, at):
                    found.append(())
                at += 1
        return found

    def _asserted(self, place: int, tried: _Tried) -> list[Choice]:
        """Return the choice that an assertion makes: that a term, or its type, is there."""
        name, is_there, _ = self._compared(place)
        if name:
            return [_one_of(self._tried_at(name, tried)[0])] if is_there else []
        terms, _, is_whole, after = self._terms(place, tried)
        is_whole = is_whole and self._words[after] in (")", ",")
        return [_one_of(it for each in terms for it in each)] if is_whole else []

    def _trying_functions(self) -> Iterator[str]:
        """Yield the names of functions that call ``require`` in ``pcall``."""
        words = self._words
        for at, word in enumerate(words):
            if word != "function":
                continue
            name = words[at + 1] if NAME.match(words[at + 1]) else words[at - 2] if at > 1 else ""
            is_plain = words[at + 2] == "(" or words[at - 1] == "="
            body = words[at : self._after(at)] if is_plain else []
            calls = (it for it, each in enumerate(body) if each == "pcall")
            if NAME.match(name) and any(body[it : it + 3] == _PCALL[:3] for it in calls):
                yield name

    def _after(self, at: int) -> int:
        """Return the place after the block that begins at a token."""
        words, depth = self._words, 0
        for place in range(at, len(words)):
            depth += words[place] in OPENING
            depth -= words[place] in CLOSING
            if depth <= 0 and words[place] in CLOSING:
                return place + 1
        return len(words)

    def _branches(self, at: int) -> tuple[list[_Branch], int]:
        """Return the branches of an ``if`` and the place after it; the last may be empty."""
        words, depth, start, condition = self._words, 0, at, range(0)
        found: list[_Branch] = []
        end = self._after(at)
        is_full = False
        for place in range(at, end):
            word = words[place]
            depth += word in OPENING
            if depth == 1 and word == "then":
                condition, start = range(start + 1, place), place
            elif depth == 1 and word in ("elseif", "else", "end"):
                found.append(_Branch(condition, range(start + 1, place)))
                condition, start = range(0), place
                is_full = is_full or word == "else"
            depth -= word in CLOSING
        return (found if is_full else [*found, _Branch(range(0), range(0))]), end

    def _of_branches(self, branches: Iterable[_Branch], tried: _Tried) -> Choice:
        """Return the alternatives of an ``if``, and note in ``tried`` what holds after it."""
        found: dict[frozenset[str], None] = {}
        there: list[Choice] = []  # what the conditions that did not hold say
        outcomes = []
        for branch in branches:
            inner = dict(tried)
            is_there, asked = self._asked(branch.condition, tried)
            also = [asked] if asked and is_there else []
            inner |= _returned(tried, (*there, *also))
            found |= dict.fromkeys(_together((*there, *also, *self.choices(branch.body, inner))))
            there += [asked] if asked and not is_there else []
            outcomes.append(inner)
        tried.clear()
        for name in set.intersection(*map(set, outcomes)):
            tried[name] = tuple(dict.fromkeys(it for each in outcomes for it in each[name]))
        return tuple(found) if len(found) <= _MOST_ALTERNATIVES else _NOTHING

    def _asked(self, places: range, tried: _Tried) -> tuple[bool, Choice]:
        """Return whether a condition is that a module is there, or is not, and which one of."""
        words = self._words[places.start : places.stop]
        while words[:1] == ["("] and words[-1:] == [")"]:
            words, places = words[1:-1], places[1:-1]
        name, is_there, after = self._compared(places.start) if places else (0, False, 0)
        if name and after == places.stop:
            return is_there, _one_of(self._tried_at(name, tried)[0])
        is_there = words[:1] != ["not"]
        if not is_there:
            places = places[1:]
        elif "or" not in words and "and" in words:  # each has to hold
            places = places[: words.index("and")]
        modules, after = self._tried_at(places.start, tried) if places else ((), 0)
        return is_there, _one_of(modules if after == places.stop else ())

    def _compared(self, at: int) -> tuple[int, bool, int]:
        """Return where a variable is that is compared with a type or nil, 0 where none is.

        With it are whether it holds something if the comparison is true, and the place after that.
        """
        words = self._words[at : at + 6]
        if words[:2] == ["type", "("] and words[3:4] == [")"]:
            name, operator, value = at + 2, words[4], words[5][1:-1]
        else:
            name, operator, value = at, words[1], words[2]
            value = value if value == "nil" else ""
        if operator not in ("==", "~=") or value not in _KINDS:
            return 0, False, 0
        return name, (operator == "==") is (value != "nil"), at + 3 + 3 * (name > at)

    def _tried_at(self, at: int, tried: _Tried) -> tuple[tuple[str, ...], int]:
        """Return the modules that a call or a variable at a place tries, and the place after it."""
        words = self._words
        wanted, closing = "", 0
        if words[at : at + 4] == _PCALL:
            wanted, after = required_at(words, at + 3), at + 6
        elif words[at : at + 7] == _PCALL_OF_FUNCTION:
            called = words[at + 7] == "("
            wanted, after = required_at(words, at + 6), at + 10 + 2 * called
            closing = after - 1
        elif words[at] in self._triers:
            wanted, after = required_at(words, at), after_call(words, at)
        elif words[at] in self._globals and words[at - 1] not in UNSURE:
            wanted, after = words[at], at + 1
        else:
            return tried.get(words[at], ()), at + 1
        if closing and words[closing] != ")":
            wanted = ""
        return ((wanted,) if wanted else ()), after

    def _assigned(self, at: int, tried: _Tried) -> list[Choice]:
        """Return the choice that an assignment makes, and note what its variables hold then."""
        words, names = self._words, [self._words[at - 1]]
        is_field = words[at - 2] in (".", ":")
        while words[at - 2 * len(names)] == "," and NAME.match(words[at - 2 * len(names) - 1]):
            names.append(words[at - 2 * len(names) - 1])
        terms, is_sure, is_whole, _ = self._terms(at + 1, tried)
        for name in names:
            tried.pop(name, None)
            tried.pop(f"?{name}", None)
        if words[at + 1] in ("nil", "false") and words[at + 2] not in UNSURE:
            tried[names[-1]] = ()
        modules = tuple(it for term in terms for it in term)
        if is_whole and not is_sure and not is_field:
            tried[names[-1]] = modules
            if words[at + 1] == "pcall" and len(names) > 1:
                tried[f"?{names[-2]}"] = modules
        return [_one_of(modules)] if is_whole and is_sure and len(terms) > 1 else []

    def _terms(self, place: int, tried: _Tried) -> tuple[list[tuple[str, ...]], bool, bool, int]:
        """Return the modules of each term between ``or``, and the place after them.

        Before that stands whether the last requires its module, and whether all terms are known.
        """
        words = self._words
        terms: list[tuple[str, ...]] = []
        while True:
            wanted = required_at(words, place) if words[place] == "require" else ""
            after = after_call(words, place)
            term, after = ((wanted,), after) if wanted else self._tried_at(place, tried)
            if not wanted and words[after] == "and" and NAME.match(words[after + 1]):
                after += 2  # as in "ok and json", which holds nothing without "ok"
            if not term or not _ends_term(words[after]):
                return terms, False, False, after
            terms.append(term)
            if words[after] != "or":
                return terms, bool(wanted), True, after
            place = after + 1

    def _returns(self, places: range) -> bool:
        """Return whether what is run under a condition, or in a loop, may end the file."""
        at = places.start
        while at < places.stop:
            if self._words[at] == "function":
                at = self._after(at)
            elif self._words[at] == "return":
                return True
            else:
                at += 1
        return False


def _ends_term(word: str) -> bool:
    """Return whether a token stands after a whole term of what is assigned."""
    return word in ("", ",", ";", ")", "}") or (NAME.match(word) is not None and word != "and")


def _is_set(words: list[str], name: str) -> Iterator[bool]:
    """Yield whether each place of a name gives it a value, and does not only ask for one."""
    for at, word in enumerate(words):
        if word == name and words[at - 1] not in (".", ":"):
            yield words[at + 1] in ("=", ",") or words[at - 1] in ("local", ",", "function", "for")


def _fails(words: list[str], at: int) -> bool:
    """Return whether a token begins a call that ends the file without a module."""
    is_error = words[at] == "error" and words[at + 1][:1] in ("(", '"', "'")
    return is_error or words[at : at + 4] == ["os", ".", "exit", "("]


def _returned(tried: _Tried, there: Iterable[Choice]) -> _Tried:
    """Return the variables that hold what ``pcall`` returned, where the modules are there."""
    modules = {it for choice in there for alternative in choice for it in alternative}
    asked = ((name, of) for name, of in tried.items() if name.startswith("?"))
    return {name[1:]: of for name, of in asked if modules.issuperset(of)}


def _one_of(modules: Iterable[str]) -> Choice:
    return tuple(frozenset((each,)) for each in dict.fromkeys(modules))


def _together(choices: Sequence[Choice]) -> Choice:
    """Return the alternatives of several choices at once, that of nothing if they are too many."""
    found = _NOTHING
    for each in choices:
        found = tuple(dict.fromkeys(one | other for one, other in product(found, each)))
        if len(found) > _MOST_ALTERNATIVES:
            return _NOTHING
    return found

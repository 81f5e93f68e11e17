"""Which globals a Lua file may define, and which it calls as soon as it is loaded.

The code is read as tokens. What may define a global counts, so that what is left is surely missing.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from distrorocks.packaging.code.lua_tokens import (
    CLOSING,
    LARGEST,
    NAME,
    OPENING,
    UNSURE,
    depths_of,
    required_at,
    tokens_of,
)

# The globals of any Lua version; those that are modules can be required as well.
_STANDARD = "bit32 coroutine debug io math os package string table utf8 _G"
_FUNCTIONS = """
_ENV _VERSION arg assert collectgarbage dofile error gcinfo getfenv getmetatable ipairs load
loadfile loadstring module newproxy next pairs pcall print rawequal rawget rawlen rawset require
select setfenv setmetatable tonumber tostring type unpack warn xpcall
"""
_RESERVED = """
and break do else elseif end false for function goto if in local nil not or repeat return then true
until while self
"""
STANDARD_MODULES = frozenset(_STANDARD.split())
NO_HOST = STANDARD_MODULES | frozenset(_FUNCTIONS.split()) | frozenset(_RESERVED.split())
LOADERS = frozenset(("dofile", "load", "loadfile", "loadstring", "setfenv", "_G", "_ENV"))
_USED = {"(", "{", "[", ".", ":", "'", '"'}  # what follows a name that is called or indexed


def quoted_words(text: str) -> frozenset[str]:
    """Return the texts without blanks in a Lua file, with dots where a module's name has slashes.

    A file that is not Lua, or is read in part alone, has all of its words.
    """
    words = tokens_of(text) if len(text) <= LARGEST else []
    quoted = {word[1:-1] for word in words if word[:1] in ("'", '"')}
    found = quoted if words else {*re.findall(r"[\w./-]+", text)}
    return frozenset(word.replace("/", ".") for word in found if word and " " not in word)


def defined_names(words: list[str], *, by_others: bool = True) -> set[str]:
    """Return names that a file may define, and those that modules it requires may define.

    The latter only where ``by_others`` says that nothing else is known of these; then the keys of
    tables count as well, as they always do in a file that may make globals of them.

    A local variable that only stands for the global of its name does not define it, nor does a
    name in a list that is called or indexed there: that is no list of variables.
    """
    found, keys = set(), set() if by_others else _keys(words)
    for index, word in enumerate(words):
        if defines(words, index) and index not in keys:
            found.add(word)
        found |= _named_by_call(words, index, by_others=by_others)
    return found


def defines(words: list[str], index: int) -> bool:
    """Return whether a token may be the name of a variable where it is defined."""
    if not NAME.match(words[index]) or _is_same_name(words, index):
        return False
    before, after = words[index - 1] if index else "", words[index + 1]
    if before == "function" and after in (".", ":"):
        return False  # the function is put into it
    is_listed = before in (",", "(") and after[:1] not in _USED
    return before in ("local", "function", "for") or is_listed or after in ("=", ",", "<", "in")


def _named_by_call(words: list[str], index: int, *, by_others: bool) -> set[str]:
    """Return the globals that a call of ``require`` or ``module`` may define, none for others."""
    if words[index] == "require" and by_others and (wanted := required_at(words, index)):
        return {wanted.partition(".")[0], wanted.rpartition(".")[2]}
    if words[index] == "module":
        named = words[index + 1 + (words[index + 1] == "(")].strip("\"'").partition(".")[0]
        return {named, "_M", "_NAME", "_PACKAGE"}
    return set()


def _is_same_name(words: list[str], index: int) -> bool:
    """Return whether a name is that of a statement such as ``local ngx = ngx``, or ``= _G.ngx``.

    Also of ``local ngx = assert(ngx``.
    """
    if words[index - 3 : index] == ["=", "assert", "("]:
        index -= 4
    if words[index - 2 : index] == ["_G", "."]:
        index -= 2
    if words[index - 1 : index] == ["="]:
        index -= 2
    said = words[max(index - 1, 0) : index + 6]
    if said[3:5] == ["assert", "("]:
        return said[0] == "local" and said[2] == "=" and said[1] == said[5]
    if said[3:5] in (["_G", "."], ["_ENV", "."]):
        del said[3:5]
    if said[:1] != ["local"] or said[2:3] != ["="] or said[1] != said[3]:
        return False
    after = said[4] if len(said) > 4 else ""
    return after not in ("or", "and", ".", ":", "[", "(", ",", "{") and after[:1] not in ("'", '"')


def _assigned(words: list[str]) -> list[bool]:
    """Return for each token whether it is, as a name, before the sign of an assignment.

    Of a list of names each is. They are found from the end, so a long list takes no longer.
    """
    found = [False] * len(words)
    for index in reversed(range(len(words) - 2)):
        after = words[index + 1]
        is_listed = after == "," and found[index + 2] and NAME.match(words[index + 2])
        found[index] = after == "=" or bool(is_listed)
    return found


def _keys(words: list[str]) -> set[int]:
    """Return the places of names that are keys of a table, as in ``{ name = value }``.

    There are none in a file that may make globals of them.
    """
    if {"_G", "_ENV"} & {*words}:
        return set()
    found, opened = set[int](), []
    for index, word in enumerate(words[:-1]):
        if word in OPENING or word in ("{", "("):
            opened.append(word)
        elif opened and (word in CLOSING or word in ("}", ")")):
            opened.pop()
        elif (
            opened[-1:] == ["{"] and words[index + 1] == "=" and words[index - 1] in ("{", ",", ";")
        ):
            found.add(index)
    return found


def global_names(words: list[str], *, by_others: bool = True) -> set[str]:
    """Return the globals that a file may define, as ``defined_names``."""
    found, own, keys = set(), set(), set() if by_others else _keys(words)
    assigned = _assigned(words)
    for index, word in enumerate(words):
        before = words[index - 1] if index else ""
        if named := _named_by_call(words, index, by_others=by_others):
            found |= named
        elif before == "local" or words[max(index - 2, 0) : index] == ["local", "function"]:
            own.add(word)
        elif (
            NAME.match(word)
            and before not in (".", ":")
            and index not in keys
            and ((before == "function" and words[index + 1] == "(") or assigned[index])
        ):
            found.add(word)
    # What the file names as text may be the key of a global, as in _G["name"] = value.
    if LOADERS & {*words}:
        found |= {word.strip("\"'") for word in words if word[:1] in ("'", '"')}
        places = (at for at, word in enumerate(words) if word in ("_G", "_ENV"))
        fields = (at + 2 for at in places if words[at + 1] == ".")
        found |= {words[it] for it in fields if words[it + 1] in ("=", ",")}  # others are read
    return found - own


def loads_code(words: list[str]) -> bool:
    """Return whether a file, outside of any block, may define globals by code that it loads.

    A function that is given to ``module`` may do so too, all but ``package.seeall``.
    """
    for index, (word, depth) in enumerate(zip(words, depths_of(words), strict=True)):
        if makes_environment(words, index):
            return True
        if depth or word not in LOADERS:
            continue
        after = words[index + 1]
        is_table = word in ("_G", "_ENV")  # whose fields have plain names, or any
        if after == "[" or (not is_table and after[:1] in ("(", "'", '"')):
            return True
    return False


def makes_environment(words: list[str], index: int) -> bool:
    """Return whether a token is a call of ``module`` with a function that may define its globals.

    ``package.seeall`` only shows those that are there.
    """
    has_function = words[index] == "module" and words[index + 3] == ","
    return has_function and words[index + 6] != "seeall"


def called_global(words: list[str], there: Container[str]) -> str:
    """Return a global that is called outside of any block and is not ``there``, "" if none is."""
    for index, (word, depth) in enumerate(zip(words, depths_of(words), strict=True)):
        if depth or not NAME.fullmatch(word) or word in there or word in NO_HOST:
            continue
        before, after = words[index - 1] if index else "", words[index + 1]
        if after[:1] in ("(", "'", '"') and before not in (*UNSURE, "function", "goto", "::"):
            return word
    return ""


def fields_of_root(module: str, words: list[str]) -> Iterator[str]:
    """Yield the fields of its root that a module uses when it is loaded, as ``a.x`` in ``a.b``.

    ``module("a.b")`` makes the global ``a`` with the field ``b`` alone, unless ``a`` was loaded
    before, by a program that requires both.
    """
    root = module.partition(".")[0]
    if root == module or "module" not in words:
        return
    if any(word == root and defines(words, index) for index, word in enumerate(words)):
        return
    for index, (word, depth) in enumerate(zip(words, depths_of(words), strict=True)):
        if depth or word != root or words[index + 1] != "." or words[index - 1] in UNSURE:
            continue
        if words[index + 3][:1] in ("(", "'", '"', ".", ":"):
            yield words[index + 2]

"""Branches for OpenResty, whose global ``ngx`` tells modules where they run.

Packages are checked and used in plain Lua, where it is nil: what stands in ``if ngx then`` is never
run there, and what stands in its ``else`` always is.
"""

from __future__ import annotations

from distrorocks.packaging.code.lua_tokens import CLOSING, OPENING

_HOST = "ngx"
_STARTS = ((["if", _HOST, "then"], False), (["if", "not", _HOST, "then"], True))
_COPY = ["local", _HOST, "=", _HOST]
_GOES_ON = {"or", "and", ".", "[", "(", ":"}


def in_plain_lua(words: list[str]) -> list[str]:
    """Return the tokens of a file without what is only run where ``ngx`` is not nil.

    A branch that is always run becomes a block of ``do``. A file that may give the name another
    value stays as it is.
    """
    if _HOST not in words or _is_given(words):
        return words
    found: list[str] = []
    index = 0
    while index < len(words):
        start, is_negated = next(
            (it for it in _STARTS if words[index : index + len(it[0])] == it[0]), ([], False)
        )
        end = _end_of(words, index) if start else 0
        if not end:
            found.append(words[index])
            index += 1
            continue
        body = index + len(start)
        other = _other_branch(words, body, end)
        if is_negated:
            found += ["do", *in_plain_lua(words[body:other]), "end"]
        elif words[other] == "elseif":
            found += ["if", *in_plain_lua(words[other + 1 : end]), "end"]
        else:
            found += ["do", *in_plain_lua(words[other + 1 : end]), "end"]
        index = end + 1
    return found


def _is_given(words: list[str]) -> bool:
    """Return whether a file declares the name or assigns to it, other than its own value."""
    padded = ["", *words, "", "", ""]
    for index, word in enumerate(padded):
        if word != _HOST:
            continue
        before, after = padded[index - 1], padded[index + 1]
        is_copy = padded[index - 1 : index + 3] == _COPY and padded[index + 3] not in _GOES_ON
        is_named = before in ("local", "function", "for") or (after == "=" and before != ".")
        if is_named and not is_copy:
            return True
    return False


def _end_of(words: list[str], start: int) -> int:
    """Return where the block ends that is opened at ``start``, 0 if it has no end."""
    depth = 0
    for index in range(start, len(words)):
        depth += (words[index] in OPENING) - (words[index] in CLOSING)
        if depth == 0:
            return index
    return 0


def _other_branch(words: list[str], start: int, end: int) -> int:
    """Return where the next branch begins, ``end`` if there is none."""
    depth = 0
    for index in range(start, end):
        depth += (words[index] in OPENING) - (words[index] in CLOSING)
        if depth == 0 and words[index] in ("else", "elseif"):
            return index
    return end

"""Modules that require each other in a circle, and where Lua can begin to load them.

``require`` notes a module in ``package.loaded`` when its file has run (reference manuals, section
6.3). One that is asked for again before that is an error in Lua 5.1; later versions load it once
more, until the stack is full. A file that calls ``module`` is noted before it requires others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from distrorocks.packaging.code.shared_tables import NOT_LATER, Later

_NOTING = frozenset(("loaded", "preload"))


def all_required(module: str, asked: Mapping[str, Iterable[str]]) -> set[str]:
    """Return a module, or a file, and all that it asks for, by way of others as well."""
    found: set[str] = set()
    left = [module]
    while left:
        each = left.pop()
        if each not in found:
            found.add(each)
            left += asked.get(each, ())
    return found


def circle(
    module: str,
    always: Mapping[str, Sequence[str]],
    reached: Mapping[str, Collection[str]],
    words: Mapping[str, Sequence[str]],
) -> Later:
    """Return the fault of a module that requires one which requires it.

    ``always`` are the modules that each requires in any case, ``reached`` all that it requires, by
    way of others and in some Lua versions too, ``words`` the tokens of each file. Where one of the
    circle is noted early, that module loads the others, and only Lua 5.1 refuses to begin with
    another one.
    """
    if _is_early(words[module]):
        return NOT_LATER
    for wanted in always[module]:
        way = words.keys() & reached.get(wanted, ())
        unsure = (it for it in way if _NOTING & {*words[it]} and not _notes_itself(it, words[it]))
        if module in way and next(unsure, None) is None:
            early = next((it for it in sorted(way) if _is_early(words[it])), "")
            return Later(f"requires itself, by way of {wanted}", early)
    return NOT_LATER


def _notes_itself(module: str, words: Sequence[str]) -> bool:
    """Return whether the only module that a file notes in ``package.loaded`` is its own."""
    places = [index for index, word in enumerate(words) if word in _NOTING]
    own = (
        (".", module, "="),
        ("[", "...", "]"),
        *(("[", f"{it}{module}{it}", "]") for it in "'\""),
    )
    return all(tuple(words[at + 1 : at + 4]) in own for at in places)


def _is_early(words: Sequence[str]) -> bool:
    """Return whether a module may be noted while it is being loaded."""
    return bool({"module", *_NOTING} & {*words})

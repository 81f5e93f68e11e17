"""How distributions name the packages of rocks: rules, and what others call the same rock.

Debian, Fedora, Arch and Alpine leave out the word lua of a rock's name, openSUSE keeps it. Their
habits have exceptions; ``integration/corpus/names_held_back.py`` counts them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from distrorocks.families.name_entry import NameEntry, plain_name
from distrorocks.patterns import regex
from distrorocks.values import NamedTuple

_SIGNS = regex(r"[^a-z0-9]")
_DASHES = regex(r"_*-[-_]*")
_OTHER_SIGNS = regex(r"[^a-z0-9_+.-]+")


def spelled(rock: str, *, underscores: bool = False) -> str:
    """Return a rock's name in the letters of packages' names, with underscores if they may stay."""
    name = _OTHER_SIGNS.sub("-", rock.lower().replace(".", "-"))
    name = name if underscores else name.replace("_", "-")
    return _DASHES.sub("-", name).strip("-_")


def stem(rock: str, *, underscores: bool = False) -> str:
    """Return what is left of a rock's name without the word lua at either end: socket, mmdb."""
    name = spelled(rock, underscores=underscores)
    for short in (*_apart(name), name.removeprefix("lua")):
        if short != name and len(short) > 1 and short[0].isalpha():
            return short
    short = name.removesuffix("lua")
    return short if short != name and len(short) > 2 and short[-1].isalpha() else name


def _apart(name: str) -> tuple[str, ...]:
    """Return a name without the word lua at one end, where a sign parts it from the rest."""
    begin = name[4:] if name.startswith(("lua-", "lua_")) else name
    end = name[:-4] if name.endswith(("-lua", "_lua")) else name
    return begin, end


def alike(module: str, rock: str) -> bool:
    """Return whether a module has the name of a rock, but for the word lua and signs."""
    return _bare(module.partition(".")[0]) == _bare(rock)


def _bare(name: str) -> str:
    plain = _SIGNS.sub("", name.lower())
    return plain.removeprefix("lua").removesuffix("lua") or plain


def short_name(rock: str) -> str:
    """Return ``lua-socket`` for ``luasocket``: as Debian, Fedora and Arch name packages."""
    return f"lua-{stem(rock)}"


def short_name_with_underscores(rock: str) -> str:
    """Return ``lua-lpeg_patterns`` for ``lpeg_patterns``, else the short name: as Alpine does."""
    return f"lua-{stem(rock, underscores=True)}"


def whole_name(rock: str) -> str:
    """Return ``lua-luasocket`` for ``luasocket``, ``lua-term`` for itself: as openSUSE does."""
    name = spelled(rock, underscores=True)
    is_marked = name.startswith(("lua-", "lua_")) and len(name) > 4
    return f"lua-{name[4:] if is_marked else name}"


class Elsewhere(NamedTuple):
    """The name of a rock's package in other distributions that name packages alike."""

    name: str
    distributions: tuple[str, ...]


def names_elsewhere(
    maps: Iterable[tuple[str, Mapping[str, NameEntry]]],
) -> Mapping[str, tuple[Elsewhere, ...]]:
    """Return the names of each rock's package that most maps of other distributions have.

    Names of packages that hold several rocks do not count, and of each map the first one does.
    """
    named: dict[str, dict[str, list[str]]] = {}
    for distribution, entries in maps:
        there: dict[str, str] = {}
        for package, entry in sorted(entries.items()):
            if entry.publish and len(entry.rocks) == 1:
                there.setdefault(entry.rocks[0].rock, plain_name(package))
        for rock, name in there.items():
            named.setdefault(rock, {}).setdefault(name, []).append(distribution)
    return {rock: _most_used(names) for rock, names in named.items()}


def _most_used(names: Mapping[str, list[str]]) -> tuple[Elsewhere, ...]:
    most = max(map(len, names.values()))
    return tuple(Elsewhere(name, tuple(it)) for name, it in names.items() if len(it) == most)

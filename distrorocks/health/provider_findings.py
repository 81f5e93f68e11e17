"""Findings about modules provided by more than one rock, package or tree."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from shlex import quote

from distrorocks.families.lua_files import classify
from distrorocks.families.package import Package
from distrorocks.health.finding import DUPLICATE, SHADOWED, Finding
from distrorocks.rocks.quotation import some_of
from distrorocks.trees.layout import Layout
from distrorocks.values import NamedTuple

_MOST_NAMED = 4

Pair = tuple[str, str]


def package_duplicates(packages: Iterable[Package], lua_version: str) -> list[Finding]:
    """Return the pairs of packages that provide the same modules for one Lua version.

    If several provide a module, each is paired with the first only.
    """
    providers: dict[str, dict[str, str]] = {}
    for package in packages:
        for path in package.files:
            file = classify(path)
            if file and file.lua_version == lua_version and file.module:
                providers.setdefault(file.module, {}).setdefault(package.name, path)
    return [
        Finding(
            DUPLICATE,
            providers[modules[0]][second],
            "one package for each module",
            f"packages {first} and {second} both have {_named(modules)}",
            f"remove the one you do not need: {first} or {second}",
        )
        for (first, second), modules in _pairs(providers)
    ]


def rock_duplicates(
    modules: Mapping[str, Iterable[str]], layout: Layout, known: Collection[str] = ()
) -> list[Finding]:
    """Return the pairs of rocks in a tree that provide the same modules.

    If several provide a module, each is paired with the first only. ``modules`` maps a module to
    the names of its rocks. Pairs within ``known``, the rocks of packages, are skipped: they are
    reported as packages.
    """
    providers = {module: dict.fromkeys(names, "") for module, names in modules.items()}
    return [
        Finding(
            DUPLICATE,
            f"{layout.rocks_dir}/{second}",
            "one rock for each module",
            f"rocks {first} and {second} both have {_named(names)}",
            f"remove the one you do not need: {first} or {second}",
        )
        for (first, second), names in _pairs(providers)
        if not (first in known and second in known)
    ]


def _pairs(providers: Mapping[str, Mapping[str, str]]) -> list[tuple[Pair, list[str]]]:
    """Return pairs of a module's first provider and each other one, with the modules, sorted.

    The number of pairs is linear in the providers; all pairs would be quadratic.
    """
    found: dict[Pair, list[str]] = {}
    for module in sorted(providers):
        first, *others = sorted(providers[module])
        for other in others:
            found.setdefault((first, other), []).append(module)
    return sorted(found.items())


def own_modules(packages: Iterable[Package], layout: Layout) -> dict[str, str]:
    """Return the path by module of the packages' files in the tree's own directories."""
    modules = {}
    for package in packages:
        for path in package.files:
            file = classify(path)
            if file and file.module and file.directory in (layout.lua_dir, layout.lib_dir):
                modules[file.module] = path
    return modules


class Cover(NamedTuple):
    """What files are of that Lua loads instead of those of packages.

    ``root`` is the tree, "" for files outside all trees, which a variable makes Lua find; ``rock``
    is name and version, () for none. ``mend`` comes first if the rocks of the tree are unknown.
    """

    root: str = ""
    rock: tuple[str, ...] = ()
    mend: str = ""


def shadow(
    hidden: Mapping[str, tuple[str, str]],
    cover: Cover,
    lua_version: str,
    ways: Collection[str] = (),
) -> Finding:
    """Return the finding for files that Lua loads instead of those of packages.

    ``hidden`` maps each module to the file there and the package's file behind it. ``ways`` are the
    ways to start Lua in which that is so, () for all.
    """
    modules = sorted(hidden)
    above, below = hidden[modules[0]]
    only = f", with {', '.join(ways)}" if ways else ""
    where = f"the tree {cover.root}" if cover.root else "a file outside all trees"
    if cover.rock:
        where = f"{' '.join(cover.rock)} in {cover.root}"
    return Finding(
        SHADOWED,
        above,
        f"{below}, the package's file",
        f"{where} hides {_named(modules)}{only}",
        cover.mend or f"to use the package's, {_uncover(above, cover, lua_version)}",
    )


def _uncover(above: str, cover: Cover, lua_version: str) -> str:
    """Return what lets Lua load the packages' files."""
    if cover.rock:
        words = f"--tree={quote(cover.root)} --lua-version={lua_version}"
        return f"distrorocks remove {' '.join(cover.rock)} {words}"
    if cover.root:
        return f"remove the files of no rock, such as {above}"
    return f"remove {above}, or its directory from LUA_PATH and LUA_CPATH"


def _named(modules: list[str]) -> str:
    """Return the first few modules as text, and the number of others."""
    return f"the {some_of('module', modules, _MOST_NAMED)}"

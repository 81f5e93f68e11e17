"""Modules that more than one rock, package or tree provides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from distrorocks.families.lua_files import classify
from distrorocks.families.package import Package
from distrorocks.health.finding import DUPLICATE, SHADOWED, Finding
from distrorocks.trees.layout import Layout

_MOST_NAMED = 4

Pair = tuple[str, str]


def package_duplicates(packages: Iterable[Package], lua_version: str) -> list[Finding]:
    """Return the packages that give one Lua version the same modules, two by two.

    Of many that have one module, each is told beside the first, not beside each other.
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
            f"remove the one that is not wanted: {first} or {second}",
        )
        for (first, second), modules in _pairs(providers)
    ]


def rock_duplicates(
    modules: Mapping[str, Iterable[str]], layout: Layout, known: Collection[str] = ()
) -> list[Finding]:
    """Return the rocks of a tree that have the same modules, two by two.

    Of many that have one module, each is told beside the first, not beside each other.
    ``modules`` has the names of a module's rocks. Two of ``known``, the rocks of packages, are
    passed over: their packages are told instead.
    """
    providers = {module: dict.fromkeys(names, "") for module, names in modules.items()}
    return [
        Finding(
            DUPLICATE,
            f"{layout.rocks_dir}/{second}",
            "one rock for each module",
            f"rocks {first} and {second} both have {_named(names)}",
            f"remove the one that is not wanted: {first} or {second}",
        )
        for (first, second), names in _pairs(providers)
        if not (first in known and second in known)
    ]


def _pairs(providers: Mapping[str, Mapping[str, str]]) -> list[tuple[Pair, list[str]]]:
    """Return the first provider of each module beside each other one, with those modules, sorted.

    These are no more than there are providers: of each two there would be millions in a tree whose
    thousands of rocks have one module.
    """
    found: dict[Pair, list[str]] = {}
    for module in sorted(providers):
        first, *others = sorted(providers[module])
        for other in others:
            found.setdefault((first, other), []).append(module)
    return sorted(found.items())


def own_modules(packages: Iterable[Package], layout: Layout) -> dict[str, str]:
    """Return module to path for the packages' files in the tree's own directories."""
    modules = {}
    for package in packages:
        for path in package.files:
            file = classify(path)
            if file and file.module and file.directory in (layout.lua_dir, layout.lib_dir):
                modules[file.module] = path
    return modules


def module_paths(module: str, layout: Layout) -> tuple[str, str, str]:
    """Return where Lua looks for a module in a tree."""
    below = module.replace(".", "/")
    return (
        f"{layout.lua_dir}/{below}.lua",
        f"{layout.lua_dir}/{below}/init.lua",
        f"{layout.lib_dir}/{below}.so",
    )


def shadow(hidden: Mapping[str, tuple[str, str]], tree: Layout) -> list[Finding]:
    """Return that a tree before the distribution's hides modules of packages, told once.

    ``hidden`` maps each module to the file in ``tree`` and the package's file behind it.
    """
    if not hidden:
        return []
    modules = sorted(hidden)
    above, below = hidden[modules[0]]
    return [
        Finding(
            SHADOWED,
            above,
            f"{below}, the package's file",
            f"the tree {tree.root} hides {_named(modules)}",
            f"if the package's are wanted: luarocks --tree={tree.root} list, then remove the rock",
        )
    ]


def _named(modules: list[str]) -> str:
    """Return modules as a reader wants them: the first few, and how many more."""
    shown = ", ".join(modules[:_MOST_NAMED])
    more = len(modules) - _MOST_NAMED
    plural = "module" if len(modules) == 1 else "modules"
    return f"the {plural} {shown}{f' and {more} more' if more > 0 else ''}"

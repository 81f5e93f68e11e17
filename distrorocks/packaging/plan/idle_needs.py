"""Which dependencies of a rockspec no code of the rock names: many list what only tests need."""

from __future__ import annotations

from distrorocks.families.package_names import PackageNames
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.field import HIGH, MEDIUM
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.prose import listed
from distrorocks.packaging.source.facts import Facts

# Rocks that run tests or are used by them alone, with the modules that name them in code.
TEST_ROCKS = {
    "busted": ("busted",),
    "lua-testlongstring": ("Test.LongString",),
    "lua-testmore": ("Test.More", "Test.Builder"),
    "luacov": ("luacov",),
    "luaunit": ("luaunit",),
    "lunatest": ("lunatest",),
    "lunit": ("lunit",),
    "lunitx": ("lunit", "lunitx"),
    "specl": ("specl",),
    "telescope": ("telescope",),
}


def test_only(facts: Facts, draft: Draft, names: PackageNames) -> None:
    """Decide which dependencies are left out, since only tests need them and no package has them.

    They are frameworks of tests that no module and no command names.
    """
    named = facts.named

    def is_named(module: str) -> bool:
        return named is None or any(it == module or it.startswith(f"{module}.") for it in named)

    found = tuple(
        rock
        for rock in dict.fromkeys(each.rock_name for each in facts.dependencies)
        if (modules := TEST_ROCKS.get(rock))
        and rock != facts.rock
        and not any(map(is_named, modules))
        and not names.of(rock).is_packaged
    )
    gap = ""
    if found:
        gap = f"only tests need {listed(found)}, which the rockspec beside the packaging leaves out"
    draft.put(Fields.test_only, found, confidence=MEDIUM if found else HIGH, gap=gap)


def idle(facts: Facts, draft: Draft, names: PackageNames) -> None:
    """Add to the gap which rocks that no package has are named by no module and no command.

    Many rockspecs list what only their tests need.
    """
    field = draft.fields[Fields.requires_missing.key]
    if facts.named is None or facts.has_c or not field.gap:
        return
    idle = tuple(
        each.rock_name
        for each in facts.dependencies
        if each.rock_name not in ("lua", facts.rock, *draft.test_only)
        and not names.of(each.rock_name).is_packaged
        and (modules := names.modules_of(each.rock_name))
        and not {*modules, each.rock_name} & facts.named
    )
    if idle:
        gap = f"{field.gap}; no module or command names {listed(idle)}: if only tests need it, "
        draft.doubt(field.key, f"{gap}take it out of the rockspec beside the packaging")

"""Decide which packages a package cannot stand beside, since they have modules of its names."""

from __future__ import annotations

from distrorocks.families.package_names import PackageNames
from distrorocks.packaging.plan.dependencies import packages_in
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.field import HIGH, MEDIUM
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.format import Format
from distrorocks.packaging.plan.prose import few, listed


def conflict_fields(form: Format, draft: Draft, names: PackageNames) -> None:
    """Decide the conflicts of a package; its modules and dependencies are decided before.

    A file belongs to one package: neither dpkg nor rpm installs another one with it. A package that
    the rock depends on has to stand beside it: its modules are left to it, by the build where the
    format can, else by the packager.
    """
    shared: dict[str, list[str]] = {}
    for module in draft.modules:
        for package in sorted(names.packages_with(module) - {draft.package}):
            shared.setdefault(package, []).append(module)
    needed = packages_in((*draft.requires, *draft.undeclared))
    gaps, left = [], []
    for package, modules in shared.items():
        what = f"{package} has {listed(few(tuple(modules)))} as well"
        if package not in needed:
            gaps.append(f"{what}, so the two cannot be installed together")
        elif form.leaves_out:
            gaps.append(f"{what}, and the rock depends on it: they are left to it")
            left += [f"{module} {package}" for module in modules]
        else:
            gaps.append(f"{what}, and the rock depends on it: leave them out of the package")
    apart = tuple(package for package in shared if package not in needed)
    confidence = MEDIUM if gaps else HIGH
    draft.put(Fields.conflicts, apart, confidence=confidence, gap="; ".join(gaps))
    if form.leaves_out:
        draft.put(Fields.left_out, tuple(left), confidence=confidence)
        _leave_out(draft, {line.partition(" ")[0] for line in draft.left_out})


def _leave_out(draft: Draft, modules: set[str]) -> None:
    """Take modules out of those that the package installs and tells of."""
    for definition in (Fields.modules, Fields.unloadable):
        field = draft.fields[definition.key]
        lines = field.value if isinstance(field.value, tuple) else ()
        kept = tuple(line for line in lines if line.partition(" ")[0] not in modules)
        draft.fields[definition.key] = field._replace(value=kept)

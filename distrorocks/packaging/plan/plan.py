"""Decide the plan of a package: identity, Lua versions, description, upstream and licence.

Dependencies are decided in ``dependencies.py``, the fields of one format in ``formats/``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from posixpath import basename, join, normpath

from distrorocks.licensing.finding import is_build_file
from distrorocks.licensing.verdict import verdict
from distrorocks.packaging.plan.chosen_luas import lua_versions_field
from distrorocks.packaging.plan.conflicts import conflict_fields
from distrorocks.packaging.plan.dependencies import dependency_fields
from distrorocks.packaging.plan.draft import NO_TEAM, Draft, PackagingPlan, Team
from distrorocks.packaging.plan.field import HIGH, LOW, MEDIUM, Value
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.format import Format, Tables
from distrorocks.packaging.plan.prose import few, listed, paragraphs, synopsis
from distrorocks.packaging.plan.release import at_release
from distrorocks.packaging.plan.suite_fields import suite_fields
from distrorocks.packaging.plan.upstream import (
    is_plain_file,
    is_snapshot,
    upstream_of,
    upstream_version,
    web_address,
)
from distrorocks.packaging.source.documents import (
    document_folders,
    documents,
    example_folders,
    license_files,
    manuals,
)
from distrorocks.packaging.source.facts import Facts


def describe(facts: Facts, draft: Draft, *, is_split: bool) -> None:
    """Decide the summary and the description; ``is_split``: each Lua version has a package."""
    words = synopsis(facts.summary, package=draft.package, rock=facts.rock)
    if words:
        draft.put(Fields.summary, words)
    else:
        gap = "the rockspec has no summary"
        draft.put(Fields.summary, f"Lua modules of the rock {facts.rock}", "the name", LOW, gap)
    text = facts.detailed.strip()
    source, confidence = "rockspec: description.detailed", HIGH
    if not text or " ".join(text.split()) == " ".join(facts.summary.split()):
        text, source = "", "rockspec: description.summary"
    versions = "" if is_split else f" for Lua {listed(draft.lua_versions)}"
    closing = f"This package has the rock {facts.rock}{versions}."
    if facts.commands:
        word = "command" if len(facts.commands) == 1 else "commands"
        closing += f" It brings the {word} {listed(facts.commands)}."
    said = paragraphs(_without_summary(text, facts.summary))
    lines = (*said, "", *paragraphs(closing)) if said else paragraphs(closing)
    draft.put(Fields.description, lines, source, confidence)


def _without_summary(text: str, summary: str) -> str:
    """Return a description without the summary at its beginning."""
    words = map(re.escape, summary.strip(" .").split())
    again = re.match(r"\s*" + r"\s+".join(words) + r"[.\s]+", text, re.IGNORECASE)
    return text[again.end() :] if again and again.end() < len(text) else text


_PLAIN = re.compile(r"[A-Za-z0-9_@+.,~/-]+")
UNKNOWN = "LicenseRef-unknown"


def license_fields(facts: Facts, draft: Draft) -> None:
    """Decide the licence; report what is unknown as a gap."""
    found = verdict(facts.declared_license, facts.findings, silent=facts.silent)
    license_name = found.license or UNKNOWN
    draft.put(Fields.license, license_name, found.source, found.confidence, found.gap)
    told = sorted(facts.findings, key=lambda one: is_build_file(one.path))[:20]
    evidence = tuple(f"{one.evidence}: {one.license}" for one in told)
    draft.put(Fields.license_evidence, evidence)
    files = license_files(facts.files, facts.below)
    odd = tuple(path for path in files if not is_plain_file(basename(path)))
    gap = f"not usable in build recipes: {listed(odd)}" if odd else ""
    plain = tuple(path for path in files if path not in odd)
    draft.put(Fields.license_files, plain, confidence=LOW if odd else HIGH, gap=gap)
    _holders(facts, draft)


def _holders(facts: Facts, draft: Draft) -> None:
    """Decide who holds the copyright; no year is added that the sources do not state."""
    if facts.holders:
        draft.put(Fields.copyright, facts.holders, "copyright lines of the sources")
        return
    none = "no file names a copyright holder"
    maintainer = re.sub(r"\s*<[^>]*>", "", facts.maintainer).strip()
    if facts.authors:
        gap = f"{none}: the authors that the sources name are used"
        draft.put(Fields.copyright, facts.authors, "authors in the sources", LOW, gap)
    elif maintainer:
        gap = f"{none}: the rockspec's maintainer is used"
        draft.put(Fields.copyright, (maintainer,), "rockspec: description.maintainer", LOW, gap)
    else:
        gap = "no copyright holder is known"
        draft.put(Fields.copyright, (f"the authors of {facts.rock}",), "nothing", LOW, gap)


UNKNOWN_MAINTAINER = "Unknown Maintainer <nobody@nowhere.invalid>"


def packaging_plan(
    facts: Facts,
    form: Format,
    tables: Tables,
    settings: Mapping[str, Value],
    team: Team = NO_TEAM,
) -> PackagingPlan:
    """Return the plan of a rock's package in one format, with the settings of packager and team."""
    form, draft = at_release(form, tables.release), Draft(settings, team)
    _identity(facts, draft, tables)
    needs = facts.lua_code.needs(tables.modules)
    lua_versions_field(facts, form, draft, tables, needs)
    _kind(facts, draft)
    describe(facts, draft, is_split=form.is_split)
    _upstream(facts, draft)
    license_fields(facts, draft)
    dependency_fields(facts, form, draft, tables, needs)
    conflict_fields(form, draft, tables.names)
    suite_fields(facts, form, draft, tables)
    form.finish(facts, draft, tables)
    return PackagingPlan(form.name, draft.fields)


def package_of(
    facts: Facts, tables: Tables, settings: Mapping[str, Value], team: Team = NO_TEAM
) -> str:
    """Return the name of a rock's package, as its plan has it."""
    draft = Draft(settings, team)
    _identity(facts, draft, tables)
    return draft.package


def _identity(facts: Facts, draft: Draft, tables: Tables) -> None:
    """Decide the name, version, maintainer and date of the package."""
    draft.put(Fields.rock, facts.rock)
    draft.put(Fields.rock_version, facts.version)
    draft.put(Fields.rockspec_name, facts.rockspec_name)
    draft.put(Fields.target, tables.release.name if tables.release else "", "--release", HIGH)
    name = tables.names.of(facts.rock, facts.modules)
    guess = f"the name {name.name} of the package is a guess" if name.confidence == LOW else ""
    draft.put(Fields.package, name.name, f"{name.source}: {name.evidence}", name.confidence, guess)
    there = f"{name.name} {name.version}" if name.is_packaged and name.version else ""
    gap = f"the distribution has the rock already, as {there}: update that package" if there else ""
    draft.put(
        Fields.is_packaged,
        name.is_packaged,
        f"{name.source}: {name.evidence}",
        name.confidence,
        gap,
    )
    here = "what this system could install" if name.version else "no index available"
    draft.put(Fields.packaged_version, name.version or "", here, MEDIUM)
    gap = "; ".join(tables.names.warnings)
    draft.put(
        Fields.name_sources, (*tables.names.sources, "what distrorocks ships"), here, HIGH, gap
    )
    version = upstream_version(facts.version, facts.date)
    gap = (
        f"{facts.version} is a development version, not a release"
        if is_snapshot(facts.version)
        else ""
    )
    draft.put(Fields.version, version, "rockspec: version", MEDIUM if gap else HIGH, gap)
    if tables.maintainer:
        draft.put(Fields.maintainer, tables.maintainer)
    else:
        gap = "no maintainer is set: use --maintainer, or DEBFULLNAME and DEBEMAIL"
        draft.put(Fields.maintainer, UNKNOWN_MAINTAINER, "nothing", LOW, gap)
    draft.put(Fields.date, str(tables.date.seconds), tables.date.source)


def _kind(facts: Facts, draft: Draft) -> None:
    """Decide whether the package is compiled, and its modules, commands and documents."""
    draft.put(Fields.build_type, facts.build_type)
    if facts.has_c is None:
        gap = f"a {facts.build_type} build without sources: assumed to compile code"
        draft.put(Fields.is_compiled, True, "a guess", LOW, gap)
    else:
        source = "rockspec: build" if facts.build_type == "builtin" else "the sources"
        draft.put(Fields.is_compiled, facts.has_c, source)
    _old_c(facts, draft)
    gap = f"the sources lack {listed(facts.absent[:4])} of the modules" if facts.absent else ""
    confidence = HIGH if facts.modules and not gap else LOW
    draft.put(Fields.modules, facts.modules, confidence=confidence, gap=gap)
    _prebuilt(facts, draft)
    copies = f"the build uses copies of {listed(facts.bundled)}" if facts.bundled else ""
    gap = f"{copies}: distributions ask for their own packages of these" if copies else ""
    draft.put(Fields.bundled, facts.bundled, confidence=MEDIUM if gap else HIGH, gap=gap)
    draft.put(Fields.commands, facts.commands)
    lines = (f"{it} {line}" for it, said in facts.usages.items() for line in said.split("\n"))
    draft.put(Fields.usages, tuple(lines))
    headers = facts.installed_headers
    gap = ""
    if headers:
        gap = f"no compiler finds the rock's headers ({listed(few(headers))}): where others build"
        gap += " with them, write a package that has them in a folder for headers"
    draft.put(Fields.installed_headers, headers, confidence=MEDIUM if gap else HIGH, gap=gap)
    pages = (*documents(facts.files, facts.below), *manuals(facts.files, facts.below))
    draft.put(Fields.documents, pages)
    for folders, found in (
        (Fields.doc_folders, document_folders(facts.files, facts.copied)),
        (Fields.example_folders, example_folders(facts.files, facts.copied)),
    ):
        draft.put(folders, tuple(normpath(join(facts.below, each)) for each in found))
    draft.put(Fields.build_directory, facts.below)


def _old_c(facts: Facts, draft: Draft) -> None:
    """Decide the flags that old C is built with, and tell what no flag mends."""
    found = facts.old_c
    gaps = []
    if found.flags:
        why = f"compilers refuse by now that {listed(few(found.evidence))}"
        gaps.append(f"{why}: built with {' '.join(found.flags)}")
    if found.wrong:
        gaps.append(f"{listed(few(found.wrong))}, which GCC 14 refuses: correct it by a patch")
    confidence = MEDIUM if gaps else HIGH
    draft.put(Fields.c_flags, found.flags, confidence=confidence, gap="; ".join(gaps))


def _prebuilt(facts: Facts, draft: Draft) -> None:
    """Decide which files that were compiled elsewhere are removed before the build."""
    plain = tuple(path for path in facts.prebuilt if _PLAIN.fullmatch(path))
    gap = ""
    if facts.prebuilt:
        gap = f"compiled elsewhere, which no distribution accepts: {listed(few(facts.prebuilt))}"
        others = tuple(path for path in facts.prebuilt if path not in plain)
        gap += "; the build has to do without"
        gap += f"; remove {listed(few(others))} by hand" if others else ""
    draft.put(Fields.prebuilt, plain, confidence=MEDIUM if gap else HIGH, gap=gap)


def _upstream(facts: Facts, draft: Draft) -> None:
    """Decide the addresses of the sources and of the project."""
    version, package = draft.version, draft.package
    places = upstream_of(facts.source, facts.homepage, stem=package, version=version, top=facts.top)
    homepage = web_address(facts.homepage)
    if homepage:
        draft.put(Fields.homepage, homepage)
    elif places.page:
        draft.put(Fields.homepage, places.page, "rockspec: source.url", MEDIUM)
    else:
        gap = "no homepage is known"
        if facts.homepage:
            gap = f"the homepage {facts.homepage} is gone, or no address that others reach"
        draft.put(Fields.homepage, "", "nothing", LOW, gap)
    draft.put(Fields.source_address, places.archive, gap=places.gap)
    draft.put(Fields.source_place, web_address(places.archive))
    draft.put(Fields.source_file, places.file)
    draft.put(Fields.source_directory, places.top or f"{package}-{version}")
    draft.put(Fields.repository, places.repository)
    draft.put(Fields.repository_page, places.page if places.is_forge else "")
    draft.put(Fields.issues, web_address(facts.issues) or places.issues, confidence=MEDIUM)

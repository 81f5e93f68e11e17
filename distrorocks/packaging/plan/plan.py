"""The plan of a package: every field that a template may see, with where it came from.

What a package says of itself, from the rockspec's words.

The licence of a package: its expression, its holders, and which files have its text.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from posixpath import basename
from typing import NamedTuple

from distrorocks.licensing.verdict import verdict
from distrorocks.packaging.code.luas import evidence_against
from distrorocks.packaging.plan.field import HIGH, LOW, MEDIUM, Draft, Field, Value
from distrorocks.packaging.plan.needs import need_fields
from distrorocks.packaging.plan.prose import listed, paragraphs, synopsis
from distrorocks.packaging.plan.release import is_snapshot, upstream_version
from distrorocks.packaging.plan.tables import Format, Tables
from distrorocks.packaging.plan.upstream import is_plain_file, upstream_of, web_address
from distrorocks.packaging.source.documents import documents, license_files
from distrorocks.packaging.source.facts import Facts
from distrorocks.rocks.version import Version


def describe(facts: Facts, draft: Draft, *, is_split: bool) -> None:
    """Decide the summary and the description; ``is_split`` is whether each Lua has a package."""
    words = synopsis(facts.summary, package=draft.text("package"), rock=facts.rock)
    if words:
        draft.put("summary", words, "rockspec: description.summary")
    else:
        gap = "the rockspec has no summary"
        draft.put("summary", f"Lua modules of the rock {facts.rock}", "the name", LOW, gap)
    text = facts.detailed.strip()
    source, confidence = "rockspec: description.detailed", HIGH
    if not text or " ".join(text.split()) == " ".join(facts.summary.split()):
        text, source = "", "rockspec: description.summary"
    versions = "" if is_split else f" for Lua {listed(draft.texts('lua_versions'))}"
    closing = f"This package has the rock {facts.rock}{versions}."
    if facts.commands:
        word = "command" if len(facts.commands) == 1 else "commands"
        closing += f" It brings the {word} {listed(facts.commands)}."
    said = paragraphs(_without_summary(text, facts.summary))
    lines = (*said, "", *paragraphs(closing)) if said else paragraphs(closing)
    draft.put("description", lines, source, confidence)


def _without_summary(text: str, summary: str) -> str:
    """Return a description without its beginning where that only says the summary again."""
    words = map(re.escape, summary.strip(" .").split())
    again = re.match(r"\s*" + r"\s+".join(words) + r"[.\s]+", text, re.IGNORECASE)
    return text[again.end() :] if again and again.end() < len(text) else text


UNKNOWN = "LicenseRef-unknown"


def license_fields(facts: Facts, draft: Draft) -> None:
    """Decide the licence; what is not known is a gap and never stops the work."""
    found = verdict(facts.declared_license, facts.findings, silent=facts.silent)
    license_name = found.license or UNKNOWN
    draft.put("license", license_name, found.source, found.confidence, found.gap)
    evidence = tuple(f"{one.evidence}: {one.license}" for one in facts.findings[:20])
    draft.put("license_evidence", evidence, "the sources")
    files = license_files(facts.files, facts.below)
    odd = tuple(path for path in files if not is_plain_file(basename(path)))
    gap = f"recipes cannot name {listed(odd)}" if odd else ""
    plain = tuple(path for path in files if path not in odd)
    draft.put("license_files", plain, "the sources", LOW if odd else HIGH, gap)
    year = f"{time.gmtime(facts.date).tm_year} " if facts.date else ""
    if facts.holders:
        source = "copyright lines of the sources"
        if any(re.search(r"[12][0-9]{3}", line) for line in facts.holders):
            draft.put("copyright", facts.holders, source)
        else:
            lines = tuple(f"{year}{line}" for line in facts.holders)
            draft.put("copyright", lines, f"{source}; the year is the newest file's", MEDIUM)
        return
    author = re.sub(r"\s*<[^>]*>", "", facts.maintainer).strip()
    if author:
        gap = "no file at hand names a copyright holder: the rockspec's maintainer stands there"
        draft.put("copyright", (f"{year}{author}",), "rockspec: description.maintainer", LOW, gap)
        return
    gap = "nothing at hand names who holds the copyright"
    draft.put("copyright", (f"{year}the authors of {facts.rock}",), "nothing", LOW, gap)


UNKNOWN_MAINTAINER = "Unknown Maintainer <nobody@nowhere.invalid>"


class Gap(NamedTuple):
    """What a plan leaves open: the field, and what to know about it."""

    key: str
    text: str


class PackagingPlan(NamedTuple):
    """One format's plan: its fields by their key, in the order in which they were decided."""

    format: str
    fields: Mapping[str, Field]

    @property
    def values(self) -> dict[str, Value]:
        """The values by key, as templates see them."""
        return {key: field.value for key, field in self.fields.items()}

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What a person should look at."""
        return tuple(Gap(each.key, each.gap) for each in self.fields.values() if each.gap)


def packaging_plan(
    facts: Facts, form: Format, tables: Tables, settings: Mapping[str, Value]
) -> PackagingPlan:
    """Return the plan of a rock's package in one format; ``settings`` are the packager's own."""
    draft = Draft(settings)
    _identity(facts, draft, tables)
    _lua_versions(facts, form, draft)
    _kind(facts, draft)
    describe(facts, draft, is_split=form.is_split)
    _upstream(facts, draft)
    license_fields(facts, draft)
    need_fields(facts, form, draft, tables.names, tables.libraries)
    form.finish(facts, draft, tables)
    return PackagingPlan(form.name, draft.fields)


def _identity(facts: Facts, draft: Draft, tables: Tables) -> None:
    """Decide what the package is called, whose it is and when it was made."""
    draft.put("rock", facts.rock, "rockspec: package")
    draft.put("rock_version", facts.version, "rockspec: version")
    draft.put("rockspec_name", facts.rockspec_name, "rockspec: package and version")
    name = tables.names.of(facts.rock, facts.modules)
    guess = f"the package's name {name.name} is a guess" if name.confidence == LOW else ""
    draft.put("package", name.name, f"{name.source}: {name.evidence}", name.confidence, guess)
    draft.put("is_packaged", name.is_packaged, f"{name.source}: {name.evidence}", name.confidence)
    here = "what this system could install" if name.version else "no index of it is at hand"
    draft.put("packaged_version", name.version or "", here, MEDIUM)
    gap = "; ".join(tables.names.warnings)
    draft.put("name_sources", (*tables.names.sources, "what distrorocks ships"), here, HIGH, gap)
    version = upstream_version(facts.version, facts.date)
    gap = f"{facts.version} is no release but a moving target" if is_snapshot(facts.version) else ""
    draft.put("version", version, "rockspec: version", MEDIUM if gap else HIGH, gap)
    if tables.maintainer:
        draft.put("maintainer", tables.maintainer, "the packager's own name")
    else:
        gap = "nobody is named: use --maintainer, or DEBFULLNAME and DEBEMAIL"
        draft.put("maintainer", UNKNOWN_MAINTAINER, "nothing", LOW, gap)
    draft.put("date", str(facts.date), "the newest file of the sources, or SOURCE_DATE_EPOCH")


def _lua_versions(facts: Facts, form: Format, draft: Draft) -> None:
    """Decide for which Lua versions the package is."""
    needs = [each for each in facts.dependencies if each.rock_name == "lua"]
    allowed = tuple(
        version
        for version in form.lua_versions
        if all(each.satisfied_by(Version.parse(f"{version}-1")) for each in needs)
    )
    source = f"rockspec: {needs[0]}" if needs else "rockspec: any Lua"
    source += f"; {form.name} has {', '.join(form.lua_versions)}"
    against = {it: why for it in allowed if (why := evidence_against(it, facts.unfit_luas))}
    fit = tuple(version for version in allowed if version not in against)
    whole = "; ".join((source, *dict.fromkeys(against.values())))
    if against and fit:
        draft.put("lua_versions", fit, whole, MEDIUM)
    elif against:
        gap = f"the code seems to be for no Lua of {form.name}: {against[allowed[-1]]}"
        draft.put("lua_versions", allowed, whole, LOW, gap)
    elif allowed:
        draft.put("lua_versions", allowed, source, HIGH if needs else MEDIUM)
    else:
        wanted, had = listed(tuple(map(str, needs))), " and ".join(form.lua_versions)
        gap = f"no Lua will do: the rock needs {wanted}, {form.name} has {had}"
        draft.put("lua_versions", (form.lua_versions[-1],), source, LOW, gap)


def _kind(facts: Facts, draft: Draft) -> None:
    """Decide whether the package depends on the architecture, and what it holds."""
    draft.put("build_type", facts.build_type, "rockspec: build.type")
    if facts.has_c is None:
        gap = f"a {facts.build_type} build without its sources at hand: taken for one that compiles"
        draft.put("is_compiled", True, "a guess", LOW, gap)
    else:
        source = "rockspec: build" if facts.build_type == "builtin" else "the sources"
        draft.put("is_compiled", facts.has_c, source)
    draft.put("modules", facts.modules, "rockspec: build", HIGH if facts.modules else LOW)
    draft.put("commands", facts.commands, "rockspec: build.install.bin")
    draft.put("documents", documents(facts.files, facts.below), "the sources")
    draft.put("build_directory", facts.below, "rockspec: source.dir")


def _upstream(facts: Facts, draft: Draft) -> None:
    """Decide where sources come from."""
    version, package = draft.text("version"), draft.text("package")
    places = upstream_of(facts.source, facts.homepage, stem=package, version=version, top=facts.top)
    homepage = web_address(facts.homepage)
    if homepage:
        draft.put("homepage", homepage, "rockspec: description.homepage")
    elif places.page:
        draft.put("homepage", places.page, "rockspec: source.url", MEDIUM)
    else:
        gap = f"the homepage {facts.homepage} is gone" if facts.homepage else "none is named"
        draft.put("homepage", "", "nothing", LOW, gap)
    source = "rockspec: source"
    draft.put("source_address", places.archive, source, HIGH, places.gap)
    draft.put("source_place", web_address(places.archive), source)
    draft.put("source_file", places.file, source)
    draft.put("source_directory", places.top or f"{package}-{version}", source)
    draft.put("repository", places.repository, source)
    draft.put("repository_page", places.page if places.is_forge else "", source)
    draft.put("issues", web_address(facts.issues) or places.issues, source, MEDIUM)

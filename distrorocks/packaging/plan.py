"""The plan of a package: every field that a template may see, with where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from distrorocks.packaging.description import describe
from distrorocks.packaging.documents import documents
from distrorocks.packaging.facts import Facts
from distrorocks.packaging.field import HIGH, LOW, MEDIUM, Draft, Field, Value
from distrorocks.packaging.format import Format
from distrorocks.packaging.license_fields import license_fields
from distrorocks.packaging.lua_code import evidence_against
from distrorocks.packaging.needs import need_fields
from distrorocks.packaging.prose import listed
from distrorocks.packaging.release import is_snapshot, upstream_version
from distrorocks.packaging.tables import Tables
from distrorocks.packaging.upstream import upstream_of, web_address
from distrorocks.rocks.version import Version

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

"""Scaffold: write the packaging of a rock for one or more distributions.

Observe the rock, the packager's settings and the tables; decide on a plan; render and write it. A
batch scaffolds several rocks, each into a directory of its own; a failure of one affects no other.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.build.packaged_text import in_utf_8
from distrorocks.packaging.formats.known import FORMATS
from distrorocks.packaging.formats.templates import render, search_path
from distrorocks.packaging.merge.pristine import (
    Making,
    Pristine,
    PristineError,
    read_pristine,
    store_path,
    stored_forms,
)
from distrorocks.packaging.plan.draft import PackagingPlan, Team
from distrorocks.packaging.plan.field import OTHER_HELPERS, Value
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.listed_libraries import with_listed
from distrorocks.packaging.plan.observe import maintainer_of, packaging_date, read_tables
from distrorocks.packaging.plan.plan import package_of, packaging_plan
from distrorocks.packaging.plan.release import find_release
from distrorocks.packaging.plan.settings import read_settings, read_team
from distrorocks.packaging.scaffold.folder import (
    Files,
    PackagingFile,
    apply_changes,
    changes_to,
    read_files,
)
from distrorocks.packaging.scaffold.rockspec_text import without_dependencies
from distrorocks.packaging.source.facts import Facts
from distrorocks.packaging.source.rock_input import RockInput, read_rock_input
from distrorocks.progress import Work
from distrorocks.system.lua.jail import Jail
from distrorocks.values import NamedTuple


class Batched(NamedTuple):
    """The result for one input: its packagings and the written paths, or the error."""

    path: str
    made: tuple[Scaffold, ...] = ()
    written: tuple[str, ...] = ()
    error: DistrorocksError | None = None


def scaffold_batch(
    request: Request, paths: Sequence[str], jail: Jail, *, is_dry: bool = False
) -> Iterator[Batched]:
    """Scaffold each input into ``FORMAT/PACKAGE`` below the directory; yield the results.

    It is an error if an input becomes the same package as an earlier one.
    """
    owners: dict[str, str] = {}
    inputs = list(dict.fromkeys(paths))
    with Work("packaging", total=len(inputs), unit="rocks") as packaging:
        for path in inputs:
            packaging.at(path.rstrip("/").rpartition("/")[2])
            try:
                yield _one(request._replace(path=path), owners, jail, is_dry=is_dry)
            except DistrorocksError as error:
                yield Batched(path, error=error)
            packaging.advance()


def _one(request: Request, owners: dict[str, str], jail: Jail, *, is_dry: bool) -> Batched:
    """Scaffold one input in all formats, or in none."""
    rock = read_rock(request, jail)
    made = [scaffold_below(request, rock, form) for form in request.formats]
    folders = [posixpath.join(one.plan.format, one.plan.package) for one in made]
    for folder in folders:
        if folder in owners:
            raise DistrorocksError(
                f"{request.path} would be packaged in {folder}, as {owners[folder]} is",
                hint="scaffold it on its own, into another directory",
            )
    written = []
    for one, folder in zip(made, folders, strict=True):
        place = request._replace(directory=posixpath.join(request.directory, folder))
        written += [posixpath.join(folder, path) for path in write([one], place, is_dry=is_dry)]
    owners.update(dict.fromkeys(folders, request.path))
    return Batched(request.path, tuple(made), tuple(written))


Outputs: TypeAlias = "dict[str, tuple[bytes, int]]"


class Scaffold(NamedTuple):
    """The packaging for one format: its plan, and its files by relative path."""

    plan: PackagingPlan
    outputs: Outputs


class Request(NamedTuple):
    """What to scaffold. ``directory`` is that of the packaging.

    ``root`` is the system whose indexes list the packages of its own distribution, ``release`` the
    release that the packaging is for, "" for that of the settings or any. ``date`` is the time of
    the packaging, None for SOURCE_DATE_EPOCH, that of the packaging that is there, or now. ``team``
    is the path of the team's settings, "" for none. ``helper`` is what the packaging is to be built
    with, "" for that of the settings or of the format.
    """

    path: str
    directory: str
    version: str = ""
    formats: tuple[str, ...] = ("deb",)
    maintainer: str = ""
    templates: tuple[str, ...] = ()
    root: str = "/"
    release: str = ""
    date: int | None = None
    team: str = ""
    helper: str = ""


def read_rock(request: Request, jail: Jail) -> RockInput:
    """Return the requested rock."""
    return read_rock_input(request.path, request.version, jail=jail)


def plan_rock(facts: Facts, form: str, request: Request) -> PackagingPlan:
    """Return the plan of a rock's packaging in one format.

    What the packaging in the directory was made with holds until something else is asked for; its
    date, as long as the version is the same.
    """
    maintainer = request.maintainer or maintainer_of()
    known = _known(facts, form, request)
    settings, team = _settings(form, request)
    release = find_release(form, _release(request, settings, known.release, team))
    date = packaging_date(request.date, known.date)
    tables = read_tables(FORMATS[form], maintainer, request.root, release, date)
    libraries = with_listed(tables.libraries, facts, FORMATS[form], request.root, release)
    tables = tables._replace(helper=request.helper or known.helper, libraries=libraries)
    return packaging_plan(facts, FORMATS[form], tables, settings, team)


def _settings(form: str, request: Request) -> tuple[Mapping[str, Value], Team]:
    """Return the settings of packager and team, but for what the command line has."""
    settings = _not_asked_for(read_settings(request.directory, form), request)
    team = read_team(request.team, form)
    return settings, team._replace(settings=_not_asked_for(team.settings, request))


def release_asked(request: Request, form: str) -> str:
    """Return the release that packaging in the directory is for, "" for any."""
    return _release(
        request, read_settings(request.directory, form), "", read_team(request.team, form)
    )


def _release(request: Request, settings: Mapping[str, Value], known: str, team: Team) -> str:
    target = Fields.target.key
    named = request.release or settings.get(target) or known or team.settings.get(target)
    return str(named or "")


def _known(facts: Facts, form: str, request: Request) -> Making:
    """Return what the packaging in the directory was made with, nothing if there is none."""
    place = stored_forms(request.directory).get(form, "")
    try:
        stored, _ = read_pristine(request.directory, place) if place else (None, None)
    except PristineError:
        return Making()  # an update refuses it, with the reason
    if stored is None or stored.rock != facts.rock:
        return Making()
    is_same = stored.version == facts.version
    return stored.made if is_same else stored.made._replace(date=None)


def _not_asked_for(settings: Mapping[str, Value], request: Request) -> dict[str, Value]:
    """Return settings without the fields for which the command line has a value."""
    asked = {
        Fields.maintainer.key: bool(request.maintainer),
        Fields.date.key: request.date is not None,
        Fields.target.key: bool(request.release),
        Fields.helper.key: bool(request.helper),
    }
    return {key: value for key, value in settings.items() if not asked.get(key)}


def scaffolds(request: Request, jail: Jail) -> list[Scaffold]:
    """Return the packaging in all requested formats; write nothing."""
    rock = read_rock(request, jail)
    directories = search_path(request.templates)
    found = []
    for form in request.formats:
        plan = plan_rock(rock.facts, form, request)
        found.append(Scaffold(plan, rendered(form, plan, rock, directories)))
    return found


def scaffold_below(request: Request, rock: RockInput, form: str) -> Scaffold:
    """Return a rock's packaging in ``FORMAT/PACKAGE`` below a directory, with the settings there.

    The settings of the directory itself decide the name of the package.
    """
    settings, team = _settings(form, request)
    release = find_release(form, _release(request, settings, "", team))
    tables = read_tables(FORMATS[form], root=request.root, release=release)
    package = package_of(rock.facts, tables, settings, team)
    own = request._replace(directory=posixpath.join(request.directory, form, package))
    plan = plan_rock(rock.facts, form, own)
    return Scaffold(plan, rendered(form, plan, rock, search_path(request.templates)))


def rendered(
    form: str, plan: PackagingPlan, rock: RockInput, directories: Sequence[str]
) -> Outputs:
    """Return the files of a plan in one format."""
    outputs = {**render(form, plan.values, directories), **_rockspec(form, plan, rock)}
    return dict(sorted(outputs.items()))


def as_files(outputs: Outputs) -> dict[str, PackagingFile]:
    """Return rendered files as values."""
    return {path: PackagingFile(*each) for path, each in outputs.items()}


def write(made: Sequence[Scaffold], request: Request, *, is_dry: bool = False) -> list[str]:
    """Write the files of all formats and their stored renders, or none of them.

    Never overwrite existing files but stored renders. Return the paths that are written, or would
    be.
    """
    wanted: dict[str, PackagingFile] = {}
    stores = []
    for one in made:
        files = as_files(one.outputs)
        _refuse_shared(wanted, files, one.plan.format)
        pristine = pristine_of(one.plan, files)
        stores.append(store_path(one.plan.format, files))
        wanted |= {**files, stores[-1]: PackagingFile(b"").with_text(str(pristine))}
    there = read_files(request.directory, wanted)
    edited = [p for p in sorted(there) if there[p].content != wanted[p].content and p not in stores]
    if edited:
        raise DistrorocksError(
            f"{request.directory} already contains packaging",
            detail="\n".join(edited),
            hint="use --update to update it and keep your edits, or choose another directory",
        )
    changes = changes_to(dict(sorted(wanted.items())), there, "rendered")
    if not is_dry:
        apply_changes(request.directory, sorted(changes, key=lambda each: each.path in stores))
    return [each.path for each in changes]


def pristine_of(plan: PackagingPlan, files: Files) -> Pristine:
    """Return the stored render of a plan's files."""
    target = plan.fields[Fields.target.key]
    helper = str(plan.values.get(Fields.helper.key, ""))
    made = Making(
        helper if helper in OTHER_HELPERS else "",
        "" if target.is_set else str(target.value),
        int(str(plan.values[Fields.date.key])),
    )
    return Pristine(plan.rock, plan.rock_version, files, made)


def _refuse_shared(
    wanted: Mapping[str, PackagingFile], files: Mapping[str, PackagingFile], form: str
) -> None:
    """Refuse two formats that would write one file differently."""
    shared = [path for path in sorted(files) if wanted.get(path, files[path]) != files[path]]
    if shared:
        raise DistrorocksError(
            f"{form} and another format would both write {', '.join(shared)}",
            hint="give each format its own directory: run once per --format, with another -o",
        )


def _rockspec(form: str, plan: PackagingPlan, rock: RockInput) -> Outputs:
    """Return the rockspec as a file of the packaging: sources may have several, or none.

    It does not name the rocks that only tests need.
    """
    name = plan.rockspec_name
    text = in_utf_8(rock.rockspec_text)
    if plan.test_only:
        said = text.decode("utf-8", "surrogateescape")
        text = without_dependencies(said, plan.test_only).encode("utf-8", "surrogateescape")
    return {f"debian/{name}" if form == "deb" else name: (text, 0o644)}

"""Scaffold: a rock's packaging, written for one distribution or several.

Look: the rock, the packager's settings, the tables. Decide: the plan. Act: render and write.

Scaffold several rocks in one run: each a folder of its own, and none stops the others.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.build.packaged_text import in_utf_8
from distrorocks.packaging.formats.known import FORMATS
from distrorocks.packaging.formats.templates import render, search_path
from distrorocks.packaging.merge.pristine import Pristine, store_path
from distrorocks.packaging.plan.draft import PackagingPlan
from distrorocks.packaging.plan.packager import epoch, maintainer_of
from distrorocks.packaging.plan.plan import packaging_plan
from distrorocks.packaging.plan.settings import read_settings
from distrorocks.packaging.plan.shipped_tables import read_tables
from distrorocks.packaging.scaffold.folder import (
    PackagingFile,
    apply_changes,
    changes_to,
    read_files,
)
from distrorocks.packaging.source.facts import Facts
from distrorocks.packaging.source.rock_input import RockInput, read_rock_input
from distrorocks.system.lua.jail import Jail


class Batched(NamedTuple):
    """What became of one input: its packagings with the paths written, or why there are none."""

    path: str
    made: tuple[Scaffold, ...] = ()
    written: tuple[str, ...] = ()
    error: DistrorocksError | None = None


def scaffold_batch(
    request: Request, paths: Sequence[str], jail: Jail, *, is_dry: bool = False
) -> Iterator[Batched]:
    """Scaffold each input into ``FORMAT/PACKAGE`` below the directory; yield what became of it.

    Two inputs that would be one package are an error of the second.
    """
    owners: dict[str, str] = {}
    for path in dict.fromkeys(paths):
        try:
            yield _one(request._replace(path=path), owners, jail, is_dry=is_dry)
        except DistrorocksError as error:
            yield Batched(path, error=error)


def _one(request: Request, owners: dict[str, str], jail: Jail, *, is_dry: bool) -> Batched:
    """Scaffold one input in all formats, or in none."""
    rock = read_rock(request, jail)
    made = [scaffold_below(request, rock, form) for form in request.formats]
    folders = [posixpath.join(one.plan.format, one.plan.package) for one in made]
    for folder in folders:
        if folder in owners:
            raise DistrorocksError(
                f"{request.path} would be packaged in {folder}, as {owners[folder]} is",
                hint="scaffold it by itself, into another directory",
            )
    written = []
    for one, folder in zip(made, folders, strict=True):
        place = request._replace(directory=posixpath.join(request.directory, folder))
        written += [posixpath.join(folder, path) for path in write([one], place, is_dry=is_dry)]
    owners.update(dict.fromkeys(folders, request.path))
    return Batched(request.path, tuple(made), tuple(written))


Outputs: TypeAlias = "dict[str, tuple[bytes, int]]"


class Scaffold(NamedTuple):
    """One format's packaging: its plan, and its files by path below the output directory."""

    plan: PackagingPlan
    outputs: Outputs


class Request(NamedTuple):
    """What is asked for. ``directory`` is where the packaging stands or will stand.

    ``root`` is the system whose indexes tell what its own distribution has.
    """

    path: str
    directory: str
    version: str = ""
    formats: tuple[str, ...] = ("deb",)
    maintainer: str = ""
    templates: tuple[str, ...] = ()
    root: str = "/"


def read_rock(request: Request, jail: Jail) -> RockInput:
    """Return the rock that is asked for; its date is SOURCE_DATE_EPOCH where that is set."""
    found = read_rock_input(request.path, request.version, jail=jail)
    date = epoch()
    return found if date is None else found._replace(facts=found.facts._replace(date=date))


def plan_rock(facts: Facts, form: str, request: Request) -> PackagingPlan:
    """Return the plan of a rock's packaging in one format."""
    maintainer = request.maintainer or maintainer_of()
    settings = read_settings(request.directory, form)
    tables = read_tables(FORMATS[form], maintainer, request.root)
    return packaging_plan(facts, FORMATS[form], tables, settings)


def scaffolds(request: Request, jail: Jail) -> list[Scaffold]:
    """Return the packaging in all formats that are asked for; nothing is written."""
    rock = read_rock(request, jail)
    directories = search_path(request.templates)
    found = []
    for form in request.formats:
        plan = plan_rock(rock.facts, form, request)
        found.append(Scaffold(plan, rendered(form, plan, rock, directories)))
    return found


def scaffold_below(request: Request, rock: RockInput, form: str) -> Scaffold:
    """Return a rock's packaging in ``FORMAT/PACKAGE`` below a directory, with that one's settings.

    The settings of the directory itself decide what the package is called.
    """
    package = plan_rock(rock.facts, form, request).package
    own = request._replace(directory=posixpath.join(request.directory, form, package))
    plan = plan_rock(rock.facts, form, own)
    return Scaffold(plan, rendered(form, plan, rock, search_path(request.templates)))


def rendered(
    form: str, plan: PackagingPlan, rock: RockInput, directories: Sequence[str]
) -> Outputs:
    """Return the files that a plan makes in one format."""
    outputs = {**render(form, plan.values, directories), **_rockspec(form, plan, rock)}
    return dict(sorted(outputs.items()))


def as_files(outputs: Outputs) -> dict[str, PackagingFile]:
    """Return rendered files as those of a packaging."""
    return {path: PackagingFile(*each) for path, each in outputs.items()}


def write(made: Sequence[Scaffold], request: Request, *, is_dry: bool = False) -> list[str]:
    """Write the files of all formats with what they were rendered as, or none of them.

    What stands there already is never overwritten, unless it is a stored render. Return the paths
    that are written, or would be.
    """
    wanted: dict[str, PackagingFile] = {}
    stores = []
    for one in made:
        files = as_files(one.outputs)
        _refuse_shared(wanted, files, one.plan.format)
        pristine = Pristine(one.plan.rock, one.plan.rock_version, files)
        stores.append(store_path(one.plan.format, files))
        wanted |= {**files, stores[-1]: PackagingFile(b"").with_text(str(pristine))}
    there = read_files(request.directory, wanted)
    edited = [p for p in sorted(there) if there[p].content != wanted[p].content and p not in stores]
    if edited:
        raise DistrorocksError(
            f"{request.directory} has packaging already",
            detail="\n".join(edited),
            hint="use --update to bring it to this rock with your edits kept, or another folder",
        )
    changes = changes_to(dict(sorted(wanted.items())), there, "rendered")
    if not is_dry:
        apply_changes(request.directory, sorted(changes, key=lambda each: each.path in stores))
    return [each.path for each in changes]


def _refuse_shared(
    wanted: Mapping[str, PackagingFile], files: Mapping[str, PackagingFile], form: str
) -> None:
    """Refuse two formats that would write one file differently."""
    shared = [path for path in sorted(files) if wanted.get(path, files[path]) != files[path]]
    if shared:
        raise DistrorocksError(
            f"{form} and another format would both write {', '.join(shared)}",
            hint="give each of them a folder of its own, with one --format and another -o",
        )


def _rockspec(form: str, plan: PackagingPlan, rock: RockInput) -> Outputs:
    """Return the rockspec as a file of the packaging: sources may have several, or none of it."""
    name = plan.rockspec_name
    text = in_utf_8(rock.rockspec_text)
    return {f"debian/{name}" if form == "deb" else name: (text, 0o644)}

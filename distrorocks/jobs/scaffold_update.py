"""Bring a packaging to another version of its rock, or another render, with all edits kept.

Look: the stored render, the packager's files, the rock. Decide: a merge three ways. Act: all
changes or none, the stored render last, so that an update that was cut off can be run again.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import NamedTuple

from distrorocks.errors import DistrorocksError, NegativeError
from distrorocks.jobs.scaffold import Request, as_files, plan_rock, read_rock, rendered
from distrorocks.packaging.as_update import as_update
from distrorocks.packaging.file_merge import with_history
from distrorocks.packaging.line_merge import Labels, marked_lines
from distrorocks.packaging.own_edits import own_edits
from distrorocks.packaging.packaging_file import FileChange, Files, PackagingFile
from distrorocks.packaging.packaging_merge import PackagingMerge, Place, merge_packaging
from distrorocks.packaging.plan import PackagingPlan
from distrorocks.packaging.pristine import Pristine, missing, store_path
from distrorocks.system.lua.jail import Jail
from distrorocks.system.packaging.folder import apply_changes, read_files
from distrorocks.system.packaging.pristine_file import own_files, read_pristine, stored_forms
from distrorocks.system.packaging.rock_input import RockInput
from distrorocks.system.packaging.templates import search_path


class Updated(NamedTuple):
    """One format's update: the versions before and after, and what it changes."""

    plan: PackagingPlan
    known: str
    version: str
    merge: PackagingMerge


class Unresolved(NegativeError):  # noqa: N818 - it says how the packaging is
    """Conflicts of an earlier update still stand in the packaging; nothing was changed."""


def update(request: Request, jail: Jail, *, is_dry: bool = False) -> list[Updated]:
    """Update all formats that are asked for, those that stand there by default; or none at all."""
    rock = read_rock(request, jail)
    stores = _stores(request)
    if request.path == request.directory:
        _refuse_bare(request, rock, stores)
    found = [_one(request, rock, form, place) for form, place in stores.items()]
    changes = [change for one in found for change in one.merge.changes]
    if not is_dry:
        apply_changes(request.directory, sorted(changes, key=_is_store))
    return found


def edits(request: Request) -> str:
    """Return what the packager changed since the packaging was rendered, as a difference."""
    directory = request.directory
    told = ""
    for place in _stores(request).values():
        pristine, _ = read_pristine(directory, place)
        folder = posixpath.dirname(place)
        own = own_files(directory, folder) if folder else []
        told += own_edits(pristine.files, read_files(directory, {*pristine.files, *own}))
    return told


def _stores(request: Request) -> dict[str, str]:
    """Return the formats that are meant, each with the path of its stored render."""
    there = stored_forms(request.directory)
    for form in request.formats:
        if form not in there:
            raise missing(f"the stored render for {form} in {request.directory}")
    if not there:
        raise missing(f"the stored render of any format in {request.directory}")
    return {form: there[form] for form in request.formats or tuple(there)}


def _refuse_bare(request: Request, rock: RockInput, stores: dict[str, str]) -> None:
    """Refuse a packaging that stands in no sources: what they said would be lost in the render."""
    own = {path for place in stores.values() for path in (place, *_rendered(request, place))}
    if all(path in own or path.startswith("debian/") for path in rock.facts.files):
        raise DistrorocksError(
            f"{request.directory} has packaging and no sources",
            hint="name the rock after --update",
        )


def _rendered(request: Request, place: str) -> Iterable[str]:
    return read_pristine(request.directory, place)[0].files


def _one(request: Request, rock: RockInput, form: str, place: str) -> Updated:
    """Return one format's update."""
    directory = request.directory
    base, stored = read_pristine(directory, place)
    plan = plan_rock(rock.facts, form, request)
    is_same = base.version == rock.facts.version
    if base.rock != rock.facts.rock:
        raise DistrorocksError(
            f"{posixpath.join(directory, place)} is of the rock {base.rock}, not {rock.facts.rock}",
            hint="name the rock that the packaging is of",
        )
    if not is_same:
        plan = as_update(plan, base.version)
    theirs = as_files(rendered(form, plan, rock, search_path(request.templates)))
    theirs = with_history(base.files, theirs, is_same_version=is_same)
    ours = read_files(directory, {*base.files, *theirs})
    _refuse_unresolved(ours)
    labels = Labels("yours", f"rendered for {base.version}", f"rendered for {rock.facts.version}")
    merge = merge_packaging(base.files, ours, theirs, labels)
    pristine = Pristine(rock.facts.rock, rock.facts.version, theirs)
    changes = [*merge.changes, *_store_changes(pristine, form, place, stored)]
    return Updated(plan, base.version, pristine.version, merge._replace(changes=tuple(changes)))


def _store_changes(
    pristine: Pristine, form: str, place: str, stored: PackagingFile
) -> list[FileChange]:
    """Return what becomes of the stored render."""
    after = PackagingFile(b"", stored.mode).with_text(str(pristine))
    path = store_path(form, pristine.files)
    if path != place:
        reason = "stands elsewhere now"
        return [FileChange(path, None, after, reason), FileChange(place, stored, None, reason)]
    return [] if after == stored else [FileChange(path, stored, after, "the render it is of")]


def _is_store(change: FileChange) -> bool:
    return posixpath.basename(change.path).startswith(".distrorocks-")


def _refuse_unresolved(ours: Files) -> None:
    """Refuse to merge into files in which an earlier merge's conflicts stand."""
    places = [
        Place(path, line, "both sides stand here")
        for path, file in sorted(ours.items())
        for line in marked_lines(file.text)[:1]
    ]
    if places:
        raise Unresolved(
            "conflicts of an earlier update are not resolved yet",
            detail="\n".join(map(str, places)),
            hint="choose between the lines, take the markers out, and run the command again",
        )

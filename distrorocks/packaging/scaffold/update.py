"""Update a packaging to another version of its rock, or to a new render, and keep all edits.

Observe the stored render, the packager's files and the rock; decide by a three-way merge; apply all
changes or none, the stored render last, so that an interrupted update can be run again. ``edits``
returns what the packager changed, as one unified diff.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from difflib import unified_diff

from distrorocks.errors import DistrorocksError, NegativeError
from distrorocks.packaging.formats.rpm import OPENSUSE
from distrorocks.packaging.formats.templates import search_path
from distrorocks.packaging.merge.lines import Labels, marked_lines, split_lines
from distrorocks.packaging.merge.packaging import (
    PackagingMerge,
    Place,
    merge_packaging,
    with_history,
)
from distrorocks.packaging.merge.pristine import (
    Pristine,
    missing,
    own_files,
    read_pristine,
    store_path,
    stored_forms,
)
from distrorocks.packaging.plan.draft import PackagingPlan
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.upstream import is_snapshot, upstream_version
from distrorocks.packaging.scaffold.folder import (
    FileChange,
    Files,
    PackagingFile,
    apply_changes,
    read_files,
)
from distrorocks.packaging.scaffold.scaffold import (
    Request,
    as_files,
    plan_rock,
    pristine_of,
    read_rock,
    rendered,
)
from distrorocks.packaging.source.rock_input import RockInput
from distrorocks.rocks.version import Version
from distrorocks.system.lua.jail import Jail
from distrorocks.values import NamedTuple


def as_update(plan: PackagingPlan, known: str) -> PackagingPlan:
    """Return a plan with the changelog of an update from version ``known``."""
    source = f"an update from {known}"
    change = "New upstream release."
    if plan.format == OPENSUSE.name:  # whose changelog has no version in the head of an entry
        change = f"Update to version {plan.version}"
    plan = plan.with_default(Fields.changes, (change,), source)
    plan = plan.with_default(Fields.bug_closed, "", source)
    return plan.with_default(Fields.release, "1", source)


_NOTHING = "/dev/null"


def own_edits(base: Files, ours: Files) -> str:
    """Return the diff from ``base`` to ``ours`` for patch(1), "" if there is none."""
    paths = sorted({*base, *ours})
    return "".join(line for path in paths for line in _of(path, base.get(path), ours.get(path)))


def _of(path: str, was: PackagingFile | None, now: PackagingFile | None) -> Iterator[str]:
    if was == now:
        return
    old, new = f"a/{path}" if was else _NOTHING, f"b/{path}" if now else _NOTHING
    if was and now and was.mode != now.mode:
        yield f"old mode 100{was.mode:03o}\nnew mode 100{now.mode:03o}\n"
    if (now and b"\0" in now.content) or (was and b"\0" in was.content):
        yield f"Binary files {old} and {new} differ\n"
        return
    for line in unified_diff(
        split_lines(was.text) if was else [],
        split_lines(now.text) if now else [],
        old,
        new,
    ):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


class Updated(NamedTuple):
    """The update of one format: the versions before and after, and the changes."""

    plan: PackagingPlan
    known: str
    version: str
    merge: PackagingMerge


class Unresolved(NegativeError):  # noqa: N818 - it names the state of the packaging
    """The packaging has unresolved conflicts of an earlier update; nothing was changed."""


def update(request: Request, jail: Jail, *, is_dry: bool = False) -> list[Updated]:
    """Update all requested formats, by default those in the directory, or none of them."""
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
    """Return the packager's changes since the packaging was rendered, as a diff."""
    directory = request.directory
    shown = ""
    for place in _stores(request).values():
        pristine, _ = read_pristine(directory, place)
        folder = posixpath.dirname(place)
        own = own_files(directory, folder) if folder else []
        shown += own_edits(pristine.files, read_files(directory, {*pristine.files, *own}))
    return shown


def _stores(request: Request) -> dict[str, str]:
    """Return the requested formats, each with the path of its stored render."""
    there = stored_forms(request.directory)
    for form in request.formats:
        if form not in there:
            raise missing(f"the stored render for {form} in {request.directory}")
    if not there:
        raise missing(f"the stored render of any format in {request.directory}")
    return {form: there[form] for form in request.formats or tuple(there)}


def _refuse_bare(request: Request, rock: RockInput, stores: dict[str, str]) -> None:
    """Refuse a packaging without the sources: the new render would lose what they state."""
    own = {path for place in stores.values() for path in (place, *_rendered(request, place))}
    if all(path in own or path.startswith("debian/") for path in rock.facts.files):
        raise DistrorocksError(
            f"{request.directory} contains packaging but no sources",
            hint="name the rock after --update",
        )


def _rendered(request: Request, place: str) -> Iterable[str]:
    return read_pristine(request.directory, place)[0].files


def _one(request: Request, rock: RockInput, form: str, place: str) -> Updated:
    """Return the update of one format."""
    directory = request.directory
    base, stored = read_pristine(directory, place)
    plan = plan_rock(rock.facts, form, request)
    is_same = base.version == rock.facts.version
    if base.rock != rock.facts.rock:
        raise DistrorocksError(
            f"{posixpath.join(directory, place)} is for rock {base.rock}, not {rock.facts.rock}",
            hint="name the rock of the packaging",
        )
    if not is_same:
        _refuse_older(plan, base.version)
        plan = as_update(plan, base.version)
    theirs = as_files(rendered(form, plan, rock, search_path(request.templates)))
    theirs = with_history(base.files, theirs, is_same_version=is_same)
    ours = read_files(directory, {*base.files, *theirs})
    _refuse_unresolved(ours)
    labels = Labels("yours", f"rendered for {base.version}", f"rendered for {rock.facts.version}")
    merge = merge_packaging(base.files, ours, theirs, labels)
    pristine = pristine_of(plan, theirs)
    changes = [*merge.changes, *_store_changes(pristine, form, place, stored)]
    return Updated(plan, base.version, pristine.version, merge._replace(changes=tuple(changes)))


def _refuse_older(plan: PackagingPlan, known: str) -> None:
    """Refuse a version older than ``known``: its changelog entry would stand above the newer one.

    A packager who sets the version of the package has answered for it.
    """
    is_set = plan.fields[Fields.version.key].is_set
    if not is_set and _age(plan.rock_version) < _age(known):
        raise NegativeError(
            f"{plan.rock} {plan.rock_version} is older than {known}, which the packaging is for",
            hint="restore the packaging of that version from version control; if upstream counts "
            "anew, set version in distrorocks.toml to one that package managers see as newer",
        )


def _age(rock_version: str) -> Version:
    """Return a version to compare ages by: of a snapshot the release that it comes before."""
    if is_snapshot(rock_version):
        rock_version = upstream_version(rock_version, 0).partition("~")[0]
    return Version.parse(rock_version)


def _store_changes(
    pristine: Pristine, form: str, place: str, stored: PackagingFile
) -> list[FileChange]:
    """Return the changes of the stored render."""
    after = PackagingFile(b"", stored.mode).with_text(str(pristine))
    path = store_path(form, pristine.files)
    if path != place:
        reason = "moved"
        return [FileChange(path, None, after, reason), FileChange(place, stored, None, reason)]
    return [] if after == stored else [FileChange(path, stored, after, "the new stored render")]


def _is_store(change: FileChange) -> bool:
    return posixpath.basename(change.path).startswith(".distrorocks-")


def _refuse_unresolved(ours: Files) -> None:
    """Refuse to merge into files with conflict markers of an earlier merge."""
    places = [
        Place(path, line, "unresolved conflict")
        for path, file in sorted(ours.items())
        for line in marked_lines(file.text)[:1]
    ]
    if places:
        raise Unresolved(
            "conflicts of an earlier update are not resolved",
            detail="\n".join(map(str, places)),
            hint="resolve them, remove the markers, and run the command again",
        )

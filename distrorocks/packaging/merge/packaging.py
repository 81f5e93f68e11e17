"""Merge a packaging three ways: the stored render, the packager's files and the new render.

The packager's edits are never dropped. Changes that cannot be merged are marked in the file as a
conflict; a conflict about a whole file leaves the packager's file as it is. Files that have another
name in the new render, such as one with the version, are found by their content. Changelogs are
merged by entry: new ones go on top, and what the packager wrote stays.
"""

from __future__ import annotations

import re

from distrorocks.packaging.merge.duplicate_fields import mark_duplicate_fields
from distrorocks.packaging.merge.lines import PLAIN, Labels, Merged, merge_lines
from distrorocks.packaging.scaffold.folder import FileChange, Files, PackagingFile
from distrorocks.values import NamedTuple

HISTORY = "debian/changelog"
_CHANGES = ".changes"  # openSUSE's changelogs
_COPYRIGHT = "debian/copyright"
_LEAST_ALIKE = 0.3

_DEB_HEAD = re.compile(r"^\S+ \(([^()\s]+)\)[^\n]*;", re.MULTILINE)
_SPEC_HEAD = re.compile(r"^\*[^\n]*$", re.MULTILINE)
_SPEC_VERSION = re.compile(r" - ?(\S+)$")
_CHANGES_HEAD = re.compile(
    r"^-{60,}\n(?P<head>[^\n]+)(?:\n\s*- [^\n]*?\bversion (?P<version>[^\s:,;()]+))?", re.MULTILINE
)
_OWN_YEAR = re.compile(
    r"^Files: debian/\*\nCopyright: (?P<year>[0-9]{4}) (?P<name>[^\n]*)$", re.MULTILINE
)
_SECTION = re.compile(r"^%changelog[ \t]*\n", re.MULTILINE)
_NEXT_SECTION = re.compile(
    r"^%(?:prep|build|install|check|files|package|description|pre|post|preun|postun)\b",
    re.MULTILINE,
)


def renames(base: Files, ours: Files, theirs: Files) -> dict[str, str]:
    """Return old path -> new path of renamed files that the packager has under the old path.

    A file is renamed if the new one is in the same directory, has the same suffix and enough lines
    in common, and does not exist yet.
    """
    gone = sorted(path for path in base if path not in theirs and path in ours)
    new = sorted(path for path in theirs if path not in base and path not in ours)
    found: dict[str, str] = {}
    for old in gone:
        fitting = [path for path in new if path not in found.values() and _kind(path) == _kind(old)]
        ranked = sorted((-_likeness(base[old].text, theirs[path].text), path) for path in fitting)
        if ranked and -ranked[0][0] >= _LEAST_ALIKE:
            found[old] = ranked[0][1]
    return found


def _kind(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder, name.rpartition(".")[2]


def _likeness(one: str, other: str) -> float:
    """Return the fraction of lines that two texts have in common, from 0 to 1."""
    left, right = set(one.split("\n")), set(other.split("\n"))
    return len(left & right) / max(len(left), len(right))


class Place(NamedTuple):
    """A place to look at: a file, a line (0: the whole file), and the reason."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}" if self.line else f"{self.path}: {self.text}"


class PackagingMerge(NamedTuple):
    """The changes of an update, its conflicts, and notes."""

    changes: tuple[FileChange, ...]
    conflicts: tuple[Place, ...]
    notes: tuple[Place, ...]


class _Side(NamedTuple):
    """The three versions of one file."""

    base: PackagingFile | None
    ours: PackagingFile | None
    theirs: PackagingFile | None


def merge_packaging(
    base: Files, ours: Files, theirs: Files, labels: Labels = PLAIN
) -> PackagingMerge:
    """Return what an update changes; ``ours`` has each existing path of the others."""
    changes: list[FileChange] = []
    conflicts: list[Place] = []
    notes: list[Place] = []
    moved = renames(base, ours, theirs)
    for path in sorted({*base, *theirs} - set(moved)):
        was = next((old for old, new in moved.items() if new == path), path)
        sides = _Side(base.get(was), ours.get(was), theirs.get(path))
        after, found, note = _merged(path, sides, labels)
        conflicts += found
        notes += note
        if was != path:
            changes.append(FileChange(was, ours[was], None, f"renamed to {path}"))
        before = ours.get(path)
        if after != before:
            changes.append(FileChange(path, before, after, _reason(before, after, found)))
    return PackagingMerge(tuple(changes), tuple(conflicts), tuple(notes))


def _merged(
    path: str, sides: _Side, labels: Labels
) -> tuple[PackagingFile | None, list[Place], list[Place]]:
    """Return the merged file, with its conflicts and notes."""
    base, ours, theirs = sides
    if ours in (base, theirs):
        return theirs, [], []
    if theirs == base:
        note = [Place(path, 0, "you removed it: not added again")] if ours is None else []
        return ours, [], note
    if ours is None:
        return (
            None,
            [],
            [Place(path, 0, "you removed it: not added again, though the new render changes it")],
        )
    if theirs is None:
        text = "no longer rendered, but you changed it: remove it, or keep it as your own"
        return ours, [Place(path, 0, text)], []
    if b"\0" in ours.content:
        text = "your file is binary: nothing was merged into it"
        return ours, [Place(path, 0, text)], []
    merged = merge_text(path, base.text if base else "", ours.text, theirs.text, labels)
    unlike = "your change and the new render differ"
    found = [Place(path, line, unlike) for line in merged.conflicts]
    return ours.with_text(merged.text)._replace(mode=_mode(base, ours, theirs)), found, []


def _mode(base: PackagingFile | None, ours: PackagingFile, theirs: PackagingFile) -> int:
    """Return the permissions: those of the packager if they changed them, else the new ones."""
    return theirs.mode if base is None or ours.mode == base.mode else ours.mode


def _reason(
    before: PackagingFile | None, after: PackagingFile | None, conflicts: list[Place]
) -> str:
    if before is None:
        return "new"
    if after is None:
        return "no longer rendered"
    return "merged, with conflicts" if conflicts else "merged"


def merge_text(path: str, base: str, ours: str, theirs: str, labels: Labels) -> Merged:
    """Return a file with the changes of the packager and of the new render."""
    if path == HISTORY or path.endswith(_CHANGES):
        return Merged(merge_history(base, ours, theirs, is_changes=path.endswith(_CHANGES)))
    if not path.endswith(".spec"):
        merged = merge_lines(base, ours, theirs, labels)
        return mark_duplicate_fields(merged, ours, theirs, path, labels)
    return _merge_spec(path, base, ours, theirs, labels)


def _merge_spec(path: str, base: str, ours: str, theirs: str, labels: Labels) -> Merged:
    """Return a merged spec file; its changelog is the packager's, with new entries on top."""
    was, mine, new = spec_parts(base), spec_parts(ours), spec_parts(theirs)
    before = merge_lines(was.before, mine.before, new.before, labels)
    before = mark_duplicate_fields(before, mine.before, new.before, path, labels)
    after = merge_lines(was.after, mine.after, new.after, labels)
    history = merge_history(was.history, mine.history, new.history, is_spec=True)
    if not spec_parts(before.text + history).history:
        history = ""  # the packager has no %changelog
    above = (before.text + history).count("\n")
    conflicts = (*before.conflicts, *(above + line for line in after.conflicts))
    return Merged(before.text + history + after.text, conflicts)


def with_history(
    base: Files, theirs: Files, *, is_same_version: bool = False
) -> dict[str, PackagingFile]:
    """Return a new render with the changelog of the stored one appended.

    A render has an entry for its own version only. The same version rendered again adds no entry.
    The copyright of the packaging keeps the year of its first version.
    """
    return {
        path: file.with_text(
            _continued(path, base[path].text, file.text, is_same_version=is_same_version)
        )
        if path in base and (path in (HISTORY, _COPYRIGHT) or path.endswith((".spec", _CHANGES)))
        else file
        for path, file in theirs.items()
    }


def _continued(path: str, base: str, theirs: str, *, is_same_version: bool) -> str:
    if path == _COPYRIGHT:
        return _with_first_year(base, theirs)
    if not path.endswith(".spec"):
        is_changes = path.endswith(_CHANGES)
        return base if is_same_version else merge_history("", base, theirs, is_changes=is_changes)
    was, new = spec_parts(base), spec_parts(theirs)
    history = was.history
    if not is_same_version:
        history = merge_history("", was.history, new.history, is_spec=True)
    return new.before + history + new.after


def _with_first_year(base: str, theirs: str) -> str:
    """Return Debian's copyright file with the year that the packaging is of in ``base``."""
    was, new = _OWN_YEAR.search(base), _OWN_YEAR.search(theirs)
    if not was or not new or was["name"] != new["name"]:
        return theirs
    return theirs[: new.start("year")] + was["year"] + theirs[new.end("year") :]


class Entry(NamedTuple):
    """One entry of a changelog: its version, or its head if it names none, and its text."""

    version: str
    text: str


class SpecParts(NamedTuple):
    """A spec file: the text before its changelog, the changelog, and the text after it."""

    before: str
    history: str
    after: str


def merge_history(
    base: str, ours: str, theirs: str, *, is_spec: bool = False, is_changes: bool = False
) -> str:
    """Return the packager's changelog with the entries of new versions on top.

    An entry is new if neither the packager's changelog nor the base has its version. A changelog
    without entries, such as RPM's ``%autochangelog``, is kept as it is.
    """
    head = _SPEC_HEAD if is_spec else _CHANGES_HEAD if is_changes else _DEB_HEAD
    known = {each.version for text in (base, ours) for each in _entries(text, head)}
    if ours.strip() and not _entries(ours, head):
        return ours
    new = [each.text for each in _entries(theirs, head) if each.version not in known]
    if not new:
        return ours or theirs
    top = "".join(text.rstrip("\n") + "\n\n" for text in new)
    return top + ours if ours.strip() else top.rstrip("\n") + "\n"


def spec_parts(text: str) -> SpecParts:
    """Return the parts of a spec file; the ``%changelog`` line is at the end of the first."""
    found = _SECTION.search(text)
    if not found:
        return SpecParts(text, "", "")
    follower = _NEXT_SECTION.search(text, found.end())
    end = follower.start() if follower else len(text)
    return SpecParts(text[: found.end()], text[found.end() : end], text[end:])


def _entries(text: str, head: re.Pattern[str]) -> list[Entry]:
    """Return the entries of a changelog, from the top."""
    found = list(head.finditer(text))
    ends = [*(each.start() for each in found), len(text)][1:]
    return [
        Entry(_version(each), text[each.start() : end])
        for each, end in zip(found, ends, strict=True)
    ]


def _version(head: re.Match[str]) -> str:
    """Return the version in the head of an entry, or the whole head if it names none."""
    if head.re is _SPEC_HEAD:
        found = _SPEC_VERSION.search(head[0].rstrip(" \t"))
        return found[1] if found else head[0]
    if head.re is _CHANGES_HEAD:
        return head["version"] or head["head"]
    return head[1]

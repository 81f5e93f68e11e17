"""Merge one file of a packaging three ways; changelogs are merged by entry."""

from __future__ import annotations

from distrorocks.packaging.merge.duplicate_fields import mark_duplicate_fields
from distrorocks.packaging.merge.history import merge_history, spec_parts
from distrorocks.packaging.merge.lines import Labels, Merged, merge_lines
from distrorocks.packaging.scaffold.folder import Files, PackagingFile

HISTORY = "debian/changelog"


def merge_text(path: str, base: str, ours: str, theirs: str, labels: Labels) -> Merged:
    """Return a file with the changes of the packager and of the new render."""
    if path == HISTORY:
        return Merged(merge_history(base, ours, theirs))
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
    """
    return {
        path: file.with_text(
            _continued(path, base[path].text, file.text, is_same_version=is_same_version)
        )
        if path in base and (path == HISTORY or path.endswith(".spec"))
        else file
        for path, file in theirs.items()
    }


def _continued(path: str, base: str, theirs: str, *, is_same_version: bool) -> str:
    if path == HISTORY:
        return base if is_same_version else merge_history("", base, theirs)
    was, new = spec_parts(base), spec_parts(theirs)
    history = was.history
    if not is_same_version:
        history = merge_history("", was.history, new.history, is_spec=True)
    return new.before + history + new.after

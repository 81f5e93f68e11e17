"""``python -m integration.corpus.update_edits [CORPUS]``: hand edits, then an update; is one lost?

Fifty packages, each for Debian and for Fedora, get 1,000 hand edits together, and are then brought
to the next version of their rock. The rocks are made up by chance; with a folder of rockspecs, they
are rocks of it that have two releases. Printed: how many edits were lost, how many were joined with
a change of the same line without a word, what else was wrong; the exit status is 0 when none was.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.merge.lines import MIDDLE, OURS, split_lines
from distrorocks.packaging.merge.pristine import STORE, read_pristine
from distrorocks.packaging.scaffold.folder import PackagingFile
from distrorocks.packaging.scaffold.scaffold import Request, scaffolds, write
from distrorocks.packaging.scaffold.update import Unresolved, Updated, update
from distrorocks.rocks.version import Version
from distrorocks.system.lua.jail import Jail
from tests.hand_edits import (
    Edit,
    Folder,
    edit_by_hand,
    lost_edits,
    outside,
    silent_conflicts,
)
from tests.rock_pairs import Pair, rock_pair

PACKAGES, EDITS = 50, 1000
FORMATS = ("deb", "fedora")
_MAINTAINER = "A B <a@b.example>"
_STORES = {"deb": f"debian/{STORE}deb", "fedora": f"{STORE}fedora"}


def run(pairs: list[Pair], count: int, seed: int) -> Counter[str]:
    """Edit and update each package; return what was counted, with what was wrong by its name."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    told: Counter[str] = Counter()
    jobs = [(pair, form) for pair in pairs for form in FORMATS]
    with tempfile.TemporaryDirectory() as scratch, Jail() as jail:
        for number, (pair, form) in enumerate(jobs):
            share = count * (number + 1) // len(jobs) - count * number // len(jobs)
            one = Path(scratch) / str(number)
            told.update(_one(pair, form, one, chance, share, jail))
    return told


def _one(
    pair: Pair, form: str, place: Path, chance: random.Random, count: int, jail: Jail
) -> Counter[str]:
    """Return what came of one package in one format."""
    request = Request(str(pair.old), str(place), formats=(form,), maintainer=_MAINTAINER)
    write(scaffolds(request, jail), request)
    pristine = dict(read_pristine(str(place), _STORES[form])[0].files)
    folder = _read(place)
    edits = edit_by_hand(folder, pristine, chance, count)
    _write(place, folder)
    (found,) = update(request._replace(path=str(pair.new)), jail)
    after = _read(place)
    rendered = dict(read_pristine(str(place), _STORES[form])[0].files)
    places = {each.path for each in found.merge.conflicts}
    lost = list(lost_edits(edits, pristine, rendered, after))
    silent = list(silent_conflicts(edits, rendered, after, places))
    for edit in (*lost, *silent):
        print("lost" if edit in lost else "silent", pair.new.name, form, edit)
    faults = _faults(found, edits, pristine, rendered, after)
    faults += _again(request._replace(path=str(pair.new)), place, found, jail)
    for fault in faults:
        print("wrong", pair.new.name, form, fault)
    return Counter(
        {
            "edits": len(edits),
            "lost": len(lost),
            "silent": len(silent),
            "wrong": len(faults),
            "conflicts": len(found.merge.conflicts),
            "updates": 1,
            "with conflicts": bool(places),
        }
    )


def _faults(
    found: Updated, edits: list[Edit], pristine: Folder, rendered: Folder, after: Folder
) -> list[str]:
    """Return what else is wrong: lines of the new render that are missing, lines of nobody's."""
    faults = []
    for path, new in rendered.items():
        if path not in after:
            if not any(edit.path == path for edit in edits) and path in pristine:
                faults.append(f"{path} is gone")
            continue
        known = [pristine[path]] if path in pristine else list(pristine.values())
        was = {line for file in known for line in split_lines(file.text)}
        there = set(split_lines(after[path].text))
        missing = set(split_lines(new.text)) - was - there
        faults += [f"{path}: the new line {line!r} is missing" for line in sorted(missing)]
    told = {(each.path, each.line) for each in found.merge.conflicts if each.line}
    marked = {
        (path, number)
        for path, file in after.items()
        for number, line in enumerate(split_lines(file.text), start=1)
        if line.startswith(f"{OURS} ")
    }
    faults += [f"a conflict is told wrong: {each}" for each in sorted(told ^ marked)]
    return faults


def _again(request: Request, place: Path, found: Updated, jail: Jail) -> list[str]:
    """Return what is wrong with a second update, before and after conflicts are resolved."""
    if any(each.line for each in found.merge.conflicts):
        try:
            update(request, jail)
        except Unresolved:
            _write(place, {path: _resolved(file) for path, file in _read(place).items()})
        else:
            return ["a second update does not see the conflicts"]
    before = _read(place)
    (second,) = update(request, jail)
    if second.merge.changes or second.merge.conflicts or _read(place) != before:
        return [f"a second update changes {[each.path for each in second.merge.changes]}"]
    return []


def _resolved(file: PackagingFile) -> PackagingFile:
    """Return a file in which the packager's side of each conflict was chosen."""
    kept, side = [], ""
    for line in split_lines(file.text):
        word = line[:7]
        if word in (OURS, "|||||||", MIDDLE, ">>>>>>>"):
            side = "" if word == ">>>>>>>" else word
        elif side in ("", OURS):
            kept.append(line)
    assert outside(file.text).count("\n") <= len(kept)
    return file.with_text("".join(kept))


def _read(place: Path) -> Folder:
    """Return all files of a packaging but the stored render."""
    return {
        str(path.relative_to(place)): PackagingFile(path.read_bytes(), path.stat().st_mode & 0o777)
        for path in sorted(place.rglob("*"))
        if path.is_file() and not path.name.startswith(STORE)
    }


def _write(place: Path, folder: Folder) -> None:
    """Make a folder's files be ``folder``, the stored render left alone."""
    for path in set(_read(place)) - set(folder):
        (place / path).unlink()
    for path, file in folder.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(file.content)
        (place / path).chmod(file.mode)


def corpus_pairs(folder: Path, count: int) -> list[Pair]:
    """Return rocks of a folder in their two newest releases, spread over the alphabet."""
    releases: defaultdict[str, list[tuple[Version, str, Path]]] = defaultdict(list)
    for path in sorted(folder.rglob("*.rockspec")):
        name, version, revision = [*path.stem.rsplit("-", 2), "", ""][:3]
        if version[:1].isdigit() and revision.isdigit() and revision:
            releases[name].append((Version.parse(f"{version}-{revision}"), path.stem, path))
    pairs = []
    for name in sorted(releases):
        unlike = {stem: (version, path) for version, stem, path in releases[name]}
        ordered = sorted(unlike.values(), key=lambda each: each[0].string.split("-")[0])
        if len(ordered) > 1 and ordered[0][0].parts != ordered[-1][0].parts:
            pairs.append(Pair(ordered[0][1], ordered[-1][1]))
    return [pair for pair in pairs if _is_readable(pair)][:: max(1, len(pairs) // count)][:count]


def _is_readable(pair: Pair) -> bool:
    with Jail() as jail:
        try:
            for path in pair:
                scaffolds(Request(str(path), "/nonexistent", maintainer=_MAINTAINER), jail)
        except DistrorocksError:
            return False
    return True


def main(words: list[str]) -> int:
    """Run, print the figures, and return 0 when nothing was lost and nothing silent."""
    start = time.monotonic()
    seed = 20261125
    with tempfile.TemporaryDirectory() as scratch:
        if words:
            pairs = corpus_pairs(Path(words[0]), PACKAGES)
        else:
            chance = random.Random(seed)  # noqa: S311 - to be repeated
            pairs = [rock_pair(Path(scratch), number, chance) for number in range(PACKAGES)]
        told = run(pairs, EDITS, seed)
    print(f"{told['edits']} edits in {len(pairs)} packages, {told['updates']} updates:")
    print(f"  lost: {told['lost']}")
    print(f"  silent conflicts: {told['silent']}")
    print(f"  told conflicts: {told['conflicts']}, in {told['with conflicts']} updates")
    print(f"  otherwise wrong: {told['wrong']}")
    print(f"  {time.monotonic() - start:.1f} s")
    return 1 if told["lost"] or told["silent"] or told["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Edits as packagers make them, each with what must be true of it after an update.

Each edit has a word of its own, so that it can be found again wherever a merge has put it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from distrorocks.packaging.merge.lines import OURS, THEIRS, split_lines
from distrorocks.packaging.scaffold.folder import PackagingFile

Folder = dict[str, PackagingFile]
_KEY = re.compile(r"([A-Za-z][\w-]*[ \t]*[:=])")
_ADDED = {
    "control": (" lua-{w} (>= 1.2),\n", "XS-Note: {w}\n", "# {w}\n"),
    "rules": ("\noverride_dh_auto_test:\n\techo {w}\n", "export {w}=1\n", "# {w}\n"),
    "copyright": ("\nFiles: {w}/*\nCopyright: 2024 Someone\nLicense: Expat\n", "Comment: {w}\n"),
    "watch": ("# {w}\n",),
    ".spec": ("BuildRequires:  {w}\n", "# {w}\n", "rm -f {w}\n", "%doc {w}.md\n"),
    "": ("{w}\n",),
}
_ENTRY = "lua-x (9:{n}-1) unstable; urgency=low\n\n  * {w}\n\n -- Me <me@a.example>  {date}\n\n"
_SPEC_ENTRY = "* Tue Jan 02 2024 Me <me@a.example> - 9.{n}-1\n- {w}\n\n"
_DATE = "Tue, 02 Jan 2024 00:00:00 +0000"


class Edit(NamedTuple):
    """One edit: ``word`` is in what it added, ``line`` is what it took away or altered."""

    kind: str
    path: str
    word: str
    line: str = ""


def edit_by_hand(folder: Folder, pristine: Folder, chance: random.Random, count: int) -> list[Edit]:
    """Make ``count`` edits in a packaging's files, and return them."""
    made: list[Edit] = []
    while len(made) < count:
        word = f"edit{len(made)}x{chance.randrange(10**6)}"
        kind = chance.choice(("add", "add", "alter", "alter", "remove", "history", "new", "delete"))
        edit = _MAKERS[kind](folder, pristine, chance, word)
        if edit:
            made.append(edit)
    return made


def lost_edits(
    edits: list[Edit], pristine: Folder, rendered: Mapping[str, PackagingFile], after: Folder
) -> Iterator[Edit]:
    """Yield the edits of which an update has left nothing, marked or not."""
    for edit in edits:
        file = after.get(edit.path) or _renamed(edit, pristine, rendered, after)
        if edit.kind == "delete":
            if file is not None:
                yield edit
        elif edit.kind == "remove":
            if file and _is_kept(edit, rendered, file):
                yield edit
        elif file is None or edit.word not in file.text:
            yield edit


def _is_kept(edit: Edit, rendered: Mapping[str, PackagingFile], file: PackagingFile) -> bool:
    """Tell whether a removed line stands as often as it would without the edit.

    The new render may have it at other places as well, where nobody removed it.
    """
    new = rendered.get(edit.path, file)
    wanted = max(1, split_lines(new.text).count(edit.line))
    return split_lines(outside(file.text)).count(edit.line) >= wanted


def silent_conflicts(
    edits: list[Edit],
    rendered: Mapping[str, PackagingFile],
    after: Folder,
    places: set[str],
) -> Iterator[Edit]:
    """Yield the edits of lines that the new render changed too, of which no conflict tells."""
    for edit in edits:
        new = rendered.get(edit.path)
        if edit.kind not in ("alter", "remove") or new is None or edit.path not in after:
            continue
        if edit.line in split_lines(new.text):
            continue
        left = outside(after[edit.path].text)
        if edit.kind == "remove":
            is_silent = _came_back(edit, new.text, left)
        else:
            is_silent = edit.word in left or edit.path not in places
        if is_silent:
            yield edit


def outside(text: str) -> str:
    """Return a text without what stands between conflict markers."""
    return re.sub(rf"^{OURS} .*?^{THEIRS} [^\n]*\n", "", text, flags=re.DOTALL | re.MULTILINE)


def _came_back(edit: Edit, new: str, left: str) -> bool:
    """Tell whether a field that was removed is there again, with another value."""
    key = _KEY.match(edit.line)
    if key is None:
        return False
    again = [line for line in split_lines(new) if line.startswith(key[1])]
    return len(again) == 1 and again[0] in split_lines(left)


def _renamed(
    edit: Edit, pristine: Folder, rendered: Mapping[str, PackagingFile], after: Folder
) -> PackagingFile | None:
    """Return the file that an edited one has become under another name."""
    suffix = edit.path.rpartition(".")[2]
    for path in rendered:
        if path not in pristine and path.endswith(f".{suffix}") and edit.path not in rendered:
            return after.get(path)
    return None


def _add(folder: Folder, _: Folder, chance: random.Random, word: str) -> Edit | None:
    path = _some(folder, chance)
    lines = split_lines(folder[path].text)
    texts = next(texts for end, texts in _ADDED.items() if path.endswith(end))
    text = chance.choice(texts).format(w=word)
    lines.insert(chance.randint(0, len(lines)), text)
    folder[path] = folder[path].with_text("".join(lines))
    return Edit("add", path, word)


def _alter(folder: Folder, pristine: Folder, chance: random.Random, word: str) -> Edit | None:
    found = _line(folder, pristine, chance)
    if not found:
        return None
    path, number, lines = found
    line = lines[number]
    lines[number] = f"{line.rstrip(chr(10)).removesuffix(',')} {word}\n"
    folder[path] = folder[path].with_text("".join(lines))
    return Edit("alter", path, word, line)


def _remove(folder: Folder, pristine: Folder, chance: random.Random, word: str) -> Edit | None:
    found = _line(folder, pristine, chance)
    if not found:
        return None
    path, number, lines = found
    line = lines.pop(number)
    folder[path] = folder[path].with_text("".join(lines))
    return Edit("remove", path, word, line)


def _history(folder: Folder, _: Folder, chance: random.Random, word: str) -> Edit | None:
    number = chance.randrange(10**6)
    if "debian/changelog" in folder:
        path = "debian/changelog"
        text = _ENTRY.format(n=number, w=word, date=_DATE) + folder[path].text
    else:
        path = next((each for each in folder if each.endswith(".spec")), "")
        if "%changelog\n" not in folder[path].text:
            return None
        entry = "%changelog\n" + _SPEC_ENTRY.format(n=number, w=word)
        text = folder[path].text.replace("%changelog\n", entry, 1)
    folder[path] = folder[path].with_text(text)
    return Edit("history", path, word)


def _new(folder: Folder, pristine: Folder, _: random.Random, word: str) -> Edit | None:
    top = "debian/patches/" if "debian/control" in pristine else ""
    path = f"{top}{word}.patch"
    folder[path] = PackagingFile(f"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-x\n+{word}\n".encode())
    return Edit("new", path, word)


def _delete(folder: Folder, pristine: Folder, chance: random.Random, word: str) -> Edit | None:
    kept = ("control", "changelog", "rules", ".spec", ".rockspec", "copyright")
    untouched = [path for path in sorted(pristine) if folder.get(path) == pristine[path]]
    fitting = [path for path in untouched if not path.endswith(kept)]
    if not fitting or chance.random() < 0.7:
        return None
    path = chance.choice(fitting)
    del folder[path]
    return Edit("delete", path, word)


def _some(folder: Folder, chance: random.Random) -> str:
    """Return a file to edit; those of which packagers edit most come up most."""
    often = ("control", "rules", "copyright", ".spec")
    fitting = [p for p in sorted(folder) if not p.endswith(("changelog", ".patch"))]
    return chance.choice(fitting + 3 * [path for path in fitting if path.endswith(often)])


def _line(
    folder: Folder, pristine: Folder, chance: random.Random
) -> tuple[str, int, list[str]] | None:
    """Return a line to work on: as it was rendered, and there once only."""
    path = _some(folder, chance)
    lines = split_lines(folder[path].text)
    was = split_lines(pristine[path].text) if path in pristine else []
    history = lines.index("%changelog\n") if "%changelog\n" in lines else len(lines)
    fitting = [
        number
        for number, line in enumerate(lines[:history])
        if line.strip() and was.count(line) == 1 and lines.count(line) == 1
    ]
    return (path, chance.choice(fitting), lines) if fitting else None


_MAKERS = {
    "add": _add,
    "alter": _alter,
    "remove": _remove,
    "history": _history,
    "new": _new,
    "delete": _delete,
}

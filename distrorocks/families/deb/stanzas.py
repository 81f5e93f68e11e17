"""Stanzas of Debian control files (deb822(5)): as dpkg's status has them, and as people write them.

What people wrote is edited in place: everything else in the file is kept.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import dropwhile

from distrorocks.errors import DistrorocksError
from distrorocks.families.package import Package
from distrorocks.patterns import regex
from distrorocks.system.files.bounded_file import FileReadError, read_bounded
from distrorocks.system.files.root_path import RootView
from distrorocks.values import NamedTuple

_FIELD = regex(r"([A-Za-z][A-Za-z0-9-]*):[ \t]*(.*)")

_DIRECTORY = "/var/lib/dpkg"
_NAME = regex(rb"^Package:[ \t]*(\S+)[ \t]*$", re.MULTILINE)
_ARCHITECTURE = regex(rb"^Architecture: *([a-z0-9-]+) *$", re.MULTILINE)
# dpkg(1), "Package states": in these the package's files are unpacked on the disk.
_UNPACKED = frozenset(
    ("unpacked", "half-configured", "triggers-awaited", "triggers-pending", "installed")
)
_MOST_BYTES = 256 << 20


def control_fields(lines: Iterable[str]) -> dict[str, str] | None:
    """Return field to value, or None where a line is neither a field nor continues one.

    A value's later lines keep their leading blank. Comments are not part of a stanza: callers
    that read hand-written files remove them first.
    """
    fields: dict[str, str] = {}
    last = ""
    for line in lines:
        if line[:1] in (" ", "\t") and last:
            fields[last] += f"\n{line}"
        elif found := _FIELD.fullmatch(line):
            last = found[1]
            fields[last] = found[2].rstrip()
        else:
            return None
    return fields


class Stanza(NamedTuple):
    """One package in the status; a field's later lines keep their leading blank."""

    name: str
    fields: Mapping[str, str]

    @property
    def architecture(self) -> str:
        """Return the package's architecture, "" if the status does not have it."""
        return self.fields.get("Architecture", "")

    @property
    def is_unpacked(self) -> bool:
        """Return whether its files are on the disk, configured or not."""
        words = self.fields.get("Status", "").split()
        return len(words) == 3 and words[2] in _UNPACKED and bool(self.fields.get("Version"))


def parse_stanza(raw: bytes) -> Stanza | None:
    """Return one entry of a control file, or None if a line is no part of a field."""
    text = raw.decode("utf-8", "surrogateescape")
    fields = control_fields(text.strip("\n").split("\n"))
    return Stanza(fields["Package"], fields) if fields and fields.get("Package") else None


def stanza_package(fields: Mapping[str, str]) -> Package:
    """Return the package that the fields of an entry describe, without its files."""
    summary, _, rest = fields.get("Description", "").partition("\n")
    relations = f"{fields.get('Pre-Depends', '')},{fields.get('Depends', '')}"
    return Package(
        family="deb",
        name=fields["Package"],
        version=fields["Version"],
        architecture=fields.get("Architecture", ""),
        source=fields.get("Source", fields["Package"]).partition(" ")[0],
        summary=summary.strip(),
        description=_unfolded(rest),
        homepage=fields.get("Homepage", ""),
        relations=_entries(relations),
        provides=_entries(fields.get("Provides", "")),
        lua_versions=tuple(fields.get("Lua-Versions", "").split()),
    )


def _entries(text: str) -> tuple[str, ...]:
    """Return the entries of a relationship field, each on one line."""
    return tuple(entry for part in text.split(",") if (entry := " ".join(part.split())))


def _unfolded(text: str) -> str:
    """Return a long description without its folding: one leading blank, " ." for an empty line."""
    lines = (line[1:].rstrip() for line in text.split("\n"))
    return "\n".join("" if line == "." else line for line in lines).strip()


def read_entries(view: RootView, names: Collection[str]) -> dict[str, list[bytes]]:
    """Return the newest entries of the named packages as raw text, one for each architecture.

    While dpkg runs (as in a trigger) the newest state is in its journal, ``updates/``: its numbered
    files override the status, in their order. Raise DistrorocksError if the status is unreadable.
    """
    wanted = {name.encode(): name for name in names}
    newest: dict[str, dict[bytes, bytes]] = {}
    for path in [f"{_DIRECTORY}/status", *_journal(view)]:
        for raw in _likely(_read(view, path), wanted):
            found = _NAME.search(raw)
            if found and (name := wanted.get(found[1])):
                architecture = _ARCHITECTURE.search(raw)
                newest.setdefault(name, {})[architecture[1] if architecture else b""] = raw
    return {name: list(entries.values()) for name, entries in newest.items()}


def _likely(text: bytes, names: Collection[bytes]) -> Iterator[bytes]:
    """Yield all entries of a text in order, or for one name only those that contain it."""
    if len(names) != 1:
        yield from text.split(b"\n\n")
        return
    (name,) = names
    end = 0
    while name and (at := text.find(name, end)) >= 0:
        start = text.rfind(b"\n\n", end, at)
        start = end if start < 0 else start + 2
        end = text.find(b"\n\n", at)
        end = len(text) if end < 0 else end + 2
        yield text[start:end].removesuffix(b"\n\n")


def read_stanzas(view: RootView, names: Collection[str]) -> list[Stanza]:
    """Return the newest stanzas of the named packages; a malformed one is left out."""
    entries = read_entries(view, names)
    return [stanza for raws in entries.values() for raw in raws if (stanza := parse_stanza(raw))]


def read_native_architecture(root: str) -> str:
    """Return the architecture that ``root``'s dpkg is built for, or "" if it is unknown.

    The installed dpkg is of it; in a root without one it is the first of ``arch``, where dpkg
    notes it before the foreign ones, else the one that most packages are for.
    """
    view = RootView(root)
    for stanza in read_stanzas(view, {"dpkg"}):
        if stanza.is_unpacked and stanza.architecture:
            return stanza.architecture
    if view.find(f"{_DIRECTORY}/arch") and (noted := _read(view, f"{_DIRECTORY}/arch").split()):
        return noted[0].decode("utf-8", "surrogateescape")
    counts: dict[bytes, int] = {}
    for name in _ARCHITECTURE.findall(_read(view, f"{_DIRECTORY}/status")):
        counts[name] = counts.get(name, 0) + (name != b"all")
    most = max(counts, key=lambda name: counts[name], default=b"all")
    return "" if most == b"all" else most.decode("utf-8", "surrogateescape")


def _journal(view: RootView) -> list[str]:
    """Return the journal's files in the order that dpkg reads them."""
    found = view.find(f"{_DIRECTORY}/updates")
    if found is None:
        return []
    try:
        names = os.listdir(view.host_path(found.path))
    except OSError:
        return []
    return [f"{found.path}/{name}" for name in sorted(names) if name.isdecimal()]


def _read(view: RootView, path: str) -> bytes:
    """Return a database file's bytes; a journal file that dpkg has just merged is empty."""
    found = view.find(path)
    try:
        if found is None:
            raise FileReadError("no such file", is_missing=True)
        return read_bounded(view.host_path(found.path), _MOST_BYTES)
    except FileReadError as fault:
        if "/updates/" in path:
            return b""
        raise DistrorocksError(
            f"dpkg's status cannot be read: {view.host_path(path)}",
            detail=fault.brief,
            hint="see whether `dpkg --audit` finds it well",
        ) from fault


class PlacedStanza(NamedTuple):
    """A stanza in its file: its lines ``start`` to ``end``, and its fields in lower case."""

    start: int
    end: int
    fields: dict[str, str]


def placed_stanzas(text: str) -> list[PlacedStanza]:
    """Return the stanzas of a control file, the source package first."""
    lines = text.split("\n")
    found = []
    start = 0
    for number, line in enumerate([*lines, ""]):
        if line.strip():
            continue
        if fields := _placed_fields(lines[start:number]):
            found.append(PlacedStanza(start, number, fields))
        start = number + 1
    return found


def _placed_fields(lines: list[str]) -> dict[str, str]:
    """Return the fields with their values, each line stripped.

    Skip comments and lines that neither begin nor continue a field.
    """
    known = [line for line in lines if _is_continued(line) or _FIELD.fullmatch(line)]
    fields = control_fields(dropwhile(_is_continued, known)) or {}
    return {
        name.lower(): "\n".join(map(str.strip, value.split("\n"))).strip("\n")
        for name, value in fields.items()
    }


def _is_continued(line: str) -> bool:
    return line[:1] in (" ", "\t")


def with_entry(text: str, stanza: PlacedStanza, field: str, entry: str) -> str:
    """Return the file with an entry appended to the list in a field; add a missing field.

    Keep the layout: a list on one line stays on it, a list with one entry per line gets a line.
    """
    lines = text.split("\n")
    place = list(_lines_of(lines, stanza, field))
    if not place:
        lines.insert(stanza.end, f"{field}: {entry}")
        return "\n".join(lines)
    last = max(number for number in place if lines[number].strip() not in ("", ","))
    ending = lines[last].rstrip()
    indent = re.match(r"[ \t]*", lines[last])
    if len(place) > 1 and indent:
        start = indent[0] or " "
        if ending.lstrip().startswith(","):
            lines.insert(last + 1, f"{start}, {entry}")
        else:
            comma = "," if ending.endswith(",") else ""
            lines[last] = ending if comma else f"{ending},"
            lines.insert(last + 1, f"{start}{entry}{comma}")
    else:
        lines[last] = f"{ending.rstrip(',')}, {entry}"
    return "\n".join(lines)


def _lines_of(lines: list[str], stanza: PlacedStanza, field: str) -> Iterator[int]:
    """Yield the line numbers of a field."""
    is_in = False
    for number in range(stanza.start, stanza.end):
        line = lines[number]
        if line.startswith("#"):
            continue
        if not _is_continued(line):
            found = _FIELD.match(line)
            is_in = found is not None and found[1].lower() == field.lower()
        if is_in:
            yield number

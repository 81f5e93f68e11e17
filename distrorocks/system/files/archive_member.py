"""Members of untrusted archives, and the rules that every member must satisfy.

An archive that satisfies them unpacks to the same regular files and directories, all below one
directory, whichever program unpacks it and in whatever order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

from distrorocks.errors import DistrorocksError
from distrorocks.patterns import regex
from distrorocks.rocks.quotation import plain, quoted
from distrorocks.values import NamedTuple

MOST_MEMBERS = 20_000
MOST_UNPACKED = 256 * 1024 * 1024
_LONGEST_PATH = 1024
_LONGEST_NAME = 255
_DEEPEST = 64
_SET_ID = 0o6000
_CONTROL = regex(r"[\x00-\x1f\x7f]")


class ArchiveError(DistrorocksError):
    """An archive is damaged, hostile or too large; the brief does not name the archive."""


class Kind(Enum):
    """What a member becomes when it is unpacked."""

    FILE = "a file"
    DIRECTORY = "a directory"
    LINK = "a link"
    HARD_LINK = "a hard link"


class Member(NamedTuple):
    """A member: its path below the directory it is unpacked to, and the target of a link."""

    path: str
    kind: Kind
    size: int
    target: str = ""


def member_path(name: str) -> str:
    """Return a member's name as a path, without a leading ``./`` and a trailing ``/``.

    "" is the directory itself. Raise ``ArchiveError`` for a name that may escape the directory or
    that programs interpret differently.
    """
    path = name
    while path.startswith("./"):
        path = path[2:]
    path = "" if path == "." else path.removesuffix("/")
    reason = _fault_of(name, path)
    if reason:
        raise ArchiveError(f"the name of its member {quoted(name)} {reason}")
    return path


def _fault_of(name: str, path: str) -> str:
    """Return what is wrong with a name, or ""."""
    if not name or _CONTROL.search(name):
        return "is empty or has control characters"
    if "\\" in name or name[1:2] == ":":
        return "has a backslash or a drive letter"
    if name.startswith("/"):
        return "is absolute"
    parts = path.split("/") if path else []
    if ".." in parts:
        return "leads out of the archive ('..')"
    if any(part in ("", ".") for part in parts):
        return "has an empty part, or '.'"
    if len(path) > _LONGEST_PATH or len(parts) > _DEEPEST:
        return f"has more than {_LONGEST_PATH} characters or {_DEEPEST} parts"
    if any(len(part.encode("utf-8", "surrogateescape")) > _LONGEST_NAME for part in parts):
        return f"has a part of more than {_LONGEST_NAME} bytes"
    return ""


def check_mode(name: str, mode: int) -> None:
    """Raise ``ArchiveError`` if a member has the set-user-id or set-group-id bit."""
    if mode & _SET_ID:
        raise ArchiveError(f"its member {quoted(name)} has set-id bits ({mode & 0o7777:o})")


class Tally:
    """Counts the members and bytes that an archive declares, and raises beyond the limits."""

    def __init__(self) -> None:
        self._members = 0
        self._bytes = 0

    def add(self, size: int) -> None:
        """Count one member of ``size`` bytes."""
        self._members += 1
        self._bytes += size
        if self._members > MOST_MEMBERS:
            raise ArchiveError(f"it has more than {MOST_MEMBERS} members")
        if self._bytes > MOST_UNPACKED:
            raise ArchiveError(f"it unpacks to more than {MOST_UNPACKED} bytes")


def check_members(members: Sequence[Member], *, is_system: bool = False) -> None:
    """Raise ``ArchiveError`` unless the members satisfy the rules as a set.

    No member is below one that is not a directory, and every link points inside the archive,
    whatever the other links are. The symbolic links of an archive that is unpacked at the top of a
    system (``is_system``) may point anywhere: whoever reads them must not follow them.
    """
    kinds: dict[str, Kind] = {}
    for member in members:
        if not member.path and member.kind is not Kind.DIRECTORY:
            raise ArchiveError(f"a member of it is the directory itself, and {member.kind.value}")
        before = kinds.setdefault(member.path, member.kind)
        if before is not member.kind:
            raise ArchiveError(
                f"its member {quoted(member.path)} is {before.value} and {member.kind.value}"
            )
    checked: set[str] = set()
    for path in kinds:
        for above in _above(path):
            if above in checked:
                break
            checked.add(above)
            if kinds.get(above, Kind.DIRECTORY) is not Kind.DIRECTORY:
                raise ArchiveError(
                    f"its member {quoted(path)} is below {quoted(above)}, "
                    f"which is {kinds[above].value}"
                )
    kept_inside = (Kind.HARD_LINK,) if is_system else (Kind.LINK, Kind.HARD_LINK)
    for member in members:
        if member.kind in kept_inside and not _leads_inside(member):
            raise ArchiveError(
                f"its member {quoted(member.path)} is a link that points outside the archive, "
                f"to {quoted(member.target)}"
            )


def _above(path: str) -> Iterator[str]:
    """Yield the parent directories of a path, nearest first."""
    at = path.rfind("/")
    while at >= 0:
        yield path[:at]
        at = path.rfind("/", 0, at)


def _leads_inside(member: Member) -> bool:
    """Return whether a link points inside the archive.

    Since no link is below another, leading ``..`` parts of its target are relative to its own
    directory; after other parts, which may be links, ``..`` is not allowed.
    """
    parts = [part for part in member.target.split("/") if part not in ("", ".")]
    if not parts or member.target.startswith("/") or plain(member.target) != member.target:
        return False
    ups = 0
    while ups < len(parts) and parts[ups] == "..":
        ups += 1
    if member.kind is Kind.HARD_LINK:  # its target is relative to the top of the archive
        return ups == 0 and ".." not in parts
    depth = member.path.count("/")
    return ups <= depth and ".." not in parts[ups:]

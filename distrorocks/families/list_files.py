"""Lists of a distribution's packages that are given as files, whichever program they are for.

apt's ``Packages`` and ``Contents``, dnf's ``primary.xml`` and ``filelists.xml``, apk's
``APKINDEX``, pacman's ``.db`` and ``.files``, packed or not. What a file is follows from its
content: people rename what they fetch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import closing

from distrorocks.errors import DistrorocksError
from distrorocks.families.known import FAMILIES
from distrorocks.families.package import Package
from distrorocks.patterns import regex
from distrorocks.system.files.named_file import from_here
from distrorocks.system.files.packed_file import read_packed
from distrorocks.values import NamedTuple

PACKAGES, FILES = "packages", "files"
"""What a list tells: packages with their versions, or the files of packages."""

_MAGIC = (b"\x1f\x8b", b"\xfd7zXZ", b"BZh", b"\x28\xb5\x2f\xfd")
_LOOKED_AT = 1 << 16
_STANZA = regex(rb"\s*[A-Z][A-Za-z0-9-]*: *\S")
_APK = regex(rb"\s*[A-Z]:\S")
_CONTENTS = regex(rb"^\S.*[ \t]\S+/\S+$")
_APK_MEMBERS = (b".SIGN.", b"APKINDEX", b"DESCRIPTION")


class ListFile(NamedTuple):
    """What a file is: the family whose list it is, and what it tells."""

    path: str
    family: str
    tells: tuple[str, ...]


class ListedPackages(NamedTuple):
    """The newest version of each package that may be of Lua, with its files where a list has them.

    ``unread`` says which files could not be read, or not to their end.
    """

    family: str
    packages: tuple[Package, ...]
    unread: tuple[str, ...] = ()


def kind_of(path: str) -> ListFile | None:
    """Return what a file is, None for an empty one; raise ``DistrorocksError`` if it is no list."""
    with closing(read_packed(path)) as parts:  # type: ignore[type-var]  # it is a generator
        head = next(iter(parts), b"")[:_LOOKED_AT]
    if not head.strip():
        return None
    found = _kind(head)
    if found is None:
        raise DistrorocksError(
            f"{path} is no list of packages",
            hint="name Packages or Contents of apt, primary.xml or filelists.xml of dnf, APKINDEX "
            "of apk, or .db or .files of pacman",
        )
    return ListFile(path, *found)


def _kind(head: bytes) -> tuple[str, tuple[str, ...]] | None:
    if head.startswith(_MAGIC):
        return "pacman", (PACKAGES, FILES)  # whose databases do not say how they are packed
    if head[257:262] == b"ustar":
        is_apk = head.startswith(_APK_MEMBERS)
        return ("apk", (PACKAGES,)) if is_apk else ("pacman", (PACKAGES, FILES))
    if head.lstrip().startswith(b"<"):
        tags = (b"<filelists", FILES), (b"<metadata", PACKAGES)
        return next((("rpm", (tells,)) for tag, tells in tags if tag in head), None)
    if _APK.match(head):
        return "apk", (PACKAGES,)
    if _STANZA.match(head):
        return "deb", (PACKAGES,)
    lines = head.split(b"\n")[:1000]
    return ("deb", (FILES,)) if any(map(_CONTENTS.match, lines)) else None


def read_kinds(paths: Iterable[str]) -> tuple[tuple[ListFile, ...], tuple[str, ...]]:
    """Return what the files are, and which of them cannot be read.

    Raise ``DistrorocksError`` if they are of several families, or none tells of packages.
    """
    found: list[ListFile] = []
    unread: list[str] = []
    for path in dict.fromkeys(map(from_here, paths)):  # programs that unpack run elsewhere
        try:
            kind = kind_of(path)
        except DistrorocksError as error:
            unread.append(f"{error.brief} ({error.hint})" if error.hint else error.brief)
            continue
        found += [kind] if kind else []
    families = {each.family: each.path for each in found}
    if len(families) > 1:
        (one, of_one), (other, of_other), *_ = families.items()
        raise DistrorocksError(
            "the lists are of several distributions",
            detail=f"{of_one} is of {one}, {of_other} of {other}",
            hint="survey one distribution at a time",
        )
    if not any(PACKAGES in each.tells for each in found):
        raise DistrorocksError(
            "none of the files lists packages with their versions", detail="\n".join(unread)
        )
    return tuple(found), tuple(unread)


def read_lists(lists: Collection[ListFile], names: Collection[str]) -> ListedPackages:
    """Return the packages of lists of one family that may be of Lua, or have one of ``names``."""
    name = next(each.family for each in lists)
    family = FAMILIES[name]
    listed = family.listings_in([each.path for each in lists if FILES in each.tells])
    telling = [each.path for each in lists if PACKAGES in each.tells]
    found = family.packages_in(telling, {*names, *listed.files})
    packages = tuple(
        each._replace(files=listed.files.get(each.name, each.files)) for each in found.packages
    )
    unread = tuple(dict.fromkeys((*listed.warnings, *found.warnings)))
    return ListedPackages(name, packages, unread)

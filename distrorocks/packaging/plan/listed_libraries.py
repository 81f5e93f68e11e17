"""Look up what a build needs in the lists of files that this system's package manager fetched.

The shipped table of libraries has those that rocks usually need. For what it lacks, the lists are
searched: apt-file's ``Contents``, dnf's ``filelists.xml``, the ``.files`` of ``pacman -Fy``, and
what apk's indexes provide. A file is known if it is where compilers, linkers, pkg-config and CMake
look, and if one package alone has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from distrorocks.families.external_library import (
    ExternalLibraries,
    ExternalLibrary,
    library_word,
)
from distrorocks.families.package import Indexed
from distrorocks.packaging.plan.format import Format, Release
from distrorocks.packaging.plan.package_lists import own_family, release_of
from distrorocks.packaging.source.facts import Facts
from distrorocks.values import NamedTuple

_NAME = re.compile(r"[\w.+-]+(?:/[\w.+-]+)*", re.ASCII)
_TRIPLET = r"(?:[a-z0-9_]+-linux-\w+/)?"
_LIB = rf"/usr/lib(?:64)?/{_TRIPLET}"
_OF_LUA = re.compile("lua|lauxlib", re.IGNORECASE)  # asked for by its versions
# What is installed wherever packages are built.
_ALWAYS_THERE = re.compile(
    r"libc6-dev|glibc(?:-devel|-headers)?|musl-dev|gcc(?:-libs)?|g\+\+|(?:libstdc\+\+|libgcc)-.*|"
    r"linux-(?:libc-dev|api-headers|headers|glibc-devel)|kernel-headers|"
    r"coreutils|dash|bash|busybox|findutils|diffutils|sed|grep|tar|gzip|make|patch|perl|binutils"
)
_WHOLE = re.compile(r"-(?:minimal|base)\Z")  # python3-minimal, of which builds need all
_OTHER_CPU = "-32bit"
_WORDS = re.compile(r"[^a-z0-9]+")
_MOST_ASKED = 64


class Asked(NamedTuple):
    """One file that a build asks for: how paths end that may be it, and which are it.

    ``column`` is that of the table which the ``name`` would be in.
    """

    column: str
    name: str
    ends: tuple[str, ...]
    path: str


_HEADER, _LIBRARY, _PROGRAM, _PKG_CONFIG = "headers", "libraries", "programs", "pkg_config"
_CMAKE = "name"


def with_listed(
    libraries: ExternalLibraries, facts: Facts, form: Format, root: str, release: Release | None
) -> ExternalLibraries:
    """Return the table with what a rock needs besides, by the lists of the system in ``root``.

    They count if the packaging is for the release of that system.
    """
    asked = [*islice(asked_files(facts, form, libraries), _MOST_ASKED)]
    family = own_family(root, form.name) if asked else None
    if family is None or release not in (None, release_of(form, root)):
        return libraries
    ends = {end for each in asked for end in each.ends}
    found = family.find_offered(root, ends)
    return ExternalLibraries((*listed_libraries(asked, found, form.distribution), *libraries.all))


def asked_files(facts: Facts, form: Format, libraries: ExternalLibraries) -> Iterator[Asked]:
    """Yield the files that a rock's build asks for and the table has no package for."""
    calls = facts.build_calls
    names: Mapping[str, Iterable[str]] = {
        _HEADER: (
            *(need.header for need in facts.externals if need.header),
            *(header for header in facts.headers.angled if facts.has_c and "." in header),
        ),
        _LIBRARY: map(
            library_word,
            (
                *(need.library for need in facts.externals if need.library),
                *(name for name in facts.linked if facts.has_c),
                *calls.libraries,
            ),
        ),
        _PROGRAM: tuple(need.program for need in facts.externals if need.program),
        _PKG_CONFIG: () if form.has_pkg_config else calls.pkg_config,
        _CMAKE: calls.cmake,
    }
    known = {
        _HEADER: libraries.with_header,
        _LIBRARY: libraries.with_library,
        _PROGRAM: libraries.with_program,
        _PKG_CONFIG: libraries.with_pkg_config,
        _CMAKE: libraries.named,
    }
    rocks = {need.name for need in facts.dependencies}  # which CMake looks for as for libraries
    for column, several in names.items():
        for name in dict.fromkeys(several):
            brought = known[column](name)
            if brought and form.distribution in brought.library.packages:
                continue
            is_of_lua = _OF_LUA.match(name) or (column == _CMAKE and name.lower() in rocks)
            if len(name) > 1 and _NAME.fullmatch(name) and not is_of_lua:
                yield _asked(column, name)


def _asked(column: str, name: str) -> Asked:
    written = re.escape(name)
    if column == _HEADER:
        return Asked(column, name, (f"/{name}",), rf"/usr/include/{_TRIPLET}{written}")
    if column == _LIBRARY:
        return Asked(column, name, (f"/lib{name}.so",), rf"{_LIB}lib{written}\.so")
    if column == _PROGRAM:
        return Asked(column, name, (f"/{name}",), rf"(?:/usr)?/bin/{written}")
    if column == _PKG_CONFIG:
        place = rf"(?:{_LIB}|/usr/share/)pkgconfig"
        return Asked(column, name, (f"/pkgconfig/{name}.pc",), rf"{place}/{written}\.pc")
    files = (f"/{name}Config.cmake", f"/{name.lower()}-config.cmake")
    place = rf"(?:{_LIB}|/usr/share/)(?:cmake/[^/]+|[^/]+/cmake)"
    return Asked(column, name, files, rf"{place}(?:{'|'.join(map(re.escape, files))})")


def listed_libraries(
    asked: Iterable[Asked], files: Iterable[Indexed], distribution: str
) -> list[ExternalLibrary]:
    """Return what was asked for and one package has, as rows of the table."""
    files = tuple(files)
    found = []
    for each in asked:
        path = re.compile(each.path)
        packages = {file.package for file in files if path.fullmatch(file.path)}
        packages = {it for it in packages if not it.endswith(_OTHER_CPU)}
        if len(packages) != 1:
            continue
        package = _WHOLE.sub("", packages.pop())
        is_evident = each.column != _HEADER or _is_alike(each.name, package)
        if is_evident and not _ALWAYS_THERE.fullmatch(package):
            found.append(_library(each, package, distribution))
    return found


def _is_alike(header: str, package: str) -> bool:
    """Return whether a package has a word of a header's path in its name, or the other way round.

    Else it only happens to be the one package with a file of a name such as ``buffer.h``, which
    the build writes or another system has.
    """
    name = _WORDS.sub("", package.removeprefix("lib").removesuffix("-dev").removesuffix("-devel"))
    words = (_WORDS.sub("", word) for word in header.lower().rpartition(".")[0].split("/"))
    return len(name) > 2 and any(len(it) > 2 and (it in name or name in it) for it in words)


def _library(asked: Asked, package: str, distribution: str) -> ExternalLibrary:
    """Return what was asked for as a row of the table, by which it is found again."""

    def words(column: str) -> tuple[str, ...]:
        return (asked.name,) if asked.column == column else ()

    return ExternalLibrary(
        name=asked.name.lower() if asked.column == _CMAKE else package,
        headers=words(_HEADER),
        libraries=words(_LIBRARY),
        programs=words(_PROGRAM),
        pkg_config=words(_PKG_CONFIG),
        packages={distribution: package},
        evidence="the lists of files of this system",
    )

"""What to do where something from outside is missing: a package, or a directory to name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from distrorocks.externals.search import Missing
from distrorocks.externals.settings import INCDIR, FileName, Settings, file_names
from distrorocks.families.external_library import Brought, ExternalLibraries, development_package
from distrorocks.families.package import Indexed
from distrorocks.values import NamedTuple

INDEX, TABLE, INSTALLED = "index", "table", "installed"


class Advice(NamedTuple):
    """``package`` contains what is missing; "" if none is known, or it is installed already.

    ``assignment`` is the variable to set, such as ``PQ_INCDIR=/usr/include/postgresql``, if
    LuaRocks does not search the file's directory, else "". ``source`` is where it is known from:
    the distribution's index, the shipped table, or the installed files. ``unset`` is a variable
    that keeps LuaRocks from searching where the package installs, "" for none.
    """

    package: str = ""
    assignment: str = ""
    source: str = ""
    unset: str = ""


def path_ends(missing: Missing, settings: Settings) -> tuple[str, ...]:
    """Return how the paths of suitable files end, for a search in an index of files.

    An end with a final dot also matches longer names: ``libssl.so.*`` gives ``/libssl.so.``.
    """
    ends = []
    for name in _names(missing, settings):
        first = name.name.partition("*")[0]
        if not name.is_pattern or first.endswith("."):
            ends.append(f"/{first}")
    return tuple(dict.fromkeys(ends))


def advice(
    missing: Missing,
    settings: Settings,
    *,
    distribution: str,
    table: ExternalLibraries,
    indexed: Sequence[Indexed],
    installed: Sequence[Indexed],
    is_file: Callable[[str], bool],
) -> Advice:
    """Return what to do about one missing dependency.

    What is installed in another directory comes first, then the package that the index names for
    a place where LuaRocks looks, then the table's, then the index for any other place.
    """
    brought = _from_table(missing, table)
    header = missing.wanted if missing.kind == INCDIR else ""
    if brought and brought.directory and is_file(f"{brought.directory}/{header}"):
        return Advice("", _assignment(missing, brought.directory), INSTALLED)
    names = _names(missing, settings)
    looked = {directory for _, directory in missing.tried}
    for hit in installed:
        directory = _directory(hit.path, names)
        if directory and is_file(hit.path) and directory not in looked:
            return Advice("", _assignment(missing, directory), INSTALLED)
    package = development_package(brought.library, distribution) if brought else ""
    there = [hit for hit in indexed if _directory(hit.path, names) in looked]
    for hits in (there, [] if package else indexed):
        if best := _best(hits, package):
            directory = _directory(best.path, names)
            assignment = "" if directory in looked else _assignment(missing, directory)
            return Advice(best.package, assignment, INDEX)
    if not package:
        return Advice()
    directory = brought.directory if brought else ""
    return Advice(package, _assignment(missing, directory) if directory else "", TABLE)


def _names(missing: Missing, settings: Settings) -> tuple[FileName, ...]:
    return file_names([missing.wanted], settings.patterns[missing.kind], settings.extension)


def _from_table(missing: Missing, table: ExternalLibraries) -> Brought | None:
    """Return what the table knows: of what is missing, else of the dependency's other words."""
    asked: Mapping[str, Callable[[str], Brought | None]] = {
        "header": table.with_header,
        "library": table.with_library,
        "program": table.with_program,
    }
    found = asked[missing.word](missing.wanted)
    if found:
        return found
    others = ((word, getattr(missing.dependency, word)) for word in asked if word != missing.word)
    for word, wanted in others:
        if wanted and (found := asked[word](wanted)):
            return Brought(found.library)
    return None


def _directory(path: str, names: Iterable[FileName]) -> str:
    """Return the directory from which ``path`` is one of ``names``, "" where it is none."""
    above, _, last = path.rpartition("/")
    for name in names:
        if name.is_pattern and name.among([last]):
            return above
        if not name.is_pattern and path.endswith(f"/{name.name}"):
            return path.removesuffix(f"/{name.name}")
    return ""


def _best(hits: Sequence[Indexed], package: str) -> Indexed | None:
    """Return the hit of ``package``, else the first."""
    return next((hit for hit in hits if hit.package == package), hits[0] if hits else None)


def _assignment(missing: Missing, directory: str) -> str:
    return f"{missing.dependency.name}_{missing.kind}={directory}"

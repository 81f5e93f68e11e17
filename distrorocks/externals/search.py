"""The search for external dependencies, as LuaRocks does it.

Below each prefix the program, the header and the library are searched in this order, and one prefix
must have all of them. Versions are not checked, and PATH is not used. A file system probe
(``Probe``) gives access to the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from distrorocks.externals.probe import Probe, joined
from distrorocks.externals.settings import (
    BINDIR,
    BUILD,
    INCDIR,
    LIBDIR,
    ExternalsError,
    FileName,
    Prefix,
    Settings,
    file_names,
)
from distrorocks.rocks.dependency import ExternalDependency
from distrorocks.rocks.quotation import plain, quoted
from distrorocks.values import NamedTuple, distinct

WORDS = {BINDIR: "program", INCDIR: "header", LIBDIR: "library"}
MOST_DEPENDENCIES = 256
_LONGEST = 4096


@distinct
class Located(NamedTuple):
    """A dependency that was found: ``variables`` are those that LuaRocks sets for it.

    ``package`` is the one by which pkg-config found it, "" if LuaRocks' own search did.
    """

    dependency: ExternalDependency
    variables: Mapping[str, str]
    package: str = ""


@distinct
class Missing(NamedTuple):
    """A dependency that was not found.

    ``kind`` is BINDIR, INCDIR or LIBDIR: what was missing below the last prefix. ``tried`` are the
    names of that kind with their directories, for all prefixes.
    """

    dependency: ExternalDependency
    kind: str
    tried: tuple[tuple[str, str], ...]

    @property
    def word(self) -> str:
        """What is missing: a program, header or library."""
        return WORDS[self.kind]

    @property
    def wanted(self) -> str:
        """The name as the rockspec writes it."""
        return getattr(self.dependency, self.word) or ""

    def as_luarocks(self, rock: str) -> str:
        """Return LuaRocks' error message."""
        name = self.dependency.name
        return "\n".join(
            [
                f"Could not find {self.word} file for {name}",
                *(f"  No file {file} in {directory}" for file, directory in self.tried),
                (
                    f"You may have to install {name} in your system and/or pass {name}_DIR "
                    f"or {name}_{self.kind} to the luarocks command."
                ),
                f"Example: luarocks install {rock} {name}_DIR=/usr/local",
            ]
        )


class Verdict(NamedTuple):
    """The result for one rock's dependencies, and all ``variables`` that they set."""

    located: tuple[Located, ...]
    missing: tuple[Missing, ...]
    variables: Mapping[str, str]


class Place(NamedTuple):
    """The result for one kind: a directory, and a file if one was requested."""

    directory: str
    file: str = ""


def search(
    dependencies: Sequence[ExternalDependency],
    settings: Settings,
    variables: Mapping[str, str],
    probe: Probe,
) -> Verdict:
    """Search for all ``dependencies``, ordered by name.

    ``variables`` are those of the configuration and the command line; each dependency sees the
    variables set by previous ones. Raise ``ExternalsError`` for an invalid file name.
    """
    if len(dependencies) > MOST_DEPENDENCIES:
        raise ExternalsError(
            f"{len(dependencies)} external dependencies are too many",
            hint=f"at most {MOST_DEPENDENCIES} are searched",
        )
    known = dict(variables)
    located, missing = [], []
    for dependency in sorted(dependencies, key=lambda one: one.name.encode("utf-8", "replace")):
        _check(dependency)
        found = _search_one(dependency, settings, known, probe)
        if isinstance(found, Located):
            known.update(found.variables)
            located.append(found)
        else:
            missing.append(found)
    return Verdict(tuple(located), tuple(missing), known)


def prefixes(name: str, settings: Settings, variables: Mapping[str, str]) -> tuple[Prefix, ...]:
    """Return the prefixes for ``name``: only NAME_DIR, or only DEPS_DIR, or all configured."""
    for variable in (f"{name}_DIR", "DEPS_DIR"):
        if variable in variables:
            return (Prefix(variables[variable], {}),)
    return settings.prefixes


def directories_of(kind: str, settings: Settings) -> list[str]:
    """Return the configured directories of one kind below all prefixes, in order."""
    found: list[str] = []
    subdirs = dict(settings.subdirs)
    for prefix in settings.prefixes:
        subdirs.update((each, own) for each, own in prefix.own.items() if each in subdirs)
        path = _absolute(prefix.path, "a prefix")
        found += [joined(path, below) for below in subdirs[kind]]
    return found


def _check(dependency: ExternalDependency) -> None:
    """Raise if a name in a dependency cannot be a file name."""
    for word in (dependency.program, dependency.header, dependency.library):
        if word is not None and ("\0" in word or len(word) > _LONGEST):
            raise ExternalsError(
                f"external dependency {quoted(dependency.name)} asks for {quoted(word)}, "
                "which is not a valid file name",
                hint="correct external_dependencies in the rockspec",
            )


def _search_one(
    dependency: ExternalDependency,
    settings: Settings,
    variables: Mapping[str, str],
    probe: Probe,
) -> Located | Missing:
    """Return the location of one dependency, or what is missing below the last prefix."""
    subdirs = dict(settings.subdirs)
    tried: dict[str, dict[tuple[str, str], None]] = {kind: {} for kind in settings.patterns}
    lacking = LIBDIR
    for prefix in prefixes(dependency.name, settings, variables):
        subdirs.update((kind, own) for kind, own in prefix.own.items() if kind in subdirs)
        places = {}
        for kind in sorted(settings.patterns):
            directories = _directories(dependency.name, kind, prefix, subdirs, variables)
            place = place_in(names_of(dependency, kind, settings), directories, probe, tried[kind])
            if place is None:
                lacking = kind
                break
            places[kind] = place._replace(
                directory=place.directory or _unasked(directories, settings, probe)
            )
        else:
            return Located(dependency, _variables(dependency.name, prefix.path, places))
    return Missing(dependency, lacking, tuple(tried[lacking]))


def names_of(
    dependency: ExternalDependency, kind: str, settings: Settings
) -> tuple[FileName, ...] | None:
    """Return the names of one kind to search for, or None if the rock requires none."""
    wanted: str | None = getattr(dependency, WORDS[kind])
    if wanted is None:
        return None
    return file_names([wanted], settings.patterns[kind], settings.extension)


def _directories(
    name: str,
    kind: str,
    prefix: Prefix,
    subdirs: Mapping[str, Sequence[str]],
    variables: Mapping[str, str],
) -> list[str]:
    """Return the directories for one kind: only NAME_BINDIR etc., else those below the prefix."""
    own = variables.get(f"{name}_{kind}")
    if own is not None:
        return [_absolute(own, f"{name}_{kind}")]
    path = _absolute(prefix.path, f"the prefix of {name}")
    return [joined(path, below) for below in subdirs[kind]]


def _absolute(path: str, place: str) -> str:
    """Return a directory if its path is absolute, else raise."""
    if not path.startswith("/") or "\0" in path or len(path) > _LONGEST:
        raise ExternalsError(
            f"{plain(place)} is {quoted(path)}, which is not an absolute path",
            hint="use a path that begins with /",
        )
    return path


def place_in(
    names: tuple[FileName, ...] | None,
    directories: Sequence[str],
    probe: Probe,
    tried: dict[tuple[str, str], None],
) -> Place | None:
    """Return the first match, names in the outer loop and directories in the inner; or None.

    Names that are not found are added to ``tried``. If no name is requested, the place is empty.
    """
    if names is None:
        return Place("")
    for file, directory in candidates(names, directories):
        if file.is_pattern:
            is_there = file.among(probe.names(directory))
        else:
            is_there = probe.is_file(joined(directory, file.name))
        if is_there:
            return Place(directory, file.shown)
        tried[file.shown, directory] = None
    return None


def candidates(
    names: Iterable[FileName], directories: Sequence[str]
) -> Iterator[tuple[FileName, str]]:
    """Yield every name with every directory, in LuaRocks' search order."""
    for file in names:
        for directory in directories:
            yield file, directory


def _unasked(directories: Sequence[str], settings: Settings, probe: Probe) -> str:
    """Return the directory to use if no file is requested."""
    if not settings.takes_first:
        for directory in directories:
            if probe.is_there(directory):
                return directory
    return directories[0] if directories else ""


def _variables(name: str, prefix: str, places: Mapping[str, Place]) -> dict[str, str]:
    """Return the variables that a dependency sets."""
    result = {f"{name}_DIR": prefix}
    for kind, place in places.items():
        result[f"{name}_{kind}"] = place.directory
        if place.file:
            result[f"{name}_{kind}_FILE"] = place.file
    return result


__all__ = [
    "BUILD",
    "Located",
    "Missing",
    "Place",
    "Probe",
    "Verdict",
    "candidates",
    "directories_of",
    "joined",
    "names_of",
    "place_in",
    "prefixes",
    "search",
]

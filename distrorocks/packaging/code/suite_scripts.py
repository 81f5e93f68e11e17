"""Tests that are scripts, found by the names of their files and by how these name each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import basename, dirname

from distrorocks.packaging.code.required_circles import all_required
from distrorocks.packaging.code.suite_commands import LUA, PROVE, WORD, Recipe

_TEST_FOLDER = re.compile(r"(?:tests?|specs?|t|unittests?)/", re.IGNORECASE)
_TEST_NAME = re.compile(
    r"(?:unit)?tests?(?:[._-][^/]*)?\.lua|test[A-Z][^/]*\.lua|[^/]*[a-z0-9][._-]?tests?\.lua",
    re.IGNORECASE,
)
_RUNNER = re.compile(
    r"(?:(?:tests?|t)/)?"
    r"(?:tests?|run|run[_-]?(?:all|tests?|unit)|runner|all|all[_-]?tests?|tests?[_-]?all|main|init)"
    r"\.lua",
    re.IGNORECASE,
)
_IS_DATA = re.compile(r"(?:\s|--[^\n]*\n)*return\s*\{")  # read by a test
_PROVED = re.compile(r"(?:t|tests?)/.*\.t")
_OF_PERL = re.compile(r"\A#![^\n]*perl|^use [A-Za-z][\w:]*[ ;]", re.MULTILINE)
_MOST_SCRIPTS = 30
_MOST_HELPERS = 6  # for each script that is a test by its name


def scripts(files: list[str], texts: Mapping[str, str]) -> Recipe | None:
    """Return the tests that are scripts, None if there are none.

    A script that starts all is run alone, else each by itself.
    """
    proved = [path for path in files if _PROVED.fullmatch(path)]
    found = [
        path
        for path in files
        if path.endswith(".lua") and _is_test(path) and not _IS_DATA.match(texts.get(path, ""))
    ]
    runner = min(filter(_RUNNER.fullmatch, found), key=_rank, default="") or _naming(found, texts)
    if proved and not runner:
        return _prove(proved, texts)
    if not found:
        return None
    place = f"{found[0]}" if len(found) == 1 else f"{len(found)} files such as {found[0]}"
    chosen = [runner] if runner else _alone(found, texts)
    if not chosen or len(chosen) > _MOST_SCRIPTS:
        return Recipe(place, fault="nothing says how its test files are run")
    if not all(map(WORD.fullmatch, chosen)):
        return Recipe(place, fault=f"{chosen[0]} is no plain word of a shell")
    folders = {path: _started_in(path, files, texts) for path in chosen}
    commands = tuple(_command(path, folder) for path, folder in folders.items())
    return Recipe(runner or place, LUA, commands, tuple(chosen), folders)


def _prove(files: list[str], texts: Mapping[str, str]) -> Recipe:
    """Return how prove, of Perl's Test::Harness, runs files that report as Perl's tests do."""
    place = f"{len(files)} files of prove"
    if any(_OF_PERL.search(texts.get(path, "")) for path in files):
        return Recipe(place, PROVE, fault="they are written in Perl")
    folders = sorted({dirname(path) for path in files})
    if not all(map(WORD.fullmatch, folders)):
        return Recipe(place, PROVE, fault="their directories are no plain words of a shell")
    command = f"{PROVE} --exec=lua {' '.join(f'{folder}/*.t' for folder in folders)}"
    return Recipe(place, PROVE, (command,), tuple(files), programs=(PROVE,))


def _alone(found: list[str], texts: Mapping[str, str]) -> list[str]:
    """Return the scripts that are tests by themselves: the only one, by name, or all that assert.

    Names say nothing where only few of many are those of tests. Those that assert are tests where
    none of them is named by another.
    """
    if len(found) == 1:
        return found
    named = [path for path in found if _TEST_NAME.fullmatch(basename(path))]
    if named and len(found) <= _MOST_HELPERS * len(named):
        return named
    is_test = all(re.search(r"\bassert\s*\(", texts.get(path, "")) for path in found)
    is_named = any(_named_by(found, texts).values())
    return found if is_test and not is_named else []


def _named_by(found: list[str], texts: Mapping[str, str]) -> dict[str, set[str]]:
    """Return which other scripts each one names, of those whose texts are known."""
    having: dict[str, set[str]] = {}
    for path in found:
        having.setdefault(basename(path), set()).add(path)
    names = {path: {*_named_files(texts[path])} & having.keys() for path in found if path in texts}
    return {
        path: {it for name in each for it in having[name]} - {path} for path, each in names.items()
    }


def _naming(found: list[str], texts: Mapping[str, str]) -> str:
    """Return the one script that no other names, and by way of which all others are named."""
    named = _named_by(found, texts)
    roots = named.keys() - set().union(*named.values())
    if len(found) < 2 or len(roots) != 1:
        return ""
    (root,) = roots
    return root if all_required(root, named) >= {*found} else ""


def _is_test(path: str) -> bool:
    is_deep = path.count("/") > 1
    in_folder = _TEST_FOLDER.match(path) is not None and not is_deep
    return in_folder or ("/" not in path and _TEST_NAME.fullmatch(path) is not None)


def _rank(path: str) -> tuple[int, int, str]:
    """Return the order of scripts that may start all tests: the shortest path first."""
    return path.count("/"), len(path), path


def _command(path: str, folder: str) -> str:
    name = path.removeprefix(f"{folder}/") if folder else path
    return f"(cd {folder} && lua {name})" if folder else f"lua {name}"


def _started_in(path: str, files: list[str], texts: Mapping[str, str]) -> str:
    """Return the directory that a script is to be started in, "" for the build directory.

    It is that of the script where the script names files beside it, and none from above.
    """
    place = dirname(path)
    text = texts.get(path, "")
    if not place or re.search(rf"[\"'](?:\./)?{re.escape(place)}/", text):
        return ""
    named = set(_named_files(text))
    beside = {basename(it) for it in files if dirname(it) == place}
    above = {it for it in files if "/" not in it}
    is_beside = bool(named & beside - above) or re.search(r"[\"']\.\./", text) is not None
    return place if is_beside else ""


def _named_files(text: str) -> Iterator[str]:
    """Yield the names of files in the texts of a script, as they are and as Lua files."""
    for found in re.finditer(r"[\"'](?P<name>[\w.-]+)[\"']", text):
        yield found["name"]
        yield f"{found['name']}.lua"

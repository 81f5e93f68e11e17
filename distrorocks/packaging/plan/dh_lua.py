"""Decide what dh-lua builds of a rock, and what it leaves to the packaging.

What it would build wrongly, or not at all, is refused with the reasons, which are in its makefile
``/usr/share/dh-lua/make/dh-lua.Makefile.single``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from posixpath import join, normpath

from distrorocks.errors import NegativeError
from distrorocks.packaging.plan.dh_lua_conf import (
    MAIN,
    Part,
    conf_lines,
    mangler_of,
    replaced,
    variables_of,
)
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.field import DH_LUA
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.prose import few, listed
from distrorocks.packaging.source.build_files import BuildFiles, CModule, Placed
from distrorocks.packaging.source.documents import document_folders, example_folders
from distrorocks.packaging.source.facts import Facts

_PLAIN = re.compile(r"[A-Za-z0-9_@+.,~/-]+")
_WORD = re.compile(r"[A-Za-z0-9_+.-]+")
_NAME = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_]|[.-](?=[A-Za-z0-9_]))*", re.ASCII)
_PLACED = ("bin/", "conf/")
_NOT_ROCKS = frozenset(("test", "tests", "spec", "specs", "bin"))
_MOST = 24_000  # dh-lua has all files of a rock four times in a command, of 128 KiB at most


def dh_lua_fields(facts: Facts, draft: Draft) -> None:
    """Add the fields that only packaging with dh-lua has; they are empty in any other.

    Raise ``NegativeError`` for a rock that dh-lua cannot build.
    """
    if draft.helper != DH_LUA:
        for each in (Fields.dh_lua_confs, Fields.dh_lua_lines, Fields.rock_files):
            draft.put(each, ())
        return
    below = draft.build_directory
    left_out = {line.partition(" ")[0] for line in draft.left_out}
    files = _left(facts.build_files, left_out)
    lua = tuple(Placed(normpath(join(below, it.source)), it.target) for it in files.lua)
    parts = tuple(_parts(draft.package.removeprefix("lua-"), files.compiled))
    faults = (*_faults(facts, draft, files, parts), *_file_faults(lua, files.rock))
    mangler = mangler_of(lua)
    if mangler is None:
        faults = (*faults, "has modules in places that one expression of sed cannot name")
    if faults:
        raise NegativeError(
            f"dh-lua cannot build {facts.rock}",
            detail="\n".join(f"the rock {fault}" for fault in dict.fromkeys(faults)),
            hint="use --helper plain, which builds with LuaRocks, or --helper dh-luarocks",
        )
    confs = (
        f"lua{version}" + ("" if part.suffix == MAIN else f".{part.suffix}")
        for version in draft.lua_versions
        for part in parts
    )
    draft.put(Fields.dh_lua_confs, tuple(confs))
    lines = (
        f"{part.suffix} {line}"
        for part in parts
        for line in conf_lines(part, lua, mangler or "", draft)
    )
    draft.put(Fields.dh_lua_lines, tuple(lines))
    _rock_files(facts, files, draft)


def _left(files: BuildFiles, left_out: set[str]) -> BuildFiles:
    """Return the files without the modules that another package has."""
    return files._replace(
        lua=tuple(it for it in files.lua if _module_of(it.target) not in left_out),
        compiled=tuple(it for it in files.compiled if it.name not in left_out),
    )


def _module_of(target: str) -> str:
    stem = target.removesuffix(".lua").removesuffix("/init")
    return stem.replace("/", ".")


def _parts(stem: str, compiled: Iterable[CModule]) -> Iterator[Part]:
    """Yield the parts: the first has the Lua files, and the module in C of the shortest name."""
    modules = sorted(compiled, key=lambda it: (len(it.name), it.name))
    yield Part(MAIN, stem, modules[0] if modules else None)
    for each in modules[1:]:
        suffix = each.name.replace(".", "-").removeprefix(f"{stem}-")
        yield Part(suffix, f"{stem}-{suffix}", each)


def _faults(
    facts: Facts, draft: Draft, files: BuildFiles, parts: tuple[Part, ...]
) -> Iterator[str]:
    """Yield what dh-lua cannot do, each as a clause with the rock as its subject."""
    yield from files.unknown
    if files.unknown:
        return
    if not files.lua and not files.compiled:
        yield "has no modules"
    if not facts.files:
        yield "is given without its sources: name a .src.rock, or a directory of sources"
    if not draft.package.startswith("lua-"):
        yield f"is packaged as {draft.package}; dh-lua makes packages named lua-NAME only"
    if draft.is_compiled and not files.compiled:
        yield "compiles code that its rockspec does not list"
    names = [part.name for part in parts]
    if len({*names, f"{names[0]}-dev"}) <= len(names):
        yield "has modules in C whose libraries would have the same name"
    variables = variables_of(draft)
    for module in files.compiled:
        yield from _c_faults(module, facts, variables)


def _c_faults(module: CModule, facts: Facts, variables: Mapping[str, str]) -> Iterator[str]:
    """Yield what dh-lua cannot do of one module in C."""
    name = module.name
    if not _NAME.fullmatch(name):
        yield f"has the module {name} in C, whose name is no name in C"
    if name in facts.unopened:
        yield f"has the module {name}, which {facts.unopened[name]}; dh-lua links programs with it"
    other = [it for it in module.sources if not (it.endswith(".c") and _PLAIN.fullmatch(it))]
    if other or not module.sources or any(map(_leaves, module.sources)):
        what = listed(few(tuple(other))) if other else "files elsewhere, or of none"
        yield f"makes the module {name} of {what}; dh-lua compiles C alone, in files of plain names"
    if not all(map(_WORD.fullmatch, module.libraries)):
        yield f"links {listed(module.libraries)}, of which not all are names of libraries"
    for text in (*module.defines, *module.incdirs, *module.libdirs):
        if replaced(text, variables) is None:
            yield f"uses {text} in the module {name}, which LuaRocks alone can replace"
    for folder in module.libdirs:
        place = replaced(folder, variables) or "/"
        if not place.startswith("/"):
            yield f"links the module {name} with libraries of its own folder {folder}"


def _leaves(path: str) -> bool:
    """Return whether a path is not of the sources, or is none for a program of the shell."""
    return path.startswith(("/", "-", "~")) or ".." in path.split("/")


def _file_faults(lua: tuple[Placed, ...], rock: tuple[Placed, ...]) -> Iterator[str]:
    """Yield what dh-lua cannot do of the files, which are copied by commands of the shell."""
    paths = [each for placed in (*lua, *rock) for each in placed]
    odd = [each for each in paths if not _PLAIN.fullmatch(each) or _leaves(each)]
    if odd:
        yield f"has files with special characters or elsewhere: {listed(few(tuple(odd)))}"
    for index, what in enumerate(("to several places", "over one another")):
        known = Counter(placed[index] for placed in lua)
        twice = tuple(path for path, count in known.items() if count > 1)
        if twice:
            yield f"installs files {what}, which dh-lua cannot: {listed(few(twice))}"
    if sum(len(placed.source) + 1 for placed in lua) > _MOST:
        yield f"has {len(lua)} files in Lua, too many for the commands of dh-lua"


def _rock_files(facts: Facts, files: BuildFiles, draft: Draft) -> None:
    """Add what the packaging places itself, and the documents that LuaRocks would have copied."""
    below = draft.build_directory
    others = set(_NOT_ROCKS)
    for folders, found in (
        (Fields.doc_folders, document_folders(facts.files, ())),
        (Fields.example_folders, example_folders(facts.files, ())),
    ):
        others.update(found)
        draft.put(folders, tuple(normpath(join(below, each)) for each in found))
    kept = [
        placed
        for placed in files.rock
        if placed.target.startswith(_PLACED) or placed.source.partition("/")[0] not in others
    ]
    draft.put(
        Fields.rock_files, tuple(f"{normpath(join(below, it.source))} {it.target}" for it in kept)
    )

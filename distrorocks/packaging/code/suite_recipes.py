"""Which commands run upstream's tests: as the rockspec, busted, a Makefile or file names say.

A command is a line of the shell, run in the build directory, where ``lua`` is the interpreter that
is tested with. Nothing is run here. What a Makefile does for its tests counts as far as it starts
Lua or busted: their prerequisites build what is installed already.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from posixpath import basename, dirname, normpath

from distrorocks.lua.value import LuaTable, sequence
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.values import NamedTuple

BUSTED, LUA = "busted", "lua"
_RUN_BUSTED = 'lua "$(command -v busted)"'
_SPEC = re.compile(r"(?:\A|/)[^/]*[_.-]spec\.(?P<ending>\w+)\Z")
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
_PROVE = re.compile(r"(?:t|test)/.*\.t")
_MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
_TARGETS = ("test", "tests", "check", "spec")
_ASSIGNED = re.compile(r"^(?P<name>\w+)[ \t]*[:?]?=[ \t]*(?P<value>[^\n#]*)", re.MULTILINE)
_VARIABLE = re.compile(r"\$[({](\w+)[)}]")
_SETTING = re.compile(r"\A(?:LUA_C?PATH|LUA_INIT)=(?:\"[^\"]*\"|'[^']*'|\S*)\s+")
_FOLDER = re.compile(r"\Acd\s+(?P<folder>[\w./-]+)\s*&&\s*")
_PROGRAM = re.compile(r"(?:[\w./-]*/)?(?P<name>lua(?:jit)?(?:-?5\.?[1-9])?|busted)")
_WORD = re.compile(r"[\w./=:,+@%-]+")
_SAYS = re.compile(r"\A(?:#|echo\b|rm\b|true\b|:\s|mkdir\b)|\A\Z")
_MOST_EXPANSIONS = 8
_LONGEST_LINE = 8192
_MOST_SCRIPTS = 30


class Recipe(NamedTuple):
    """How tests are run: the commands, the Lua files that they start, or why it is not known.

    ``place`` says what the tests are, for messages. ``folder`` is the directory in which the files
    are started, "" for the build directory.
    """

    place: str
    kind: str = LUA
    commands: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    folder: str = ""
    fault: str = ""


def recipe_of(
    rockspec: Rockspec, files: Collection[str], texts: Mapping[str, str], own: Collection[str]
) -> Recipe | None:
    """Return how the tests of a rock are run, None if its sources have none.

    ``files`` are paths in the build directory, ``texts`` those that are known; ``own`` are the Lua
    files of the rock's modules, which are no tests. The rockspec comes first, then busted's specs,
    a Makefile, and scripts by their names.
    """
    inside = sorted(path for path in files if not path.startswith("../"))
    value = rockspec.table.get("test")
    declared = _declared(value, inside) if isinstance(value, dict) else None
    if declared:
        return declared
    if specs := _busted(inside, texts):
        return specs
    made = _made(inside, texts)
    if made and made.commands:
        return made
    return _scripts([path for path in inside if path not in own], texts) or made


def _declared(table: LuaTable, files: list[str]) -> Recipe | None:
    """Return the tests that a rockspec names (LuaRocks, "Rockspec format", test)."""
    listed = table.get("flags")
    words = sequence(listed) if isinstance(listed, dict) else []
    flags = [each for each in words if isinstance(each, str)]
    if not all(map(_WORD.fullmatch, flags)):
        return Recipe("rockspec: test", fault="its test.flags are no plain words")
    kind, script, command = (table.get(key) for key in ("type", "script", "command"))
    if kind == BUSTED:
        if not _specs(files):
            return Recipe("rockspec: test", BUSTED, fault="the sources lack the specs")
        return _run_busted("rockspec: test", files, tuple(flags))
    if isinstance(script, str) or (kind == "command" and not isinstance(command, str)):
        path = normpath(script) if isinstance(script, str) else "test.lua"
        if path not in files:
            return Recipe("rockspec: test", fault=f"the sources lack {path}")
        return Recipe("rockspec: test", LUA, (" ".join(["lua", path, *flags]),), (path,))
    if isinstance(command, str):
        done = _understood([" ".join([command, *flags])], {}, files)
        if done:
            return done._replace(place="rockspec: test")
        return Recipe("rockspec: test", fault=f"the command {command.strip()} is not understood")
    if kind is not None:
        return Recipe("rockspec: test", fault=f"tests of the type {kind} are not known")
    return None


def _specs(files: list[str]) -> list[str]:
    return [path for path in files if (it := _SPEC.search(path)) and it["ending"] == "lua"]


def _busted(files: list[str], texts: Mapping[str, str]) -> Recipe | None:
    """Return the tests of busted, by the names of its specs."""
    if any("describe" in texts.get(path, "") for path in _specs(files)):
        return _run_busted("", files, ())
    others = {it["ending"] for path in files if (it := _SPEC.search(path))} - {LUA}
    for ending in sorted(others):
        return Recipe(f"specs in .{ending}", BUSTED, fault=f"no test of .{ending} is run")
    return None


def _run_busted(place: str, files: list[str], flags: tuple[str, ...]) -> Recipe:
    specs = _specs(files)
    tops = sorted({path.partition("/")[0] for path in specs})
    words = [_RUN_BUSTED, "--no-coverage", *flags]
    if tops != ["spec"] and ".busted" not in files:
        words += [top for top in tops if _WORD.fullmatch(top)]
    name = place or f"{len(specs)} files of busted in {', '.join(tops[:3])}"
    return Recipe(name, BUSTED, (" ".join(words),), tuple(specs))


def _made(files: list[str], texts: Mapping[str, str]) -> Recipe | None:
    """Return the tests of a Makefile, None if it has no target for them."""
    name = next((it for it in _MAKEFILES if it in files and it in texts), "")
    text = texts.get(name, "").replace("\\\n", " ")
    values = {it["name"]: it["value"].strip() for it in _ASSIGNED.finditer(text)}
    is_found = False
    for target in _TARGETS:
        rule = re.search(
            rf"^{target}[ \t]*::?(?!=)[^\n]*\n(?P<lines>(?:\t[^\n]*\n?)*)", text, re.MULTILINE
        )
        if rule is None:
            continue
        is_found = True
        if done := _understood(rule["lines"].split("\n"), values, files):
            return done._replace(place=f"{name}: {target}")
    if is_found:
        return Recipe(f"{name}: test", fault=f"the target for tests in {name} is not understood")
    return None


def _understood(
    lines: list[str], values: Mapping[str, str], files: Collection[str]
) -> Recipe | None:
    """Return the commands that lines of a Makefile or a shell are, None unless all are known."""
    commands, started, folders = [], [], set()
    for line in lines:
        text = _expanded(line.strip().lstrip("@-+").strip(), values)
        if _SAYS.match(text):
            continue
        text = re.sub(r" ?&& ?echo\b.*| ?> ?/dev/null\b| ?#.*", "", " ".join(text.split()))
        folder = ""
        if found := _FOLDER.match(text):
            folder, text = normpath(found["folder"]), text[found.end() :]
        while setting := _SETTING.match(text):
            text = text[setting.end() :]
        words = text.split()
        program = _PROGRAM.fullmatch(words[0]) if words else None
        if program is None or not all(map(_WORD.fullmatch, words)):
            return None
        arguments = _without_luarocks(words[1:])
        if program["name"] == BUSTED:
            specs = _specs(sorted(files))
            if not specs:
                return None
            kept = [it for it in arguments if it not in ("--coverage", "-c")]
            words, paths = [_RUN_BUSTED, "--no-coverage", *kept], specs
        else:
            script = next((it for it in arguments if not it.startswith("-")), "")
            path = normpath(f"{folder}/{script}" if folder else script)
            if path not in files:
                return None
            words, paths = ["lua", *arguments], [path]
        command = " ".join(words)
        commands.append(f"(cd {folder} && {command})" if folder else command)
        started += paths
        folders.add(folder)
    if not commands or len(folders) > 1:
        return None
    kind = BUSTED if _RUN_BUSTED in commands[0] else LUA
    return Recipe("", kind, tuple(commands), tuple(dict.fromkeys(started)), folders.pop())


def _expanded(text: str, values: Mapping[str, str]) -> str:
    """Return a line of a Makefile with its variables replaced; those of programs are Lua."""
    for _ in range(_MOST_EXPANSIONS):
        text = re.sub(r"\$[({]LUA_?(?:BIN|DIR|BINDIR)[)}]/lua", "lua", text)
        text = re.sub(r"\$[({](?:LUA|LUAEXE|LUA_?BIN|LUA_CMD|LUA_PROG)[)}]", "lua", text)
        more = _VARIABLE.sub(lambda it: values.get(it[1], it[0]), text)
        if more == text or len(text) > _LONGEST_LINE:
            break
        text = more
    return text


def _without_luarocks(words: list[str]) -> list[str]:
    """Return arguments of Lua without the module that finds what LuaRocks installed."""
    names = ("luarocks.require", "luarocks.loader", "luarc")
    kept: list[str] = []
    for word in words:
        if kept and kept[-1] == "-l" and word in names:
            kept.pop()
        elif word not in [f"-l{name}" for name in names]:
            kept.append(word)
    return kept


def _scripts(files: list[str], texts: Mapping[str, str]) -> Recipe | None:
    """Return the tests that are scripts, by their names: one that starts all, or each alone."""
    others = [path for path in files if _PROVE.fullmatch(path)]
    if others and not any(map(_RUNNER.fullmatch, files)):
        place = f"{len(others)} files of prove"
        return Recipe(place, fault="prove, which runs its files in .t, is not set up")
    found = [path for path in files if path.endswith(".lua") and _is_test(path)]
    if not found:
        return None
    place = f"{found[0]}" if len(found) == 1 else f"{len(found)} files such as {found[0]}"
    runner = min(filter(_RUNNER.fullmatch, found), key=_rank, default="")
    named = [path for path in found if _TEST_NAME.fullmatch(basename(path))]
    chosen = [runner] if runner else found if len(found) == 1 else named
    if not chosen or len(chosen) > _MOST_SCRIPTS:
        return Recipe(place, fault="nothing says how its test files are run")
    if not all(map(_WORD.fullmatch, chosen)):
        return Recipe(place, fault=f"{chosen[0]} is no plain word of a shell")
    folders = {_started_in(path, files, texts) for path in chosen}
    if len(folders) > 1:
        return Recipe(place, fault="its test files are for several directories")
    folder = folders.pop()
    start = f"cd {folder} && " if folder else ""
    names = [path.removeprefix(f"{folder}/") if folder else path for path in chosen]
    commands = tuple(f"({start}lua {it})" if start else f"lua {it}" for it in names)
    return Recipe(chosen[0] if runner else place, LUA, commands, tuple(chosen), folder)


def _is_test(path: str) -> bool:
    is_deep = path.count("/") > 1
    in_folder = _TEST_FOLDER.match(path) is not None and not is_deep
    return in_folder or ("/" not in path and _TEST_NAME.fullmatch(path) is not None)


def _rank(path: str) -> tuple[int, int, str]:
    """Return the order of scripts that may start all tests: the shortest path first."""
    return path.count("/"), len(path), path


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

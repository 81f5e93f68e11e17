"""Commands that run tests, as the lines of a Makefile or a rockspec's command have them.

Nothing is run here. What a Makefile does for its tests counts as far as it starts Lua, busted or
prove: their prerequisites build what is installed already.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from posixpath import normpath
from types import MappingProxyType

from distrorocks.values import NamedTuple

BUSTED, LUA, PROVE = "busted", "lua", "prove"
_RUN_BUSTED = 'lua "$(command -v busted)"'
_SPEC = re.compile(r"(?:\A|/)[^/]*[_.-]specs?\.(?P<ending>\w+)\Z")
_MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
_TARGETS = ("test", "tests", "check", "spec")
_ASSIGNED = re.compile(r"^(?P<name>\w+)[ \t]*[:?]?=[ \t]*(?P<value>[^\n#]*)", re.MULTILINE)
_VARIABLE = re.compile(r"\$[({](\w+)[)}]")
_OPTIONS = re.compile(r"\w*(?:OPTS?|OPTIONS|FLAGS|ARGS)\Z")
_SETTING = re.compile(r"\A(?P<name>[A-Z]\w*)=(?P<value>\"[^\"]*\"|'[^']*'|\S*)\s+")
_PATHS = re.compile(r"LUA_C?PATH(?:_5_\d)?|LUA_INIT(?:_5_\d)?")
_FOLDER = re.compile(r"\Acd\s+(?P<folder>[\w./-]+)\s*&&\s*")
_PROGRAM = re.compile(r"(?:[\w./-]*/)?(?P<name>lua(?:jit)?(?:-?5\.?[1-9])?|busted)")
_OF_LUA = re.compile(r"#![^\n]*\blua(?:jit)?(?:5\.\d)?\b")
_PROVE = re.compile(
    r"prove(?P<flags>(?:\s+(?:-\w+|--(?!exec)[\w-]+))*)\s+(?:--exec[= ]|-e\s?)"
    r"(?P<mark>[\"']?)(?P<lua>[\w./-]+)(?P<modules>(?:\s+-l\s?[\w.]+)*)(?P=mark)"
    r"(?P<more>(?:\s+-\w+)*)(?P<paths>(?:\s+[\w./*?+-]+)+)"
)
WORD = re.compile(r"[\w./=:,+@%-]+")
_SAYS = re.compile(r"\A(?:#|echo\b|rm\b|true\b|:\s|mkdir\b)|\A\Z")
_MOST_EXPANSIONS = 8
_LONGEST_LINE = 8192
_MOST_PATTERNS = 20


class Recipe(NamedTuple):
    """How tests are run: the commands, the files that they start, or why it is not known.

    ``place`` says what the tests are, for messages. ``folders`` has the directory in which a file
    is started, where that is not the build directory. ``runners`` are the rocks whose programs run
    the files, ``programs`` other programs that do.
    """

    place: str
    kind: str = LUA
    commands: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    folders: Mapping[str, str] = MappingProxyType({})
    runners: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    fault: str = ""

    def folder_of(self, path: str) -> str:
        """Return the directory that a file of the tests is used in, "" for the build directory."""
        return self.folders.get(path, next(iter(self.folders.values()), ""))


def specs(files: Collection[str], ending: str = LUA) -> list[str]:
    """Return the files that are specs by their names."""
    return [path for path in files if (it := _SPEC.search(path)) and it["ending"] == ending]


def spec_endings(files: Collection[str]) -> set[str]:
    """Return the endings of the files that are specs by their names."""
    return {it["ending"] for path in files if (it := _SPEC.search(path))}


def run_busted(
    found: list[str], files: list[str], flags: tuple[str, ...] = (), more: tuple[str, ...] = ()
) -> Recipe:
    """Return how busted runs the specs that are ``found``; ``more`` are rocks that it needs."""
    tops = sorted({path.partition("/")[0] for path in found})
    words = [_RUN_BUSTED, "--no-coverage", *flags]
    if tops != ["spec"] and ".busted" not in files:
        words += [top for top in tops if WORD.fullmatch(top)]
    place = f"{len(found)} files of busted in {', '.join(tops[:3])}"
    return Recipe(place, BUSTED, (" ".join(words),), tuple(found), runners=(BUSTED, *more))


def made(files: list[str], texts: Mapping[str, str], target: str = "") -> Recipe | None:
    """Return the tests of a Makefile, None if it has no target for them that does anything."""
    name = next((it for it in _MAKEFILES if it in files and it in texts), "")
    text = texts.get(name, "").replace("\\\n", " ")
    values = {it["name"]: it["value"].strip() for it in _ASSIGNED.finditer(text)}
    faults = []
    for each in [target] if target else _TARGETS:
        rule = re.search(
            rf"^{re.escape(each)}[ \t]*::?(?!=)(?P<first>[^\n]*)\n(?P<lines>(?:\t[^\n]*\n?)*)",
            text,
            re.MULTILINE,
        )
        if rule is None or not (rule["first"].strip() or rule["lines"].strip()):
            continue
        done = understood(rule["lines"].split("\n"), values, files, texts)
        if done and done.commands:
            return done._replace(place=f"{name}: {each}")
        faults.append(done.fault if done else "")
    if faults:
        fault = next(filter(None, faults), f"the target for tests in {name} is not understood")
        return Recipe(f"{name}: test", fault=fault)
    return None


class _Line(NamedTuple):
    """What a line of the shell starts: its command, and the files that run."""

    command: str = ""
    files: tuple[str, ...] = ()
    kind: str = LUA
    fault: str = ""


def understood(
    lines: list[str],
    values: Mapping[str, str],
    files: Collection[str],
    texts: Mapping[str, str],
) -> Recipe | None:
    """Return the commands that lines of a Makefile or a shell are, None unless all are known."""
    found: list[_Line] = []
    folders: dict[str, str] = {}
    for line in lines:
        text = _expanded(line.strip().lstrip("@-+").strip(), values)
        if len(text) > _LONGEST_LINE:
            return None
        if _SAYS.match(text):
            continue
        text = re.sub(r" ?&& ?echo\b.*| ?> ?/dev/null\b| ?#.*", "", " ".join(text.split()))
        folder = ""
        if at := _FOLDER.match(text):
            folder, text = normpath(at["folder"]), text[at.end() :]
        started = _started(text, folder, files, texts)
        if started is None:
            return None
        if started.fault:
            return Recipe("", started.kind, fault=started.fault)
        command = f"(cd {folder} && {started.command})" if folder else started.command
        found.append(started._replace(command=command))
        folders |= dict.fromkeys(started.files, folder)
    if not found:
        return None
    kinds = {each.kind for each in found}
    kind = next((it for it in (BUSTED, PROVE) if it in kinds), LUA)
    return Recipe(
        "",
        kind,
        tuple(each.command for each in found),
        tuple(dict.fromkeys(path for each in found for path in each.files)),
        folders,
        runners=(BUSTED,) if BUSTED in kinds else (),
        programs=(PROVE,) if PROVE in kinds else (),
    )


def _started(
    text: str, folder: str, files: Collection[str], texts: Mapping[str, str]
) -> _Line | None:
    """Return what a command in a folder starts, None if that is not known."""
    settings = ""
    while setting := _SETTING.match(text):
        text = text[setting.end() :]
        value = setting["value"].strip("\"'")
        if not _PATHS.fullmatch(setting["name"]):
            if value and not WORD.fullmatch(value):
                return None
            settings += f"{setting['name']}={value} "
    if proved := _PROVE.fullmatch(text):
        return _proved(proved, folder, files)
    words = text.split()
    if not words or not all(map(WORD.fullmatch, words)):
        return None
    program = _PROGRAM.fullmatch(words[0])
    own = _inside(folder, words[0])
    if program is None and own in files and _OF_LUA.match(texts.get(own, "")):
        return _Line(f"{settings}lua {' '.join(words)}", (own,))
    if program is None:
        return None
    arguments = _without_luarocks(words[1:])
    if program["name"] == BUSTED:
        if not specs(files):
            return _Line(kind=BUSTED, fault="the sources lack the specs")
        kept = [it for it in arguments if it not in ("--coverage", "-c")]
        command = " ".join([_RUN_BUSTED, "--no-coverage", *kept])
        return _Line(settings + command, tuple(specs(sorted(files))), BUSTED)
    script = next((it for it in arguments if not it.startswith("-")), "")
    path = _inside(folder, script)
    return _Line(settings + " ".join(["lua", *arguments]), (path,)) if path in files else None


def _inside(folder: str, path: str) -> str:
    return normpath(f"{folder}/{path}" if folder else path)


def _proved(found: re.Match[str], folder: str, files: Collection[str]) -> _Line | None:
    """Return what a command of prove starts, None if that are no files in Lua's name."""
    if not re.match(r"(?:.*/)?lua", found["lua"]):
        return None
    patterns = found["paths"].split()
    if len(patterns) > _MOST_PATTERNS:
        return None
    is_deep = "r" in f"{found['flags']}{found['more']}".replace("-", "")
    paths: list[str] = []
    for pattern in patterns:
        place = _inside(folder, pattern)
        ends = (place, f"{place}/*.t") if is_deep else (place,)
        paths += [path for path in sorted(files) if any(fnmatchcase(path, end) for end in ends)]
    if not paths:
        return _Line(kind=PROVE, fault="the sources lack the files that prove is to run")
    modules = re.sub(r"-l\s+", "-l", found["modules"]).strip()
    run = f"'lua {modules}'" if modules else LUA
    words = [PROVE, *found["flags"].split(), *found["more"].split(), f"--exec={run}", *patterns]
    return _Line(" ".join(words), tuple(dict.fromkeys(paths)), PROVE)


def _expanded(text: str, values: Mapping[str, str]) -> str:
    """Return a line of a Makefile with its variables replaced; those of programs are Lua.

    Those of options that the Makefile does not set are empty, as make has it.
    """
    for _ in range(_MOST_EXPANSIONS):
        text = re.sub(r"\$[({]LUA_?(?:BIN|DIR|BINDIR)[)}]/lua", "lua", text)
        text = re.sub(r"\$[({](?:LUA|LUAEXE|LUA_?BIN|LUA_CMD|LUA_PROG)[)}]", "lua", text)
        more = _VARIABLE.sub(lambda it: _value(it, values), text)
        if more == text or len(text) > _LONGEST_LINE:
            break
        text = more
    return text


def _value(found: re.Match[str], values: Mapping[str, str]) -> str:
    """Return the value of a variable, the reference to it where that is not known."""
    return values.get(found[1], "" if _OPTIONS.match(found[1]) else found[0])


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

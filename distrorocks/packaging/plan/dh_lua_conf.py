"""Write the lines of dh-lua's conf files, which make reads and the shell gets.

dh-lua builds one module in C for each conf file, as a shared library of its own, and copies Lua
files to places that a command makes of their paths (package dh-lua, ``policy.html``).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from posixpath import join, normpath

from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.source.build_files import CModule, Placed
from distrorocks.values import NamedTuple

MAIN = "-"
"""The part whose conf files are named after the Lua version alone."""
_MODULE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", re.ASCII)
_VARIABLE = re.compile(r"\$\((\w+)\)", re.ASCII)
_SHIPPED = ("/usr/include/", "/usr/lib/")
_FOLDERS = {"INCDIR": "/usr/include", "LIBDIR": "/usr/lib", "BINDIR": "/usr/bin", "DIR": "/usr"}


class Part(NamedTuple):
    """What one conf file builds: a module in C, None for Lua alone."""

    suffix: str
    name: str
    compiled: CModule | None


def conf_lines(part: Part, lua: Sequence[Placed], mangler: str, draft: Draft) -> Iterator[str]:
    """Yield the lines of a part's conf files but the Lua version."""
    yield f"PKG_NAME={part.name}"
    if part.suffix == MAIN:
        yield from _source_lines(lua, mangler)
    if part.compiled:
        yield from _c_lines(part.compiled, draft, draft.build_directory)
    yield from _test_lines(part, draft)


def mangler_of(lua: Sequence[Placed]) -> str | None:
    """Return the command that makes the place of a Lua file of its source, None if none does.

    It stands in the shell without quotes, and in an expression of sed; so it has no dollar, no
    ampersand and no backslash. It ends at the first expression that fits.
    """
    found = sorted(set(map(_rule, lua)), key=lambda it: (len(it.source), it), reverse=True)
    exact = [it for it in lua if _applied(found, it.source) != it.target]
    rules = [each for each in (*exact, *found) if any(each)]
    used = {_fitting(rules, it.source) for it in lua}
    rules = [each for each in rules if each in used]
    if any(_applied(rules, it.source) != it.target for it in lua):
        return None
    if len(rules) < 2:
        return "".join(f"sed s?^{it.source}?{it.target}?" for it in rules)
    return "sed " + " -e t ".join(f"-e s?^{it.source}?{it.target}?" for it in rules)


def _rule(placed: Placed) -> Placed:
    """Return the folders in which two paths differ, or both paths where their names do.

    Of the source's at least one folder remains, since without any the rule would fit all.
    """
    source, target = placed
    if source == target:
        return Placed("", "")
    while True:
        above, below = source.rstrip("/").rpartition("/"), target.rstrip("/").rpartition("/")
        if above[2] != below[2] or not above[0]:
            return Placed(source, target)
        source, target = f"{above[0]}/", f"{below[0]}/" if below[0] else ""


def _applied(rules: Sequence[Placed], path: str) -> str:
    """Return a path after the first rule that fits, which replaces as long a beginning of it."""
    rule = _fitting(rules, path)
    return rule.target + path[len(rule.source) :] if rule else path


def _fitting(rules: Sequence[Placed], path: str) -> Placed | None:
    """Return the first rule that fits a path; in an expression of sed, a dot is any character."""
    for rule in rules:
        if re.match(re.escape(rule.source).replace(r"\.", "."), path):
            return rule
    return None


def _source_lines(lua: Sequence[Placed], mangler: str) -> Iterator[str]:
    """Yield the lines that list the Lua files."""
    if len(lua) == 1:
        yield f"LUA_SOURCES={lua[0].source}"
    elif lua:
        yield "LUA_SOURCES= \\"
        paths = sorted(placed.source for placed in lua)
        yield from (f"  {path} \\" for path in paths[:-1])
        yield f"  {paths[-1]}"
    if mangler:
        yield f"LUA_SOURCES_MANGLER={mangler}"


def _c_lines(module: CModule, draft: Draft, below: str) -> Iterator[str]:
    """Yield the lines about a module in C."""
    variables = variables_of(draft)
    objects = (
        normpath(join(below, source)).removesuffix(".c") + ".lo" for source in module.sources
    )
    yield f"CLIB_OBJS={' '.join(objects)}"
    flags = [f"-D{replaced(each, variables)}" for each in module.defines]
    flags += [f"-I{each}" for each in _places(module.incdirs, variables, below)]
    if flags:
        yield f"CLIB_CFLAGS={' '.join(map(_make_word, flags))}"
    libraries = [f"-L{each}" for each in _places(module.libdirs, variables, below)]
    libraries += [f"-l{each}" for each in module.libraries]
    if libraries:
        for key in ("CLIB_LDFLAGS", "CLIB_LDFLAGS_STATIC", "PKG_LIBS_PRIVATE"):
            yield f"{key}={' '.join(libraries)}"


def _places(folders: Iterable[str], variables: Mapping[str, str], below: str) -> Iterator[str]:
    """Yield folders as the build finds them, without those where compilers look anyway."""
    for folder in folders:
        place = normpath(replaced(folder, variables) or ".")
        if not place.startswith("/"):
            yield normpath(join(below, place))
        elif place.startswith(_SHIPPED):
            yield place


def _make_word(text: str) -> str:
    """Quote a text as one word of the shell in a makefile, where backslashes before # count."""
    return re.sub(r"(\\*)#", r"\1\1\\#", shlex.quote(text))


def _test_lines(part: Part, draft: Draft) -> Iterator[str]:
    """Yield the lines that name the module of a part, and how dh-lua tests it.

    dh-lua loads it with the Lua, and in two programs that are linked with its libraries.
    """
    modules = [it for it in draft.loadable or draft.modules if _MODULE.fullmatch(it)]
    name = min(modules, key=lambda it: (len(it), it), default="")
    if part.compiled:
        name = part.compiled.name
    if name:
        yield f"LUA_MODNAME={name}"
    if part.compiled and "-" in name:
        # Lua opens such a module by what stands after the hyphen.
        opened = name.partition("-")[2].replace(".", "_")
        yield f"LUA_MODNAME_CPART_UNDERSCORE={opened}"
    if name in draft.loadable:
        yield f"LUA_TEST=debian/tests/load-module.lua {name}"


def variables_of(draft: Draft) -> dict[str, str]:
    """Return the variables that LuaRocks would be given at the build."""
    pairs = (each.partition("=") for each in draft.build_variables)
    return {name: value for name, _, value in pairs}


def replaced(text: str, variables: Mapping[str, str]) -> str | None:
    """Return a text with the variables of external libraries replaced, None if others are in it.

    Debian has libraries where the compiler looks for them, unless the build is told otherwise.
    """

    def value(found: re.Match[str]) -> str:
        name = found[1]
        usual = _FOLDERS.get(name.rpartition("_")[2], found[0]) if "_" in name else found[0]
        return variables.get(name, usual)

    done = _VARIABLE.sub(value, text)
    return None if "$" in done else done

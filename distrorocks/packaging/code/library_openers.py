"""Which modules in C have no function that opens them, by their sources.

Lua loads ``a/b.so`` for the module a.b and calls ``luaopen_a_b`` in it. Where upstream has named
the function otherwise, nobody can require the module, though the library is built and installed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from distrorocks.externals.needs import sources_of
from distrorocks.lua.value import as_table
from distrorocks.packaging.code.c_evidence import bare_lines, is_c
from distrorocks.rocks.rockspec import Rockspec

_OPEN = "luaopen_"
LONGEST = 1 << 18
"""Of a longer text a part may have been left out."""
_COMPILED = re.compile(r"\.(?:c|cc|cpp|cxx)\Z")
_NAME = re.compile(r"\bluaopen\w*")
_DEFINED = re.compile(r"\b(luaopen_\w+)\s*\(\s*(?:struct\s+)?lua_State\b")
_MACRO = re.compile(r"[ \t]*#[ \t]*define[ \t]+\w+(?:\((?P<parameters>[^)]*)\))?(?P<body>.*)")
_JOINED = re.compile(r"(?<![\w#])(?<!##\s)(\w+)\s*##")
_INCLUDED_CODE = re.compile(r"[ \t]*#[ \t]*include\b.*\.(?:c|cc|cpp|cxx)\b")


def unopened(rockspec: Rockspec, texts: Mapping[str, str]) -> dict[str, str]:
    """Return the modules in C whose sources only have functions that open others, with the reason.

    ``texts`` are the files of the sources. Where a macro may make the name, or not all of the
    sources can be read, nothing is said.
    """
    modules = as_table(as_table(rockspec.table.get("build")).get("modules"))
    wanted = {}
    for module, value in modules.items():
        sources = [path.removeprefix("./") for path in sources_of(value)]
        is_whole = all(
            _COMPILED.search(it) and 0 < len(texts.get(it, "")) < LONGEST for it in sources
        )
        defines = str(value.get("defines")) if isinstance(value, dict) else ""
        if isinstance(module, str) and sources and is_whole and "luaopen" not in defines:
            wanted[module] = sources
    code = {path: bare_lines(text) for path, text in texts.items() if is_c(path)} if wanted else {}
    lines = {path: [line for _, line in bare] for path, bare in code.items()}
    if any(_hides(it) for each in lines.values() for it in each):
        return {}
    named = {name for each in lines.values() for line in each for name in _NAME.findall(line)}
    found = {}
    for module, sources in wanted.items():
        there = sorted({it for path in sources for it in _DEFINED.findall("\n".join(lines[path]))})
        names = _openers(module)
        if there and not named.intersection(names):
            found[module] = f"has no function {' or '.join(names)}, only {', '.join(there)}"
    return found


def openers(rockspec: Rockspec, texts: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Return the functions that open modules in the library of each module in C."""
    found = {}
    for module, value in as_table(as_table(rockspec.table.get("build")).get("modules")).items():
        paths = [path.removeprefix("./") for path in sources_of(value) if is_c(path)]
        names = {name for path in paths for name in _DEFINED.findall(texts.get(path, ""))}
        if isinstance(module, str) and names:
            found[module] = frozenset(names)
    return found


def opened_by_root(module: str, known: Mapping[str, frozenset[str]]) -> bool:
    """Return whether the library of the module ``a`` opens the module ``a.b`` as well.

    Where Lua finds no file of a.b, it looks for ``luaopen_a_b`` in the library of a. ``known`` are
    the functions in each library.
    """
    root, dot, _ = module.partition(".")
    return dot != "" and f"{_OPEN}{module.replace('.', '_')}" in known.get(root, ())


def _hides(line: str) -> bool:
    """Return whether a line may bring a function that opens a module under a name not seen.

    A macro has such a name, or joins words that may become one.
    """
    if _INCLUDED_CODE.match(line):
        return True
    macro = _MACRO.match(line)
    if not macro:
        return False
    parameters = {it.strip() for it in (macro["parameters"] or "").split(",")}
    starts = _JOINED.findall(macro["body"])
    is_joined = any(it in parameters or _OPEN.startswith(it) for it in starts)
    return is_joined or _NAME.search(macro["body"]) is not None


def _openers(module: str) -> list[str]:
    """Return the names of the functions that may open a module."""
    before, hyphen, after = module.partition("-")
    names = (before, after) if hyphen else (module,)
    return [f"{_OPEN}{name.replace('.', '_')}" for name in names if name]

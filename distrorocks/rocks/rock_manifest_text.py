"""The rock_manifest as LuaRocks writes it, read line by line.

Ten thousand of them are read for one manifest, and nearly all are LuaRocks' own text: one file, one
quoted name or digest a line, no escapes. Such a text is read here in a fraction of the time; for
any other the answer is None, and the parser of Lua tells what it is.
"""

from __future__ import annotations

import re

from distrorocks.lua.scan import KEYWORDS

DEPLOYED = ("lua", "lib", "bin")
_KEY = r'(?:([A-Za-z_][A-Za-z0-9_]*)|\["((?!\.{1,2}")[^"\\\r\n\0/]+)"\])'
_END = r"(?:,\n|\n(?= *\}))"
_LINES = re.compile(
    rf'((?<=\n) ++(?:{_KEY} = (?:"([^"\\\r\n\0]*)"{_END}|(\{{\}}){_END}|(\{{)\n)|(\}}){_END}))',
    re.ASCII,
)
_START, _STOP = "rock_manifest = {\n", "}\n"
_EMPTY = "rock_manifest = {}\n"

Files = dict[str, dict[str, str]]


def persisted_files(text: str) -> Files | None:
    """Return path to MD5 for ``lua``, ``lib``, ``bin`` and ``rest``, or None for other text.

    Where it is not None, it is what the parser and ``RockManifest.from_table`` make of the text.
    """
    lines = _LINES.findall(text, len(_START))
    if text != _EMPTY and text != "".join((_START, *(line[0] for line in lines), _STOP)):
        return None
    found: dict[str, str] = {}
    directories: set[str] = set()
    above = ""
    for _, bare, quoted, digest, empty, opening, closing in lines:
        if closing:
            if not above:
                return None
            above = above[: above.rfind("/", 0, -1) + 1]
            continue
        path = above + (bare or quoted)
        if bare in KEYWORDS or path in found or path in directories:
            return None
        if opening or empty:
            directories.add(path)
            if opening:
                above = path + "/"
        else:
            found[path] = digest
    return None if above else _by_kind(found)


def _by_kind(found: dict[str, str]) -> Files:
    """Return files by where they are deployed, with paths below there."""
    files: Files = {"lua": {}, "lib": {}, "bin": {}, "rest": {}}
    for path, digest in found.items():
        top, slash, below = path.partition("/")
        if slash and top in DEPLOYED:
            files[top][below] = digest
        else:
            files["rest"][path] = digest
    return files

"""The rock_manifest: the files of one rock by deploy directory, with their MD5s.

LuaRocks writes it after a build: nested tables of directories, with file names mapped to 32
hexadecimal digits. Files below ``lua``, ``lib`` and ``bin`` are deployed; the rest stays in the
rock's own directory. Names are untrusted input and are checked before they become paths. Text in
LuaRocks' own form (one name or digest per line, no escapes) is read by a fast line parser, since
one manifest may need ten thousand of them; any other is read by the Lua parser.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse
from distrorocks.lua.scan import KEYWORDS
from distrorocks.lua.value import LuaTable, LuaValue, to_text
from distrorocks.patterns import regex
from distrorocks.values import NamedTuple

EXTENSIONS = (".lua", ".so")
"""The extensions of the files that ``require`` loads."""

DEPLOYED = ("lua", "lib", "bin")
_KEY = r'(?:([A-Za-z_][A-Za-z0-9_]*)|\["((?!\.{1,2}")[^"\\\r\n\0/]+)"\])'
_END = r"(?:,\n|\n(?= *\}))"
_LINES = regex(
    rf'((?<=\n) ++(?:{_KEY} = (?:"([^"\\\r\n\0]*)"{_END}|(\{{\}}){_END}|(\{{)\n)|(\}}){_END}))',
    re.ASCII,
)
_START, _STOP = "rock_manifest = {\n", "}\n"
_EMPTY = "rock_manifest = {}\n"

Files = dict[str, dict[str, str]]


def persisted_files(text: str) -> Files | None:
    """Return path to MD5 for ``lua``, ``lib``, ``bin`` and ``rest``, or None for other text.

    A result other than None equals that of the Lua parser and ``RockManifest.from_table``.
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
    """Return files by deploy directory, with paths relative to it."""
    files: Files = {"lua": {}, "lib": {}, "bin": {}, "rest": {}}
    for path, digest in found.items():
        top, slash, below = path.partition("/")
        if slash and top in DEPLOYED:
            files[top][below] = digest
        else:
            files["rest"][path] = digest
    return files


_FAULTS_LISTED = 5
_DEEPEST = 64


class RockManifestError(DistrorocksError):
    """A rock_manifest is invalid; ``detail`` names each wrong entry by its dotted path."""


class RockManifest(NamedTuple):
    """Files of one rock: relative path to MD5, by deploy directory; ``rest`` is not deployed."""

    lua: Mapping[str, str] = MappingProxyType({})
    lib: Mapping[str, str] = MappingProxyType({})
    bin: Mapping[str, str] = MappingProxyType({})
    rest: Mapping[str, str] = MappingProxyType({})

    @classmethod
    def parse(cls, text: bytes) -> RockManifest:
        """Parse a rock_manifest file without running it.

        Raise ``RockManifestError``, or what the parser of literal Lua raises.
        """
        files = persisted_files(to_text(text))
        return cls(**files) if files else cls.from_table(parse(text).globals)

    @classmethod
    def from_table(cls, table: LuaTable) -> RockManifest:
        """Convert the ``rock_manifest`` among a file's globals.

        Raise ``RockManifestError`` with all faults: no table of that name, values that are neither
        text nor table, names that could leave the rock (``..``, ``/``, NUL, empty).
        """
        top = table.get("rock_manifest")
        if not isinstance(top, dict):
            raise RockManifestError("the file sets no table 'rock_manifest'")
        faults: list[str] = []
        parts: dict[str, dict[str, str]] = {kind: {} for kind in (*DEPLOYED, "rest")}
        for name, value in top.items():
            if name in DEPLOYED and isinstance(value, dict):
                _flatten(value, "", parts[str(name)], f"rock_manifest.{name}", faults)
            else:
                _flatten({name: value}, "", parts["rest"], "rock_manifest", faults)
        if faults:
            raise RockManifestError(
                f"the rock_manifest has {len(faults)} wrong entries"
                if len(faults) > 1
                else "the rock_manifest has a wrong entry",
                detail="\n".join(faults[:_FAULTS_LISTED]),
            )
        return cls(**parts)

    def to_table(self) -> LuaTable:
        """Return the globals of the file: directories nested, parts without files left out."""
        top: LuaTable = {}
        for prefix, files in zip((*DEPLOYED, ""), self, strict=True):
            for path, digest in files.items():
                _nest(top, f"{prefix}/{path}" if prefix else path, digest)
        return {"rock_manifest": top}

    def modules(self) -> dict[str, str]:
        """Return module name to path; a Lua file takes precedence over a C module."""
        names = {module_name(path): path for path in self.lib}
        names.update((module_name(path), path) for path in self.lua)
        return names

    def commands(self) -> dict[str, str]:
        """Return command to path, which are the same."""
        return {path: path for path in self.bin}


def _flatten(
    table: LuaTable, above: str, files: dict[str, str], place: str, faults: list[str]
) -> None:
    """Add the files of a table of directories to ``files``, and errors to ``faults``."""
    for name, value in table.items():
        if not isinstance(name, str) or not is_file_name(name):
            faults.append(f"{place}: {name!r} is not the name of a file or directory")
        elif isinstance(value, str):
            files[above + name] = value
        elif isinstance(value, dict) and above.count("/") < _DEEPEST:
            _flatten(value, f"{above}{name}/", files, f"{place}.{name}", faults)
        else:
            faults.append(f"{place}.{name}: expected an MD5 or a table, found {_kind(value)}")


def module_name(path: str) -> str:
    """Return the name under which ``require`` finds the file at ``path`` below ``lua`` or ``lib``.

    The rule is LuaRocks' own (``luarocks.core.path``): ``socket/core.so`` is ``socket.core``,
    ``pl/init.lua`` is ``pl.init``. A file with any other extension keeps it and its slashes:
    ``a/b/data.txt``. Leading and trailing dots are dropped.
    """
    for extension in EXTENSIONS:
        if path.endswith(extension):
            path = path[: -len(extension)].replace("/", ".")
            break
    return path.strip(".")


def is_file_name(name: str) -> bool:
    """Return whether a name is a single path component, and not ``.`` or ``..``."""
    return name not in ("", ".", "..") and "/" not in name and "\0" not in name


def _kind(value: LuaValue) -> str:
    """Return what Lua calls the type of a value."""
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, dict):
        return "a table in more than 64 others"
    return "a number" if isinstance(value, (int, float)) else "a function"


def _nest(top: LuaTable, path: str, digest: str) -> None:
    """Put a file with its digest into nested tables."""
    *directories, name = path.split("/")
    for directory in directories:
        inner = top.setdefault(directory, {})
        if not isinstance(inner, dict):
            raise RockManifestError(f"'{directory}' of '{path}' is a file and a directory")
        top = inner
    top[name] = digest

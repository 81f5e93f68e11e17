"""Adapt text files to what distributions require of packages.

Only this is changed in upstream's files: text is converted to UTF-8 (Debian policy 4.16 requires it
of documentation), modules lose their interpreter line (they are not executable), and HTML pages no
longer load external resources (lintian, privacy-breach-generic).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from distrorocks.lua.scan import LuaSyntaxError, scan
from distrorocks.packaging.build.staging_steps import Drop, Step, Write

_PAGE = re.compile(r"\.(?:x?html?|xht)\Z", re.IGNORECASE)
_RUN_BY_LUA = re.compile(rb"#![^\n]*\blua")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CHARSET = re.compile(
    r"(charset\s*=\s*[\"']?)(?:iso-?8859-15?|latin-?1|windows-1252)", re.IGNORECASE
)
_TAG = re.compile(
    r"<(?:applet|audio|div|embed|i?frame|img|input|link|object|script|source|track|video)\b[^<>]*>",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"(?P<before>\s)(?P<name>src|href|data|data-href|codebase|poster)"
    r"(?P<after>\s*=\s*[\"']?\s*(?:(?:https?|ftp):)?//)",
    re.IGNORECASE,
)
_RELATION = re.compile(r"""\brel\s*=\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+))""", re.IGNORECASE)
# Link relations that only refer to another page: browsers load nothing for them.
_ONLY_NAMED = frozenset(
    {"alternate", "author", "bookmark", "canonical", "copyright", "edituri", "generator", "help"}
    | {"license", "next", "prev", "schema.dct", "search"}
)
_SCRIPT = re.compile(r"(?P<end></script\s*>)|<script\b[^<>]*>", re.IGNORECASE)
_COUNTER = re.compile(r"google-analytics\.com|urchinTracker|google_ad_client", re.IGNORECASE)
_LINE_END = re.compile(rb"(?<!\r)\r+\n")
_KEPT = "data-elsewhere"


def fitted(
    modules: Iterable[str],
    others: Iterable[str],
    documents: Iterable[str],
    content: Callable[[str], bytes | None],
) -> list[Step]:
    """Return the steps that adapt staged Lua modules, other files of a rock and documentation.

    ``content`` reads a file, and returns None for one to leave alone. Empty documents are dropped:
    they only made a version control system keep a folder.
    """
    steps: list[Step] = []
    for path in sorted(modules):
        steps += _changed(path, content(path), _module)
    for path in sorted(others):
        change = _page if _PAGE.search(path) else without_interpreter
        steps += _changed(path, content(path), change)
    for path in sorted(documents):
        held = content(path)
        if held == b"":
            steps.append(Drop(path, "the document is empty"))
        elif _PAGE.search(path):
            steps += _changed(path, held, _page)
        else:
            steps += _changed(path, held, _document)
    return steps


def _document(held: bytes) -> bytes:
    """Return a document in UTF-8; in a script, with the line ends of Unix (rpmlint)."""
    fresh = in_utf_8(held)
    return _LINE_END.sub(b"\n", fresh) if fresh.startswith(b"#!") else fresh


def _changed(path: str, held: bytes | None, change: Callable[[bytes], bytes]) -> list[Step]:
    if held is None or (fresh := change(held)) == held:
        return []
    return [Write(path, fresh, "adapted to the rules for packages")]


def without_interpreter(held: bytes) -> bytes:
    """Return Lua code with an interpreter line turned into a comment of the same length."""
    return b"--" + held[2:] if _RUN_BY_LUA.match(held) else held


def in_utf_8(held: bytes) -> bytes:
    """Return a text in UTF-8; assume Latin-1 if it is not, and leave binary data as it is."""
    try:
        held.decode("utf-8")
    except UnicodeDecodeError:
        return held if _CONTROL.search(held) else held.decode("latin-1").encode("utf-8")
    return held


def _module(held: bytes) -> bytes:
    """Return a module without interpreter line, in UTF-8 if that changes comments only."""
    held = without_interpreter(held)
    try:
        is_code_ascii = all(map(str.isascii, scan(held.decode("latin-1"))))
    except LuaSyntaxError:
        return held
    return in_utf_8(held) if is_code_ascii else held


def _page(held: bytes) -> bytes:
    """Return a page in UTF-8 that loads no external resources."""
    fresh = in_utf_8(held)
    text = fresh.decode("utf-8", "surrogateescape")
    if fresh != held:
        text = _CHARSET.sub(r"\1utf-8", text)
    return _TAG.sub(_quiet, _uncounted(text)).encode("utf-8", "surrogateescape")


def _uncounted(text: str) -> str:
    """Return a page without the scripts of visitor counters."""
    kept = []
    done = 0
    begin: int | None = None
    for mark in _SCRIPT.finditer(text):
        if not mark["end"]:
            begin = mark.start() if begin is None else begin
        elif begin is not None:
            if _COUNTER.search(text, begin, mark.end()):
                kept.append(text[done:begin])
                done = mark.end()
            begin = None
    return "".join((*kept, text[done:]))


def _quiet(match: re.Match[str]) -> str:
    """Return a tag with its external addresses moved to an attribute without effect."""
    tag = match[0]
    relation = _RELATION.search(tag)
    named = "".join(filter(None, relation.groups())).strip().lower() if relation else ""
    if tag[:5].lower() == "<link" and named in _ONLY_NAMED:
        return tag
    return _AWAY.sub(rf"\g<before>{_KEPT}\g<after>", tag)

"""Manual pages, man(7), of ``distrorocks`` and each of its verbs, from their argument parsers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from textwrap import wrap

from distrorocks import __version__
from distrorocks.cli.declared import declared, usage
from distrorocks.cli.main import sentence
from distrorocks.cli.verbs import SUMMARIES
from distrorocks.patterns import regex

RELEASED = "2026-11-29"
"""The day of the release: that of the entry in debian/changelog."""

_WIDTH = 78
_SIGNS = {"-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti"}
_LITERAL = regex(r"(?<![\w-])--?[A-Za-z][A-Za-z0-9-]*")
_REPLACED = regex(r"(?<![\w-])[A-Z][A-Z0-9_]+\b")

_ABOUT = (
    "LuaRocks does not see the Lua modules that the packages of a distribution install. "
    "distrorocks reads the package database, and writes for each package that provides a rock "
    "the metadata that LuaRocks looks for. It changes no file of a package, and removes exactly "
    "what it wrote."
)
_FIRST = (
    "Without a command, distrorocks prints what it finds on this system and which command is "
    "next. `distrorocks setup` publishes the packaged modules and configures LuaRocks to see them."
)

FINDINGS: dict[str, str] = {
    "add": "a signature beside a file is not good",
    "audit": "a rock does not load on one of the systems",
    "build": "as `install`",
    "check": "a dependency is unsatisfied, or no tree has a named rock",
    "check-require": "a module does not load",
    "config": "the key has no value",
    "doc": "no such rock, or it has neither documents nor a home page",
    "doctor": "a problem, or the trace of the module fails",
    "download": "no server has such a file, or its signature is not good",
    "external-deps": "something is missing",
    "install": "no solution, a refused plan, packages must be installed first, "
    "an external dependency is missing, a signature is missing or not good",
    "lint": "an error; with `--strict` a warning",
    "lua-versions": "the rockspec supports none of the versions",
    "make": "as `install`",
    "mirror": "no solution",
    "new-version": "no server has such a rock",
    "pack": "no such rock is installed",
    "plan": "no solution, or a rock that cannot be installed",
    "purge": "there is no such tree, packages own it",
    "remove": "the rock is not installed, a package owns the tree, other rocks need it; "
    "the server has no such file",
    "scaffold": "conflicts in an update, no field of that name, no server has the rock",
    "show": "no such rock is installed",
    "test": "as `install`; there is no test suite; and whatever the suite exits with, "
    "128 and its number for a signal",
    "unpack": "no server has the rock",
    "upload": "the server has this version already",
    "verify": "a finding (left after `--repair`)",
    "which": "a module is not found",
    "why": "no tree has the rock and no rock needs it",
}
"""What exit status 1 means, for the verbs that have it; as in docs/exit-status.md."""

LOCKING = frozenset(
    (
        *("build", "install", "make", "make-manifest", "purge", "refresh", "remove"),
        *("setup", "test", "verify"),
    )
)
"""The verbs that leave with exit status 4 if another program holds the lock of a tree."""

_STATUSES = {
    "0": "success, or a check without findings",
    "1": "a negative result: findings, no solution, a name is not found; nothing was changed",
    "2": "usage error",
    "3": "failure; changes are undone",
    "4": "another program holds the lock of the tree",
}

_TREE = ("/usr/lib/luarocks/rocks-5.x/", "the tree of packaged rocks, for each Lua version")
_LEDGER = ("/var/lib/distrorocks/ledger.json", "the list of the files that distrorocks wrote")
_NAMES = ("/etc/distrorocks/names.toml", "the administrator's own matches of packages and rocks")
_CONFIG = ("/etc/luarocks/config-5.x.lua", "LuaRocks' configuration for each Lua version")
_USER = ("~/.luarocks/config-5.x.lua", "the user's own")
_SETTINGS = ("distrorocks.toml", "beside the packaging: overrides of any of its fields")
_FILES: dict[str, tuple[tuple[str, str], ...]] = {
    "": (_TREE, _LEDGER, _NAMES, _CONFIG),
    "config": (_CONFIG, _USER),
    "config-snippet": (_CONFIG,),
    "doctor": (_TREE, _LEDGER, _CONFIG),
    "refresh": (_TREE, _LEDGER, _NAMES),
    "scaffold": (_SETTINGS,),
    "scan": (_NAMES,),
    "setup": (_TREE, _LEDGER, _NAMES, _CONFIG),
    "verify": (_TREE, _LEDGER),
    **dict.fromkeys(("build", "install", "make", "plan", "test"), (_CONFIG, _USER)),
}

_MORE = {
    "completion": "Packages of distrorocks install these scripts where the shells look for them.",
    "config-snippet": "By default LuaRocks searches the user's tree and /usr/local only. The lines "
    "add the tree of the packages with its lib_dir, and deps_mode all. `--apply` adds them as a "
    "marked block, and `--remove` removes the block.",
    "install": "The plan is shown first. Each rock is built in a private directory and in a "
    "sandbox; then all are deployed in one step, and the tree is the old or the new one. Trees "
    "that packages own are never changed.",
    "refresh": "For each Lua version and each package that provides a rock, a rock_manifest and "
    "a rockspec are written, and the manifest of the tree. If nothing changed, nothing is "
    "written. The package distrorocks-hooks does this after each transaction of packages.",
    "setup": "First the changes of `distrorocks refresh` are shown, and made if the user agrees; "
    "then those of `distrorocks config-snippet --apply`. Without a terminal it needs `--yes`.",
}
"""What the summaries of some verbs leave open."""

_DOCS = {
    "auditing": ("audit",),
    "configuration": ("config", "config-snippet"),
    "external-deps": ("external-deps",),
    "hooks": ("refresh",),
    "install": ("build", "install", "make", "plan", "purge", "remove", "store", "test"),
    "names": ("scan",),
    "package-helpers": ("adopt", "check-require", "lua-versions", "rpm-relations", "stage"),
    "packing": ("download", "pack", "unpack"),
    "scaffold": ("scaffold",),
    "server-folders": ("add", "make-manifest", "refresh-cache", "serve", "upload"),
    "servers": ("outdated", "search"),
    "trees": ("check", "list", "show", "verify", "which", "why"),
}

_RELATED = (
    ("setup", "refresh", "scan", "config-snippet", "doctor", "verify"),
    ("plan", "install", "remove", "purge", "why", "check", "outdated", "search"),
    ("make", "build", "test", "pack", "store", "external-deps"),
    ("list", "show", "which", "path", "config"),
    ("add", "make-manifest", "refresh-cache", "serve", "download", "unpack", "audit", "upload"),
    ("scaffold", "adopt", "stage", "check-require", "lint", "lua-versions", "rpm-relations"),
)
"""Verbs that do parts of one job, which a page of one of them names."""


def pages() -> dict[str, str]:
    """Return all manual pages of section 1, by their file names."""
    verbs = {f"distrorocks-{name}.1": _verb_page(name) for name in SUMMARIES}
    return {"distrorocks.1": _overview(), **verbs}


def _overview() -> str:
    """Return the page of the program itself."""
    commands = _tagged((rf"\fBdistrorocks\-{text(it)}\fR(1)", SUMMARIES[it]) for it in SUMMARIES)
    options = [
        (r"\fB\-h\fR, \fB\-\-help\fR", "list the commands"),
        (r"\fB\-\-version\fR", "print the version"),
    ]
    return _page(
        "distrorocks",
        "make installed Lua packages visible to LuaRocks",
        [
            *_section("SYNOPSIS", [r"\fBdistrorocks\fR [\fICOMMAND\fR [\fIARGUMENT\fR ...]]"]),
            *_section("DESCRIPTION", _paragraphs([_ABOUT, _FIRST])),
            *_section("COMMANDS", commands),
            *_section("OPTIONS", _tagged(options)),
            *_section("EXIT STATUS", _tagged((rf"\fB{it}\fR", _STATUSES[it]) for it in _STATUSES)),
            *_files(""),
            *_section("SEE ALSO", [_see(["luarocks", "luarocks-admin"])]),
        ],
    )


def _verb_page(name: str) -> str:
    """Return the page of one verb."""
    statuses = {"0": _STATUSES["0"] if name in FINDINGS else "success"}
    statuses |= {"1": FINDINGS[name]} if name in FINDINGS else {}
    statuses |= {"2": _STATUSES["2"], "3": _STATUSES["3"]}
    statuses |= {"4": _STATUSES["4"]} if name in LOCKING else {}
    related = next((group for group in _RELATED if name in group), ())
    see = ["distrorocks", *(f"distrorocks-{each}" for each in related if each != name), "luarocks"]
    return _page(
        f"distrorocks-{name}",
        SUMMARIES[name],
        [
            *_section("SYNOPSIS", [_synopsis(name)]),
            *_section("DESCRIPTION", _paragraphs(_description(name))),
            *_section("OPTIONS", _tagged(_arguments(name))),
            *_section("EXIT STATUS", _tagged((rf"\fB{it}\fR", statuses[it]) for it in statuses)),
            *_files(name),
            *_section("SEE ALSO", [_see(see)]),
        ],
    )


def _description(name: str) -> list[str]:
    """Return the paragraphs about a verb."""
    more = [_MORE[name]] if name in _MORE else []
    docs = next((page for page, verbs in _DOCS.items() if name in verbs), "")
    where = [f"The page docs/{docs}.md of the documentation of distrorocks says more."]
    return [sentence(SUMMARIES[name]), *more, *(where if docs else [])]


def _page(title: str, summary: str, body: Sequence[str]) -> str:
    """Return a whole page, which is the same on whatever day it is made."""
    release = f'{RELEASED} "distrorocks {__version__}" "User Commands"'
    head = f".TH {text(title.upper())} 1 {release}"
    # Ragged right without hyphenation: options stay whole, and no line is stretched around them.
    return "\n".join(
        [head, ".ad l", ".nh", ".SH NAME", _filled(rf"{text(title)} \- {text(summary)}"), *body, ""]
    )


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return [f".SH {title}", *lines] if lines else []


def _paragraphs(texts: Sequence[str]) -> list[str]:
    """Return the lines of paragraphs."""
    return [line for it in texts for line in (".PP", _marked(it))][1:]


def _tagged(rows: Iterator[tuple[str, str]] | Sequence[tuple[str, str]]) -> list[str]:
    """Return the lines of a list of terms, which are roff already, with their explanations."""
    return [line for term, about in rows for line in (".TP", term, _marked(about))]


def _files(name: str) -> list[str]:
    rows = [(rf"\fI{text(path)}\fR", about) for path, about in _FILES.get(name, ())]
    return _section("FILES", _tagged(rows))


def _see(names: Sequence[str]) -> str:
    """Return references to other pages."""
    return ",\n".join(rf"\fB{text(name)}\fR(1)" for name in names)


def _synopsis(name: str) -> str:
    """Return the usage, with what is typed in bold and what is replaced in italics."""
    marked = _marked(usage(name), _REPLACED)
    return rf"\fBdistrorocks {text(name)}\fR {marked}".rstrip()


def _arguments(name: str) -> Iterator[tuple[str, str]]:
    """Yield the term and the explanation of each argument and option, as ``--help`` has them."""
    for each in declared(name):
        options = ", ".join(rf"\fB{text(it)}\fR" for it in each.options)
        value = rf"\fI{text(each.value)}\fR" if each.value else ""
        yield " ".join(filter(None, (options, value))), each.about


def _marked(plain: str, italic: re.Pattern[str] | None = None) -> str:
    """Return text as roff, with options and quoted commands in bold, and some names in italics."""
    marked = re.sub(r"`([^`]+)`", "\1\\1\3", plain)
    marked = _LITERAL.sub("\1\\g<0>\3", marked)
    marked = italic.sub("\2\\g<0>\3", marked) if italic else marked
    marked = text(marked).replace("\1", r"\fB").replace("\2", r"\fI").replace("\3", r"\fR")
    return _filled(marked)


def _filled(roff: str) -> str:
    """Return roff text in lines of a length that tools like; none begins as a request does."""
    lines = wrap(roff, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(rf"\&{line}" if line.startswith(".") else line for line in lines)


def text(plain: str) -> str:
    """Return one line of text with nothing in it that roff would take for its own.

    A hyphen is written as ``\\-``, so that what is copied from a page can be typed.
    """
    line = " ".join(plain.split()).replace("\\", r"\e")
    for sign, roff in _SIGNS.items():
        line = line.replace(sign, roff)
    return line

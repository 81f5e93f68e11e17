"""What the manual says of ``distrorocks`` and each of its verbs, from their argument parsers.

``roff.py`` writes it as manual pages, and the documentation site as web pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from distrorocks.cli.command_line import sentence
from distrorocks.cli.declared import declared, usage
from distrorocks.cli.verbs import SUMMARIES
from distrorocks.values import NamedTuple

RELEASED = "2026-11-29"
"""The day of the release: that of the entry in debian/changelog."""

PLAIN, LITERAL, REPLACED, PAGE, DOCUMENT = "plain", "literal", "replaced", "page", "document"
"""What a span is: text, what is typed, what stands for something, and the names of a manual page
and of a file of the documentation."""

_QUOTED = r"`(?P<quoted>[^`]+)`"
_OPTION = r"(?<![\w-])--?[A-Za-z][A-Za-z0-9-]*"
_WORD = r"(?<![\w-])[A-Z][A-Z0-9_]+\b"
_IN_TEXT = re.compile(rf"{_QUOTED}|(?P<option>{_OPTION})")
_IN_USAGE = re.compile(rf"{_QUOTED}|(?P<option>{_OPTION})|(?P<word>{_WORD})")

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
    "check-require": "a module does not load, or a command does not start",
    "config": "the key has no value",
    "doc": "no such rock, or it has neither documents nor a home page",
    "doctor": "a problem, or the trace of the module fails",
    "download": "no server has such a file, or its signature is missing or not good",
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
    "scaffold": "conflicts in an update, an update to an older version, no field of that name, "
    "no server has the rock",
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
_TEAM = (
    "~/.config/distrorocks/packaging.toml",
    "the same for all packagings of a team; XDG_CONFIG_HOME stands for ~/.config",
)
_FILES: dict[str, tuple[tuple[str, str], ...]] = {
    "": (_TREE, _LEDGER, _NAMES, _CONFIG),
    "config": (_CONFIG, _USER),
    "config-snippet": (_CONFIG,),
    "doctor": (_TREE, _LEDGER, _CONFIG),
    "refresh": (_TREE, _LEDGER, _NAMES),
    "scaffold": (_SETTINGS, _TEAM),
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
    "projects": ("init", "new-version", "write-rockspec"),
    "scaffold": ("scaffold",),
    "server-folders": ("add", "make-manifest", "mirror", "refresh-cache", "serve", "upload"),
    "servers": ("outdated", "search"),
    "survey": ("survey-archive",),
    "trees": ("check", "list", "show", "verify", "which", "why"),
}

_RELATED = (
    ("setup", "refresh", "scan", "config-snippet", "doctor", "verify"),
    ("plan", "install", "remove", "purge", "why", "check", "outdated", "search"),
    ("make", "build", "test", "pack", "store", "external-deps"),
    ("list", "show", "which", "path", "config"),
    ("add", "make-manifest", "refresh-cache", "serve", "download", "unpack", "audit", "upload"),
    (
        *("scaffold", "survey-archive", "adopt", "stage", "check-require", "lint"),
        *("lua-versions", "rpm-relations"),
    ),
)
"""Verbs that do parts of one job, which a page of one of them names."""


class Span(NamedTuple):
    """A piece of a line, and what it is."""

    text: str
    kind: str = PLAIN


Line = tuple[Span, ...]


class Section(NamedTuple):
    """A section of a page: paragraphs, then a list of terms with their explanations."""

    title: str
    paragraphs: tuple[Line, ...] = ()
    rows: tuple[tuple[Line, Line], ...] = ()


class ManualPage(NamedTuple):
    """A page of the manual; ``verb`` is "" for that of the program itself."""

    verb: str
    summary: str
    sections: tuple[Section, ...]

    @property
    def name(self) -> str:
        """The name of the page, as man(1) takes it."""
        return f"distrorocks-{self.verb}" if self.verb else "distrorocks"


def manual() -> list[ManualPage]:
    """Return all pages: that of the program, then one for each verb."""
    return [_overview(), *map(_verb_page, SUMMARIES)]


def spans(plain: str, pattern: re.Pattern[str] = _IN_TEXT) -> Line:
    """Return a text with its options and its quoted commands set apart."""
    found, at = [], 0
    for each in pattern.finditer(plain):
        found.append(Span(plain[at : each.start()]))
        kind = REPLACED if each.lastgroup == "word" else LITERAL
        found.append(Span(each[each.lastgroup or 0], kind))
        at = each.end()
    return tuple(it for it in (*found, Span(plain[at:])) if it.text)


def _overview() -> ManualPage:
    """Return the page of the program itself."""
    synopsis = (Span("distrorocks", LITERAL), *spans(" [COMMAND [ARGUMENT ...]]", _IN_USAGE))
    commands = (((_page(it),), spans(SUMMARIES[it])) for it in SUMMARIES)
    options = (
        (spans("-h, --help"), spans("list the commands")),
        (spans("--version"), spans("print the version")),
    )
    sections = (
        Section("SYNOPSIS", (synopsis,)),
        Section("DESCRIPTION", (spans(_ABOUT), spans(_FIRST))),
        Section("COMMANDS", rows=tuple(commands)),
        Section("OPTIONS", rows=options),
        Section("EXIT STATUS", rows=tuple(_statuses(_STATUSES))),
        Section("FILES", rows=tuple(_files(""))),
        Section("SEE ALSO", (_listed([Span("luarocks", PAGE), Span("luarocks-admin", PAGE)]),)),
    )
    return ManualPage("", "make installed Lua packages visible to LuaRocks", sections)


def _verb_page(name: str) -> ManualPage:
    """Return the page of one verb."""
    synopsis = (Span(f"distrorocks {name}", LITERAL), *spans(f" {usage(name)}", _IN_USAGE))
    statuses = {"0": _STATUSES["0"] if name in FINDINGS else "success"}
    statuses |= {"1": FINDINGS[name]} if name in FINDINGS else {}
    statuses |= {"2": _STATUSES["2"], "3": _STATUSES["3"]}
    statuses |= {"4": _STATUSES["4"]} if name in LOCKING else {}
    related = next((group for group in _RELATED if name in group), ())
    see = (_page(each) for each in ("", *related) if each != name)
    sections = (
        Section("SYNOPSIS", (synopsis,)),
        Section("DESCRIPTION", tuple(_description(name))),
        Section("OPTIONS", rows=tuple(_arguments(name))),
        Section("EXIT STATUS", rows=tuple(_statuses(statuses))),
        Section("FILES", rows=tuple(_files(name))),
        Section("SEE ALSO", (_listed([*see, Span("luarocks", PAGE)]),)),
    )
    filled = (it for it in sections if it.paragraphs or it.rows)
    return ManualPage(name, SUMMARIES[name], tuple(filled))


def _description(name: str) -> Iterator[Line]:
    """Yield the paragraphs about a verb."""
    yield spans(sentence(SUMMARIES[name]))
    if name in _MORE:
        yield spans(_MORE[name])
    if docs := next((page for page, verbs in _DOCS.items() if name in verbs), ""):
        page = Span(f"docs/{docs}.md", DOCUMENT)
        yield (Span("The page "), page, Span(" of the documentation of distrorocks says more."))


def _arguments(name: str) -> Iterator[tuple[Line, Line]]:
    """Yield the term and the explanation of each argument and option, as ``--help`` has them."""
    for each in declared(name):
        options = _listed([Span(it, LITERAL) for it in each.options])
        value = (Span(each.value, REPLACED),) if each.value else ()
        between = (Span(" "),) if options and value else ()
        yield (*options, *between, *value), spans(each.about)


def _statuses(statuses: dict[str, str]) -> Iterator[tuple[Line, Line]]:
    return (((Span(it, LITERAL),), spans(about)) for it, about in statuses.items())


def _files(name: str) -> Iterator[tuple[Line, Line]]:
    return (((Span(path, REPLACED),), spans(about)) for path, about in _FILES.get(name, ()))


def _page(verb: str) -> Span:
    """Return a reference to the page of a verb, or of the program."""
    return Span(f"distrorocks-{verb}" if verb else "distrorocks", PAGE)


def _listed(items: Iterable[Span]) -> Line:
    """Return spans with commas between them."""
    return tuple(it for each in items for it in (Span(", "), each))[1:]

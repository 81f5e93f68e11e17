"""Upstream's tests of a rock: how they are run, what they require, and why they cannot be run.

The files of the tests are read, not run. They cannot be run where a package is built if they ask
other machines or a server, or need a host program such as nginx.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from posixpath import dirname
from types import MappingProxyType

from distrorocks.packaging.code.lua_globals import defines, required_at, tokens_of
from distrorocks.packaging.code.lua_versions import VERSIONS, unfit_for_module
from distrorocks.packaging.code.suite_recipes import BUSTED, Recipe, recipe_of
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.values import NamedTuple

_HOSTS = frozenset(("ngx", "vim", "love", "kong", "box", "minetest", "wx", "iup"))
_CLIENTS = frozenset(("socket.http", "ssl.https", "http.request", "copas.http", "requests"))
_ADDRESS = re.compile(r"https?://(?!localhost|127\.|(?:\w+\.)*example\b|\[::1\])[a-z0-9-]+\.[a-z]")
_BACKGROUND = re.compile(r"[\"'\[](?:.*[^&]&\s*|kill\s.*)[\"'\]]", re.DOTALL)
# Functions of 5.1 that Debian's 5.2 still has where it says so (LUA_COMPAT_ALL).
_GONE = {
    "unpack": "5.3",
    "loadstring": "5.3",
    "setfenv": "5.2",
    "getfenv": "5.2",
    "gcinfo": "5.2",
    "newproxy": "5.2",
}
_GONE_FIELDS = {
    ("table", "getn"): "5.2",
    ("table", "foreach"): "5.2",
    ("table", "foreachi"): "5.2",
    ("table", "maxn"): "5.3",
    ("string", "gfind"): "5.2",
    ("math", "mod"): "5.2",
}
_NEW_FIELDS = {("table", "unpack"): "5.2", ("table", "pack"): "5.2", ("table", "move"): "5.3"}


class UpstreamTests(NamedTuple):
    """What is known of upstream's tests; ``place`` is "" if the sources have none.

    ``commands`` are lines of the shell, as ``Recipe`` has them. ``requires`` are the modules that
    the tests require and do not bring themselves, the rock's own among them. ``unfit`` are the Lua
    versions that the tests cannot be run with, ``fault`` is why with none; ``own`` are the Lua
    files of the rock's modules, which are to be tested as they are installed.
    """

    place: str = ""
    kind: str = ""
    commands: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    unfit: Mapping[str, str] = MappingProxyType({})
    fault: str = ""
    own: tuple[str, ...] = ()


NONE = UpstreamTests()


def upstream_tests(
    rockspec: Rockspec, files: Collection[str], texts: Mapping[str, str], own: Mapping[str, str]
) -> UpstreamTests:
    """Return what is known of a rock's tests; ``own`` are its Lua files, with their modules."""
    recipe = recipe_of(rockspec, files, texts, own)
    if recipe is None:
        return NONE
    if recipe.fault:
        return UpstreamTests(recipe.place, recipe.kind, fault=recipe.fault)
    read = _Reading(recipe, files, texts, own)
    inside = (path for path in own if path in files and not path.startswith("../"))
    hidden = () if read.is_by_path else tuple(sorted(it for it in inside if it not in read.words))
    return UpstreamTests(
        recipe.place,
        recipe.kind,
        recipe.commands,
        tuple(sorted(read.requires)),
        read.unfit(),
        read.fault(),
        hidden,
    )


class _Reading:
    """The files of tests, and those that they require or load, as tokens by path."""

    def __init__(
        self,
        recipe: Recipe,
        files: Collection[str],
        texts: Mapping[str, str],
        own: Mapping[str, str],
    ) -> None:
        self._recipe = recipe
        self._texts = texts
        self._own = own
        names = set(own.values())
        self._there = [path for path in files if path.endswith(".lua")]
        self.words: dict[str, Sequence[str]] = {}
        # Whether the sources have to be there, since something names their files by their paths.
        self.is_by_path = self._names_own_file()
        self.requires: set[str] = set()
        left = [*recipe.files]
        while left:
            path = left.pop()
            if path in self.words or path in own:
                continue
            self.words[path] = tokens_of(texts.get(path, ""))
            for module in _required(self.words[path]):
                found = "" if module in names else self._file_of(module, path)
                if found:
                    left.append(found)
                    self.is_by_path |= found in own
                else:
                    self.requires.add(module)
            left += [it for it in _loaded(self.words[path], self._recipe.folder) if it in texts]

    def _file_of(self, module: str, user: str) -> str:
        """Return the file of the sources that a test gets for a module, "" if it gets none."""
        below = module.replace(".", "/")
        places = [f"{self._recipe.folder}/" if self._recipe.folder else ""]
        if self._recipe.kind == BUSTED:
            places += ["src/", "spec/"]
        if any(self._sets_path(path) for path in (user, *self._recipe.files[:1])):
            places += sorted({f"{dirname(path)}/" for path in self._there if "/" in path}, key=len)
        ends = (".lua", "/init.lua")
        wanted = (f"{place}{below}{end}" for place in places for end in ends)
        return next((path for path in wanted if path in self._there), "")

    def _names_own_file(self) -> bool:
        """Return whether a test or a module names a file of a module by its path."""
        known = (self._texts.get(path, "") for path in (*self._recipe.files, *self._own))
        paths = "|".join(re.escape(path) for path in self._own if path.endswith(".lua"))
        return bool(paths) and any(re.search(rf"[\"'](?:\./)?(?:{paths})[\"']", it) for it in known)

    def _sets_path(self, path: str) -> bool:
        return "package.path" in self._texts.get(path, "")

    def unfit(self) -> dict[str, str]:
        """Return the Lua versions in which the tests fail, each with the reason."""
        found: dict[str, str] = {}
        for path, words in sorted(self.words.items()):
            for version, why in unfit_for_module(list(words)).items():
                found.setdefault(version, f"{path} {why}")
            for version, word in _lacking(list(words)).items():
                found.setdefault(version, f"{path} uses {word}, which Lua {version} lacks")
        return found

    def fault(self) -> str:
        """Return why the tests cannot be run where a package is built, "" if they can."""
        for path, words in sorted(self.words.items()):
            if host := _host(words):
                return f"{path} uses the global {host}"
            if _connects(words):
                return f"{path} connects to a server"
            if _starts_server(words):
                return f"{path} starts a program in the background"
            if path in self._recipe.files and _reads_arguments(words, self._recipe):
                return f"{path} reads arguments, and nothing says which"
            if self._recipe.kind == BUSTED and (missing := _not_of_busted(words)):
                return f"{path} calls {missing}, which busted does not have"
            if self.requires & _CLIENTS and _ADDRESS.search(self._texts.get(path, "")):
                return f"{path} asks another machine"
        return ""


def _required(words: Sequence[str]) -> set[str]:
    whole = [*words, "", "", ""]
    places = (at for at, word in enumerate(words) if word == "require")
    return {it for at in places if (it := required_at(whole, at))}


def _loaded(words: Sequence[str], folder: str) -> set[str]:
    """Return the Lua files that a file loads by their names."""
    start = f"{folder}/" if folder else ""
    found = set()
    for at, word in enumerate(words):
        if word in ("dofile", "loadfile"):
            text = next((it for it in words[at + 1 : at + 3] if it[:1] in ("'", '"')), "")
            found.add(start + text[1:-1].removeprefix("./"))
    return found


def _host(words: Sequence[str]) -> str:
    """Return a global of a host program that a file reads and does not define, "" if none."""
    for at, word in enumerate(words):
        is_read = word in _HOSTS and words[at + 1] in (".", ":")
        before = words[at - 1] if at else ""
        if is_read and before not in (".", ":") and not _is_defined(words, word):
            return word
    return ""


def _starts_server(words: Sequence[str]) -> bool:
    """Return whether a file gives a command to the shell that ends in ``&``, or that kills one."""
    is_shell = any(list(words[at : at + 2]) == [".", "execute"] for at in range(len(words)))
    return (is_shell or "popen" in words) and any(map(_BACKGROUND.fullmatch, words))


def _reads_arguments(words: Sequence[str], recipe: Recipe) -> bool:
    """Return whether a script that is started without arguments cannot do without the first."""
    if recipe.kind == BUSTED or any(re.search(r"\.lua [^)]", it) for it in recipe.commands):
        return False
    places = (at for at, word in enumerate(words) if word == "arg")
    reads = (at for at in places if list(words[at + 1 : at + 4]) == ["[", "1", "]"])
    guards = {"or", "and", "then", "==", "~="}
    return any(not guards & {*words[max(at - 2, 0) : at], words[at + 4]} for at in reads)


def _not_of_busted(words: Sequence[str]) -> str:
    """Return a function that a spec calls and nothing in it defines, "" if there is none.

    ``async`` is of busted before 2.0, ``assert_equal`` and others are of telescope.
    """
    for at, word in enumerate(words):
        is_foreign = word == "async" or word.startswith("assert_")
        is_called = is_foreign and words[at + 1][:1] in ("(", "'", '"')
        if is_called and words[at - 1] not in (".", ":") and not _is_defined(words, word):
            return word
    return ""


def _is_defined(words: Sequence[str], name: str) -> bool:
    places = (at for at, word in enumerate(words) if word == name)
    return any(words[at + 1] == "=" or defines(list(words), at) for at in places)


def _connects(words: Sequence[str]) -> bool:
    """Return whether a file calls a function that is named ``connect``."""
    return any(
        word == "connect" and words[at - 1] in (".", ":") and words[at + 1] == "("
        for at, word in enumerate(words)
        if at
    )


def _lacking(words: list[str]) -> dict[str, str]:
    """Return the Lua versions that lack a function which a file uses, each with its name.

    One that is taken only where it is there, as in ``unpack or table.unpack``, does not count.
    """
    found: dict[str, str] = {}
    own = {word for at, word in enumerate(words) if word in _GONE and defines(words, at)}
    for at, word in enumerate(words):
        before, after = words[at - 1] if at else "", words[at + 1] if word else ""
        is_plain = after == "(" and before not in (".", ":", "function")
        if is_plain and word in _GONE and word not in own:
            _add(found, word, gone=_GONE[word])
        elif before == "." and (pair := (words[at - 2], word)) in _GONE_FIELDS | _NEW_FIELDS:
            if {words[at - 3], after} & {"or", "and", "then"}:
                continue
            name = ".".join(pair)
            _add(found, name, gone=_GONE_FIELDS.get(pair, ""), since=_NEW_FIELDS.get(pair, ""))
    return found


def _add(found: dict[str, str], name: str, *, gone: str = "", since: str = "") -> None:
    """Add the versions before ``since`` and from ``gone`` on, if they are given."""
    for version in VERSIONS:
        if version < since or (gone and version >= gone):
            found.setdefault(version, name)

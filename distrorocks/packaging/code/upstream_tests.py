"""Upstream's tests of a rock: how they are run, what they require, and why they cannot be run.

The files of the tests are read, not run. They cannot be run where a package is built if they ask
other machines or a server, or need a host program such as nginx.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from posixpath import dirname, normpath
from types import MappingProxyType

from distrorocks.packaging.code.c_evidence import is_c
from distrorocks.packaging.code.library_openers import opened_by_root
from distrorocks.packaging.code.lua_file import read_file
from distrorocks.packaging.code.lua_globals import defines
from distrorocks.packaging.code.lua_tokens import depths_of, required_at, tokens_of
from distrorocks.packaging.code.lua_versions import unfit_for_module
from distrorocks.packaging.code.module_loading import script_needs
from distrorocks.packaging.code.suite_commands import BUSTED, Recipe
from distrorocks.packaging.code.suite_limits import lacking_luas, wanted_of_build
from distrorocks.packaging.code.suite_recipes import recipe_of
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.values import NamedTuple

_CLIENTS = frozenset(("socket.http", "ssl.https", "http.request", "copas.http", "requests"))
_ADDRESS = re.compile(r"https?://(?!localhost|127\.|(?:\w+\.)*example\b|\[::1\])[a-z0-9-]+\.[a-z]")
_FILLS_GLOBALS = re.compile(r"\b_G\s*\[|\brawset\s*\(\s*_G\b|\bsetmetatable\s*\(\s*_G\b")
_STARTED = re.compile(r"\blua(?:jit|5\.\d)?\s+([\w./-]+\.lua)\b")
# The endings of tests that are not in Lua.
_FOREIGN = (".moon", ".yaml", ".yml")
# A file in Lua whose name is put together, and a file beside the tests or above.
_NAMED_FILE = re.compile(r"\b(?:loadfile|dofile)\b[^\n]{0,200}\.\.\s{0,20}[\"']\.lua[\"']")
_FILE = re.compile(
    r"(?:(?P<io>\bio\.(?:open|lines)\s*(?:\(\s*)?))?[\"'](?P<path>(?(io)|\.{1,2}/)[\w./-]+(?(io)|\.\w+))[\"']"
)


class UpstreamTests(NamedTuple):
    """What is known of upstream's tests; ``place`` is "" if the sources have none.

    ``commands`` are lines of the shell, as ``Recipe`` has them, and so are ``runners`` and
    ``programs``. ``requires`` are the modules that the tests require and do not bring themselves,
    the rock's own among them. ``unfit`` are the Lua
    versions that the tests cannot be run with, ``fault`` is why with none; ``own`` are the Lua
    files of the rock's modules, which are to be tested as they are installed.
    """

    place: str = ""
    commands: tuple[str, ...] = ()
    runners: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    unfit: Mapping[str, str] = MappingProxyType({})
    fault: str = ""
    own: tuple[str, ...] = ()


NONE = UpstreamTests()


def upstream_tests(
    rockspec: Rockspec,
    files: Collection[str],
    texts: Mapping[str, str],
    own: Mapping[str, str],
    openers: Mapping[str, frozenset[str]],
) -> UpstreamTests:
    """Return what is known of a rock's tests.

    ``own`` are its Lua files, with their modules; ``openers`` are the functions that open modules
    in the library of each module in C.
    """
    recipe = recipe_of(rockspec, files, texts, own)
    if recipe is None:
        return NONE
    if recipe.fault:
        return UpstreamTests(recipe.place, fault=recipe.fault)
    read = _Reading(recipe, files, texts, own)
    inside = (path for path in own if path in files and not path.startswith("../"))
    hidden = () if read.is_by_path else tuple(sorted(it for it in inside if it not in read.words))
    return UpstreamTests(
        recipe.place,
        recipe.commands,
        recipe.runners,
        recipe.programs,
        tuple(sorted(it for it in read.requires if not opened_by_root(it, openers))),
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
        self._files = frozenset(files)
        names = set(own.values())
        is_moon = any(path.endswith(".moon") for path in recipe.files)
        self._ends = (".lua", ".moon") if is_moon else (".lua",)
        self._there = [path for path in files if path.endswith(self._ends)]
        self.words: dict[str, list[str]] = {}
        # Whether the sources have to be there, since something names their files by their paths.
        self.is_by_path = self._names_own_file()
        self.requires: set[str] = set()
        left = [*recipe.files]
        while left:
            path = left.pop()
            if path in self.words or path in own:
                continue
            text = texts.get(path, "")
            self.words[path] = [] if path.endswith(_FOREIGN) else tokens_of(text)
            for module in _required(self.words[path]) | _required_by_foreign(path, text):
                found = "" if module in names else self._file_of(module, path)
                if found in own:  # under a name that only the sources have
                    self.is_by_path = True
                    self.requires.add(own[found])
                elif found:
                    left.append(found)
                else:
                    self.requires.add(module)
            left += [it for it in _loaded(self.words[path], recipe.folder_of(path)) if it in texts]

    def _file_of(self, module: str, user: str) -> str:
        """Return the file of the sources that a test gets for a module, "" if it gets none."""
        below = module.replace(".", "/")
        folder = self._recipe.folder_of(user)
        places = [f"{folder}/" if folder else ""]
        if self._recipe.kind == BUSTED:
            places += ["src/", "spec/"]
        if any(self._sets_path(path) for path in (user, *self._recipe.files[:1])):
            places += sorted({f"{dirname(path)}/" for path in self._there if "/" in path}, key=len)
        ends = [f"{stem}{end}" for stem in ("", "/init") for end in self._ends]
        wanted = (f"{place}{below}{end}" for place in places for end in ends)
        return next((path for path in wanted if path in self._there), "")

    def _names_own_file(self) -> bool:
        """Return whether a test or a module names a file of a module by its path."""
        known = (self._texts.get(path, "") for path in (*self._recipe.files, *self._own))
        paths = "|".join(re.escape(path) for path in self._own if path.endswith(".lua"))
        is_named = re.compile(rf"[\"'](?:\./)?(?:{paths})[\"']" if paths else r"(?!)")
        return any(is_named.search(it) or _NAMED_FILE.search(it) for it in known)

    def _lacking_global(self, path: str) -> str:
        """Return what a script does with a global that nothing defines, "" if there is none."""
        modules = {it: self._texts.get(place, "") for place, it in self._own.items()}
        others = {it: self._texts.get(it, "") for it in self.words if it != path}
        known = {name for it in others.values() for name in read_file(it).made}
        known |= {name for it in self._own.values() for name in it.split(".")}
        text = self._texts.get(path, "")
        fault = script_needs(path, {**modules, path: text}).fault
        name = fault.rpartition(" ")[2]
        is_of_c = any(f'"{name}"' in it for at, it in self._texts.items() if is_c(at))
        is_lacking = " the global " in fault and name not in known and not is_of_c
        return fault if is_lacking and not self._may_define(name, path) else ""

    def _may_define(self, name: str, path: str) -> bool:
        """Return whether a script may have a global defined that nothing in it assigns.

        It does if it gives its name to a function as text, or if a module of the rock puts names
        into ``_G``, as that of Test.More does.
        """
        if {f"'{name}'", f'"{name}"'} & {*self.words.get(path, ())}:
            return True
        texts = (self._texts.get(it, "") for it in (*self._own, *self.words))
        return any(_FILLS_GLOBALS.search(text) for text in texts)

    def _lacking_file(self, path: str) -> str:
        """Return a file that a test names by its path, and nothing has or writes, "" if none."""
        text = self._texts.get(path, "")
        if re.search(r"[\"'][wa]b?\+?[\"']|\bmkdir\b", text):
            return ""
        for found in _FILE.finditer(text):
            if (
                normpath(f"{self._recipe.folder_of(path)}/{found['path']}").lstrip("/")
                not in self._files
            ):
                return found["path"]
        return ""

    def _sets_path(self, path: str) -> bool:
        return "package.path" in self._texts.get(path, "")

    def unfit(self) -> dict[str, str]:
        """Return the Lua versions in which the tests fail, each with the reason."""
        found: dict[str, str] = {}
        for path, words in sorted(self.words.items()):
            for version, why in unfit_for_module(words).items():
                found.setdefault(version, f"{path} {why}")
            for version, word in lacking_luas(words).items():
                found.setdefault(version, f"{path} uses {word}, which Lua {version} lacks")
        return found

    def fault(self) -> str:
        """Return why the tests cannot be run where a package is built, "" if they can."""
        for path, words in sorted(self.words.items()):
            is_spec = self._recipe.kind == BUSTED
            if wanted := wanted_of_build(words, is_spec=is_spec):
                return f"{path} {wanted}"
            if path in self._recipe.files and _reads_arguments(words, self._recipe):
                return f"{path} reads arguments, and nothing says which"
            is_script = path in self._recipe.files and not self._recipe.runners
            if is_script and (missing := self._lacking_global(path)):
                return f"{path} {missing}, which nothing that it requires has"
            if is_script and (lacking := self._lacking_file(path)):
                return f"{path} names {lacking}, which the sources lack"
            if self.requires & _CLIENTS and _ADDRESS.search(self._texts.get(path, "")):
                return f"{path} asks another machine"
        return ""


def _required(words: list[str]) -> set[str]:
    whole = [*words, "", "", ""]
    places = (at for at, word in enumerate(words) if word == "require")
    return {it for at in places if (it := required_at(whole, at))}


def _required_by_foreign(path: str, text: str) -> set[str]:
    """Return the modules that a file in MoonScript or YAML requires by their names."""
    if not path.endswith(_FOREIGN):
        return set()
    return set(re.findall(r"\brequire(?:\s*\(\s*|\s*)[\"']([\w-]+(?:\.[\w-]+)*)[\"']", text))


def _loaded(words: list[str], folder: str) -> set[str]:
    """Return the Lua files that a file loads by their names, or has a shell start with Lua."""
    start = f"{folder}/" if folder else ""
    found = set()
    for at, word in enumerate(words):
        if word in ("dofile", "loadfile"):
            text = next((it for it in words[at + 1 : at + 3] if it[:1] in ("'", '"')), "")
            found.add(start + text[1:-1].removeprefix("./"))
        if word in ("execute", "popen"):
            text = next((it for it in words[at + 1 : at + 3] if it[:1] in ("'", '"', "[")), "")
            found |= {start + each.removeprefix("./") for each in _STARTED.findall(text)}
    return found


def _reads_arguments(words: list[str], recipe: Recipe) -> bool:
    """Return whether a script that is started without arguments cannot do without the first."""
    if recipe.kind == BUSTED or any(re.search(r"\.lua [^)]", it) for it in recipe.commands):
        return False
    if any(word == "arg" and defines(words, at) for at, word in enumerate(words)):
        return False
    depths = depths_of(words)
    places = (at for at, word in enumerate(words) if word == "arg" and not depths[at])
    reads = (at for at in places if words[at + 1 : at + 4] == ["[", "1", "]"])
    guards = {"or", "and", "then", "==", "~="}
    return any(not guards & {*words[max(at - 2, 0) : at], words[at + 4]} for at in reads)

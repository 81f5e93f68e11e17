"""Which Lua versions the code of a rock rules out, and the evidence in Lua code.

Lua code is evidence by syntax and functions that a version lacks: the reference manuals'
"Incompatibilities with the Previous Version" and "Changes since" have the rules.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping

from distrorocks.externals.needs import module_sources
from distrorocks.packaging.code.c_evidence import unfit_for_c
from distrorocks.packaging.code.loop_variables import assigned_control
from distrorocks.packaging.code.lua_api import LuaApi
from distrorocks.packaging.code.lua_tokens import tokens_of
from distrorocks.packaging.code.luajit import LUAJIT_TREE, luajit_word
from distrorocks.packaging.code.removed_calls import VERSIONS, removed_calls
from distrorocks.packaging.source.declared import copies_lua
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.values import NamedTuple

_NO_MODULE = re.compile(
    r"(?:\A|/)(?:(?:bin|tests?|specs?|examples?|samples?|docs?|bench(?:marks?)?)/|tests?[._-])"
)

_FROM_5_2 = {"::"}
_FROM_5_3 = {"//", "<<", ">>", "&", "|"}
_ATTRIBUTES = {"const", "close"}
# An escape sequence that is invalid from Lua 5.2 on; 5.1 accepts any.
_BAD_ESCAPE = re.compile(r"[\"'].*?(?<!\\)(?:\\\\)*\\[^abfnrtvxzu\\\"'\n\r0-9].*", re.DOTALL)
_LONGEST_HEAD = 64  # tokens of the name and the parameters of a function
_FOR_ONE = re.compile(r"5[._]?[1-9]")  # a file for one Lua version, chosen at run time


def unfit_versions(
    rockspec: Rockspec,
    texts: Mapping[str, str],
    api: LuaApi,
    *,
    is_compiled: bool | None,
    optional: Container[str] = (),
) -> dict[str, str]:
    """Return the Lua versions that a rock's sources do not support, each with the evidence.

    C code is read unless ``is_compiled`` is False, and no file that is ``optional``. All of a
    directory ``lua`` is installed beside what a rockspec names. If every version is ruled out, the
    evidence is not reliable: return none.
    """
    named = [path for path in module_sources(rockspec) if path in texts]
    lua = [path for path in named if path.endswith(".lua")]
    has_c = len(lua) < len(named) if named else is_compiled is not False
    if not named:
        lua = [path for path in texts if _is_module(path)]
    elif copies_lua(rockspec):
        lua += [path for path in texts if path.startswith("lua/") and _is_module(path)]
    unfit = unfit_for_lua({path: texts[path] for path in lua if path not in optional}, VERSIONS)
    if has_c:
        unfit |= unfit_for_c(texts, named, api, VERSIONS)
    return dict(sorted(unfit.items())) if len(unfit) < len(VERSIONS) else {}


def evidence_against(version: str, unfit: Mapping[str, str]) -> str:
    """Return the evidence against a version, "" if there is none.

    A version newer than those examined counts as the newest of them.
    """
    return unfit.get(min(version, VERSIONS[-1]), "")


def _is_module(path: str) -> bool:
    """Return whether a path may be a module, if the rockspec names no file that exists."""
    return path.endswith(".lua") and not _NO_MODULE.search(path)


def unfit_for_lua(texts: Mapping[str, str], versions: Iterable[str]) -> dict[str, str]:
    """Return the versions that Lua files do not support, each with the evidence.

    Evidence is syntax of newer versions, and calls outside of any block of functions that newer
    versions have removed: they fail as soon as the file is loaded.
    """
    ordered = tuple(versions)
    unfit: dict[str, str] = {}
    read = {path: tokens_of(texts[path]) for path in sorted(texts) if not _FOR_ONE.search(path)}
    luajit = {path: word for path, tokens in read.items() if (word := luajit_word(tokens))}
    for path, tokens in read.items():
        for limit in _limits(tokens):
            if luajit and limit.word in _FROM_5_2:  # LuaJIT has it as well
                user, asked = next(iter(luajit.items()))
                why = f"{user} uses {asked} of LuaJIT, which loads the modules of Lua {LUAJIT_TREE}"
                unfit |= dict.fromkeys((it for it in ordered if it != LUAJIT_TREE), why)
                continue
            for version in filter(limit.rules_out, ordered):
                evidence = f"{path} uses {limit.word}, which Lua {version} lacks"
                unfit.setdefault(version, evidence)
    return unfit


def unfit_for_module(tokens: list[str]) -> dict[str, str]:
    """Return the versions in which a module fails as soon as it is loaded, each with the reason.

    Those of a file for one version are among them: others are not to load it.
    """
    limits = tuple(_limits_of(tokens))
    first = {it: next((each for each in limits if each.rules_out(it)), None) for it in VERSIONS}
    return {it: f"uses {each.word}, which Lua {it} lacks" for it, each in first.items() if each}


class _Limit(NamedTuple):
    """A token, with the first version that has it, or the first that has removed it.

    A branch of the code that is for some versions is run by ``using`` only.
    """

    word: str
    since: str = ""
    gone: str = ""
    using: frozenset[str] = frozenset(VERSIONS)

    def rules_out(self, version: str) -> bool:
        """Return whether a version lacks the token; ``using`` are those that come to it."""
        is_gone = self.gone != "" and version >= self.gone
        return version in self.using and (version < self.since or is_gone)


def _limits(tokens: list[str]) -> Iterator[_Limit]:
    """Yield the tokens of a file that not all versions have.

    A list of functions that do nothing is documentation, which no version needs to load.
    """
    yield from () if _is_documentation(tokens) else _limits_of(tokens)


def _is_documentation(tokens: list[str]) -> bool:
    """Return whether a file has several functions, and each of them has an empty body."""
    functions = [at for at, word in enumerate(tokens) if word == "function"]
    return len(functions) > 1 and all(_is_empty(tokens, at) for at in functions)


def _is_empty(tokens: list[str], at: int) -> bool:
    """Return whether a function that begins at a token has no statement."""
    words = tokens[at : at + _LONGEST_HEAD]
    return ")" in words and words[words.index(")") + 1 :][:1] == ["end"]


def _limits_of(tokens: list[str]) -> Iterator[_Limit]:
    """Yield the tokens that not all versions have."""
    seen = set(tokens)
    for word in sorted(seen & _FROM_5_2):
        yield _Limit(word, since="5.2")
    for word in sorted(seen & _FROM_5_3):
        yield _Limit(word, since="5.3")
    yield from (_Limit(f"<{word}>", since="5.4") for word in sorted(_attributes(tokens)))
    if any(_BAD_ESCAPE.fullmatch(token) for token in seen if token[:1] in ("'", '"')):
        yield _Limit("an invalid escape sequence", gone="5.2")
    if "goto" in seen and _is_goto_a_name(tokens):
        yield _Limit("goto as a name", gone="5.2")
    if name := assigned_control(tokens):
        yield _Limit(f"an assignment to the loop variable {name}", gone="5.5")
    for call in removed_calls(tokens):
        yield _Limit(f"{call.function}()", gone=call.gone, using=call.using)


def _attributes(tokens: list[str]) -> set[str]:
    """Return the attributes of local variables, such as ``const`` in ``local x <const>``."""
    return {
        token
        for index, token in enumerate(tokens)
        if token in _ATTRIBUTES
        and (tokens[index - 1], tokens[index + 1]) == ("<", ">")
        and tokens[index - 3] in ("local", ",")
    }


def _is_goto_a_name(tokens: list[str]) -> bool:
    """Return whether ``goto`` is used as a name, as Lua 5.1 allows."""
    places = [index for index, word in enumerate(tokens) if word == "goto"]
    before, after = {".", ":", "function", "local"}, {"(", "=", ","}
    return any(tokens[at - 1] in before or tokens[at + 1] in after for at in places)

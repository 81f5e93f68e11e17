"""RPM's versions and relations: their order, how they are read, written, and made for a package.

A rock's package provides ``lua5.4dist(lpeg) = 1.1.0-2``. The capability's version is the rock's,
its revision where rpm has a release, so that requirements with and without a revision compare as
LuaRocks compares. Versions are compared as ``rpmvercmp`` does: epoch, version, release.
"""

from __future__ import annotations

from collections.abc import Iterable

from distrorocks.families.version_range import ALL, Span, Spans, accepted, package_version
from distrorocks.families.versions import Relation, epoch_and_rest, implied_constraint, number_of
from distrorocks.patterns import regex
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.lua_version import rocks_provided
from distrorocks.rocks.version import Version

RpmParts = tuple[tuple[int, str | int], ...]
RpmKey = tuple[int, RpmParts, RpmParts]

_PART = regex(r"~|\^|[0-9]+|[A-Za-z]+")
_TILDE, _END, _CARET, _WORD, _NUMBER = range(5)

_RELATION = regex(
    r"(?P<name>[A-Za-z0-9_][A-Za-z0-9._+~-]*)(?:\((?P<inner>[^()]*)\))?"
    r"(?:\s+(?P<operator><=|>=|==|=|<|>)\s+(?P<version>\S+))?"
)
_ROCK_CAPABILITY = regex(r"luarocks5\.[1-9]")
_ISA = regex(r"[a-z0-9_]+-(?:32|64|128)")
# Fedora's older guideline: releases 0.N.WORD are of a version that is not out yet.
_EARLY_RELEASE = regex(r"0\.[0-9]+\.((?:alpha|beta|pre|rc)?[0-9]*(?:git|svn|hg|cvs)?[^.]*).*")
_LUA_PACKAGE = regex(r"(?<![^\s(])(?<![^\s(]\()lua(?=-)")
_DIST_TAG = regex(r"(?:fc|el|amzn|suse|lp|sle|bp|mga|alt|oe|cm|an)[0-9_]*.*")


def rpm_key(version: str) -> RpmKey:
    """Return the place of an RPM's ``[epoch:]version[-release]`` in their order."""
    epoch, rest = epoch_and_rest(version)
    upstream, _, release = rest.partition("-")
    return epoch, _parts(upstream), _parts(release)


def _parts(text: str) -> RpmParts:
    parts: list[tuple[int, str | int]] = []
    for part in _PART.findall(text):
        if part in "~^":
            parts.append((_TILDE if part == "~" else _CARET, 0))
        elif part.isdecimal():
            parts.append((_NUMBER, number_of(part)))
        else:
            parts.append((_WORD, part))
    return (*parts, (_END, 0))


def upstream_version(version: str) -> str:
    """Return the version part of ``[epoch:]version[-release]``.

    A release such as ``0.2.rc1.fc20`` (Fedora's form before ``~``) makes it a pre-release.
    """
    _, rest = epoch_and_rest(version)
    upstream, dash, release = rest.rpartition("-")
    if not dash:
        return rest
    early = _EARLY_RELEASE.fullmatch(release)
    if early and early[1] and not _DIST_TAG.fullmatch(early[1]):
        return f"{upstream}~{early[1]}"
    return upstream


def parse_relation(text: str) -> tuple[Relation, ...]:
    """Return the alternatives of one Requires; () for files, libraries, conditions, interpreters.

    ``(a or b)`` gives two. Any other rich dependency says nothing that holds for certain.
    """
    text = text.strip()
    if text.startswith("(") and text.endswith(")"):
        parts = [_parse_one(part.strip()) for part in text[1:-1].split(" or ")]
        return tuple(part for part in parts if part) if all(parts) else ()
    one = _parse_one(text)
    return (one,) if one else ()


def _parse_one(text: str) -> Relation | None:
    """Return one plain requirement, or None if it is of another kind."""
    found = _RELATION.fullmatch(text)
    if not found:
        return None
    name, inner, rock = found["name"], found["inner"], ""
    if inner is not None and not _ISA.fullmatch(inner):
        if not _ROCK_CAPABILITY.fullmatch(name) or not inner:
            return None
        name, rock = f"{name}({inner})", inner.lower()
    if not found["operator"]:
        return Relation(name, rock=rock)
    operator, version = implied_constraint(
        found["operator"].replace("==", "="),
        upstream_version(found["version"]),
        revised="-" in found["version"],
    )
    return Relation(name, operator, version, rock)


def written_need(name: str, spans: Spans) -> str:
    """Return one requirement, rich where it must be, that only versions in the spans satisfy."""
    if spans == ALL:
        return name
    if not spans:
        return f"{name} < 0~~"
    if len(spans) == 1:
        return _within(name, spans[0])
    return f"({' or '.join(_within(name, span) for span in spans)})"


def for_lua(need: str, prefix: str) -> str:
    """Return a requirement with its packages ``lua-NAME`` as one Lua's, ``PREFIX-NAME``."""
    return _LUA_PACKAGE.sub(lambda _: prefix, need)


def _within(name: str, span: Span) -> str:
    """Return the requirement of one span; ``with`` asks it all of the same package."""
    if span.low and span.high:
        return f"({name} >= {span.low} with {name} < {span.high})"
    return f"{name} >= {span.low}" if span.low else f"{name} < {span.high}"


def capability(lua_version: str, rock: str) -> str:
    """Return the capability of a rock for one Lua version."""
    return f"lua{lua_version}dist({rock})"


# What the packages of the interpreters provide, by distribution.
LUA_CAPABILITIES = {"fedora": "lua(abi)", "opensuse": "Lua(API)"}


def provides(lua_version: str, rock: str, version: str) -> list[str]:
    """Return what the package of a rock provides."""
    return [f"{capability(lua_version, rock)} = {package_version(Version.parse(version))}"]


def requires(
    lua_version: str, dependencies: Iterable[Dependency], *, distribution: str = "fedora"
) -> list[str]:
    """Return what the package of a rock requires: its Lua, and rocks that Lua does not include."""
    lua = f"{LUA_CAPABILITIES[distribution]} = {lua_version}"
    return [lua, *rocks_required(lua_version, dependencies)]


def rocks_required(lua_version: str, dependencies: Iterable[Dependency]) -> list[str]:
    """Return the requirements for the rocks among dependencies."""
    provided = rocks_provided(lua_version)
    return [
        written_need(
            capability(lua_version, need.rock_name), accepted(need.constraints, has_revision=True)
        )
        for need in dependencies
        if need.rock_name not in provided
    ]

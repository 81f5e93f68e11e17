"""What a package that could be installed would be as a rock: the names of ``names``, read ahead.

The answers are those that a refresh gives once the package is there, as far as they can be known
from an index: where that does not tell which modules a package has, and a map says that it holds
several rocks, the map is believed.

Capabilities by which packages themselves say which rock they are.

RPMs write ``luarocks5.4(lpeg) = 1.0-1`` (ALT) or ``lua5.4dist(lpeg) = 1.0-1``, debs
``lua5.4-rock-lpeg (= 1.0-1)``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from distrorocks.families.known import FAMILIES
from distrorocks.families.lua_files import LIB, LUA, classify, modules_of
from distrorocks.families.name_entry import HIGH, LOW
from distrorocks.families.names import RULE, NameTable
from distrorocks.families.package import Package
from distrorocks.families.versions import VALID, rock_version
from distrorocks.patterns import regex
from distrorocks.values import NamedTuple

MARKS = ("luarocks5.", "dist(", "-rock-")
"""Each capability contains one of these."""

_CAPABILITY = regex(
    r"(?:luarocks(?P<a>5\.[1-9])\((?P<x>[^()\s]+)\)"
    r"|lua(?P<b>5\.[1-9])dist\((?P<y>[^()\s]+)\)"
    r"|lua(?P<c>5\.[1-9])-rock-(?P<z>[a-z0-9][a-z0-9.+-]*))"
    r"(?:\s*\(?\s*={1,2}\s*(?P<version>[^\s()]+)\s*\)?)?"
)


class RockCapability(NamedTuple):
    """A rock for one Lua version; ``version`` is "" if the capability has none."""

    rock: str
    lua_version: str
    version: str


def parse_rock_capability(text: str) -> RockCapability | None:
    """Return the rock that an entry of Provides names, or None."""
    found = _CAPABILITY.fullmatch(text.strip())
    if not found:
        return None
    rock = found["x"] or found["y"] or found["z"]
    lua_version = found["a"] or found["b"] or found["c"]
    return RockCapability(rock.lower(), lua_version, found["version"] or "")


UNKNOWN_LUAS = "the package's Lua versions are unknown"
"""Why an offer is not sure whose rock is."""

_FLAVOUR = regex(r"lua(5)\.?([1-9])-.+")
_VIRTUAL = regex(r"lua(5\.[1-9])-[a-z0-9.+-]+(?:\s*\(.*\))?")
_NO_MODULES = regex(r".*-(?:dev|devel|docs?|dbg|dbgsym|debuginfo|debugsource|tests?)")
_ABI = regex(r"lua\(abi\)\s*=\s*(5\.[1-9])")


class Offer(NamedTuple):
    """One rock for one Lua version that the distribution could install.

    ``is_sure`` is true if a refresh would publish it; otherwise ``why_not`` is the reason.
    ``evidence`` is how the name is known, ``confidence`` high, medium or low.
    """

    package: Package
    rock: str
    version: str
    lua_version: str
    confidence: str
    evidence: str
    is_sure: bool = True
    why_not: str = ""


def offers_of(package: Package, names: NameTable, lua_version: str) -> Iterator[Offer]:
    """Yield the rocks that a package would be for one Lua version.

    Its own capabilities take precedence over its name, and are certain.
    """
    named = set()
    for text in package.provides:
        capability = parse_rock_capability(text)
        if capability and capability.lua_version == lua_version:
            version = _capability_version(package, capability.version)
            evidence = f"the package says so: {text}"
            named.add(capability.rock)
            yield Offer(package, capability.rock, version, lua_version, HIGH, evidence)
    luas = lua_versions_of(package)
    if luas and lua_version not in luas:
        return
    modules = modules_of(package.files, lua_version) or names.claimed_modules(package)
    for answer in names.rocks_of(package, lua_version, modules):
        has_none = answer.source == RULE and _NO_MODULES.fullmatch(package.name)
        if not answer.rock or answer.rock in named or has_none:
            continue
        offer = Offer(
            package,
            answer.rock,
            names.version_of(package, answer).text,
            lua_version,
            answer.confidence,
            answer.evidence,
            answer.published,
            answer.why_not,
        )
        if not luas and answer.published:
            offer = offer._replace(confidence=LOW, is_sure=False, why_not=UNKNOWN_LUAS)
        yield offer


def lua_versions_of(package: Package) -> Collection[str]:
    """Return the Lua versions that a package is for, or none if they are unknown.

    They follow from its files, if these are known, from a field, from its name,
    from the virtual packages that it provides, or from the interpreter that it requires.
    """
    files = filter(None, map(classify, package.files))
    by_files = sorted({file.lua_version for file in files if file.kind in (LUA, LIB)})
    if by_files:
        return tuple(by_files)
    if package.lua_versions:
        return package.lua_versions
    flavour = _FLAVOUR.fullmatch(package.name)
    if flavour:
        return (f"{flavour[1]}.{flavour[2]}",)
    virtual = [found[1] for text in package.provides if (found := _VIRTUAL.fullmatch(text))]
    needed = [found[1] for text in package.relations if (found := _ABI.fullmatch(text))]
    return tuple(dict.fromkeys(virtual or needed))


def _capability_version(package: Package, version: str) -> str:
    """Return a capability's version if it is a rock version, else the rock version it implies."""
    if VALID.fullmatch(version):
        return version
    upstream = FAMILIES[package.family].upstream_version(version or package.version)
    return rock_version(upstream).text

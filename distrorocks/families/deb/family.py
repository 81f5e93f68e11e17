"""How Debian and its children write versions, relations and architectures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from distrorocks.families.family import Family
from distrorocks.families.version_order import deb_key
from distrorocks.families.version_range import ALL, Spans
from distrorocks.families.versions import Relation, implied_constraint

# Debian Policy 7.1. The single < and > are obsolete and mean <= and >= (dpkg, deb-control(5)).
_OPERATORS = {"<<": "<", "<=": "<=", "=": "=", ">=": ">=", ">>": ">", "<": "<=", ">": ">="}
_RELATION = re.compile(
    r"\s*(?P<name>[a-z0-9][a-z0-9+.-]*)(?::[a-z0-9-]+)?"
    r"\s*(?:\(\s*(?P<operator><<|<=|=|>=|>>|<|>)\s*(?P<version>[A-Za-z0-9][^\s()]*)\s*\))?"
    r"\s*(?:\[[^\]]*\]\s*)?(?:<[^>]*>\s*)*"
)


def upstream_version(version: str) -> str:
    """Return a Debian version without epoch and Debian revision (Policy 5.6.12)."""
    epoch, colon, rest = version.partition(":")
    if colon and epoch.isdigit():
        version = rest
    upstream, dash, _ = version.rpartition("-")
    return upstream if dash else version


def parse_relation(text: str) -> tuple[Relation, ...]:
    """Return the alternatives of one entry of Depends, in the order written; () if malformed."""
    alternatives = []
    for part in text.split("|"):
        found = _RELATION.fullmatch(" ".join(part.split()))
        if not found:
            return ()
        if not found["operator"]:
            alternatives.append(Relation(found["name"]))
            continue
        operator, version = implied_constraint(
            _OPERATORS[found["operator"]],
            upstream_version(found["version"]),
            revised="-" in found["version"],
        )
        alternatives.append(Relation(found["name"], operator, version))
    return tuple(alternatives)


def written_need(name: str, spans: Spans) -> str:
    """Return entries of Depends, all of which a version in the spans satisfies, and no other.

    Debian has no "and" within "or", so each gap between two spans is an entry of its own.
    """
    if spans == ALL:
        return name
    if not spans:
        return f"{name} (<< 0~~)"
    entries = [f"{name} (>= {spans[0].low})"] if spans[0].low else []
    entries += [
        f"{name} (<< {one.high}) | {name} (>= {other.low})" for one, other in pairwise(spans)
    ]
    entries += [f"{name} (<< {spans[-1].high})"] if spans[-1].high else []
    return ", ".join(entries)


def install_command(distributions: Sequence[str]) -> str:  # noqa: ARG001 - apt for all of them
    """Return what installs packages."""
    return "apt install"


def reinstall_hint(package: str) -> str:
    """Return how the files of a package are restored."""
    return f"apt install --reinstall {package}"


class _Deb:
    """The answers of dpkg's family."""

    name = "deb"
    distribution = "debian"
    upstream_version = staticmethod(upstream_version)
    version_key = staticmethod(deb_key)
    install_command = staticmethod(install_command)
    reinstall_hint = staticmethod(reinstall_hint)
    parse_relation = staticmethod(parse_relation)
    written_need = staticmethod(written_need)


DEB: Family = _Deb()

# dpkg's architecture tables (cputable, ostable, tupletable): Debian's architectures and its ports.
TRIPLETS = {
    "alpha": "alpha-linux-gnu",
    "amd64": "x86_64-linux-gnu",
    "arc": "arc-linux-gnu",
    "arm64": "aarch64-linux-gnu",
    "armel": "arm-linux-gnueabi",
    "armhf": "arm-linux-gnueabihf",
    "hppa": "hppa-linux-gnu",
    "hurd-amd64": "x86_64-gnu",
    "hurd-i386": "i386-gnu",
    "i386": "i386-linux-gnu",
    "ia64": "ia64-linux-gnu",
    "kfreebsd-amd64": "x86_64-kfreebsd-gnu",
    "kfreebsd-i386": "i386-kfreebsd-gnu",
    "loong64": "loongarch64-linux-gnu",
    "m68k": "m68k-linux-gnu",
    "mips": "mips-linux-gnu",
    "mips64": "mips64-linux-gnuabi64",
    "mips64el": "mips64el-linux-gnuabi64",
    "mips64r6el": "mipsisa64r6el-linux-gnuabi64",
    "mipsel": "mipsel-linux-gnu",
    "powerpc": "powerpc-linux-gnu",
    "ppc64": "powerpc64-linux-gnu",
    "ppc64el": "powerpc64le-linux-gnu",
    "riscv64": "riscv64-linux-gnu",
    "s390x": "s390x-linux-gnu",
    "sh4": "sh4-linux-gnu",
    "sparc": "sparc-linux-gnu",
    "sparc64": "sparc64-linux-gnu",
    "x32": "x86_64-linux-gnux32",
}


def triplet(architecture: str) -> str:
    """Return the multiarch directory name of a Debian architecture, or "" if it is unknown."""
    return TRIPLETS.get(architecture, "")

"""What a relation between packages implies for the rocks they hold."""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.distro.versions import BEFORE, parse_upstream


class Relation(NamedTuple):
    """One alternative of a relation: a package (or capability) name and a rock constraint.

    ``operator`` is one of LuaRocks' (``>=``, ``<=``, ``<``, ``~>``) with a rock version
    that has no revision, or both are empty where nothing can be said truthfully. ``rock`` is the
    rock's name when the relation itself names one, as ``luarocks5.4(lpeg)`` does.
    """

    name: str
    operator: str = ""
    version: str = ""
    rock: str = ""

    @property
    def constraint(self) -> str:
        """Return the constraint as a rockspec writes it, or ""."""
        return f"{self.operator} {self.version}" if self.operator else ""


def implied_constraint(operator: str, upstream: str, *, revised: bool) -> tuple[str, str]:
    """Return the tightest LuaRocks operator and version that every satisfying package meets.

    That holds among versions with as many parts, as a project's own are (1.0~rc1 is above 1 for
    packages, which LuaRocks cannot say), and but for snapshots, whose rock versions are too low.

    ``operator`` is ``<``, ``<=``, ``=``, ``>=`` or ``>``. ``revised`` says that the relation named
    a package revision, which rocks do not have. A strict bound allows equality wherever a package
    inside it may have the same rock version: 1.0-1 and 1.0+dfsg are both above 1.0, and 1 is below
    1.0 for packages but not for rocks. ``=`` becomes ``~>``, since LuaRocks' ``==`` also compares
    how many parts two versions have, and a rock may have more than its package (cqueues
    20200726.54).
    """
    if "+really" in upstream:
        return "", ""
    parsed = parse_upstream(upstream)
    if operator == "=":
        return "~>", parsed.text
    if operator in (">=", ">"):
        return ">=", parsed.text
    bound = parsed.release if parsed.lost == BEFORE else parsed.text
    if not bound.strip("0."):
        return "", ""
    lossless = not revised and parsed.text == upstream.replace("~", "")
    strict = parsed.lost == BEFORE or (operator == "<" and lossless)
    padded = "." in bound and not bound.rpartition(".")[2].strip("0")
    return ("<" if strict and not padded else "<="), bound

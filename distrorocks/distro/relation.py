"""What a relation between packages implies for the rocks they hold."""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.distro.versions import BEFORE, EXACT, parse_upstream


class Relation(NamedTuple):
    """One alternative of a relation: a package (or capability) name and a rock constraint.

    ``operator`` is one of LuaRocks' (``>=``, ``<=``, ``>``, ``<``, ``~>``) with a rock version
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


def implied_constraint(
    operator: str, upstream: str, *, revised: bool, bare_is_equal: bool
) -> tuple[str, str]:
    """Return the tightest LuaRocks operator and version that every satisfying package meets.

    ``operator`` is ``<``, ``<=``, ``=``, ``>=`` or ``>``. ``revised`` says that the relation named
    a package revision, which rocks do not have: then strict bounds must allow equality.
    ``bare_is_equal``: without a revision, all revisions are equal (RPM); otherwise they are greater
    (Debian Policy 5.6.12). ``=`` becomes ``~>``, since LuaRocks' ``==`` also compares how many
    parts two versions have, and a rock may have more than its package (cqueues 20200726.54).
    """
    if "+really" in upstream:
        return "", ""
    parsed = parse_upstream(upstream)
    sharp = not revised and parsed.lost == EXACT and parsed.revision is None
    if operator == "=":
        return "~>", parsed.text
    if operator in (">=", ">"):
        return (">" if operator == ">" and sharp and bare_is_equal else ">="), parsed.text
    if parsed.lost == BEFORE:
        return ("<", parsed.release) if parsed.text != parsed.release else ("", "")
    return ("<" if operator == "<" and sharp else "<="), parsed.text

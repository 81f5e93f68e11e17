"""pacman's entries: sections of lines under a name such as ``%DEPENDS%``, parted by empty lines."""

from __future__ import annotations

from collections.abc import Mapping

from distrorocks.families.package import Package

Sections = Mapping[str, tuple[str, ...]]


def parse_sections(text: bytes) -> dict[str, tuple[str, ...]]:
    """Return the lines of each section; what stands before the first one is passed over."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.decode("utf-8", "surrogateescape").split("\n"):
        if len(line) > 2 and line[0] == line[-1] == "%":
            lines = found.setdefault(line[1:-1], [])
        elif line:
            lines.append(line)
    return {name: tuple(each) for name, each in found.items()}


def section_package(sections: Sections) -> Package | None:
    """Return the package that the sections of a ``desc`` describe, None without name or version.

    Several licences are written one below the other, and all of them count.
    """
    name, version = _first(sections, "NAME"), _first(sections, "VERSION")
    if not name or not version:
        return None
    return Package(
        family="pacman",
        name=name,
        version=version,
        architecture=_first(sections, "ARCH"),
        source=_first(sections, "BASE") or name,
        summary=_first(sections, "DESC"),
        homepage=_first(sections, "URL"),
        license=" and ".join(sections.get("LICENSE", ())),
        relations=tuple(sections.get("DEPENDS", ())),
        provides=tuple(sections.get("PROVIDES", ())),
    )


def _first(sections: Sections, name: str) -> str:
    return next(iter(sections.get(name, ())), "").strip()

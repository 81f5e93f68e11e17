"""A package as one entry of dpkg's status, or of an apt index, describes it."""

from __future__ import annotations

from collections.abc import Mapping

from distrorocks.distro.package import Package


def stanza_package(fields: Mapping[str, str]) -> Package:
    """Return the package that the fields of an entry describe, without its files."""
    summary, _, rest = fields.get("Description", "").partition("\n")
    relations = f"{fields.get('Pre-Depends', '')},{fields.get('Depends', '')}"
    return Package(
        family="deb",
        name=fields["Package"],
        version=fields["Version"],
        architecture=fields.get("Architecture", ""),
        source=fields.get("Source", fields["Package"]).partition(" ")[0],
        summary=summary.strip(),
        description=_unfolded(rest),
        homepage=fields.get("Homepage", ""),
        relations=_entries(relations),
        provides=_entries(fields.get("Provides", "")),
        lua_versions=tuple(fields.get("Lua-Versions", "").split()),
    )


def _entries(text: str) -> tuple[str, ...]:
    """Return the entries of a relationship field, each on one line."""
    return tuple(entry for part in text.split(",") if (entry := " ".join(part.split())))


def _unfolded(text: str) -> str:
    """Return a long description without its folding: one leading blank, " ." for an empty line."""
    lines = (line[1:].rstrip() for line in text.split("\n"))
    return "\n".join("" if line == "." else line for line in lines).strip()

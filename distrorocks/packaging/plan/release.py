"""What a release of a distribution has that packaging is made for: its Lua versions, its policy.

Without a release the Lua versions are those of the format, which most releases have.
"""

from __future__ import annotations

from functools import cache

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.plan.format import Format, Release
from distrorocks.rocks.quotation import quoted
from distrorocks.system.files.shipped_files import read_shipped, table_rows


def parse_releases(text: str) -> tuple[Release, ...]:
    """Parse the table, of which each line has the six columns that its first lines name.

    Raise ``DistrorocksError`` for any other line.
    """
    found = []
    for row in table_rows(text, 6, "releases"):
        form, name, aliases, luas, policy, source = row
        if not all((form, name, luas, source)):
            raise DistrorocksError(f"invalid line in the table of releases: {row!r}")
        found.append(Release(form, name, tuple(aliases.split()), tuple(luas.split()), policy))
    return tuple(found)


@cache
def read_releases() -> tuple[Release, ...]:
    """Return the shipped table."""
    return parse_releases(read_shipped("releases.tsv"))


def find_release(form: str, name: str) -> Release | None:
    """Return a release of a format by any of its names, None for ""; raise for an unknown one."""
    if not name:
        return None
    known = [each for each in read_releases() if each.form == form]
    for release in known:
        if name.lower() in (release.name, *release.aliases):
            return release
    names = ", ".join(" or ".join((each.name, *each.aliases)) for each in known)
    raise DistrorocksError(
        f"{quoted(name)} is no release that is known for the format {form}",
        hint=f"known are {names}; or leave it out, and set lua_versions in distrorocks.toml",
    )


def at_release(form: Format, release: Release | None) -> Format:
    """Return a format with the Lua versions of a release."""
    return form._replace(lua_versions=release.lua_versions) if release else form

"""The shipped table of libraries from outside LuaRocks."""

from __future__ import annotations

from functools import cache

from distrorocks.distro.external_library import ExternalLibraries, parse_external_libraries
from distrorocks.system.files.shipped_data import read_shipped

TABLE = "external_libraries.tsv"


@cache
def read_external_libraries() -> ExternalLibraries:
    """Return the table, read at most once."""
    return parse_external_libraries(read_shipped(TABLE))

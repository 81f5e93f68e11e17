"""What is known beside the rock itself when its package is planned.

What a format of packaging answers, so that nobody else asks which one it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from distrorocks.families.external_library import ExternalLibraries
from distrorocks.families.package_names import PackageNames
from distrorocks.families.version_range import Spans
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.source.facts import Facts


class Format(NamedTuple):
    """The answers of one format.

    ``name`` is its folder of packaging templates too, ``distribution`` whose names hold.
    ``lua_versions`` are those that the distribution builds modules for. ``written_need`` writes a
    need of a package in some versions. ``finish`` adds the fields that only this format has.
    ``has_pkg_config`` is whether packages can be asked for by a ``.pc`` file that they have,
    ``is_split`` whether each Lua has a package of its own.
    """

    name: str
    distribution: str
    lua_versions: tuple[str, ...]
    name_rule: Callable[[str], str]
    written_need: Callable[[str, Spans], str]
    finish: Callable[[Facts, Draft, Tables], None]
    has_pkg_config: bool = False
    is_split: bool = False


class Tables(NamedTuple):
    """Packages by rock, libraries, standard texts of licences by their SPDX name, the packager."""

    names: PackageNames
    libraries: ExternalLibraries
    license_texts: Mapping[str, str] = MappingProxyType({})
    maintainer: str = ""

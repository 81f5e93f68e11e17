"""The interface of packaging formats, and the tables that plans are made with."""

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
    """One packaging format.

    ``name`` is also its directory of templates, ``distribution`` the one whose package names apply.
    ``lua_versions`` are those that the distribution builds modules for. ``written_need`` writes a
    dependency on a package. ``finish`` adds the fields that only this format has.
    ``has_pkg_config`` is whether a dependency can be a ``.pc`` file, ``is_split`` whether each Lua
    version has a package of its own.
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
    """Package names, libraries, standard licence texts by SPDX name, and the packager."""

    names: PackageNames
    libraries: ExternalLibraries
    license_texts: Mapping[str, str] = MappingProxyType({})
    maintainer: str = ""

"""What is known beside the rock itself when its package is planned."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from distrorocks.distro.external_library import ExternalLibraries
from distrorocks.distro.package_names import PackageNames


class Tables(NamedTuple):
    """Packages by rock, libraries, standard texts of licences by their SPDX name, the packager."""

    names: PackageNames
    libraries: ExternalLibraries
    license_texts: Mapping[str, str] = MappingProxyType({})
    maintainer: str = ""

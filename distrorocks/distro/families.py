"""The families there are, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from distrorocks.distro.deb import DEB
from distrorocks.distro.family import Family
from distrorocks.distro.rpm import RPM

FAMILIES: Mapping[str, Family] = MappingProxyType({"deb": DEB, "rpm": RPM})

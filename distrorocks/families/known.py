"""The families there are, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from distrorocks.families.deb.family import DEB
from distrorocks.families.family import Family
from distrorocks.families.rpm.family import RPM

FAMILIES: Mapping[str, Family] = MappingProxyType({"deb": DEB, "rpm": RPM})

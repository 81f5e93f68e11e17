"""All formats of packaging there are, by name."""

from __future__ import annotations

from distrorocks.packaging.deb import DEB
from distrorocks.packaging.format import Format
from distrorocks.packaging.rpm import FEDORA, OPENSUSE
from distrorocks.packaging.shell_recipes import ALPINE, ARCH

FORMATS: dict[str, Format] = {each.name: each for each in (DEB, FEDORA, OPENSUSE, ARCH, ALPINE)}

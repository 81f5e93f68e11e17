"""SPDX licences in the words of Debian's machine-readable copyright files (DEP-5)."""

from __future__ import annotations

import re

_NAMES = {
    "MIT": "Expat",
    "X11": "X11",
    "Zlib": "Zlib",
    "Artistic-1.0-Perl": "Artistic",
    "Artistic-1.0": "Artistic",
    "CC0-1.0": "CC0-1.0",
    "MPL-2.0": "MPL-2.0",
}
_GNU = re.compile(r"(?P<kind>[AL]?GPL)-(?P<version>[0-9.]+)-(?P<words>only|or-later)")
_COMMON = {
    "Apache-2.0": "Apache-2.0",
    "Artistic-1.0": "Artistic",
    "CC0-1.0": "CC0-1.0",
    "GPL-1.0": "GPL-1",
    "GPL-2.0": "GPL-2",
    "GPL-3.0": "GPL-3",
    "LGPL-2.0": "LGPL-2",
    "LGPL-2.1": "LGPL-2.1",
    "LGPL-3.0": "LGPL-3",
    "MPL-1.1": "MPL-1.1",
    "MPL-2.0": "MPL-2.0",
}


def short_name(license_name: str) -> str:
    """Return the short name of one SPDX licence: ``Expat`` for ``MIT``."""
    if found := _GNU.fullmatch(license_name):
        later = "+" if found["words"] == "or-later" else ""
        return f"{found['kind']}-{found['version'].removesuffix('.0')}{later}"
    return _NAMES.get(license_name, license_name)


def synopsis(expression: str) -> str:
    """Return an SPDX expression as a License field has it: ``MIT OR GPL-2.0-only`` as
    ``Expat or GPL-2``."""
    words = re.findall(r"[()]|[^\s()]+", expression)
    said = [word.lower() if word in ("AND", "OR", "WITH") else short_name(word) for word in words]
    return " ".join(said).replace("( ", "(").replace(" )", ")")


def common_license(license_name: str) -> str:
    """Return the file below /usr/share/common-licenses that has a licence's text, or ""."""
    return _COMMON.get(re.sub(r"-(?:only|or-later)\Z", "", license_name), "")

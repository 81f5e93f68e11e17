"""SPDX licences in the words of Debian's machine-readable copyright files (DEP-5)."""

from __future__ import annotations

import re

from distrorocks.license.names import PUBLIC_DOMAIN

_NAMES = {
    "MIT": "Expat",
    "BSD-2-Clause": "BSD-2-clause",
    "BSD-3-Clause": "BSD-3-clause",
    "BSD-4-Clause": "BSD-4-clause",
    "Artistic-1.0-Perl": "Artistic",
    "Artistic-1.0": "Artistic",
    "CC0-1.0": "CC0-1.0",
    PUBLIC_DOMAIN: "public-domain",
}
_GNU = re.compile(r"(?P<kind>[AL]?GPL)-(?P<version>[0-9.]+)-(?P<words>only|or-later)")
_COMMON = {
    "Apache-2.0": "Apache-2.0",
    "Artistic-1.0-Perl": "Artistic",
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
    """Return a licence's short name: ``MIT`` is ``Expat``, ``GPL-2.0-only`` is ``GPL-2``."""
    name, _, exception = license_name.partition(" WITH ")
    if found := _GNU.fullmatch(name):
        later = "+" if found["words"] == "or-later" else ""
        name = f"{found['kind']}-{found['version'].removesuffix('.0')}{later}"
    else:
        name = _NAMES.get(name, name.removeprefix("LicenseRef-"))
    return f"{name} with {exception} exception" if exception else name


def synopsis(expression: str) -> str:
    """Return an SPDX expression as a License field has it: ``MIT OR GPL-2.0-only`` as
    ``Expat or GPL-2``."""
    said = re.sub(r"(\S+ WITH [^\s()]+)", lambda found: found[1].replace(" ", "\0"), expression)
    words = re.findall(r"[()]|[^\s()]+", said)
    spelled = [
        word.lower() if word in ("AND", "OR") else short_name(word.replace("\0", " "))
        for word in words
    ]
    return " ".join(spelled).replace("( ", "(").replace(" )", ")")


def common_license(license_name: str) -> str:
    """Return the file below /usr/share/common-licenses that has a licence's text, or ""."""
    return _COMMON.get(re.sub(r"-(?:only|or-later)(?: WITH .*)?\Z", "", license_name), "")

"""SPDX licences as the License tag of a spec file has them: SPDX, and a name for the rest."""

from __future__ import annotations

import re

from distrorocks.license.names import PUBLIC_DOMAIN

_PUBLIC_DOMAIN = {
    "fedora": "LicenseRef-Fedora-Public-Domain",
    "opensuse": "SUSE-Public-Domain",
}


def license_tag(expression: str, distribution: str) -> str:
    """Return the tag's text: only what SPDX has no name for is named by distribution."""
    name = _PUBLIC_DOMAIN.get(distribution, PUBLIC_DOMAIN)
    return re.sub(rf"(?<![\w.-]){PUBLIC_DOMAIN}(?![\w.-])", name, expression)

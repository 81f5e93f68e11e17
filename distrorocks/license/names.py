"""The names that people give to licences, as SPDX has them: data, by use in public rockspecs."""

from __future__ import annotations

PUBLIC_DOMAIN = "LicenseRef-Public-Domain"

# SPDX name: other names, in lower case, without "the", "license" and addresses.
_TABLE = """
MIT: mit/x11 | mit/x | x11/mit | mit x11 | mit/x consortium | expat | mit expat | mit (expat)
MIT: mit/expat | mit-like | mit style | mit-style | lua | lua 5 | same as lua | same as lua 5
MIT: same as lua 5.1 | same as lua itself | same terms as lua | same terms as lua itself | mit (x11)
BSD-2-Clause: bsd2 | bsd 2 | bsd-2 | 2bsd | simplified bsd | bsd simplified | freebsd | 2-clause bsd
BSD-2-Clause: two-clause bsd | bsd 2-clause | bsd 2 clause | bsd two-clause | bsd/2 clause
BSD-2-Clause: 2 clause bsd
BSD-3-Clause: bsd3 | bsd 3 | bsd-3 | 3bsd | new bsd | bsd new | modified bsd | revised bsd
BSD-3-Clause: 3-clause bsd
BSD-3-Clause: three-clause bsd | bsd 3-clause | bsd 3 clause | bsd three-clause | bsd/3 clause
BSD-3-Clause: 3 clause bsd
Apache-2.0: apache 2 | apache2 | apache 2.0 | apache2.0 | apache/2.0 | apache/2 | apache-2
Apache-2.0: apache v2
Apache-2.0: apache v2.0 | apache version 2 | apache version 2.0 | apache, version 2.0 | asl 2.0
Apache-2.0: asl2
Apache-2.0: apache software 2.0 | apl 2.0
MPL-2.0: mozilla public v. 2.0 | mozilla public v2.0 | mozilla public 2.0
MPL-2.0: mozilla public version 2.0
MPL-2.0: mpl 2.0 | mpl2 | mpl 2 | mplv2 | mpl v2 | mpl2.0
BSL-1.0: boost | boost software | boost software 1.0 | boost 1.0 | bsl | boost software version 1.0
CC0-1.0: cc0 | cc0 1.0 | cc0 1.0 universal | creative commons cc0 1.0 universal
CC0-1.0: creative commons zero
CC-BY-NC-4.0: creative commons attribution-noncommercial 4.0 international public
EPL-1.0: epl 1.0 | eclipse public 1.0 | eclipse public v1.0 | eclipse public version 1.0
EPL-2.0: epl 2.0 | eclipse public 2.0 | eclipse public v2.0 | eclipse public version 2.0
WTFPL: wtfpl 2 | wtfpl v2 | wtfpl version 2 | dwtfywt public | do what the fuck you want to public
Artistic-2.0: artistic 2.0 | artistic 2 | artistic v2
LPPL-1.3c: lppl 1.3c | lppl v1.3c
OFL-1.1: sil open font 1.1 | ofl | sil ofl 1.1
ICU: icu1.8.1
TCL: tcl | tcl/tk
LicenseRef-Public-Domain: public domain | public-domain | publicdomain | pd
Unlicense: unlicence
Knuth-CTAN: knuth
Zlib: zlib | zlib/png | zlib/libpng
ISC: isc
0BSD: 0bsd | bsd 0-clause | zero-clause bsd | bsd zero clause
curl: curl
PostgreSQL: postgresql
PSF-2.0: psf 2.0 | psf agreement for python 3.4.3
Ruby: ruby
Vim: vim
NCSA: ncsa | university of illinois/ncsa open source
JSON: json
AFL-3.0: afl 3.0
EUPL-1.2: eupl 1.2 | eupl v1.2
"""
# The usual ones, spelled by this list where the library of all is not there.
_KNOWN = """
AFL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-1.1 Apache-2.0 Artistic-1.0 Artistic-1.0-Perl
Artistic-2.0 BSD-1-Clause BSD-2-Clause BSD-3-Clause BSD-4-Clause BSD-4-Clause-UC BSL-1.0 CC-BY-3.0
CC-BY-4.0 CC-BY-SA-3.0 CC-BY-SA-4.0 CC0-1.0 CDDL-1.0 EPL-1.0 EPL-2.0 GPL-1.0-only GPL-1.0-or-later
GPL-2.0-only GPL-2.0-or-later GPL-3.0-only GPL-3.0-or-later ICU ISC LGPL-2.0-only LGPL-2.0-or-later
LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0-only LGPL-3.0-or-later LPPL-1.0 LPPL-1.3c MIT MIT-0 MPL-1.1
MPL-2.0 NCSA OFL-1.1 PSF-2.0 Unlicense Vim WTFPL X11 Zlib 0BSD
"""
VAGUE = {
    "bsd": "which of the BSD licences it is",
    "bsd style": "which of the BSD licences it is",
    "bsd-style": "which of the BSD licences it is",
    "gpl": "which version of the GPL it is",
    "gnu": "which version of the GPL it is",
    "gnu gpl": "which version of the GPL it is",
    "gnu general public": "which version of the GPL it is",
    "lgpl": "which version of the LGPL it is",
    "lgpl+": "which version of the LGPL it is",
    "gnu lgpl": "which version of the LGPL it is",
    "agpl": "which version of the AGPL it is",
    "apache": "which version of the Apache licence it is",
    "artistic": "which version of the Artistic licence it is",
    "mpl": "which version of the MPL it is",
    "eclipse public": "which version of the EPL it is",
    "lppl-1.3": "which of 1.3a and 1.3c it is",
    "lppl 1.3": "which of 1.3a and 1.3c it is",
    "lppl": "which version of the LPPL it is",
    "sil": "which of SIL's licences it is",
    "gpl-compatible": "which licence it is",
    "kong proprietary": "what it permits: it is no licence of SPDX's list",
    "all rights reserved": "what it permits: it is no licence at all",
    "closed": "what it permits: it is no licence at all",
}


def _aliases() -> dict[str, str]:
    found = {}
    for line in _TABLE.strip().splitlines():
        name, _, others = line.partition(": ")
        found[name.lower()] = name
        found.update((other.strip(), name) for other in others.split(" | "))
    return found


ALIASES = _aliases()
KNOWN = {name.lower(): name for name in (*_KNOWN.split(), *ALIASES.values())}

"""Licences known by short passages of their own words, and by what they must not have."""

from __future__ import annotations

from typing import NamedTuple


class Template(NamedTuple):
    """A licence with words that it has, and words that make it another."""

    license: str
    has: tuple[str, ...]
    lacks: tuple[str, ...] = ()


_PERMISSION = "permission is hereby granted free of charge to any person obtaining"
_DEAL = "in the software without restriction"
_MIT_NOTICE = "permission notice shall be included in all"
_NAME = "except as contained in this notice the name"
_GOOD = "shall be used for good not evil"
_BSD = "redistribution and use"
_SOURCE_LIST = "redistributions of source code must retain the above copyright"
_BINARY_LIST = "redistributions in binary form must reproduce the above copyright"
_ENDORSE = "endorse or promote products"
_ADVERTISE = "all advertising materials mentioning features"
_UC = "university of california berkeley and its contributors"
_ISC = "permission to use copy modify and"
_FEE = "purpose with or without fee is hereby granted"
_ISC_NOTICE = "provided that the above copyright notice"

TEMPLATES = (
    Template("X11", (_PERMISSION, _DEAL, _MIT_NOTICE, _NAME), (_SOURCE_LIST,)),
    Template("JSON", (_PERMISSION, _DEAL, _MIT_NOTICE, _GOOD)),
    Template("MIT", (_PERMISSION, _DEAL, _MIT_NOTICE), (_NAME, _GOOD, _SOURCE_LIST)),
    Template("MIT-0", (_PERMISSION, _DEAL), (_MIT_NOTICE, "subject to the following conditions")),
    Template("BSD-4-Clause-UC", (_BSD, _SOURCE_LIST, _BINARY_LIST, _ADVERTISE, _UC)),
    Template("BSD-4-Clause", (_BSD, _SOURCE_LIST, _BINARY_LIST, _ADVERTISE), (_UC,)),
    Template("BSD-3-Clause", (_BSD, _SOURCE_LIST, _BINARY_LIST, _ENDORSE), (_ADVERTISE,)),
    Template("BSD-2-Clause", (_BSD, _SOURCE_LIST, _BINARY_LIST), (_ENDORSE, _ADVERTISE)),
    Template("BSD-1-Clause", (_BSD, _SOURCE_LIST), (_BINARY_LIST, _ENDORSE, _ADVERTISE)),
    Template("ISC", (_ISC, _FEE, _ISC_NOTICE), ("advertising or publicity",)),
    Template("HPND", (_ISC, _FEE, _ISC_NOTICE, "advertising or publicity")),
    Template("0BSD", (_ISC, _FEE), (_ISC_NOTICE,)),
    Template("Zlib", ("be held liable for any damages arising", "altered source versions must be")),
    Template("Unlicense", ("free and unencumbered software released into the public domain",)),
    Template("CC0-1.0", ("cc0 1.0 universal",)),
    Template("CC0-1.0", ("dedicated all copyright and related and neighboring rights",)),
    Template("WTFPL", ("0 you just do what the fuck you want to",)),
    Template("BSL-1.0", ("boost software license version 1.0",)),
    Template("MPL-2.0", ("mozilla public license version 2.0 1 definitions",)),
    Template("MPL-2.0", ("mozilla public license v 2.0", "a copy of the mpl was not distributed")),
    Template("Apache-2.0", ("apache license version 2.0 january 2004",)),
    Template("Apache-2.0", ("under the apache license version 2.0", "in compliance with the")),
    Template("Artistic-2.0", ("the artistic license 2.0",)),
    Template(
        "Artistic-1.0-Perl", ("the artistic license preamble", "semblance of artistic control over")
    ),
    Template("EPL-1.0", ("eclipse public license v 1.0",)),
    Template("EPL-1.0", ("eclipse public license v1.0",)),
    Template("EPL-2.0", ("eclipse public license v 2.0",)),
    Template("CPL-1.0", ("common public license version 1.0 the accompanying program",)),
    Template("LPPL-1.3c", ("lppl version 1.3c",)),
    Template("OFL-1.1", ("sil open font license version 1.1",)),
    Template(
        "TCL", ("the authors hereby grant permission to use copy modify distribute and license",)
    ),
    Template("curl", ("curl license http",)),
)

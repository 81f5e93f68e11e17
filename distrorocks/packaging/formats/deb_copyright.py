"""Debian's copyright file: whose the files of a rock are, under which licence, with its text."""

from __future__ import annotations

import re
import time
from posixpath import join

from distrorocks.licensing.dep5 import copyright_text, needs_no_text
from distrorocks.licensing.expression import PUBLIC_DOMAIN, licenses_in
from distrorocks.licensing.free_text import spdx_of
from distrorocks.licensing.stanzas import Stanza, stanzas_of
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.field import HIGH, LOW
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.format import Tables
from distrorocks.packaging.plan.plan import UNKNOWN, UNKNOWN_MAINTAINER
from distrorocks.packaging.plan.prose import few, listed
from distrorocks.packaging.source.facts import Facts

_YEAR = re.compile(r"\b[12][0-9]{3}\b")


def copyright_fields(facts: Facts, draft: Draft, tables: Tables) -> None:
    """Add the copyright file: a stanza for the files of each licence, and licence texts."""
    license_name, holders = draft.license, draft.copyright
    texts = {**tables.license_texts, **facts.license_texts}
    if license_name == UNKNOWN:
        license_name, text = _unknown(facts)
        texts[license_name] = text
    elif facts.unread_license and license_name not in facts.license_texts:
        texts[license_name] = facts.unread_license  # which its name, by the rockspec, stands for
    said = facts.findings if facts.files else ()  # binary rocks have no source files
    declared = spdx_of(" ".join(facts.declared_license.split())) or ""
    first, *apart = stanzas_of(license_name, said, facts.holders_by_file, declared)
    gaps = []
    if holders != facts.holders:
        first = first._replace(holders=holders)
    elif not first.holders and facts.holders:
        first = first._replace(
            holders=(facts.maintainer.strip() or f"the authors of {facts.rock}",)
        )
        gaps.append(f"no file under {first.license} names a copyright holder")
    elif not first.holders:
        first = first._replace(holders=holders)
    parts = (first, *(_placed(one, draft, holders) for one in apart))
    gaps += _unnamed(apart)
    if facts.vague:
        gaps.append(
            f"{listed(few(facts.vague))}: BSD is named there, and not which of its licences"
        )
    is_own = license_name == draft.license and PUBLIC_DOMAIN not in licenses_in(first.license)
    if is_own and draft.maintainer != UNKNOWN_MAINTAINER:
        # The packaging is under the licence of what it packages, so that patches may go there;
        # what is in the public domain is a statement that only a packager can make.
        year = f"{time.gmtime(int(draft.date)).tm_year} " if int(draft.date or 0) else ""
        parts = (*parts, Stanza(("debian/*",), first.license, (year + draft.maintainer,)))
    place = draft.homepage or draft.source_place or _gone_place(facts)
    note = _without_year(facts) if not any(map(_YEAR.search, first.holders)) else ""
    excluded = tuple(join(draft.build_directory, path) for path in facts.prebuilt)
    text = copyright_text(facts.rock, place, parts, texts, note, excluded)
    named = dict.fromkeys(each for one in parts for each in licenses_in(one.license))
    without = [each for each in named if not (texts.get(each) or needs_no_text(each))]
    if without:
        gaps.append(f"the text of {', '.join(without)} is not available")
    gap = "; ".join(gaps)
    draft.put(
        Fields.copyright_lines, tuple(text.splitlines()), confidence=LOW if gap else HIGH, gap=gap
    )


def _unknown(facts: Facts) -> tuple[str, str]:
    """Return a name and the text of a licence that is not known: that of its file, if there is one.

    lintian reports the name "unknown" as an error.
    """
    if facts.unread_license:
        return "LicenseRef-other", facts.unread_license
    declared = facts.declared_license.strip() or "nothing"
    text = f"No license that is known is named. The rockspec says of it:\n{declared}."
    return "LicenseRef-none-stated", text


def _gone_place(facts: Facts) -> str:
    """Return where the sources are from if no address of them works, as Debian's policy asks."""
    address = facts.source.get("url", "").strip() or facts.homepage.strip()
    place = address.partition("://")[2] or address  # no link, for which lintian would have a tag
    named = f", whose rockspec names {place}" if place else ""
    return f"the rock {facts.rock} {facts.version}{named}"


def _unnamed(stanzas: list[Stanza]) -> list[str]:
    """Return the gap of files under another licence that name no copyright holder."""
    unnamed = [one for one in stanzas if not one.holders and one.license != PUBLIC_DOMAIN]
    files = tuple(path for one in unnamed for path in one.files)
    told = f"{listed(few(files))}: those of the rock are used" if files else ""
    return [f"no copyright holder is named in {told}"] if told else []


def _without_year(facts: Facts) -> str:
    """Return what to say where the holders are known without a year, which lintian asks for."""
    if not facts.date:
        return ""
    year = time.gmtime(facts.date).tm_year
    return f"The sources state no year of copyright; the newest file is of {year}."


def _placed(stanza: Stanza, draft: Draft, holders: tuple[str, ...]) -> Stanza:
    """Return a stanza with copyright holders, and patterns relative to the top directory."""
    below = draft.build_directory
    files = tuple(join(below, each) for each in stanza.files)
    if stanza.license == PUBLIC_DOMAIN:
        holders = ("none, it is in the public domain",)
    return stanza._replace(files=files, holders=stanza.holders or holders)

"""The licence of a package: its expression, its holders, and which files have its text."""

from __future__ import annotations

import re
import time
from posixpath import basename

from distrorocks.license.verdict import verdict
from distrorocks.packaging.documents import license_files
from distrorocks.packaging.facts import Facts
from distrorocks.packaging.field import HIGH, LOW, MEDIUM, Draft
from distrorocks.packaging.prose import listed
from distrorocks.packaging.upstream import is_plain_file

UNKNOWN = "LicenseRef-unknown"


def license_fields(facts: Facts, draft: Draft) -> None:
    """Decide the licence; what is not known is a gap and never stops the work."""
    found = verdict(facts.declared_license, facts.findings, silent=facts.silent)
    license_name = found.license or UNKNOWN
    draft.put("license", license_name, found.source, found.confidence, found.gap)
    evidence = tuple(f"{one.evidence}: {one.license}" for one in facts.findings[:20])
    draft.put("license_evidence", evidence, "the sources")
    files = license_files(facts.files, facts.below)
    odd = tuple(path for path in files if not is_plain_file(basename(path)))
    gap = f"recipes cannot name {listed(odd)}" if odd else ""
    plain = tuple(path for path in files if path not in odd)
    draft.put("license_files", plain, "the sources", LOW if odd else HIGH, gap)
    year = f"{time.gmtime(facts.date).tm_year} " if facts.date else ""
    if facts.holders:
        source = "copyright lines of the sources"
        if any(re.search(r"[12][0-9]{3}", line) for line in facts.holders):
            draft.put("copyright", facts.holders, source)
        else:
            lines = tuple(f"{year}{line}" for line in facts.holders)
            draft.put("copyright", lines, f"{source}; the year is the newest file's", MEDIUM)
        return
    author = re.sub(r"\s*<[^>]*>", "", facts.maintainer).strip()
    if author:
        gap = "no file at hand names a copyright holder: the rockspec's maintainer stands there"
        draft.put("copyright", (f"{year}{author}",), "rockspec: description.maintainer", LOW, gap)
        return
    gap = "nothing at hand names who holds the copyright"
    draft.put("copyright", (f"{year}the authors of {facts.rock}",), "nothing", LOW, gap)

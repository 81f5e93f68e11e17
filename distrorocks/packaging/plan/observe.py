"""What plans are made with beside a rock's sources: tables, and who packages when.

distrorocks ships the tables; packager and date come from the environment.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from distrorocks.errors import DistrorocksError
from distrorocks.families.external_library import read_external_libraries
from distrorocks.families.names_file import read_rock_modules, read_shipped_names
from distrorocks.families.naming_rules import names_elsewhere
from distrorocks.families.package_names import (
    NO_LISTS,
    PackageNames,
    parse_package_modules,
)
from distrorocks.families.rock_modules import parse_rock_versions
from distrorocks.packaging.code.module_tables import read_module_tables
from distrorocks.packaging.plan.format import (
    NO_DATE,
    Format,
    PackagingDate,
    Release,
    Tables,
)
from distrorocks.packaging.plan.package_lists import read_package_lists, release_of
from distrorocks.system.files.shipped_files import has_shipped, read_shipped

if TYPE_CHECKING:
    pass


_IDENTITY = re.compile(r"[^<>\n]+ <[^<>@\s]+@[^<>@\s]+>")


_TEXTS = (
    *("0BSD", "BSD-2-Clause", "BSD-3-Clause", "FSFAP", "FSFUL", "FSFULLR"),
    *("ISC", "MIT", "Unlicense", "X11", "Zlib"),
)


def read_tables(
    form: Format,
    maintainer: str = "",
    root: str = "/",
    release: Release | None = None,
    date: PackagingDate = NO_DATE,
) -> Tables:
    """Return the tables of a format, for a release or for the system in ``root``."""
    names = _names(form, root, release)
    libraries, texts = read_external_libraries(), _license_texts()
    near = release or release_of(form, root)
    modules = read_module_tables(near.name if near else "")
    return Tables(names, libraries, texts, maintainer, release, date, modules=modules)


def shipped_names(form: Format) -> PackageNames:
    """Return the names of a format's distribution as the shipped tables have them."""
    return _names(form, None, None)


@cache
def _names(form: Format, root: str | None, release: Release | None) -> PackageNames:
    entries = read_shipped_names(form.distribution)
    contents = f"package_modules/{form.distribution}.tsv"
    lists = NO_LISTS
    if root is not None:
        libraries = read_external_libraries().packages_in(form.distribution)
        lists = read_package_lists(form, root, release, libraries.union(entries))
    return PackageNames(
        entries=entries,
        contents=parse_package_modules(read_shipped(contents)) if has_shipped(contents) else {},
        rule=form.name_rule,
        lists=lists,
        rock_modules=read_rock_modules,
        rock_versions=parse_rock_versions(read_shipped("rock_versions.tsv")),
        opened=parse_package_modules(read_shipped("opened_modules.tsv")),
        elsewhere=names_elsewhere((each, read_shipped_names(each)) for each in form.kindred),
    )


@cache
def _license_texts() -> dict[str, str]:
    names = [name for name in _TEXTS if has_shipped(f"licenses/{name}.txt")]
    return {name: read_shipped(f"licenses/{name}.txt") for name in names}


def maintainer_of(environment: Mapping[str, str] = os.environ) -> str:
    """Return ``Name <mail>`` from DEBFULLNAME and DEBEMAIL, "" if they are not set."""
    mail, name = environment.get("DEBEMAIL", ""), environment.get("DEBFULLNAME", "")
    if _IDENTITY.fullmatch(mail):
        return mail
    both = f"{name} <{mail}>"
    return both if _IDENTITY.fullmatch(both) else ""


def checked_maintainer(text: str) -> str:
    """Return ``text`` if it is ``Name <mail>``, or raise."""
    if not _IDENTITY.fullmatch(text):
        raise DistrorocksError(
            f"{text!r} is not a maintainer", hint="write 'Name <name@example.org>'"
        )
    return text


_OF_MAIL = re.compile(
    r"([A-Z][a-z]{2}, +)?[0-9]{1,2} +[A-Z][a-z]{2} +[0-9]{4} +[0-9:]{5,8} +([+-][0-9]{4}|GMT|UTC)"
)
_LATEST = 10**11  # in the year 5138


def checked_date(text: str) -> int:
    """Return the seconds since 1970 of a date in a form of ISO 8601, RFC 5322 or ``@SECONDS``.

    A date without a time zone is in UTC, one without a time is its first second. Raise for others.
    """
    from datetime import UTC, datetime  # needed for dates that a person gives
    from email.utils import parsedate_to_datetime

    text = text.strip()
    if text.startswith("@") and (seconds := _seconds(text[1:])) is not None:
        return seconds
    parse = parsedate_to_datetime if _OF_MAIL.fullmatch(text) else datetime.fromisoformat
    try:
        found = parse(text)
        stamp = int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        stamp = -1
    if 0 <= stamp < _LATEST:
        return stamp
    raise DistrorocksError(
        f"{text!r} is not a date from 1970 on",
        hint="write 2026-11-30, 2026-11-30T12:00:00+01:00, the output of `date -R`, or @SECONDS",
    )


def _seconds(text: str) -> int | None:
    """Return a number of seconds since 1970, None if it is none."""
    return int(text) if re.fullmatch("[0-9]{1,11}", text) else None


def packaging_date(asked: int | None, known: int | None = None) -> PackagingDate:
    """Return the time of a packaging: what ``--date`` says, SOURCE_DATE_EPOCH, ``known``, or now.

    ``known`` is the time of the same version's packaging that is there already.
    """
    for seconds, source in (
        (asked, "--date"),
        (epoch(), "SOURCE_DATE_EPOCH"),
        (known, "the packaging that is there"),
    ):
        if seconds is not None:
            return PackagingDate(seconds, source)
    return PackagingDate(int(time.time()), "now")


def epoch(environment: Mapping[str, str] = os.environ) -> int | None:
    """Return SOURCE_DATE_EPOCH, None if it is not set; raise if it is no number."""
    text = environment.get("SOURCE_DATE_EPOCH", "")
    seconds = _seconds(text)
    if text and seconds is None:
        raise DistrorocksError(
            f"SOURCE_DATE_EPOCH is {text!r} in the environment, which is no number of seconds",
            hint="set it to the seconds since 1970, as `date +%s` prints them, or unset it",
        )
    return seconds

"""Debian's packaging format: control fields, copyright, changelog and watch file."""

from __future__ import annotations

import re
from posixpath import basename, join

from distrorocks.families.deb.versions import written_need
from distrorocks.families.naming_rules import short_name
from distrorocks.packaging.formats.deb_copyright import copyright_fields
from distrorocks.packaging.formats.deb_relations import relation_fields
from distrorocks.packaging.plan.build_helper import put_helper
from distrorocks.packaging.plan.dh_lua import dh_lua_fields
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.field import HIGH, MEDIUM
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.format import Format, Tables, mail_date
from distrorocks.packaging.plan.upstream import release_tag
from distrorocks.packaging.source.facts import Facts
from distrorocks.packaging.source.members import overrides
from distrorocks.values import NamedTuple

_GITHUB = "https://github.com/"
_TAGGED = re.compile(r"/archive/(?:refs/tags/)?(?P<tag>[^/]+?)\.(?:tar\.\w+|tgz|zip)\Z")


class Released(NamedTuple):
    """A release: version, tag, archive, repository and its web page; each may be ""."""

    version: str
    tag: str
    archive: str
    repository: str
    page: str


def watch_lines(release: Released) -> tuple[str, ...]:
    """Return the lines of a watch file; none if upstream publishes no releases."""
    named = _tag_pattern(release.tag or _tag_of(release.archive), release.version)
    before, after = named.before, named.after
    version = r"(\d[\d.]*)" if named.has_dots else r"(\d[\d_]*)"
    mangled = [] if named.has_dots else ["uversionmangle=s/_/./g"]
    if release.page.startswith(_GITHUB):
        kept = "filenamemangle=s%(?:.*?)?v?(\\d[\\d._]*@ARCHIVE_EXT@)%@PACKAGE@-$1%"
        if after:
            kept = f"filenamemangle=s%(?:.*?)?v?(\\d[\\d._]*){after}(@ARCHIVE_EXT@)%@PACKAGE@-$1$2%"
        return (
            f'opts="{", ".join([*mangled, kept])}" \\',
            f"{release.page}/tags \\",
            f"(?:.*?/)?{before}{version}{after}@ARCHIVE_EXT@",
        )
    if release.page:
        options = ", ".join(["mode=git", "pgpmode=none", *mangled])
        pattern = f"refs/tags/{before}{version}{after}"
        return (f'opts="{options}" \\', f"{release.repository} \\", pattern)
    return _beside(release.archive, release.version)


def _tag_of(archive: str) -> str:
    found = _TAGGED.search(archive)
    return found["tag"] if found else ""


class _TagPattern(NamedTuple):
    """The patterns of a tag's text around the version, and whether that has dots."""

    before: str
    after: str
    has_dots: bool


def _tag_pattern(tag: str, version: str) -> _TagPattern:
    """Return how a release's tag is spelled: ``foo-1_0-2`` ends in the revision of the rock."""
    for written in (version, version.replace(".", "_")):
        found = re.fullmatch(rf"(?P<before>.*?){re.escape(written)}(?P<after>-[0-9]+)?", tag)
        if found:
            before = _escaped(found["before"]) if found["before"].strip("v") else "v?"
            after = r"(?:-\d+)?" if found["after"] else ""
            return _TagPattern(before, after, written == version)
    return _TagPattern("v?", "", has_dots=True)


def _beside(archive: str, version: str) -> tuple[str, ...]:
    """Return the line for archives in one directory of a web server."""
    folder, _, file = archive.rpartition("/")
    if not folder or version not in file:
        return ()
    before, _, after = file.partition(version)
    pattern = f"{_escaped(before)}@ANY_VERSION@{_escaped(after)}"
    pattern = re.sub(r"\\\.(?:tar\\\.\w+|tgz|zip)\Z", "@ARCHIVE_EXT@", pattern)
    return (f"{folder}/ {pattern}",)


def _repacking(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return a watch file's lines so that what uscan leaves out is told in the version."""
    options = "repacksuffix=+ds, dversionmangle=auto"
    if not lines:
        return ()
    if lines[0].startswith('opts="'):
        return (lines[0].replace('opts="', f'opts="{options}, ', 1), *lines[1:])
    return (f'opts="{options}" \\', *lines)


def _escaped(text: str) -> str:
    return re.escape(text).replace("\\-", "-")


STANDARDS_VERSION = "4.6.2"


def finish(facts: Facts, draft: Draft, tables: Tables) -> None:
    """Add the fields that only Debian's format has."""
    compiled = draft.is_compiled
    shown = tuple(each for each in draft.documents if not _is_changelog(each))
    draft.put(Fields.doc_files, shown, "documents; debhelper installs changelogs")
    draft.put(Fields.section, "interpreters")
    policy = tables.release.standards_version if tables.release else STANDARDS_VERSION
    draft.put(Fields.standards_version, policy)
    draft.put(Fields.architecture, "any" if compiled else "all")
    put_helper(draft, tables, "dh-luarocks", has_dh_lua=True)
    dh_lua_fields(facts, draft)
    relation_fields(facts, draft)
    draft.put(Fields.changelog_date, mail_date(int(draft.date or 0)))
    draft.put(Fields.bug_closed, "", confidence=MEDIUM)
    release = "1" if draft.bug_closed else "1~1"
    draft.put(Fields.release, release, "lower than the first upload, which closes the bug")
    draft.put(Fields.changes, ("Initial release.",))
    copyright_fields(facts, draft, tables)
    draft.put(Fields.description_lines, _indented(draft.description))
    watch = watch_lines(_release(facts, draft))
    watch = _repacking(watch) if facts.prebuilt else watch
    draft.put(Fields.watch, watch, confidence=MEDIUM)
    draft.put(Fields.salsa_ci, False, confidence=MEDIUM)
    draft.put(Fields.gbp_conf, False, confidence=MEDIUM)
    draft.put(Fields.uploaders, (), confidence=MEDIUM)
    for repository in (Fields.vcs_git, Fields.vcs_browser):
        draft.put(repository, "", confidence=MEDIUM)
        draft.fill(repository, "{package}", draft.package)
    _overrides(facts, draft)
    draft.put(Fields.has_autotools, _has_autotools(facts))
    interpreters = tuple(f"lua{each}" for each in draft.lua_versions)
    draft.put(Fields.test_depends, interpreters)
    luas = tuple(f"lua{each}" for each in draft.upstream_tests_luas)
    needs = (each for need in draft.upstream_tests_requires for each in need.split(", "))
    draft.put(Fields.upstream_tests_depends, (*luas, *needs))


def _is_changelog(path: str) -> bool:
    """Return whether dh_installchangelogs looks for a document."""
    return basename(path).lower().startswith(("changes", "changelog", "news", "history"))


def _overrides(facts: Facts, draft: Draft) -> None:
    """Add lintian overrides for HTML pages that look generated."""
    below = draft.build_directory
    lines, unanswered = overrides({join(below, it): by for it, by in facts.long_pages.items()})
    gap = ""
    if unanswered:
        gap = f"generated, and the source is unknown: {', '.join(unanswered[:4])}"
    elif lines:
        gap = "HTML pages with long lines are assumed to be their own source; check them"
    confidence = MEDIUM if lines else HIGH
    draft.put(Fields.source_overrides, lines, confidence=confidence, gap=gap)


def _has_autotools(facts: Facts) -> bool:
    """Return whether debhelper would regenerate upstream's configure."""
    return any(path in facts.files for path in ("configure.ac", "configure.in"))


def _indented(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return text as continuation lines of a control field: indented, a dot if empty.

    A line that begins with a dot is indented by two spaces, so that it is kept (Debian policy
    5.6.13).
    """
    return tuple(f"  {it}" if it.startswith(".") else f" {it}" if it else " ." for it in lines)


def _release(facts: Facts, draft: Draft) -> Released:
    """Return the packaged release, from which debian/watch is derived."""
    return Released(
        draft.version,
        release_tag(facts.source, draft.version),
        draft.source_place,
        draft.repository,
        draft.repository_page,
    )


DEB = Format(
    name="deb",
    distribution="debian",
    lua_versions=("5.1", "5.2", "5.3", "5.4"),
    name_rule=short_name,
    kindred=("fedora", "arch", "alpine"),
    written_need=written_need,
    finish=finish,
    leaves_out=True,
)

"""debian/watch: where uscan looks for new releases, by the way this one is named."""

from __future__ import annotations

import re
from typing import NamedTuple

_GITHUB = "https://github.com/"
_TAGGED = re.compile(r"/archive/(?:refs/tags/)?(?P<tag>[^/]+?)\.(?:tar\.\w+|tgz|zip)\Z")


class Released(NamedTuple):
    """A release: its version, its tag or archive, and the repository with its page, "" each."""

    version: str
    tag: str
    archive: str
    repository: str
    page: str


def watch_lines(release: Released) -> tuple[str, ...]:
    """Return the lines of a watch file; none where upstream offers no releases to look at."""
    tag = release.tag or _tag_of(release.archive)
    prefix, is_parted_by_dots = _prefix(tag, release.version)
    version = r"(\d[\d.]*)" if is_parted_by_dots else r"(\d[\d_]*)"
    mangled = [] if is_parted_by_dots else ["uversionmangle=s/_/./g"]
    if release.page.startswith(_GITHUB):
        kept = "filenamemangle=s%(?:.*?)?v?(\\d[\\d._]*@ARCHIVE_EXT@)%@PACKAGE@-$1%"
        return (
            f'opts="{", ".join([*mangled, kept])}" \\',
            f"{release.page}/tags \\",
            f"(?:.*?/)?{prefix}{version}@ARCHIVE_EXT@",
        )
    if release.page:
        options = ", ".join(["mode=git", "pgpmode=none", *mangled])
        return (f'opts="{options}" \\', f"{release.repository} \\", f"refs/tags/{prefix}{version}")
    return _beside(release.archive, release.version)


def _tag_of(archive: str) -> str:
    found = _TAGGED.search(archive)
    return found["tag"] if found else ""


def _prefix(tag: str, version: str) -> tuple[str, bool]:
    """Return the pattern of what stands before the version in a tag, and whether dots part it."""
    for written in (version, version.replace(".", "_")):
        before = tag.removesuffix(written)
        if before != tag and before.strip("v"):
            return _escaped(before), written == version
        if before != tag:
            return "v?", written == version
    return "v?", True


def _beside(archive: str, version: str) -> tuple[str, ...]:
    """Return the line for releases that stand in one folder of a web server."""
    folder, _, file = archive.rpartition("/")
    if not folder or version not in file:
        return ()
    before, _, after = file.partition(version)
    pattern = f"{_escaped(before)}@ANY_VERSION@{_escaped(after)}"
    pattern = re.sub(r"\\\.(?:tar\\\.\w+|tgz|zip)\Z", "@ARCHIVE_EXT@", pattern)
    return (f"{folder}/ {pattern}",)


def _escaped(text: str) -> str:
    return re.escape(text).replace("\\-", "-")

"""Find what packages state of a rock's upstream: archive, repository, issue tracker, version."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

from distrorocks.families.version_range import spelled
from distrorocks.rocks.version import Version
from distrorocks.values import NamedTuple

_FORGE = re.compile(
    r"(?:git\+)?(?:https?|git|ssh)(?:\+\w+)?://(?:www\.|git@)?"
    r"(?P<host>github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)"
    r"[/:](?:downloads/)?(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?:\.git)?(?:/|$)"
)
# Its repositories may have no issue tracker, and the folder in its archives is named by a commit.
_BITBUCKET = "bitbucket.org"
_ADDRESS = re.compile(r"(?:https?|ftp)://[A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]+")
# Characters that are safe in build recipes, which shells, macros and make read.
_PLAIN_ADDRESS = re.compile(r"(?:https?|ftp)://[A-Za-z0-9._~:/?#@&+,=%-]+")
_PLAIN_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+~@-]*")
_PLAIN_FOLDER = re.compile(rf"{_PLAIN_FILE.pattern}(?:/{_PLAIN_FILE.pattern})*|\.|")
_ARCHIVE = re.compile(r"\.(?:tar\.(?:gz|bz2|xz)|tgz|zip)\Z")
_UNTELLING = re.compile(
    r"(?:(?:release|version|rel|tag|v|master|main)[-_.]?)*(?:[0-9][0-9a-z._-]*?|[0-9a-f]{7,40}|)"
    r"\.(?:tar\.\w+|tgz|zip)",
    re.IGNORECASE,
)
# Hosts that no longer exist; no field may refer to them.
_GONE = re.compile(
    r"://(?:[^/]*\.)?(?:code\.google\.com|googlecode\.com|luaforge\.net|gna\.org|berlios\.de"
    r"|gitorious\.org|cloud\.github\.com|codehaus\.org|fedorahosted\.org|freecode\.com|freshmeat\.net)(?:[/:]|\Z)"
)
# Hosts that redirect http to https.
_ALWAYS_SAFE = re.compile(
    r"\Ahttp://(?=(?:(?:www\.)?(?:github|gitlab)\.com|codeberg\.org|[\w-]+\.github\.io)(?:/|\Z))"
)
# Pages of GitHub's users, which had this address until 2021 and have no redirect from it.
_PAGES_OF_USERS = re.compile(
    r"\Ahttps?://(?!(?:www|gist|api|raw|help|docs|developer|pages|wiki|svn|cloud)\.)"
    r"(?P<user>[\w-]+)\.github\.com(?=/|\Z)"
)
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")

_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)*(?:[a-z](?:[0-9]+)?)?")
_SNAPSHOT = re.compile(r"(?:scm|cvs|dev|git|head|master|main)(?![a-z])", re.IGNORECASE)


class Upstream(NamedTuple):
    """The upstream addresses; each is "" if unknown.

    ``archive`` is downloaded by builds, ``file`` is its local name, ``top`` its top directory.
    ``page`` is the web page of the repository.
    """

    archive: str = ""
    file: str = ""
    top: str = ""
    repository: str = ""
    page: str = ""
    issues: str = ""
    is_forge: bool = False
    gap: str = ""


def upstream_of(
    source: Mapping[str, str], homepage: str, *, stem: str, version: str, top: str
) -> Upstream:
    """Return the upstream addresses by a rockspec's ``source``.

    ``stem`` and ``version`` name the archive if upstream's name is not usable; ``top`` is the top
    directory of the available sources.
    """
    address = source.get("url", "")
    forge = _FORGE.match(address) or _FORGE.match(homepage)
    if forge and forge["host"] == _BITBUCKET and not _FORGE.match(address):
        forge = None  # it had repositories of Mercurial
    page = f"https://{forge['host']}/{forge['owner']}/{forge['name']}" if forge else ""
    places = Upstream(
        repository=f"{page}.git" if page else "",
        page=page,
        issues=f"{page}/issues" if forge and forge["host"] != _BITBUCKET else "",
        is_forge=bool(page),
    )
    if _PLAIN_ADDRESS.fullmatch(address) and (kind := _ARCHIVE.search(address)):
        last = address.rpartition("/")[2]
        told = (it for it in (source.get("file", ""), last) if it != last or _is_telling(it))
        names = (*told, f"{stem}-{version}{kind[0]}")
        file = next(filter(_PLAIN_FILE.fullmatch, names))
        archive = _ALWAYS_SAFE.sub("https://", address)
        named = places._replace(archive=archive, file=file)
        found = _with_folder(named, top or source.get("dir"))
        if _GONE.search(address):
            gap = f"the host of {address} is gone: pack the sources by hand"
            return found._replace(archive="", gap=gap)
        return found
    tag = release_tag(source, version)
    forge = _FORGE.match(address)
    if forge and forge["host"] != _BITBUCKET and _TAG.fullmatch(tag):
        # An archive of a tag is named as one; that of a name without numbers may be a branch's.
        is_tag = tag == source.get("tag") and re.search("[0-9]", tag)
        where = "archive/refs/tags" if forge["host"] == "github.com" and is_tag else "archive"
        if forge["host"] == "gitlab.com":
            where = f"-/archive/{tag}"
        folder = f"{forge['name']}-{re.sub(r'^v(?=[0-9])', '', tag)}"
        gap = "" if source.get("tag") else f"{tag} is named as a branch, which may move: check it"
        return places._replace(
            archive=f"{page}/{where}/{tag}.tar.gz",
            file=f"{stem}-{version}.tar.gz",
            top=folder,
            gap=gap,
        )
    gap = "the rockspec names no release archive: pack the sources by hand"
    return places._replace(file=f"{stem}-{version}.tar.gz", top=f"{stem}-{version}", gap=gap)


def _is_telling(file: str) -> bool:
    """Return whether a file's name tells what it is: not ``v1.0.zip``, nor that of a commit.

    Builders keep the archives of all packages in one directory.
    """
    return _UNTELLING.fullmatch(file) is None


def release_tag(source: Mapping[str, str], version: str) -> str:
    """Return the tag that a rockspec names, or a branch that is named after the version.

    To git and LuaRocks they are the same, so many rockspecs name a tag as ``branch = "v1.0"``.
    """
    branch = source.get("branch", "")
    is_release = re.search(rf"(?<![0-9.]){re.escape(version)}(?![0-9]|\.\w)", branch)
    return source.get("tag", "") or (branch if is_release else "")


def _with_folder(places: Upstream, folder: str | None) -> Upstream:
    """Return the addresses with the top directory of the archive, if recipes can name it."""
    if _PLAIN_FOLDER.fullmatch(folder or ""):
        return places._replace(top=(folder or "").partition("/")[0])
    return places._replace(
        gap=f"the directory {folder!r} of the archive is not usable in build recipes"
    )


def is_plain_file(name: str) -> bool:
    """Return whether a file name is safe in build recipes: no blanks and special characters."""
    return _PLAIN_FILE.fullmatch(name) is not None


def web_address(text: str) -> str:
    """Return an address for a field, "" if ``text`` is not valid or its host is gone.

    A host of one word, as in ``http://github/a``, is one of somebody's own network.
    """
    cleaned = _ALWAYS_SAFE.sub("https://", text.strip().rstrip("."))
    cleaned = _PAGES_OF_USERS.sub(r"https://\g<user>.github.io", cleaned)
    is_known = _ADDRESS.fullmatch(cleaned) and not _GONE.search(cleaned)
    return cleaned if is_known and "." in cleaned.split("/")[2].strip(".") else ""


def is_snapshot(rock_version: str) -> bool:
    """Return whether a rock version is a development version, not a release."""
    return _SNAPSHOT.search(rock_version) is not None


def upstream_version(rock_version: str, date: int) -> str:
    """Return the upstream version: ``1.0rc1-2`` gives ``1.0~rc1``, ``scm-1`` a snapshot.

    A snapshot has the date of its newest file, in UTC, and sorts before every release.
    """
    text = rock_version.rpartition("-")[0] or rock_version
    text = re.sub(r"^[vV](?=[0-9])", "", text)
    if _NUMBERS.fullmatch(text):
        return text
    if is_snapshot(text):
        known = _NUMBERS.match(text)
        day = time.strftime("%Y%m%d", time.gmtime(date)) if date else ""
        return f"{known[0] if known else '0'}~git{day}"
    return spelled(Version.parse(text).parts or (0,))

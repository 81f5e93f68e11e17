"""The fields of a packaging plan about who packages a rock, and what the changelog says."""

from __future__ import annotations

from distrorocks.packaging.plan.field import flag, text, texts

_DEB = ("deb",)
_SPEC = ("fedora", "opensuse")
_NOT_BLANK = r"\S"
_IDENTITY = r"^[^<>]+ <[^<> ]+@[^<> ]+>$"
_REPOSITORY = r"^(|(https?|git|ssh)://([^\s{}$]|\{package\})+( -b [^\s{}$]+)?( \[[^\s{}$]+\])?)$"


class HistoryFields:
    """The fields of a plan about its packager and its history, as ``Fields`` has them."""

    maintainer = text(
        "name and mail address of the packager",
        "--maintainer, or DEBFULLNAME and DEBEMAIL",
        pattern=_IDENTITY,
    )
    date = text(
        "time of the packaging, in seconds since 1970",
        "--date, SOURCE_DATE_EPOCH, or now",
        pattern=r"^[0-9]+$",
    )
    changelog_date = text(
        "date as the changelog writes it", "date", formats=(*_DEB, *_SPEC), pattern=_NOT_BLANK
    )
    changes = texts("items of the changelog", "a first package", formats=(*_DEB, *_SPEC))
    bug_closed = text(
        "number of the bug that asks for the package",
        "empty by default",
        formats=_DEB,
        pattern=r"^[0-9]*$",
    )
    salsa_ci = flag(
        "whether debian/salsa-ci.yml is written",
        "off by default; for packages on salsa.debian.org",
        formats=_DEB,
    )
    gbp_conf = flag(
        "whether debian/gbp.conf is written, with the branches of DEP-14",
        "off by default; for git-buildpackage",
        formats=_DEB,
    )
    uploaders = texts(
        "names and mail addresses of those who maintain the package beside the maintainer",
        "empty by default",
        formats=_DEB,
        pattern=_IDENTITY.replace("[^<>]", "[^<>,]"),
        may_be_empty=True,
    )
    vcs_git = text(
        "git repository of the packaging; {package} is the name of the package",
        "empty by default",
        formats=_DEB,
        pattern=_REPOSITORY,
    )
    vcs_browser = text(
        "web page of that repository", "as vcs_git", formats=_DEB, pattern=_REPOSITORY
    )

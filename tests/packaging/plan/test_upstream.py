"""Upstream's addresses as recipes can hold them, and versions of packages from those of rocks."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.packaging.plan.upstream import (
    Upstream,
    is_plain_file,
    is_snapshot,
    release_tag,
    upstream_of,
    upstream_version,
    web_address,
)

ADDRESS = "https://example.org/foo-1.0.tar.gz"

DAY = 1_577_880_000  # 2020-01-01


def places(top: str = "", **source: str) -> Upstream:
    """Return the places of a rock foo 1.0."""
    return upstream_of({"url": ADDRESS, **source}, "", stem="lua-foo", version="1.0", top=top)


def test_an_archive_keeps_its_names() -> None:
    """The file and the folder are upstream's own."""
    assert places(file="x.tgz", dir="foo-1.0/src")[:3] == (ADDRESS, "x.tgz", "foo-1.0")
    assert places("foo-1")[:3] == (ADDRESS, "foo-1.0.tar.gz", "foo-1")


def test_bitbucket_has_a_repository_and_may_have_no_tracker() -> None:
    """Its archives are in no folder that could be listed, and one of a tag has no certain name."""
    page = "https://bitbucket.org/a/foo"
    found = places(url=f"{page}/get/v1.0.tar.gz")
    assert found[3:7] == (f"{page}.git", page, "", True)
    assert places(url=f"git+{page}.git", tag="v1.0").archive == ""
    assert upstream_of({"url": ADDRESS}, page, stem="foo", version="1", top="").page == ""
    assert upstream_of({"url": f"hg+{page}"}, page, stem="foo", version="1", top="").page == ""


@pytest.mark.parametrize("name", ["$(id)", "`id`", "'; id; '", "a b", "%(id)", "../x", "-n x"])
def test_names_with_special_characters_are_skipped(name: str) -> None:
    """Shell syntax, macros and paths out of the sources reach no recipe; the directory is a gap."""
    assert places(file=name).file == "foo-1.0.tar.gz"
    found = places(dir=name)
    assert (found.top, name in found.gap) == ("", True)
    assert places(name).top == ""


def test_an_address_with_shell_syntax_is_a_gap() -> None:
    """An archive at such an address is not used."""
    found = places(url="https://example.org/$(id)/foo-1.0.tar.gz")
    assert found.archive == ""
    assert found.gap


@pytest.mark.parametrize("branch", ["1.0", "v1.0", "v1.0-1", "foo-1.0"])
def test_a_branch_that_is_named_after_the_version_is_as_good_as_a_tag(branch: str) -> None:
    """LuaRocks gives both to git in one way; that it may move is a gap."""
    found = places(url="git://github.com/a/foo.git", branch=branch)
    assert found.archive == f"https://github.com/a/foo/archive/{branch}.tar.gz"
    assert found.top == f"foo-{branch.removeprefix('v')}"
    assert branch in found.gap


@pytest.mark.parametrize("branch", ["master", "v1", "1.0.x", "1.0.1", "11.0", "v1.0/next"])
def test_other_branches_are_no_release(branch: str) -> None:
    """What they hold is not this version, or not for long."""
    found = places(url="git://github.com/a/foo.git", branch=branch)
    assert (found.archive, "no release archive" in found.gap) == ("", True)


def test_a_tag_without_a_number_may_be_a_branch() -> None:
    """GitHub gives its archive at an address that serves both."""
    found = places(url="git://github.com/a/foo.git", tag="master")
    assert found.archive == "https://github.com/a/foo/archive/master.tar.gz"
    found = places(url="git://github.com/a/foo.git", tag="v1.0")
    assert found.archive == "https://github.com/a/foo/archive/refs/tags/v1.0.tar.gz"


def test_an_archive_of_a_host_that_is_gone_is_a_gap() -> None:
    """A build would ask for it in vain; its name is kept, since the archive may exist elsewhere."""
    address = "http://foo.googlecode.com/files/foo-1.0.tar.gz"
    found = places(url=address)
    assert (found.archive, found.file) == ("", "foo-1.0.tar.gz")
    assert address in found.gap


@pytest.mark.parametrize("address", ["http://github/a/b", "http://localhost:80/", "https://a./b"])
def test_a_host_of_one_word_is_no_address_for_others(address: str) -> None:
    """Only somebody's own network knows it."""
    assert web_address(address) == ""


def test_pages_of_forges_are_reached_safely() -> None:
    """Where a host that serves all its pages by https is named with http."""
    assert web_address("http://github.com/a/b") == "https://github.com/a/b"
    assert web_address("http://a.github.io/b") == "https://a.github.io/b"
    assert web_address("http://a-b.github.com/c/") == "https://a-b.github.io/c/"
    assert web_address("https://a.github.com") == "https://a.github.io"
    assert web_address("https://gist.github.com/1") == "https://gist.github.com/1"
    assert web_address("http://example.org/b") == "http://example.org/b"


@pytest.mark.parametrize(
    ("rock", "package"),
    [
        ("1.0.2-1", "1.0.2"),
        ("0.07-1", "0.07"),
        ("v1.2-1", "1.2"),
        ("1.0rc1-2", "1.0~rc1"),
        ("2.0.beta-1", "2.0~beta"),
        ("scm-1", "0~git20200101"),
        ("1.2.scm-1", "1.2~git20200101"),
        ("dev-1", "0~git20200101"),
    ],
)
def test_rock_versions_become_upstream_versions(rock: str, package: str) -> None:
    """Releases keep their text, pre-releases sort before them, snapshots have a date."""
    assert upstream_version(rock, DAY) == package


@given(st.from_regex(r"[A-Za-z0-9.]{1,12}-[0-9]{1,2}", fullmatch=True))
def test_every_version_can_stand_in_a_package(rock: str) -> None:
    """It begins with a digit and has only characters that both formats allow."""
    version = upstream_version(rock, DAY)
    assert version[0].isdigit()
    assert all(c.isascii() and (c.isalnum() or c in ".+~") for c in version), version


def test_a_development_version_is_no_release() -> None:
    """scm, dev and git mark snapshots; the same letters inside another word do not."""
    assert is_snapshot("scm-1")
    assert not is_snapshot("1.0-1")


@pytest.mark.parametrize(
    ("address", "page"),
    [
        *(
            (f"https://{host}/a/foo", f"https://{host}/a/foo")
            for host in ("github.com", "gitlab.com", "codeberg.org", "bitbucket.org")
        ),
        ("git+https://github.com/a/foo.git", "https://github.com/a/foo"),
        ("git://github.com/a/foo.git/", "https://github.com/a/foo"),
        ("git+ssh://git@github.com/a/foo.git", "https://github.com/a/foo"),
        ("https://www.github.com/a/foo.x", "https://github.com/a/foo.x"),
        ("https://github.com/downloads/a/foo/x", "https://github.com/a/foo"),
        ("ssh://git@github.com:a/foo", "https://github.com/a/foo"),
        ("https://github.com/a", ""),
        ("https://xgithub.com/a/foo", ""),
        ("https://example.org/a/foo", ""),
    ],
)
def test_a_forge_has_a_page_for_each_repository(address: str, page: str) -> None:
    """However its address is spelled; the rest of the address is left out."""
    found = places(url=address)
    assert (found.page, found.repository) == (page, f"{page}.git" if page else "")
    assert found.is_forge is bool(page)
    assert found.issues == (f"{page}/issues" if page and "bitbucket" not in page else "")


def test_a_homepage_names_the_repository_where_the_source_does_not() -> None:
    """The archive stays that of the source."""
    page = "https://codeberg.org/a/foo"
    found = upstream_of({"url": ADDRESS}, page, stem="lua-foo", version="1.0", top="")
    assert (found.archive, found.page, found.gap) == (ADDRESS, page, "")
    other = upstream_of({"url": "git://x.org/a"}, page, stem="s", version="2", top="")
    assert (other.archive, other.file, other.top) == ("", "s-2.tar.gz", "s-2")


@pytest.mark.parametrize(
    ("host", "tag", "archive", "top"),
    [
        ("github.com", "v1.0", "archive/refs/tags/v1.0", "foo-1.0"),
        ("github.com", "vx", "archive/vx", "foo-vx"),
        ("gitlab.com", "v1.0", "-/archive/v1.0/v1.0", "foo-1.0"),
        ("codeberg.org", "1.0", "archive/1.0", "foo-1.0"),
        ("github.com", "a v1", None, "lua-foo-1.0"),
        ("github.com", "a/v1", None, "lua-foo-1.0"),
    ],
)
def test_a_tag_has_an_archive_at_its_forge(
    host: str, tag: str, archive: str | None, top: str
) -> None:
    """Each forge has its own place for it, and its folder lacks the v."""
    found = places(url=f"git+https://{host}/a/foo.git", tag=tag)
    assert found.archive == (f"https://{host}/a/foo/{archive}.tar.gz" if archive else "")
    assert (found.top, found.file, bool(found.gap)) == (top, "lua-foo-1.0.tar.gz", not archive)


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("https://example.org/v1.0.zip", "lua-foo-1.0.zip"),
        ("https://example.org/1.0-2.tar.gz", "lua-foo-1.0.tar.gz"),
        ("https://example.org/release-v1.0.tgz", "lua-foo-1.0.tgz"),
        ("https://example.org/820f745b7c442176bcc2.tar.gz", "lua-foo-1.0.tar.gz"),
        ("https://example.org/master.zip", "lua-foo-1.0.zip"),
        ("https://example.org/foo.zip", "foo.zip"),
        ("https://example.org/release-foo.zip", "release-foo.zip"),
        ("https://example.org/version1.zip", "lua-foo-1.0.zip"),
    ],
)
def test_an_archive_whose_name_tells_nothing_has_that_of_the_package(
    address: str, file: str
) -> None:
    """Builders keep the archives of all packages in one directory, where v1.0.zip is anybody's."""
    assert places(url=address).file == file
    assert places(url=address, file="own.zip").file == "own.zip"


def test_an_archive_is_fetched_by_https_where_its_host_redirects_to_that() -> None:
    """As Fedora's guidelines and lintian ask for."""
    found = places(url="http://github.com/a/foo/archive/foo-1.0.zip")
    assert found.archive == "https://github.com/a/foo/archive/foo-1.0.zip"
    assert places(url="http://example.org/foo-1.0.zip").archive == "http://example.org/foo-1.0.zip"


@pytest.mark.parametrize("ending", ["tar.gz", "tar.bz2", "tar.xz", "tgz", "zip"])
def test_an_archive_is_known_by_its_ending(ending: str) -> None:
    """Where its own name has odd characters, that of the package has the ending."""
    assert places(url=f"https://example.org/a.{ending}").archive
    assert places(url=f"https://example.org/a?b.{ending}").file == f"lua-foo-1.0.{ending}"
    assert places(url=f"https://example.org/a.{ending}x").archive == ""


@pytest.mark.parametrize(
    "host",
    [
        *("code.google.com", "x.googlecode.com", "luaforge.net", "gna.org", "berlios.de"),
        *("gitorious.org", "cloud.github.com", "codehaus.org", "fedorahosted.org"),
        *("freecode.com", "freshmeat.net", "a.b.luaforge.net", "luaforge.net:80"),
    ],
)
def test_no_field_refers_to_a_host_that_is_gone(host: str) -> None:
    """Nor to one below it; a host that only ends so is another."""
    assert web_address(f"http://{host}/a") == ""
    assert places(url=f"http://{host}/a.zip").archive == ""
    assert web_address("http://myluaforge.net/a") == "http://myluaforge.net/a"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" https://a.org/b. ", "https://a.org/b"),
        ("ftp://a.org", "ftp://a.org"),
        ("https://a.org/b c", ""),
        ("a.org", ""),
        ("", ""),
        ("http://www.gitlab.com/a", "https://www.gitlab.com/a"),
        ("http://codeberg.org", "https://codeberg.org"),
        ("http://githubx.com/a", "http://githubx.com/a"),
        ("https://x.y/?a=(b)#c", "https://x.y/?a=(b)#c"),
    ],
)
def test_an_address_is_one_as_a_whole(text: str, address: str) -> None:
    """Without blanks around it and the stop of a sentence."""
    assert web_address(text) == address


@pytest.mark.parametrize(
    ("source", "tag"),
    [
        ({"tag": "x"}, "x"),
        ({"tag": "x", "branch": "1.0"}, "x"),
        ({"branch": "v1.0"}, "v1.0"),
        ({"branch": "1.0.1"}, ""),
        ({"branch": "1.0.x"}, ""),
        ({"branch": "1.0."}, "1.0."),
        ({"branch": "1x0"}, ""),
        ({}, ""),
    ],
)
def test_a_release_has_a_tag(source: dict[str, str], tag: str) -> None:
    """Or a branch of its version."""
    assert release_tag(source, "1.0") == tag


@pytest.mark.parametrize(
    ("rock", "date", "package"),
    [
        ("1.0", 0, "1.0"),
        ("1.0a-1", 0, "1.0a"),
        ("1.0a1-1", 0, "1.0a1"),
        ("V1.0-1", 0, "1.0"),
        ("scm-1", 0, "0~git"),
        ("1.2dev-1", 86400, "1.2d~git19700102"),
        ("master-1", 86400, "0~git19700102"),
    ],
)
def test_a_version_keeps_its_numbers(rock: str, date: int, package: str) -> None:
    """The revision of the rock goes; without a date a snapshot has none."""
    assert upstream_version(rock, date) == package


@pytest.mark.parametrize("word", ["scm", "cvs", "dev", "git", "head", "master", "main", "SCM"])
def test_words_of_snapshots(word: str) -> None:
    """Before anything but a letter."""
    assert is_snapshot(f"{word}-1")
    assert is_snapshot(f"1.{word}2-1")
    assert not is_snapshot(f"{word}x-1")


def test_a_plain_file_has_no_special_characters() -> None:
    """It begins with a letter or a digit."""
    assert all(map(is_plain_file, ("a", "0", "a._+~@-b")))
    assert not any(map(is_plain_file, ("", ".a", "-a", "a b", "a/b", "a$", "é")))

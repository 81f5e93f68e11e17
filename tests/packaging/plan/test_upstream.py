"""Upstream's addresses as recipes can hold them, and versions of packages from those of rocks."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.packaging.plan.upstream import (
    Upstream,
    is_snapshot,
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

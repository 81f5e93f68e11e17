"""Which distribution a root has."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.families.distribution import (
    Distribution,
    is_known,
    known_distribution,
    known_ids,
    parse_os_release,
    read_distribution,
)


def test_os_release_is_read_with_its_quotes() -> None:
    """Double and single quotes, escapes, comments and lines of no form."""
    text = (
        "# comment\nID='ubuntu'\nVERSION_ID='24.04'\n"
        'ID_LIKE="debian \\"quoted\\" other"\nnonsense\n'
    )
    expected = Distribution("ubuntu", ("debian", '"quoted"', "other"), "24.04")
    assert parse_os_release(text) == expected


def test_the_file_may_be_a_link_inside_the_root(tmp_path: Path) -> None:
    """/etc/os-release is usually one to ../usr/lib/os-release."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "usr/lib").mkdir(parents=True)
    (tmp_path / "usr/lib/os-release").write_text("ID=fedora\n")
    (tmp_path / "etc/os-release").symlink_to("/usr/lib/os-release")
    assert read_distribution(str(tmp_path)).id == "fedora"


def test_a_root_that_says_nothing_is_no_distribution(tmp_path: Path) -> None:
    """Neither a missing file nor a directory in its place is an error."""
    assert read_distribution(str(tmp_path)) == Distribution()
    (tmp_path / "etc/os-release").mkdir(parents=True)
    assert read_distribution(str(tmp_path)) == Distribution()


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("debian", "debian"),
        ("ubuntu", "debian"),
        ("fedora", "fedora"),
        ("rhel", "fedora"),
        ("centos", "fedora"),
        ("opensuse", "opensuse"),
        ("suse", "opensuse"),
        ("sles", "opensuse"),
        ("opensuse-leap", "opensuse"),
        ("opensuse-tumbleweed", "opensuse"),
        ("altlinux", "altlinux"),
        ("alpine", "alpine"),
        ("postmarketos", "alpine"),
        ("arch", "arch"),
        ("archlinux", "arch"),
        ("archarm", "arch"),
        ("gentoo", ""),
    ],
)
def test_ids_of_os_release_have_one_name_each(written: str, known: str) -> None:
    """Those that others are like, or had once, are known by the distribution of the packages."""
    assert known_distribution(["nobody", written, "debian" if known else "x"]) == known


@pytest.mark.parametrize(
    ("written", "is_one"),
    [
        *(("debian", True), ("sles", True), ("opensuse-microos", True), ("archarm", True)),
        *(("debain", False), ("kali", False), ("suse-x", False), ("", False), ("-debian", False)),
    ],
)
def test_an_id_is_known_by_its_name_or_as_a_variant(written: str, is_one: bool) -> None:
    """As the map of names is looked for; the list has those by name."""
    assert is_known(written) == is_one
    assert (written in known_ids()) == (is_one and written != "opensuse-microos")

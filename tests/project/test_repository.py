"""A clone tells where it is from, and a code host where its page is."""

from __future__ import annotations

import pytest

from distrorocks.project.repository import PLACES, configured, home_page, source_address

CONFIG = """[core]
\tbare = false
[remote "upstream"]
\turl = https://h/up
[remote "origin"]
\tfetch = +refs/heads/*:refs/remotes/origin/*
\turl = https://h/a=b
\turl = https://h/second
"""


def test_a_key_is_that_of_its_section() -> None:
    """Git writes names of sections with quotes, hg without."""
    assert configured(CONFIG, "remote origin", "url") == "https://h/a=b"
    assert configured(CONFIG, "remote other", "url") == ""
    assert configured(CONFIG, "core", "url") == ""
    assert configured("x = 1\n[paths]\ndefault = ssh://h/r\n", "paths", "default") == "ssh://h/r"


def test_each_program_has_a_file_for_the_address_of_a_clone() -> None:
    """As git and hg write it when they clone."""
    written = {".git/config": CONFIG, ".hg/hgrc": "[paths]\ndefault = https://h/a=b\n"}
    assert [each[:2] for each in PLACES] == [("git", ".git/config"), ("hg", ".hg/hgrc")]
    for _, file, section, key in PLACES:
        assert configured(written[file], section, key) == "https://h/a=b"


@pytest.mark.parametrize(
    ("program", "remote", "address"),
    [
        ("git", "https://github.com/o/r.git", "git+https://github.com/o/r.git"),
        ("git", "git@github.com:o/r.git", "git+ssh://git@github.com/o/r.git"),
        ("git", "me@h:/srv/r.git", "git+ssh://me@h/srv/r.git"),
        ("git", "git://h/r", "git://h/r"),
        ("git", "ssh://git@h/r", "git+ssh://git@h/r"),
        ("git", "https://me:secret@h/r", "git+https://h/r"),
        ("git", "/srv/r", ""),
        ("git", "../r", ""),
        ("git", "file:///srv/r", ""),
        ("git", "http://h/r", "git+http://h/r"),
        ("git", "ftp://h/r", ""),
        ("hg", "https://h/r", "hg+https://h/r"),
        ("hg", "http://h/r", "hg+http://h/r"),
        ("hg", "ssh://hg@h/r", "hg+ssh://hg@h/r"),
        ("hg", "hg://h/r", "hg://h/r"),
    ],
)
def test_the_address_of_a_clone(program: str, remote: str, address: str) -> None:
    """It is one that LuaRocks fetches, and has no password in it."""
    assert source_address(program, remote) == address


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("git+https://github.com/o/r.git", "https://github.com/o/r"),
        ("git+ssh://git@codeberg.org/o/r.git", "https://codeberg.org/o/r"),
        ("https://github.com/o/r/archive/v1.tar.gz", "https://github.com/o/r"),
        ("git://gitlab.com/o/r", "https://gitlab.com/o/r"),
        ("https://example.org/o/r", ""),
        ("https://github.com/o", ""),
        ("github.com/o/r", ""),
        ("", ""),
    ],
)
def test_the_page_of_a_repository(address: str, page: str) -> None:
    """Only hosts whose pages are at the address of the repository are known."""
    assert home_page(address) == page

"""LuaRocks' conclusions from the address of sources."""

from __future__ import annotations

import pytest

from distrorocks.rocks.rockspec import base_name, completed, split_url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://h/a.zip", ("https", "h/a.zip")),
        ("git+ssh://git@h/a.git", ("git+ssh", "git@h/a.git")),
        ("/srv/a.zip", ("file", "/srv/a.zip")),
        ("'http://h/a'", ("http", "h/a")),
        ("git@h:a/b", ("file", "git@h:a/b")),
        ("", ("file", "")),
    ],
)
def test_an_address_is_a_protocol_and_the_rest(url: str, expected: tuple[str, str]) -> None:
    """Without a protocol it is a file; quotes around it are taken off."""
    assert split_url(url) == expected


@pytest.mark.parametrize(
    ("path", "name"), [("a/b.c", "b.c"), ("a/b/", "b"), ("a\\b", "b"), ("b", "b"), ("b/", "b/")]
)
def test_the_base_name_is_what_follows_the_last_separator(path: str, name: str) -> None:
    """Separators at the end do not count, unless there is no other."""
    assert base_name(path) == name


@pytest.mark.parametrize(
    ("url", "file", "directory"),
    [
        ("https://h/foo-1.0.tar.gz", "foo-1.0.tar.gz", "foo-1.0"),
        ("https://h/foo.tgz", "foo.tgz", "foo"),
        ("https://h/foo.tar.xz", "foo.tar.xz", "foo.xz"),
        ("https://h/foo.lua", "foo.lua", "."),
        ("git+https://h/foo.git", None, "foo"),
        ("git://h/mini.doc", None, "mini.doc"),
        ("cvs://:pserver:anonymous@h:/cvs/x.lua", None, "x.lua"),
    ],
)
def test_a_source_is_completed(url: str, file: str | None, directory: str) -> None:
    """What is downloaded has a file, and the directory follows from it or from the address."""
    source = completed({"url": url}, since_3_0=True)
    assert source.get("file") == file
    assert source["dir"] == directory
    assert source["dir_set"] is False


def test_before_3_0_a_single_file_always_lies_in_the_current_directory() -> None:
    """The rule for what is not downloaded came with format 3.0."""
    assert completed({"url": "cvs://h/x.c"}, since_3_0=False)["dir"] == "."


def test_what_the_rockspec_says_comes_first() -> None:
    """A directory, a file or a module is taken as written, even an empty one."""
    said = completed({"url": "https://h/a.zip", "dir": "d", "file": "f.zip"}, since_3_0=True)
    assert (said["dir"], said["dir_set"], said["file"]) == ("d", True, "f.zip")
    old = completed({"url": "cvs://h", "cvs_module": "m", "cvs_tag": "t"}, since_3_0=False)
    assert (old["module"], old["tag"], old["dir"]) == ("m", "t", "m")
    assert completed({"url": "git://h/a", "module": ""}, since_3_0=True)["dir"] == ""

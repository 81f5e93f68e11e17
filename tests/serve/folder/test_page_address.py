"""The address on the page of a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.serve.folder.page_address import (
    PageAddressError,
    address_of,
    parse_page_address,
)
from distrorocks.system.files.named_folder import NamedFolder

GOOD = ("https://rocks.example", "http://127.0.0.1:8000/a/b", "https://x.github.io/rocks-1/~me")
BAD = (
    *("", "rocks.example", "ftp://rocks.example", "https://me:secret@rocks.example"),
    *("https://a/$(id)", "https://a/;id", "https://a/`id`", "https://a/b c", "https://a/'"),
    *('https://a/"', "https://a/<b>", "javascript:alert(1)", "https://a/" + "x" * 600),
)


@pytest.mark.parametrize("text", GOOD)
def test_web_addresses_are_taken(text: str) -> None:
    """A slash at the end does not count."""
    assert parse_page_address(text) == parse_page_address(f"{text}/") == text


@pytest.mark.parametrize("text", BAD)
def test_what_a_shell_would_follow_is_refused(text: str) -> None:
    """People copy the commands of the page."""
    with pytest.raises(PageAddressError):
        parse_page_address(text)


@pytest.mark.parametrize("address", [*GOOD, *BAD])
def test_it_is_read_from_the_page_that_is_there(address: str, tmp_path: Path) -> None:
    """Whatever stands there, only a good address is taken over."""
    line = f'<!DOCTYPE html><link rel="canonical" href="{address}/">'
    (tmp_path / "index.html").write_text(line)
    with NamedFolder(str(tmp_path)) as folder:
        assert address_of(folder) == (address if address in GOOD else "")


@pytest.mark.parametrize("content", [None, b"", b"\xff" * 9000, b" " * 5000 + b"canonical"])
def test_other_pages_have_none(content: bytes | None, tmp_path: Path) -> None:
    """LuaRocks' own page, for example, or none at all."""
    if content is not None:
        (tmp_path / "index.html").write_bytes(content)
    with NamedFolder(str(tmp_path)) as folder:
        assert address_of(folder) == ""

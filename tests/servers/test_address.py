"""Every way to write a server's address is one value; what is none is an error."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.servers.address import Address, AddressError
from distrorocks.servers.web_address import MOST_CHARACTERS


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("https://luarocks.org", "https://luarocks.org"),
        ("HTTPS://luarocks.org//", "https://luarocks.org"),
        ("http://h:8080/rocks/", "http://h:8080/rocks"),
        ("http://h/a\u00e9\u00a0", "http://h/a%C3%A9%C2%A0"),
        ("http://h/a%20~!", "http://h/a%20~!"),
        ("/srv/rocks/", "/srv/rocks"),
        ("rocks", "/here/rocks"),
        ("file:///srv/a%20b", "/srv/a%20b"),
        ("file:///srv/../srv/rocks", "/srv/rocks"),
    ],
)
def test_an_address_has_one_form(text: str, place: str) -> None:
    """No slash ends it, and what no URL has is quoted; a directory is absolute.

    Its path is taken as it stands, as by LuaRocks.
    """
    assert Address.parse(text, above="/here").place == place


@pytest.mark.parametrize(
    "text",
    ["", " ", "ftp://x", "git+https://x", "http://", "https://h:0", "http://h:99999", "http://a b"],
)
def test_what_is_no_address_is_told(text: str) -> None:
    """The hint says what is one."""
    with pytest.raises(AddressError) as caught:
        Address.parse(text)
    assert "https://" in caught.value.hint


@pytest.mark.parametrize("sign", ["\x00", "\x1f", "\x7f", "\x9f", "\n"])
@pytest.mark.parametrize("text", ["http://me:hidden@h/{}", "me:hidden@h/{}", "/srv/{}"])
def test_an_address_has_no_control_characters(text: str, sign: str) -> None:
    """A directory neither; the error shows no password of what was meant for a URL."""
    with pytest.raises(AddressError, match="is not an address of a rocks server") as caught:
        Address.parse(text.format(sign))
    assert "hidden" not in str(caught.value)
    assert caught.value.hint == "name an http:// or https:// URL, a file:// URL or a directory"


def test_an_address_is_bounded() -> None:
    """A directory too; what is longer is refused."""
    longest = "/" + "x" * (MOST_CHARACTERS - 1)
    assert Address.parse(longest).place == longest
    with pytest.raises(AddressError):
        Address.parse(longest + "x")


def test_files_and_namespaces_lie_below() -> None:
    """As luarocks.org has them."""
    server = Address.parse("https://luarocks.org")
    assert server.file("manifest-5.4") == "https://luarocks.org/manifest-5.4"
    assert server.of_namespace("me").file("a-1-1.src.rock") == (
        "https://luarocks.org/manifests/me/a-1-1.src.rock"
    )
    assert server.below("dev").place == "https://luarocks.org/dev"


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://h/rocks", "h:443"),
        ("http://me:secret@H:8080", "h:8080"),
        ("/srv/rocks", "/srv/rocks"),
        ("file:///srv/rocks/", "/srv/rocks"),
    ],
)
def test_an_origin_is_a_host_with_its_port_or_a_directory(text: str, origin: str) -> None:
    """What is known of one server of a host counts for all of it."""
    assert Address.parse(text).origin == origin


def test_a_namespace_of_any_bytes_has_an_address() -> None:
    """A name that is not UTF-8 is quoted byte by byte, as it was given."""
    address = Address.parse("https://h").of_namespace("a\udcff")
    assert str(address) == "https://h/manifests/a%FF"


def test_a_password_is_not_shown() -> None:
    """It is there for the request only."""
    server = Address.parse("https://me:secret@h/rocks")
    assert str(server) == "https://h/rocks"
    assert "secret" in server.file("a")
    twice = Address.parse("https://me:secret@h/rocks?of=http://other")
    assert twice.place == "https://me:secret@h/rocks?of=http://other"


@given(st.text())
def test_any_text_is_an_address_or_an_error(text: str) -> None:
    """Nothing else happens, and a file's name never leaves the directory by a question mark."""
    try:
        server = Address.parse(text)
    except AddressError:
        return
    assert server.file("a?b#c").endswith("/a?b#c" if server.is_local else "/a%3Fb%23c")

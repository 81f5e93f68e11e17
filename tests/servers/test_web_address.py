"""A URL is one value to every parser or an error, and no message shows what may be a secret."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.servers.web_address import (
    MOST_CHARACTERS,
    AddressError,
    WebAddress,
    without_secrets,
)


@pytest.mark.parametrize(
    ("text", "scheme", "secret", "host", "port", "target"),
    [
        ("http://h", "http", None, "h", 80, ""),
        ("https://h", "https", None, "h", 443, ""),
        ("HTTPS://Host.Example/A", "https", None, "host.example", 443, "/A"),
        ("http://h:1/", "http", None, "h", 1, "/"),
        ("http://h:65535/", "http", None, "h", 65535, "/"),
        ("http://h?q=1", "http", None, "h", 80, "?q=1"),
        ("http://h/a?q#f", "http", None, "h", 80, "/a?q"),
        ("http://h#f", "http", None, "h", 80, ""),
        ("http://_a-b.c_/", "http", None, "_a-b.c_", 80, "/"),
        ("http://[::1]:8080/x", "http", None, "[::1]", 8080, "/x"),
        ("http://[FE80::A]", "http", None, "[fe80::a]", 80, ""),
        ("http://me:word@h/x", "http", "me:word", "h", 80, "/x"),
        ("http://@h/", "http", "", "h", 80, "/"),
        ("http://a@b@h/", "http", "a@b", "h", 80, "/"),
        ("http://h/a@b", "http", None, "h", 80, "/a@b"),
        ("http://" + "h" * 253, "http", None, "h" * 253, 80, ""),
    ],
)
def test_an_address_has_parts(
    text: str, scheme: str, secret: str | None, host: str, port: int, target: str
) -> None:
    """Scheme and host in lower case, the scheme's port, no fragment; what ends in @ is a secret."""
    assert WebAddress.parse(text) == WebAddress(scheme, secret, host, port, target)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is not a URL"),
        ("h", "is not a URL"),
        ("http:/h", "is not a URL"),
        ("http://", "is not a URL"),
        ("http://-h/", "is not a URL"),
        ("http://.h/", "is not a URL"),
        ("http://" + "h" * 254, "is not a URL"),
        ("http://h:/", "is not a URL"),
        ("http://h:123456/", "is not a URL"),
        ("http://h:x/", "is not a URL"),
        ("ftp://h/", "is neither http nor https"),
        ("httpx://h/", "is neither http nor https"),
        ("http://h:0/", "has an invalid port"),
        ("http://h:65536/", "has an invalid port"),
        ("http://[1]/", "is not a URL"),
        ("http://[::g]/", "is not a URL"),
        ("http://[1.2.3.4]/", "has no IP address in brackets"),
        ("http://[::1::2]/", "has no IP address in brackets"),
        ("http://a b/", "has characters that a URL cannot have"),
        ("http://h\\x/", "has characters that a URL cannot have"),
        ("http://h/\x7f", "has characters that a URL cannot have"),
        ("http://h/\u00e9", "has characters that a URL cannot have"),
    ],
)
def test_what_is_none_says_why(text: str, why: str) -> None:
    """The error shows the text and the first rule that it breaks."""
    with pytest.raises(AddressError) as caught:
        WebAddress.parse(text)
    assert caught.value.brief.endswith(why)


def test_an_address_is_bounded() -> None:
    """The longest is taken, one that has a character more is refused whatever else it is."""
    start = "http://h/"
    longest = start + "x" * (MOST_CHARACTERS - len(start))
    assert WebAddress.parse(longest).target == longest[len("http://h") :]
    for text in (longest + "x", " " * (MOST_CHARACTERS + 1)):
        with pytest.raises(AddressError, match=f"is longer than {MOST_CHARACTERS} characters"):
            WebAddress.parse(text)
        with pytest.raises(AddressError, match=r"it is redirected, and .* is not a URL"):
            WebAddress.parse("http://h").moved(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://h:80/x", "http://h/x"),
        ("https://h:443", "https://h"),
        ("http://h:443/", "http://h:443/"),
        ("https://h:80/", "https://h:80/"),
        ("http://me:word@h:8080/x?y#z", "http://h:8080/x?y"),
    ],
)
def test_it_is_shown_without_its_secret_and_the_usual_port(text: str, shown: str) -> None:
    """The text is the same address again; the origin always has the port."""
    found = WebAddress.parse(text)
    assert str(found) == shown
    assert WebAddress.parse(shown) == found._replace(secret=None)
    assert found.origin == f"{found.host}:{found.port}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://me:hidden@h/x", "http://h/x"),
        ("http://h/a@b", "http://h/a@b"),
        ("http://a@b/c@d", "http://b/c@d"),
        ("nothing", "nothing"),
        ("", ""),
        ("ftp://me:hidden@h/x", "...h/x"),
        ("me:hidden@h", "...h"),
        ("http://me:hidden@hidden@[/", "...[/"),
        ("hidden@hidden@", "..."),
    ],
)
def test_an_invalid_address_is_shown_from_its_last_at_sign_on(text: str, shown: str) -> None:
    """What stands before may be a password, which may have such a sign too."""
    assert without_secrets(text) == shown
    assert "hidden" not in without_secrets(text)


@given(st.text("htp:/[]@.# 1"), st.text("hidenab@"))
def test_no_error_shows_what_stands_before_an_at_sign(after: str, secret: str) -> None:
    """Neither of an address nor of a redirect, wherever the text goes wrong."""
    text = f"ftp://{secret}<hidden>@{after}"
    for parse in (WebAddress.parse, WebAddress.parse("http://h").moved):
        with pytest.raises(AddressError) as caught:
            parse(text)
        assert "<hidden>" not in caught.value.brief


@pytest.mark.parametrize(
    ("start", "location", "place", "secret"),
    [
        ("http://s@h/a/b", "c", "http://h/a/c", "s"),
        ("http://s@h/a/b", "/c", "http://h/c", "s"),
        ("http://s@h/a/b", "../c?d#e", "http://h/c?d", "s"),
        ("http://s@h/a/b", "?c:d", "http://h/a/b?c:d", "s"),
        ("http://s@h/a/b", "#c", "http://h/a/b", "s"),
        ("http://s@h/a/b", "HTTP://H:80/c", "http://h/c", "s"),
        ("http://s@h/a/b", "http://other@h/c", "http://h/c", "s"),
        ("http://h/a", "http://other@h/c", "http://h/c", None),
        ("http://s@h/a", "//i/c", "http://i/c", None),
        ("http://s@h/a", "http://h:81/c", "http://h:81/c", None),
        ("http://s@h/a", "https://h/c", "https://h/c", None),
        ("http://s@h:443/a", "https://h/c", "https://h/c", None),
    ],
)
def test_a_redirect_leads_to_an_address(
    start: str, location: str, place: str, secret: str | None
) -> None:
    """The secret stays with scheme, host and port; none is taken from a redirect."""
    there = WebAddress.parse(start).moved(location)
    assert (str(there), there.secret) == (place, secret)


def test_a_redirect_never_leaves_https() -> None:
    """The error shows the address without its secret."""
    with pytest.raises(AddressError) as caught:
        WebAddress.parse("https://h/").moved("http://me:hidden@i/x")
    assert caught.value.brief == "it is redirected to http: http://i/x"


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("", "'' is not a URL"),
        ("c d", "'c d' is not a URL"),
        ("c\\d", "is not a URL"),
        ("//[", "is not a URL"),
        ("ftp://h/", "is neither http nor https"),
        ("c:d", "is not a URL"),
        ("http:c", "is not a URL"),
        ("//me:hidden@[/", "'...[/' is not a URL"),
        ("./" * MOST_CHARACTERS, "is not a URL"),
    ],
)
def test_a_redirect_to_no_address_says_so(location: str, why: str) -> None:
    """With the reason of the address; a word before a colon is a scheme, never a file."""
    with pytest.raises(AddressError) as caught:
        WebAddress.parse("http://h/x").moved(location)
    assert caught.value.brief.startswith("it is redirected, and ")
    assert why in caught.value.brief


@given(st.text() | st.text("htps:/[]@.%#?\\\x00 1").map("http://".__add__))
def test_any_text_is_an_address_or_an_error(text: str) -> None:
    """An address is shown as text that is the same address again."""
    for parse in (WebAddress.parse, WebAddress.parse("https://me:secret@h/x").moved):
        try:
            found = parse(text)
        except AddressError:
            continue
        assert WebAddress.parse(str(found)) == found._replace(secret=None)
        assert len(str(found)) <= MOST_CHARACTERS + 10
        assert found.secret in (None, "me:secret") or parse == WebAddress.parse

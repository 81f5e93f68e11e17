"""The address of a server on its page: that of the page that is there is kept."""

from __future__ import annotations

import re

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import quoted
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_folder import NamedFolder

PAGE_LIMIT = 256 * 1024 * 1024
"""Bytes of a page that is there already."""

_HEAD = 4096
_CANONICAL = re.compile(rb'<link rel="canonical" href="([!-~]{1,2000}?)/">')
_PLAIN = re.compile(r"https?://[A-Za-z0-9._~:/@%+,=\[\]-]{1,500}")


class PageAddressError(DistrorocksError):
    """The text cannot be the address of a server that others install from."""


def parse_page_address(text: str) -> str:
    """Return an address without a trailing slash, or raise ``PageAddressError``.

    It stands in commands that people copy, so it has no sign that a shell would follow, and no
    password.
    """
    from distrorocks.servers.web_address import AddressError, WebAddress  # if there is an address

    try:
        web = WebAddress.parse(text)
    except AddressError as error:
        raise PageAddressError(error.brief, hint=_HINT) from None
    if web.secret is not None or not _PLAIN.fullmatch(text):
        raise PageAddressError(f"{quoted(text)} cannot be the address on a page", hint=_HINT)
    return text.rstrip("/")


_HINT = "pass the URL that clients use, such as https://rocks.example.org/"


def address_of(folder: NamedFolder) -> str:
    """Return the address on the page that a folder has, "" if there is none."""
    if folder.regular("/index.html") is None:
        return ""
    try:
        parts = folder.parts("/index.html", PAGE_LIMIT)
        found = _CANONICAL.search(next(parts, b"")[:_HEAD])
        parts.close()  # type: ignore[attr-defined]
        return parse_page_address(found[1].decode("ascii")) if found else ""
    except (FileReadError, PageAddressError):
        return ""
